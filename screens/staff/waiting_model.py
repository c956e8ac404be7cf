"""What waits in the outbox, why and until when, and the way to carry it to the city on a stick."""

from dataclasses import dataclass
from typing import Final

from kiosk.ports import StickOutcome
from kiosk.submissions.outbox import WaitingItem
from protocol.outbox.waiting import WaitReason
from screens.navigation.flow import Flow

#: Of a long backlog the oldest are shown; the others are counted.
SHOWN: Final = 20


@dataclass(frozen=True)
class WaitShown:
    code: str
    made: str
    why: str


class WaitingModel:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def items(self) -> tuple[WaitShown, ...]:
        """The oldest first."""
        codes, moment = self.flow.context.codes, self.flow.formatting.moment
        return tuple(
            WaitShown(codes.display(one.code), moment(one.made_at), self._why(one))
            for one in self.flow.staff.context.waiting(SHOWN)
        )

    def more(self) -> str:
        """How many are not shown; "" when all are."""
        counts = self.flow.staff.context.outbox()
        beyond = counts.waiting + counts.parked - SHOWN
        return self.flow.texts.count("staff.why.more", beyond) if beyond > 0 else ""

    @property
    def can_carry(self) -> bool:
        return self.flow.staff.context.takes_sticks

    def last(self) -> str:
        """When it was carried away last; "" when never."""
        carried = self.flow.staff.context.carried()
        if carried is None:
            return ""
        return self.flow.texts("staff.carry.last", when=self.flow.formatting.moment(carried.at), n=carried.items)

    def carry(self) -> tuple[StickOutcome | None, int]:
        """Saves the outbox on the stick; takes as long as the stick does. None: the kiosk's own storage failed."""
        return self.flow.staff.context.carry()

    def said(self, outcome: StickOutcome | None, items: int) -> str:
        """What came of it, for the page."""
        texts = self.flow.texts
        if outcome is None:
            return texts("staff.not_stored")
        if outcome is StickOutcome.SAVED:
            return texts("staff.carry.saved", n=items)
        return texts(f"staff.carry.problem.{outcome.lower()}")

    def _why(self, item: WaitingItem) -> str:
        texts = self.flow.texts
        match item.reason:
            case WaitReason.PARKED:
                return texts("staff.why.parked", reason=item.said)
            case WaitReason.ATTACHMENTS:
                return texts("staff.why.attachments", n=item.missing)
            case reason:
                why = texts(f"staff.why.{reason.value}")
        if item.until is None:
            return why
        return texts("staff.why.until", why=why, when=self.flow.formatting.moment(item.until))
