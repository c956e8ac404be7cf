"""Takes a printer's bytes apart into answers, and knows noise when it comes."""

from __future__ import annotations

from dataclasses import dataclass

from devices.printer.status import (
    ASB_LENGTH,
    CLEARED,
    PROCESS_ID_HEAD,
    is_asb_head,
    is_paper_status,
    is_real_time_status,
)

_PROCESS_ANSWER_LENGTH = 7


@dataclass(frozen=True, slots=True)
class RealTime:
    """One byte answering DLE EOT."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """Four bytes of automatic status."""

    status: bytes


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """One byte answering GS r."""

    byte: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything before this process id is printed."""

    process_id: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """The buffers are empty."""


@dataclass(frozen=True, slots=True)
class Noise:
    """A byte that no printer sends: a bad line, a wrong baud rate, something that is no printer."""

    byte: int


Answer = RealTime | Automatic | PaperStatus | Finished | Cleared | Noise


class AnswerReader:
    """Feed it bytes as they come; it gives whole answers and keeps what is not whole yet."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Answer]:
        """The answers that are complete now."""
        self._rest += data
        found: list[Answer] = []
        while self._rest:
            answer, length = self._next()
            if answer is None:
                break
            found.append(answer)
            self._rest = self._rest[length:]
        return found

    @property
    def waiting(self) -> bool:
        """True when an answer has begun and is not whole."""
        return bool(self._rest)

    def forget(self) -> None:
        """Drop an unfinished answer."""
        self._rest = b""

    def _next(self) -> tuple[Answer | None, int]:
        rest = self._rest
        first = rest[0]
        if is_real_time_status(first):
            return RealTime(first), 1
        if is_asb_head(first):
            return self._automatic()
        if first == PROCESS_ID_HEAD[0]:
            return self._block()
        if is_paper_status(first):
            return PaperStatus(first), 1
        return Noise(first), 1

    def _automatic(self) -> tuple[Answer | None, int]:
        status = self._rest[:ASB_LENGTH]
        if not all(is_paper_status(byte) for byte in status[1:]):
            return Noise(status[0]), 1
        return (Automatic(status), ASB_LENGTH) if len(status) == ASB_LENGTH else (None, 0)

    def _block(self) -> tuple[Answer | None, int]:
        block = self._rest[:_PROCESS_ANSWER_LENGTH]
        if block.startswith(CLEARED):
            return Cleared(), len(CLEARED)
        if CLEARED.startswith(block):
            return None, 0
        process_id = block[2:6]
        head_fits = PROCESS_ID_HEAD.startswith(block[:2]) and all(0x20 <= byte <= 0x7E for byte in process_id)
        if not head_fits or block[6:] not in (b"", b"\x00"):
            return Noise(block[0]), 1
        return (Finished(process_id), len(block)) if len(block) == _PROCESS_ANSWER_LENGTH else (None, 0)
