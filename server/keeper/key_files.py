"""Keys as files: written once, durably, never over one that is there."""

import os
import secrets
from pathlib import Path

from runtime.files import sync_folder


def keep_secret(path: Path, content: bytes) -> None:
    """Writes a new file that only its owner can read, durably; an existing one is left alone."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)
