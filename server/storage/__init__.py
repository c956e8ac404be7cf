"""Where the server keeps everything but blobs: tables, migrations, and the one way to open them."""

from server.storage.engine import StorageBusy, StorageRefused, open_storage

__all__ = ["StorageBusy", "StorageRefused", "open_storage"]
