"""Files that hold citizens' data are their owner's alone, whatever the umask of whoever started the program."""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
UMASK: Final = 0o077
#: What SQLite keeps beside a database; it gives new ones the database's own mode.
SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def own_files() -> None:
    """Everything that this process makes from now on is its user's alone."""
    os.umask(UMASK)


def private_folder(folder: Path) -> None:
    """Makes ``folder``, its user's alone; an older one that others may enter is closed, where it is ours to close."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    found = folder.stat()
    # A folder that many share (/tmp) is not one program's to close.
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX and stat.S_IMODE(found.st_mode) & 0o077:
        with contextlib.suppress(OSError):
            # On a disk that cannot be written to, what opens the database says so.
            folder.chmod(FOLDER_MODE)


def private_database(path: Path) -> None:
    """Makes the file of a SQLite database before SQLite does, and takes rights that an older one gave to others.

    What cannot be made or is not ours is left to SQLite, which says what is wrong with it.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        for suffix in ("", *SIDE_FILES):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.chmod(FILE_MODE)
