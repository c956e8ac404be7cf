"""What a database's files and errors tell to others: nothing.

Files that hold citizens' data are their owner's alone, whatever the umask of whoever started the program. An error names
the statement and the rule that was broken, never a value: PostgreSQL puts whole rows into its details.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700
UMASK: Final = 0o077
#: What SQLite keeps beside a database; it gives new ones the database's own mode.
_SIDE_FILES: Final = ("-wal", "-shm", "-journal")


def own_files() -> None:
    """Everything that this process makes from now on is its user's alone."""
    os.umask(UMASK)


def private_folder(folder: Path) -> None:
    """Makes ``folder``, its user's alone; an older one that others may enter is closed, where it is ours to close."""
    folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    found = folder.stat()
    # A folder that many share (/tmp) is not one program's to close.
    if found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX and stat.S_IMODE(found.st_mode) & 0o077:
        folder.chmod(FOLDER_MODE)


def private_database(path: Path) -> None:
    """Makes the file of a SQLite database before SQLite does, and takes rights that an older one gave to others.

    What cannot be made or is not ours is left to SQLite, which says what is wrong with it.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE))
        for suffix in ("", *_SIDE_FILES):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.chmod(FILE_MODE)


def tell_no_values(engine: Engine) -> None:
    """Errors of this engine carry no values; it must have been made with ``hide_parameters`` as well."""

    @event.listens_for(engine, "handle_error")
    def _first_line_only(context: Any) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args and isinstance(error.args[0], str):
                # What follows the first line are details: the values that clashed, or the row that failed.
                error.args = (error.args[0].partition("\n")[0], *error.args[1:])
