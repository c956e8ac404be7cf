"""How long the office may wait for a citizen: while it does, the standard's clock stands."""

from datetime import datetime
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from protocol.line.base import ServiceKind
from server.foundation.clock import WorkingCalendar

#: Working days without the citizen's reply after which a complaint is closed (SP4N-LAPOR).
REPLY_DAYS: Final = 10


class Pauses(BaseModel):
    """In working days. No clock stands for ever: a question reminds, then ends, and all questions of a case together move its
    due date by no more than ``most_days``."""

    model_config = ConfigDict(frozen=True)

    #: After these the citizen is reminded.
    remind_days: int = Field(5, ge=1)
    #: After these the case is closed; a complaint after ``REPLY_DAYS``.
    end_days: int = Field(10, ge=2)
    most_days: int = Field(20, ge=1)

    @model_validator(mode="after")
    def _reminds_first(self) -> Self:
        if self.remind_days >= self.end_days:
            raise ValueError("remind_days must be less than end_days")
        return self

    def ends_after(self, kind: ServiceKind) -> int:
        return REPLY_DAYS if kind is ServiceKind.COMPLAINT else self.end_days

    def answer_until(self, kind: ServiceKind, asked: datetime, calendar: WorkingCalendar) -> datetime:
        return calendar.due(asked, self.ends_after(kind))

    def counted(self, stood: int, before: int = 0) -> int:
        """Of ``stood`` working days those that move the due date; ``before``: those that did so far."""
        return min(stood, max(0, self.most_days - before))
