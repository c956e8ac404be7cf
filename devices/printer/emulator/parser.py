"""A byte-wise parser of ESC/POS.

It is a push parser: feed it bytes in pieces of any size, it gives whole commands. It never raises for what comes
over the line; bytes that belong to no command are reported as :attr:`Kind.UNKNOWN` and skipped like printers do.
"""

from __future__ import annotations

from devices.printer.emulator.grammar import Command, Kind, command


class Parser:
    """Takes bytes in any pieces, gives commands. Text comes byte by byte, as a printer takes it."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._grammar = command()
        self._need = next(self._grammar)
        self._have = bytearray()

    @property
    def need(self) -> int:
        """Bytes to feed before anything can happen; never 0."""
        return self._need - len(self._have)

    def push(self, data: bytes) -> Command | None:
        """Take at most :attr:`need` bytes; the command when they complete it.

        Raises:
            ValueError: when more are given.
        """
        if len(data) > self.need:
            raise ValueError("more bytes than asked for")
        self._have += data
        if len(self._have) < self._need:
            return None
        piece = bytes(self._have)
        self._have.clear()
        try:
            self._need = self._grammar.send(piece)
        except StopIteration as done:
            self.reset()
            complete: Command = done.value
            return complete
        return None

    def feed(self, data: bytes) -> list[Command]:
        """All commands that ``data`` completes."""
        commands = []
        position = 0
        while position < len(data):
            piece = data[position : position + self.need]
            position += len(piece)
            complete = self.push(piece)
            if complete is not None:
                commands.append(complete)
        return commands


def joined(commands: list[Command]) -> list[Command]:
    """The same commands with runs of text bytes made one."""
    result: list[Command] = []
    for one in commands:
        if one.kind is Kind.TEXT and result and result[-1].kind is Kind.TEXT:
            result[-1] = Command(Kind.TEXT, (), result[-1].data + one.data)
        else:
            result.append(one)
    return result
