"""Photos and files that answer a form's questions. In memory only; what is let go is overwritten."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from protocol.limits import ATTACHMENT_PLAIN_BYTES, ATTACHMENTS_PER_SUBMISSION

#: Of a question's name in a file's, which the line carries up to 200 characters.
_QUESTION_CHARACTERS: Final = 150
_SUFFIXES: Final = {"image/jpeg": ".jpg", "image/png": ".png", "audio/wav": ".wav", "video/mp4": ".mp4"}


@dataclass(slots=True)
class Attachment:
    """``ref``: the question it answers. ``name``: its answer."""

    ref: str
    name: str
    media_type: str
    data: bytearray = field(repr=False)


class AttachProblem(StrEnum):
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    EMPTY = "EMPTY"

    @property
    def text_key(self) -> str:
        return f"attach.problem.{self.lower()}"


class Attachments:
    """Of one form, at most one a question. No name is given twice, so that a name finds its file wherever it goes."""

    def __init__(self) -> None:
        self._by_ref: dict[str, Attachment] = {}
        self._named = 0

    def __iter__(self) -> Iterator[Attachment]:
        return iter(self._by_ref.values())

    def get(self, ref: str) -> Attachment | None:
        return self._by_ref.get(ref)

    def problem(self, ref: str, data: bytes) -> AttachProblem | None:
        """Why ``data`` cannot answer the question."""
        if not data:
            return AttachProblem.EMPTY
        if len(data) > ATTACHMENT_PLAIN_BYTES:
            return AttachProblem.TOO_LARGE
        if ref not in self._by_ref and len(self._by_ref) >= ATTACHMENTS_PER_SUBMISSION:
            return AttachProblem.TOO_MANY
        return None

    def new_name(self, question: str, media_type: str) -> str:
        """One that no file here has: a draft brings names of its own along."""
        taken = {attachment.name for attachment in self}
        while True:
            self._named += 1
            name = f"{question[:_QUESTION_CHARACTERS]}-{self._named}{_SUFFIXES.get(media_type, '.bin')}"
            if name not in taken:
                return name

    def put(self, attachment: Attachment) -> None:
        """It replaces the one before."""
        self.drop(attachment.ref)
        self._by_ref[attachment.ref] = attachment

    def give_back(self, attachments: Iterable[Attachment]) -> None:
        """Those of a draft, whose names stand in the form's answers."""
        for attachment in attachments:
            self._by_ref[attachment.ref] = attachment

    def drop(self, ref: str) -> None:
        attachment = self._by_ref.pop(ref, None)
        if attachment is not None:
            _overwrite(attachment.data)

    def follow(self, places: Mapping[str, str]) -> None:
        """``places``: the question of each name, after questions moved. What no question names any more is dropped."""
        moved = list(self._by_ref.values())
        self._by_ref.clear()
        for attachment in moved:
            if attachment.name in places:
                attachment.ref = places[attachment.name]
                self._by_ref[attachment.ref] = attachment
            else:
                _overwrite(attachment.data)

    def wipe(self) -> None:
        for ref in list(self._by_ref):
            self.drop(ref)
        self._named = 0


def _overwrite(data: bytearray) -> None:
    data[:] = bytes(len(data))
    data.clear()
