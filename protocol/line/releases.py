"""Releases: the kiosk's program as the city signs it, and who is to run which.

A release is the TUF target ``release-<number>.json``, a :class:`ReleaseManifest`, with the custom members of
:class:`ReleaseCustom`. Its files are asked for by their hash (``GET /v1/releases/files/<sha256>``, with ``Range``): what a
kiosk has already, in the program that it runs or from a try before, it does not fetch.

What the signature says may be run. When a kiosk shall take it, the answer to its heartbeat says: :class:`ReleaseOffer`. A
kiosk goes to a lower number only when the signed targets list the one that it runs no more.
"""

import re
from pathlib import PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, field_validator

from protocol.line.base import Message, Sha256, Short

RELEASE_TYPE: Final = "ekios-release"
#: Of one file, of all of them, and how many there may be.
FILE_BYTES: Final = 200_000_000
RELEASE_BYTES: Final = 1_000_000_000
RELEASE_FILES: Final = 20_000
#: Of the manifest itself.
MANIFEST_BYTES: Final = 8_000_000
PATH_CHARACTERS: Final = 250
#: What is started: without it a folder is no release.
EXECUTABLE: Final = "kiosk"
#: The manifest's own place in the folder of an installed release.
RESERVED: Final = "release.json"
FILES: Final = "/v1/releases/files/"


class ReleaseRefused(ValueError):
    """It is no release, or breaks a limit; the message says which and where."""


def checked_path(path: str) -> str:
    """Raises ReleaseRefused for one that leads out of the folder, or that not every file system can hold."""
    parts = PurePosixPath(path).parts
    wrong = (
        not path
        or len(path) > PATH_CHARACTERS
        or path != "/".join(parts)
        or path.startswith("/")
        or any(part in (".", "..") or (part.startswith(".") and part.endswith(".new")) for part in parts)
        or re.search(r"[\x00-\x1f\x7f\\]", path) is not None
        or path == RESERVED
    )
    if wrong:
        raise ReleaseRefused(f"a file cannot be called {path!r}")
    return path


class ReleaseFile(Message):
    path: Annotated[str, StringConstraints(max_length=PATH_CHARACTERS)]
    sha256: Sha256
    size: Annotated[int, Field(ge=0, le=FILE_BYTES)]
    #: It can be executed.
    run: bool = False

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        return checked_path(path)


class ReleaseManifest(Message):
    format: Literal[1] = 1
    number: Annotated[int, Field(ge=1)]
    #: What people call it.
    version: Short
    files: Annotated[tuple[ReleaseFile, ...], Field(max_length=RELEASE_FILES)]


class ReleaseCustom(Message):
    """``custom`` of the TUF target: what else the signature binds."""

    type: Literal["ekios-release"] = "ekios-release"
    city: Short
    number: Annotated[int, Field(ge=1)]


class ReleaseOffer(Message):
    """In the answer to a heartbeat: the release that this kiosk shall run."""

    number: Annotated[int, Field(ge=1)]


class ProgramState(Message):
    """In a heartbeat: what the kiosk runs. Nothing of an older kiosk, or of one without a launcher."""

    #: 0: the program that the machine was installed with.
    number: Annotated[int, Field(ge=0)]
    #: It is tried out: the launcher has not called it good yet.
    trying: bool = False
    #: The release that it went back from last, and why.
    bad: Annotated[int, Field(ge=0)] = 0
    reason: Short = ""


def manifest_name(number: int) -> str:
    return f"release-{number}.json"
