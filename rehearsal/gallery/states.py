"""All states that have a picture: by name, the group they belong to, and the way there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rehearsal.gallery import case_states, control_states, flow_states, resting_states, session_states, staff_states
from rehearsal.gallery.way import Way


@dataclass(frozen=True)
class State:
    """``way`` is walked from the home screen, by whoever stands at the kiosk."""

    name: str
    group: str
    way: tuple[Callable[[Way], None], ...]


_GROUPS: Final = (
    ("Home and notices", resting_states.STATES),
    ("A visit", session_states.STATES),
    ("Questions", control_states.STATES),
    ("Beside a visit", flow_states.STATES),
    ("Tracking", case_states.STATES),
    ("Field staff", staff_states.STATES),
)
STATES: Final[dict[str, State]] = {
    name: State(name, group, way) for group, states in _GROUPS for name, way in states.items()
}


def beginning_with(words: tuple[str, ...]) -> tuple[str, ...]:
    """The states whose name begins with one of the words; all of them without any."""
    return tuple(name for name in STATES if not words or name.startswith(words))
