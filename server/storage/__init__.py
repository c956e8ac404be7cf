"""Where the server keeps everything but blobs: tables, migrations, and the one way to open them."""

from server.storage import citizen_tables as citizen_tables
from server.storage.engine import StorageBusy, StorageRefused, open_storage
from server.storage.integrity import StorageDamaged

__all__ = ["StorageBusy", "StorageDamaged", "StorageRefused", "citizen_tables", "open_storage"]
