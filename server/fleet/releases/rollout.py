"""How a release rolls out: who is asked next, what became of whom, and when it stops.

Everything that is decided stands in two tables, so a server that starts again, or another one, goes on where it was. Kiosks
are asked when they speak (a heartbeat), and judged by what they say then.

A ring after the other; within a ring, those whose outcome is not known are never more than AT_RISK of the fleet, or than
those in whom it has proven itself: so it doubles, and a version that is bad everywhere has touched no more than AT_RISK.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from protocol.components import Availability
from protocol.messages import Component, Heartbeat
from server.fleet.releases.states import JUDGED, LIVE, OPEN, RINGS, KioskStep, ReleaseState
from server.foundation import bus
from server.foundation.actors import SYSTEM
from server.storage import tables
from server.storage.transactions import take_turns
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: The share of the fleet that a version may touch before it has proven itself; at least one kiosk.
AT_RISK: Final = 0.005
#: A release stops when more than this share of those that were judged are worse with it.
BAD_SHARE: Final = 0.02
#: It has proven itself at a kiosk that ran it so long without a trouble that was not there before …
PROVEN_AFTER: Final = timedelta(minutes=30)
#: … and is worse where such a trouble lasts so long.
WORSE_AFTER: Final = timedelta(hours=2)
#: A kiosk that fell silent with it counts as worse; one that has only been asked may be switched off for a night.
SILENT_AFTER: Final = timedelta(hours=1)
AWAY_AFTER: Final = timedelta(hours=36)
#: Kiosks of a ring that were not heard for so long keep no other ring waiting.
HEARD_WITHIN: Final = timedelta(hours=1)

#: Done is what has proven itself at this share of the kiosks that can take it; from then on all that are left get it.
MOST: Final = 0.9

SILENT: Final = "silent since it was to take it"

_kiosk = tables.kiosks.c
_step = tables.release_kiosks.c


@dataclass(frozen=True)
class Counts:
    """Of one release."""

    offered: int = 0
    trying: int = 0
    proven: int = 0
    failed: int = 0

    @property
    def open(self) -> int:
        return self.offered + self.trying

    @property
    def judged(self) -> int:
        return self.proven + self.failed

    @property
    def touched(self) -> int:
        return self.open + self.judged


def troubles(components: Iterable[Component]) -> tuple[str, ...]:
    """Components that cannot be used."""
    return tuple(sorted({one.component for one in components if one.availability is Availability.UNAVAILABLE}))


def counts(connection: Connection, number: int) -> Counts:
    in_fleet = select(_kiosk.id).where(*tables.IN_FLEET)
    rows = connection.execute(
        select(_step.state, func.count())
        .where(_step.release == number, or_(_step.state.in_(JUDGED), _step.kiosk_id.in_(in_fleet)))
        .group_by(_step.state)
    )
    return Counts(**{state: count for state, count in rows})


def fleet_size(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(tables.kiosks).where(*tables.IN_FLEET)).scalar_one())


def at_risk(fleet: int) -> int:
    """So many kiosks may be touched by a release that has proven itself nowhere."""
    return max(1, int(fleet * AT_RISK))


class Rollout:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    # --- with each heartbeat --------------------------------------------------------------------------------------

    def heard(self, work: UnitOfWork, beats: Sequence[tuple[Row[Any], Heartbeat]]) -> Mapping[str, int]:
        """Judges the kiosks by what they said, and asks those whose turn it is: the release that each shall run."""
        connection = work.connection
        release = tables.releases.c
        rows = connection.execute(
            select(release.number, release.state, release.ring, release.forgiven)
            .where(release.state != ReleaseState.TAKEN_BACK)
            .order_by(release.number.desc())
        ).all()
        told = {row.id: (row, beat) for row, beat in beats if beat.program is not None and _in_fleet(row)}
        if not rows or not told:
            return {}
        newest = rows[0]
        done = next((row.number for row in rows if row.state == ReleaseState.DONE), 0)
        steps: dict[str, str] = {}
        if newest.state in LIVE:
            take_turns(connection, "release")
            known = connection.execute(
                select(tables.release_kiosks).where(_step.release == newest.number, _step.kiosk_id.in_(told))
            ).all()
            steps = {one.kiosk_id: self._judge(work, one, told[one.kiosk_id][1]) for one in known}
            self._stop_if_bad(work, newest.number)
            steps |= self._ask(work, newest.number, [one for name, one in told.items() if name not in steps])
        asked = {name for name, step in steps.items() if step != KioskStep.FAILED}
        wanted = {name: newest.number if name in asked else done for name in told}
        return {name: number for name, number in wanted.items() if number}

    def _judge(self, work: UnitOfWork, step: Row[Any], beat: Heartbeat) -> str:
        """The kiosk's step after this heartbeat."""
        program, now = beat.program, work.now
        if program is None or step.state in JUDGED:
            return str(step.state)
        changed: dict[str, Any] = {"after": list(troubles(beat.components))}
        worse = sorted(set(changed["after"]) - set(step.before))
        if program.bad == step.release:
            changed |= _failed(now, program.reason or "went back")
        elif program.number == step.release:
            began = step.began_at or now
            changed |= {"state": KioskStep.TRYING, "began_at": began}
            if not program.trying and not worse and now - began >= PROVEN_AFTER:
                changed |= {"state": KioskStep.PROVEN, "judged_at": now}
            elif worse and now - began >= WORSE_AFTER:
                changed |= _failed(now, f"worse than before: {', '.join(worse)}")
        if any(getattr(step, name) != value for name, value in changed.items()):
            _write(work.connection, step, changed)
        return str(changed.get("state", step.state))

    def _ask(self, work: UnitOfWork, number: int, others: Sequence[tuple[Row[Any], Heartbeat]]) -> dict[str, str]:
        connection = work.connection
        release = tables.releases.c
        row = connection.execute(
            select(release.state, release.ring, release.forgiven).where(release.number == number)
        ).one()
        if row.state != ReleaseState.ROLLING or not others:
            return {}
        reached = RINGS[: RINGS.index(row.ring) + 1]
        now, fleet = counts(connection, number), fleet_size(connection)
        room = max(at_risk(fleet), now.proven) - now.open - max(0, now.failed - row.forgiven)
        taken = [(kiosk, beat) for kiosk, beat in others if kiosk.ring in reached][: max(0, room)]
        if not taken:
            return {}
        rows = []
        for kiosk, beat in taken:
            found = list(troubles(beat.components))
            runs = beat.program is not None and beat.program.number == number
            state = KioskStep.TRYING if runs else KioskStep.OFFERED
            times = {"offered_at": work.now, "began_at": work.now if runs else None, "judged_at": None}
            rows.append(
                {"release": number, "kiosk_id": kiosk.id, "state": state, "before": found, "after": found} | times
            )
        connection.execute(insert(tables.release_kiosks), rows)
        return {one["kiosk_id"]: str(one["state"]) for one in rows}

    # --- from time to time ----------------------------------------------------------------------------------------

    def look(self) -> None:
        """Counts those that fell silent, and lets the release into the next ring."""
        with self._units.begin(SYSTEM) as work:
            release = tables.releases.c
            live = work.connection.execute(select(release.number).where(release.state.in_(LIVE))).scalars().all()
            for number in live:
                take_turns(work.connection, "release")
                self._count_silent(work, number)
                self._stop_if_bad(work, number)
                self.advance(work, number)

    def advance(self, work: UnitOfWork, number: int) -> None:
        """On to the next ring when nobody in the reached ones is waited for; after the last it is done."""
        release = tables.releases.c
        row = work.connection.execute(select(release.state, release.ring).where(release.number == number)).one()
        ring = row.ring
        while row.state == ReleaseState.ROLLING and not _waits(work, number, ring):
            place = RINGS.index(ring) + 1
            if place == len(RINGS):
                if not _mostly_proven(work, number):
                    return
                _change(work, number, state=ReleaseState.DONE)
                work.audit("release.done", f"release:{number}")
                return
            ring = RINGS[place]
            _change(work, number, ring=ring)
            work.audit("release.ring", f"release:{number}", {"ring": ring})

    def _count_silent(self, work: UnitOfWork, number: int) -> None:
        now = work.now
        rows = work.connection.execute(
            select(tables.release_kiosks)
            .join(tables.kiosks, _kiosk.id == _step.kiosk_id)
            .where(
                _step.release == number,
                or_(
                    (_step.state == KioskStep.TRYING) & (_kiosk.last_heartbeat_at < now - SILENT_AFTER),
                    (_step.state == KioskStep.OFFERED) & (_kiosk.last_heartbeat_at < now - AWAY_AFTER),
                ),
                *tables.IN_FLEET,
            )
        ).all()
        for row in rows:
            _write(work.connection, row, _failed(now, SILENT))

    def _stop_if_bad(self, work: UnitOfWork, number: int) -> None:
        release = tables.releases.c
        row = work.connection.execute(select(release.state, release.forgiven).where(release.number == number)).one()
        now = counts(work.connection, number)
        failed = now.failed - row.forgiven
        if row.state == ReleaseState.ROLLING and failed > BAD_SHARE * now.judged:
            why = f"{now.failed} of {now.judged} kiosks were worse with it"
            _change(work, number, state=ReleaseState.STOPPED, why=why)
            work.audit("release.stop", f"release:{number}", {"why": why, "touched": now.touched})


