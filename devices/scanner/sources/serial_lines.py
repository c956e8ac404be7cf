"""From the bytes of a serial scanner to its texts: a pure function of (bytes, time)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

LONGEST_INPUT: Final = 4096
"""Bytes kept until the end of an input; a longer one is thrown away as a whole."""

IDLE_SECONDS: Final = 0.15
"""Silence after which an input is over: the rest got lost, or the scanner sends no end."""

_ENDS: Final = frozenset(b"\r\n\t\x00\x03\x04")


@dataclass(slots=True)
class SerialLines:
    """Gathers bytes until CR, LF, Tab, NUL, ETX or EOT.

    ``terminated`` False is for scanners that send no end: then silence is the end. Otherwise what silence cuts off is
    thrown away, since half a number is a wrong number.
    """

    terminated: bool = True
    _bytes: bytearray = field(default_factory=bytearray)
    _last_at: float = float("-inf")
    _overflowed: bool = False

    def feed(self, data: bytes, at: float) -> tuple[str, ...]:
        """The texts that ``data``, read at ``at`` seconds, completes. Call with b"" while nothing comes."""
        texts = []
        if at - self._last_at > IDLE_SECONDS:
            if not self.terminated:
                texts.append(self._complete())
            self._bytes.clear()
            self._overflowed = False
        if data:
            self._last_at = at
        for byte in data:
            if byte in _ENDS:
                texts.append(self._complete())
            elif len(self._bytes) >= LONGEST_INPUT:
                self._overflowed = True
            else:
                self._bytes.append(byte)
        return tuple(text for text in texts if text)

    def _complete(self) -> str:
        data, overflowed = bytes(self._bytes), self._overflowed
        self._bytes.clear()
        self._overflowed = False
        if overflowed:
            return ""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("latin-1")
