"""What a page goes on with when it is made anew in another look. Knows nothing of Kivy."""

from collections.abc import Callable
from typing import Protocol, TypeVar

Answer = TypeVar("Answer")


class Awaited(Protocol):
    """An answer that is on its way."""

    def cancel(self) -> None:
        """It is waited for no more."""


class Ask(Protocol):
    """``request`` is given what to call with its answer, from any thread; ``done`` gets it on the screens'."""

    def __call__(
        self, request: Callable[[Callable[[Answer], None]], None], done: Callable[[Answer], None], /
    ) -> Awaited: ...


def _nobody() -> None:
    """As long as no page shows it."""


class ViewModel:
    """The model of a page with something begun in it: half a number, a search, an answer on its way.

    One page after another shows it, each in another look; the last one closes it.
    """

    def __init__(self) -> None:
        self._changed: Callable[[], None] = _nobody
        self._awaited: Awaited | None = None

    def follow(self, changed: Callable[[], None]) -> None:
        """A page shows it from now on: ``changed`` is called when something else is to be shown. No page before is told
        any more."""
        self._changed = changed

    def close(self) -> None:
        """No page shows it any more: what is on its way comes to nobody."""
        self._changed = _nobody
        self._await(None)

    def _await(self, awaited: Awaited | None) -> None:
        """Of all that was asked for, only the newest is waited for."""
        before, self._awaited = self._awaited, awaited
        if before is not None:
            before.cancel()
