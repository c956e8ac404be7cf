"""A lower number is to stand, and members with answers would go by it: the question over the form, and its answer."""

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.session.fewer import Fewer

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

Decide = Callable[[bool], None]


class FewerFlow:
    """Whoever asks gets ``True`` when the members may go, ``False`` when they are to stay."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.reset()

    def reset(self) -> None:
        self.asked: Fewer | None = None
        self._decide: weakref.WeakMethod[Decide] | None = None

    @property
    def count(self) -> int:
        """How many members would go."""
        return len(self.asked.members) if self.asked is not None else 0

    @property
    def what(self) -> str:
        """What they are called in the form, in the citizen's language."""
        first = self.asked.members[0] if self.asked is not None else None
        return (first.label or first.name) if first is not None else ""

    def ask(self, fewer: Fewer, decide: Decide) -> None:
        """``decide`` is a method; the form it belongs to is not held by this."""
        self.asked, self._decide = fewer, weakref.WeakMethod(decide)
        self._flow.open_fewer()

    def answer(self, *, go: bool) -> None:
        """The citizen's answer."""
        decide = self._decide() if self._decide is not None else None
        self.reset()
        self._flow.close_over()
        if decide is not None:
            decide(go)
