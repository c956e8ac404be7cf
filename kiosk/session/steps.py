"""The steps of a session, as a table: which action leads where, and when.

::

    SERVICES → SERVICE → (PRIVACY →) IDENTIFY → FORM → REVIEW → (FEE →) CONSENT → SENDING → SAVED
        └→ CASE

Each has a way back that loses nothing. IDENTIFY and CONSENT are left out where the service does not ask for them; PRIVACY
belongs to complaints, FEE to what costs something.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from kiosk.events import Step
from kiosk.session.privacy import Privacy


class Action(Enum):
    """What the citizen does, or the kiosk with what was sent."""

    CHOOSE_SERVICE = auto()
    START_SERVICE = auto()
    CHOOSE_PRIVACY = auto()
    OPEN_FORM = auto()
    #: A draft goes on.
    RESUME = auto()
    FINISH_FORM = auto()
    EDIT = auto()
    FINISH_REVIEW = auto()
    ACCEPT_FEE = auto()
    BACK = auto()
    SEND = auto()
    STORED = auto()
    REFUSED = auto()
    LEAVE = auto()
    SHOW_CASE = auto()


class Facts(Protocol):
    """What a way depends on; each is asked only where it matters, for it may ask the forms engine."""

    @property
    def complaint(self) -> bool: ...
    @property
    def asks_nik(self) -> bool: ...
    @property
    def costs(self) -> bool: ...
    @property
    def asks_consent(self) -> bool: ...
    @property
    def privacy(self) -> Privacy | None: ...
    @property
    def editing(self) -> bool:
        """One answer is being changed from the review."""
        ...

    @property
    def has_pages(self) -> bool:
        """The form asks something."""
        ...


Guard = Callable[[Facts], bool]


def _always(_facts: Facts) -> bool:
    return True


def _complaint(facts: Facts) -> bool:
    return facts.complaint


def _asks_nik(facts: Facts) -> bool:
    return facts.asks_nik


def _costs(facts: Facts) -> bool:
    return facts.costs


def _asks_consent(facts: Facts) -> bool:
    return facts.asks_consent


def _editing(facts: Facts) -> bool:
    return facts.editing


def _has_pages(facts: Facts) -> bool:
    return facts.has_pages


def _privacy_chosen(facts: Facts) -> bool:
    return facts.privacy is not None


def _anonymous(facts: Facts) -> bool:
    return facts.privacy is Privacy.ANONYMOUS


def _secret(facts: Facts) -> bool:
    return facts.privacy is Privacy.SECRET


@dataclass(frozen=True, slots=True)
class Transition:
    """``target`` None: the session stays where it is."""

    action: Action
    sources: frozenset[Step]
    target: Step | None
    when: Guard = _always


def _row(action: Action, sources: tuple[Step, ...], target: Step | None, when: Guard = _always) -> Transition:
    return Transition(action, frozenset(sources), target, when)


_UNTIL_FORM: Final = (Step.SERVICE, Step.PRIVACY, Step.IDENTIFY, Step.FORM, Step.REVIEW)

#: Of the rows that fit an action and a step, the first whose guard holds is the way.
TRANSITIONS: Final = (
    _row(Action.CHOOSE_SERVICE, (Step.SERVICES, *_UNTIL_FORM), Step.SERVICE),
    _row(Action.START_SERVICE, _UNTIL_FORM, Step.PRIVACY, _complaint),
    _row(Action.START_SERVICE, _UNTIL_FORM, Step.IDENTIFY, _asks_nik),
    _row(Action.START_SERVICE, _UNTIL_FORM, Step.FORM, _has_pages),
    _row(Action.START_SERVICE, _UNTIL_FORM, Step.REVIEW),
    _row(Action.CHOOSE_PRIVACY, (Step.PRIVACY,), Step.IDENTIFY, _secret),
    _row(Action.CHOOSE_PRIVACY, (Step.PRIVACY,), Step.FORM, _has_pages),
    _row(Action.CHOOSE_PRIVACY, (Step.PRIVACY,), Step.REVIEW),
    _row(Action.OPEN_FORM, _UNTIL_FORM, Step.FORM, _has_pages),
    _row(Action.OPEN_FORM, _UNTIL_FORM, Step.REVIEW),
    _row(Action.RESUME, (Step.SERVICES,), Step.FORM, _has_pages),
    _row(Action.RESUME, (Step.SERVICES,), Step.REVIEW),
    _row(Action.FINISH_FORM, (Step.FORM, Step.REVIEW), Step.REVIEW),
    _row(Action.EDIT, (Step.FORM, Step.REVIEW, Step.SENDING), Step.FORM),
    _row(Action.FINISH_REVIEW, (Step.REVIEW,), Step.FEE, _costs),
    _row(Action.FINISH_REVIEW, (Step.REVIEW,), Step.CONSENT, _asks_consent),
    _row(Action.FINISH_REVIEW, (Step.REVIEW, Step.FEE, Step.CONSENT), None),
    _row(Action.ACCEPT_FEE, (Step.FEE,), Step.CONSENT, _asks_consent),
    _row(Action.ACCEPT_FEE, (Step.FEE, Step.CONSENT), None),
    _row(Action.BACK, (Step.SERVICE, Step.CASE), Step.SERVICES),
    _row(Action.BACK, (Step.IDENTIFY,), Step.PRIVACY, _privacy_chosen),
    _row(Action.BACK, (Step.IDENTIFY, Step.PRIVACY), Step.SERVICE),
    _row(Action.BACK, (Step.FORM,), Step.REVIEW, _editing),
    _row(Action.BACK, (Step.REVIEW,), Step.FORM, _has_pages),
    _row(Action.BACK, (Step.FORM, Step.REVIEW), Step.PRIVACY, _anonymous),
    _row(Action.BACK, (Step.FORM, Step.REVIEW), Step.IDENTIFY, _secret),
    _row(Action.BACK, (Step.FORM, Step.REVIEW), Step.IDENTIFY, _asks_nik),
    _row(Action.BACK, (Step.FORM, Step.REVIEW), Step.SERVICE),
    _row(Action.BACK, (Step.CONSENT,), Step.FEE, _costs),
    _row(Action.BACK, (Step.FEE, Step.CONSENT), Step.REVIEW),
    _row(Action.BACK, (Step.SERVICES, Step.SENDING, Step.SAVED, Step.END), None),
    _row(Action.SEND, (Step.REVIEW, Step.FEE, Step.CONSENT), Step.SENDING),
    _row(Action.STORED, (Step.SENDING,), Step.SAVED),
    _row(Action.REFUSED, (Step.SENDING,), Step.CONSENT, _asks_consent),
    _row(Action.REFUSED, (Step.SENDING,), Step.FEE, _costs),
    _row(Action.REFUSED, (Step.SENDING,), Step.REVIEW),
    _row(Action.LEAVE, (Step.SERVICES, Step.SERVICE, Step.SAVED, Step.CASE), Step.SERVICES),
    _row(Action.SHOW_CASE, (Step.SERVICES, Step.CASE), Step.CASE),
)


class Steps:
    """Where one session stands. ``moved`` hears of every other step; it changes nothing here."""

    def __init__(self, facts: Facts, moved: Callable[[Step], None]) -> None:
        self._facts = facts
        self._moved = moved
        self._current = Step.SERVICES

    @property
    def current(self) -> Step:
        return self._current

    def target(self, action: Action) -> Step | None:
        """Where the action would lead; None: nowhere else. Raises ValueError: it is not for this step."""
        rows = [row for row in TRANSITIONS if row.action is action and self._current in row.sources]
        if not rows:
            raise ValueError(f"from {self._current} there is no way by {action.name}")
        return next((row.target for row in rows if row.when(self._facts)), None)

    def take(self, action: Action) -> None:
        """Raises ValueError when the action is not for this step."""
        target = self.target(action)
        if target is not None and target is not self._current:
            self.put(target)

    def put(self, step: Step) -> None:
        """After a fault: to where the session was good, whatever the table says. Announced also when it is the same step."""
        self._current = step
        self._moved(step)

    def end(self) -> None:
        """The session is over; no listener is called."""
        self._current = Step.END
