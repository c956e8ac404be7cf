"""What officers do with complaints, beside taking, asking and refusing: forward, follow up, reply, close, reopen.

A complaint is never approved, made ready or collected. Its states on the line are those of every case, which all kiosks know, and
citizens and officers read words of their own for them: RECEIVED and IN_REVIEW as ever, APPROVED "answered", COLLECTED
"closed". The answer is kept with its step and with the case; closing does not touch it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from protocol.line.base import ServiceKind
from protocol.messages import CasePublicState as State
from server.cases.complaint_clock import LaporClock, clocks_of, running
from server.cases.deciding import Deciding, decided, for_the_citizen, unfit
from server.cases.rules import ANSWERED, UNDECIDED, Action, refusal
from server.cases.states import CaseOutcome, CaseResult, Change
from server.foundation.actors import DECIDING, SYSTEM, Actor
from server.storage import tables
from server.work.unit_of_work import UnitOfWork


class ComplaintActions(Deciding):
    def forward(self, actor: Actor, code: str, agency_id: str, reason: str = "") -> CaseResult:
        """Moves the complaint to the agency in charge, in whose inbox it is new; this agency keeps only that it did so.

        Where another agency had forwarded it here, ``reason`` is required: nothing bounces without a word. A confidential one
        stays so: whoever had taken it sees nobody's name any more.
        """

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.FORWARD, case, self._workflow(connection, case)) or unfit(
                reason, Action.FORWARD
            ):
                return refused
            if not reason.strip() and was_forwarded(connection, code):
                return CaseOutcome.TEXT_MISSING
            if agency_id not in {one.id for one in forwardable(connection, case.agency_id)}:
                return CaseOutcome.NO_SUCH_AGENCY
            now = self._clock.now()
            connection.execute(
                insert(tables.complaint_forwards).values(
                    tracking_code=code,
                    n=case.steps + 1,
                    from_agency_id=case.agency_id,
                    to_agency_id=agency_id,
                    at=now,
                )
            )
            values = {
                "agency_id": agency_id,
                "officer_id": None,
                "in_charge_since": now,
                # Whoever has it now has not heard of what was late before.
                "escalated_at": None,
                "state": State.RECEIVED if case.complete else State.INCOMPLETE,
            }
            return Change(Action.FORWARD, values, for_the_citizen(reason), {"from": case.agency_id, "to": agency_id})

        return self._act(actor, code, decide)

    def follow_up(self, actor: Actor, code: str) -> CaseResult:
        """This agency is the one in charge: nobody has to forward it."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.FOLLOW_UP, case, self._workflow(connection, case)):
                return refused
            return Change(Action.FOLLOW_UP, {"in_charge_since": self._clock.now()})

        return self._act(actor, code, decide)

    def reply(self, actor: Actor, code: str, text: str) -> CaseResult:
        """Answers the citizen. A further answer is kept beside the first, and gives the citizen as long again."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.REPLY, case, self._workflow(connection, case)) or unfit(
                text, Action.REPLY
            ):
                return refused
            values = {
                "state": State.APPROVED,
                "note": for_the_citizen(text),
                "in_charge_since": case.in_charge_since or self._clock.now(),
                **decided(actor),
            }
            return Change(Action.REPLY, values, for_the_citizen(text))

        return self._act(actor, code, decide)

    def close(self, actor: Actor, code: str) -> CaseResult:
        """Closes what was answered, before silence does. The answer stays for the citizen to read."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.CLOSE, case, self._workflow(connection, case)):
                return refused
            if not case.note.strip():
                # Of before answers were required; an answer can still be given.
                return CaseOutcome.TEXT_MISSING
            return Change(Action.CLOSE, {"state": State.COLLECTED, "closed_at": self._clock.now()})

        return self._act(actor, code, decide)

    def reopen(self, actor: Actor, code: str, reason: str) -> CaseResult:
        """Begins again what was answered or closed, for a reason that the citizen reads; what was answered stays in the history."""

        def decide(case: Row[Any], connection: Connection) -> Change | CaseOutcome:
            if refused := refusal(actor, Action.REOPEN, case, self._workflow(connection, case)) or unfit(
                reason, Action.REOPEN
            ):
                return refused
            own = case.officer_id == actor.id and case.complete
            resting = State.RECEIVED if case.complete else State.INCOMPLETE
            values = {
                "state": State.IN_REVIEW if own else resting,
                "officer_id": actor.id if own else None,
                "note": for_the_citizen(reason),
                **dict.fromkeys(("paused_at", "closed_at", "escalated_at")),
            }
            return Change(Action.REOPEN, values, for_the_citizen(reason))

        return self._act(actor, code, decide)

    def close_settled(self) -> int:
        """Closes what was answered and about which the citizen said nothing in time; returns how many. Called periodically.

        A question that nobody answered is ended by ``server.cases.questions``.
        """
        self._begin_missing()
        case, clock = tables.cases.c, tables.complaint_clocks.c
        with self._units.engine.connect() as connection:
            due = connection.execute(
                select(clock.tracking_code)
                .join(tables.cases, case.tracking_code == clock.tracking_code)
                .where(
                    clock.clock == LaporClock.CLOSE.value,
                    clock.stopped_at.is_(None),
                    clock.due_at < self._clock.now(),
                    case.state.in_(sorted(one.value for one in ANSWERED)),
                )
                .order_by(clock.due_at)
            )
            codes = list(due.scalars())
        return sum(self._units.run(SYSTEM, partial(self._close_settled, code=code)) for code in codes)

    def _close_settled(self, work: UnitOfWork, code: str) -> bool:
        case = self._journal.lock(work.connection, code)
        clock = running(clocks_of(work.connection, code), LaporClock.CLOSE)
        # The citizen, or an officer, may have been quicker.
        if case is None or case.state not in ANSWERED or clock is None or not clock.is_late(work.now):
            return False
        if not case.note.strip():
            # Of before answers were required: it waits for one.
            return False
        self._journal.apply(work, case, Change(Action.CLOSE, {"state": State.COLLECTED, "closed_at": work.now}))
        work.audit("case.settled", f"case:{code}")
        return True

    def _begin_missing(self) -> None:
        """Begins the clocks of complaints that have none: those that came before there were clocks."""
        case, clock = tables.cases.c, tables.complaint_clocks.c
        known = select(clock.n).where(clock.tracking_code == case.tracking_code).exists()
        states = sorted(one.value for one in UNDECIDED | ANSWERED)
        with self._units.engine.connect() as connection:
            found = connection.execute(
                select(case.tracking_code).where(
                    case.kind == ServiceKind.COMPLAINT.value, case.state.in_(states), ~known
                )
            )
            codes = list(found.scalars())
        for code in codes:
            self._units.run(SYSTEM, partial(self._journal.begin_clocks, code=code))


def was_forwarded(connection: Connection, code: str) -> bool:
    row = tables.complaint_forwards.c
    return connection.execute(select(row.n).where(row.tracking_code == code)).first() is not None


def forwardable(connection: Connection, agency_id: str) -> Sequence[Any]:
    """The agencies (id, name) to which a complaint of this one can be forwarded: where somebody decides."""
    agency, officer = tables.agencies.c, tables.officers.c
    somebody = (
        select(officer.id)
        .where(
            officer.agency_id == agency.id, officer.active, officer.role.in_(sorted(role.value for role in DECIDING))
        )
        .exists()
    )
    return connection.execute(
        select(agency.id, agency.name).where(agency.id != agency_id, somebody).order_by(agency.position)
    ).all()
