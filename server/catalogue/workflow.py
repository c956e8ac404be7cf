"""What may be done at the stages of a service: the one reading of ``ServiceDescription.stages``.

A pack may leave unsaid what a stage does (``Stage.does``). Then it is told from its place: the last of several stages hands
out when it takes no time, the one before it decides, and all others check. A complaint may be answered at any stage but the
one that hands out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol.line.base import ServiceKind
from protocol.packs import ServiceDescription, Stage, StageWork

#: At these the case is not decided yet.
BEFORE_DECISION: Final = frozenset({StageWork.CHECK, StageWork.DECIDE})
_ORDER: Final = (BEFORE_DECISION, frozenset({StageWork.MAKE}), frozenset({StageWork.HAND_OUT}))


@dataclass(frozen=True)
class Workflow:
    """``stages`` all say what they do."""

    stages: tuple[Stage, ...]
    kind: ServiceKind = ServiceKind.SERVICE

    @classmethod
    def of(cls, service: ServiceDescription) -> "Workflow":
        works = _told(service.stages, service.kind)
        told = zip(service.stages, works, strict=True)
        return cls(tuple(stage.model_copy(update={"does": work}) for stage, work in told), service.kind)

    @property
    def problem(self) -> str:
        """What is wrong with it, as a key: ``undecided`` (no stage decides), ``order``, ``four_eyes`` (at the first stage
        nobody came before); empty when it can be gone through."""
        works = [stage.does for stage in self.stages]
        if StageWork.DECIDE not in works:
            return "undecided"
        parts = [next(place for place, part in enumerate(_ORDER) if work in part) for work in works]
        last_before = max(place for place, work in enumerate(works) if work in BEFORE_DECISION)
        hands_out = works.count(StageWork.HAND_OUT)
        if parts != sorted(parts) or works[last_before] is not StageWork.DECIDE or hands_out > 1:
            return "order"
        return "four_eyes" if self.stages[0].four_eyes else ""

    def does(self, stage: str, *, decided: bool) -> StageWork:
        """What is done with a case at ``stage``. One that is undecided is decided first, wherever it stands."""
        found = next((one.does for one in self.stages if one.id == stage), None) or StageWork.DECIDE
        if not decided and found not in BEFORE_DECISION:
            return StageWork.DECIDE
        return found

    def following(self, stage: str, *, decided: bool) -> Stage | None:
        """Where the case goes on to from ``stage``: before the decision another stage before it, after it one that makes."""
        wanted = frozenset({StageWork.MAKE}) if decided else BEFORE_DECISION
        after = self.stages[self._place(stage) + 1 :]
        if decided:
            return next((one for one in after if one.does in wanted), None)
        return after[0] if after and after[0].does in wanted else None

    def before(self, stage: str) -> Stage | None:
        """The stage before, of a case that is undecided."""
        place = self._place(stage)
        return self.stages[place - 1] if 0 < place < len(self.stages) else None

    @property
    def hand_out(self) -> Stage | None:
        return next((one for one in self.stages if one.does is StageWork.HAND_OUT), None)

    def _place(self, stage: str) -> int:
        """Of a stage that is not there: after all of them."""
        return next((place for place, one in enumerate(self.stages) if one.id == stage), len(self.stages))


def _told(stages: Sequence[Stage], kind: ServiceKind) -> list[StageWork]:
    said = [stage.does for stage in stages]
    if StageWork.HAND_OUT not in said and len(stages) > 1 and said[-1] is None and stages[-1].working_days == 0:
        said[-1] = StageWork.HAND_OUT
    if StageWork.DECIDE not in said:
        open_ = [place for place, work in enumerate(said) if work is None]
        for place in open_ if kind is ServiceKind.COMPLAINT else open_[-1:]:
            said[place] = StageWork.DECIDE
    last = max((place for place, work in enumerate(said) if work is StageWork.DECIDE), default=len(said))
    return [work or (StageWork.CHECK if place < last else StageWork.MAKE) for place, work in enumerate(said)]
