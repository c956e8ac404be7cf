"""Small anonymous messages that a kiosk sends beside submissions: a session was rated, an officer is called for.

``POST /v1/ratings`` takes a RatingBatch and gives a RatingAnswer; ``POST /v1/help-calls`` takes a HelpCall (204). The
same id again changes nothing. A server that is older than these paths answers 404, and the kiosk keeps what it has to
say until it is updated.
"""

from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, field_validator

from protocol.messages import Message, Name, Uuid

RATINGS_AT_ONCE: Final = 50
#: Of a kiosk's log: so many lines, none longer.
LOG_LINES: Final = 80
LOG_LINE_CHARACTERS: Final = 160
#: Of a quick rating: one score for everything.
OVERALL: Final = "overall"
LOWEST: Final = 1
HIGHEST: Final = 4


class Element(StrEnum):
    """The nine elements of a satisfaction survey (SKM, PermenPANRB 14/2017). Sources number the last two differently,
    therefore they go by name."""

    REQUIREMENTS = "requirements"
    PROCEDURE = "procedure"
    TIME = "time"
    FEE = "fee"
    PRODUCT = "product"
    COMPETENCE = "competence"
    BEHAVIOUR = "behaviour"
    COMPLAINTS = "complaints"
    FACILITIES = "facilities"


Score = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]


class Rating(Message):
    """One session. Nothing in it tells whose: the id is random, and the time is that of the hour."""

    id: Uuid
    service: Name
    agency: Name
    #: The beginning of the hour in which it was given.
    hour: AwareDatetime
    #: Either all nine elements or ``overall`` alone.
    scores: dict[str, Score]

    @field_validator("scores")
    @classmethod
    def _quick_or_full(cls, scores: dict[str, int]) -> dict[str, int]:
        if set(scores) != {OVERALL} and set(scores) != set(Element):
            raise ValueError("a rating has all nine elements, or one score for everything")
        return scores

    @property
    def full(self) -> bool:
        return OVERALL not in self.scores


class RatingBatch(Message):
    #: Each is a Rating; one that is not costs the others nothing.
    items: Annotated[tuple[dict[str, object], ...], Field(min_length=1, max_length=RATINGS_AT_ONCE)]


class RatingAnswer(Message):
    #: How many the server holds now of those that were sent.
    stored: int
    #: How many it will never take.
    refused: int


class HelpCall(Message):
    """Somebody at the kiosk asks for a person."""

    id: Uuid
    asked_at: AwareDatetime
    #: Which screen was in sight; nothing of what stood on it.
    place: Name


LogLine = Annotated[str, Field(max_length=LOG_LINE_CHARACTERS)]


class KioskLog(Message):
    """``POST /v1/logs`` (204): the last lines of a kiosk's log, because a command asked for them. They hold nothing of
    anybody."""

    id: Uuid
    made_at: AwareDatetime
    #: The oldest first.
    lines: Annotated[tuple[LogLine, ...], Field(max_length=LOG_LINES)]
