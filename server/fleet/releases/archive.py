"""A release as a zip file: what a browser can send of a folder."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, Final

from protocol.line.releases import EXECUTABLE, FILE_BYTES, RELEASE_BYTES, RELEASE_FILES, ReleaseRefused, checked_path
from server.fleet.releases.releases import Source

_PIECE: Final = 1 << 20


def unpacked(file: IO[bytes], into: Path) -> list[Source]:
    """Its files, written to the empty folder ``into``. The folder that a packager leaves may be in it as a whole.

    Raises ReleaseRefused.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
            if len(infos) > RELEASE_FILES:
                raise ReleaseRefused(f"it has {len(infos):,} files, more than {RELEASE_FILES:,}")
            if sum(info.file_size for info in infos) > RELEASE_BYTES:
                raise ReleaseRefused(f"it is larger than {RELEASE_BYTES:,} bytes when unpacked")
            top = _top([info.filename for info in infos])
            return [_one(archive, info, info.filename[len(top) :], into) for info in infos]
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise ReleaseRefused(f"it is not a zip file that can be read: {error}") from error


def _top(names: list[str]) -> str:
    """The one folder that everything lies in, where the program is not at the top by itself."""
    tops = {PurePosixPath(name).parts[0] for name in names}
    return f"{tops.pop()}/" if len(tops) == 1 and EXECUTABLE not in names else ""


def _one(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, into: Path) -> Source:
    if info.file_size > FILE_BYTES:
        raise ReleaseRefused(f"{path} has {info.file_size:,} bytes, more than {FILE_BYTES:,}")
    place = into / checked_path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, place.open("xb") as target:
        while piece := source.read(_PIECE):
            written += len(piece)
            if written > FILE_BYTES:
                raise ReleaseRefused(f"{path} is larger than it says")
            target.write(piece)
    # Without the rights of a file system only the program itself is known to be one.
    mode = info.external_attr >> 16
    return Source(path, place, bool(mode & 0o100) if mode else path == EXECUTABLE)