def _in_fleet(row: Row[Any]) -> bool:
    return row.approved_at is not None and row.revoked_at is None


def _failed(now: datetime, reason: str) -> dict[str, Any]:
    return {"state": KioskStep.FAILED, "judged_at": now, "reason": reason[:200]}


def _write(connection: Connection, step: Row[Any], values: Mapping[str, Any]) -> None:
    connection.execute(
        update(tables.release_kiosks)
        .where(_step.release == step.release, _step.kiosk_id == step.kiosk_id)
        .values(**values)
    )


def _change(work: UnitOfWork, number: int, **values: Any) -> None:
    work.connection.execute(
        update(tables.releases)
        .where(tables.releases.c.number == number)
        .values(changed_at=work.now, changed_by=work.actor.id, **values)
    )
    work.hint(bus.FLEET, "")


def _waits(work: UnitOfWork, number: int, ring: str) -> bool:
    """Somebody of this ring who was heard lately has still to take it or to be judged; or nobody of it has proven it."""
    judged = select(_step.kiosk_id).where(_step.release == number, _step.state.in_(JUDGED))
    open_ones = select(_step.kiosk_id).where(_step.release == number, _step.state.in_(OPEN))
    of_ring = (_kiosk.ring == ring, _kiosk.program.is_not(None), *tables.IN_FLEET)
    if work.connection.execute(select(_kiosk.id).where(*of_ring).limit(1)).first() is None:
        return False
    proven = select(_step.kiosk_id).where(_step.release == number, _step.state == KioskStep.PROVEN)
    if work.connection.execute(select(_kiosk.id).where(_kiosk.id.in_(proven), *of_ring).limit(1)).first() is None:
        return True
    heard = or_(_kiosk.last_heartbeat_at >= work.now - HEARD_WITHIN, _kiosk.id.in_(open_ones))
    waiting = select(_kiosk.id).where(_kiosk.id.not_in(judged), heard, *of_ring).limit(1)
    return work.connection.execute(waiting).first() is not None


def _mostly_proven(work: UnitOfWork, number: int) -> bool:
    """A night in which all are switched off proves nothing."""
    able = select(func.count()).select_from(tables.kiosks).where(_kiosk.program.is_not(None), *tables.IN_FLEET)
    fleet = int(work.connection.execute(able).scalar_one())
    return fleet > 0 and counts(work.connection, number).proven >= MOST * fleet
