"""What grammars are made of.

A grammar asks for a number of bytes with each ``yield`` and returns the command. Every command of Epson's reference
has one, also those that the emulator does not do: a command is skipped by its own length or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping

from devices.printer.emulator.grammar.kinds import Command, Kind

MAX_DATA = 1 << 20
"""Bytes of one command's data that are kept; a command that claims more is read over."""

Grammar = Generator[int, bytes, Command]
Grammars = Mapping[int, Callable[[], Grammar]]
"""By the byte behind the prefix."""


def numbers(kind: Kind, count: int = 0) -> Callable[[], Grammar]:
    """A command of ``count`` bytes of parameters."""

    def grammar() -> Grammar:
        return Command(kind, tuple((yield count)) if count else ())

    return grammar


def extended(kind: Kind) -> Callable[[], Grammar]:
    """A command that tells its own length: a function, two bytes of length, data."""

    def grammar() -> Grammar:
        function, low, high = yield 3
        return Command(kind, (function,), (yield from take(low + 256 * high)))

    return grammar


def little(data: bytes) -> int:
    """A number, least significant byte first."""
    return int.from_bytes(data, "little")


def take(length: int) -> Generator[int, bytes, bytes]:
    """``length`` bytes, of which at most :data:`MAX_DATA` are kept."""
    kept = (yield min(length, MAX_DATA)) if length else b""
    left = length - len(kept)
    while left > 0:
        left -= len((yield min(left, MAX_DATA)))
    return kept


def until_nul(limit: int) -> Generator[int, bytes, bytes]:
    """Bytes up to a NUL, which is taken too; ends after ``limit`` without one."""
    data = bytearray()
    while len(data) < limit:
        byte = yield 1
        if byte == b"\0":
            break
        data += byte
    return bytes(data)
