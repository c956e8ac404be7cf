"""Drafts that are published by themselves when their time has come: a fee that counts from the first of January.

Any process may publish one that is due; the row says that one has begun. What keeps it from being published then stands
with the draft, which is open again.
"""

from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Row, select, update

from server.catalogue.authoring import Authoring
from server.catalogue.packs import RINGS
from server.catalogue.service_drafts import ServiceDraftOutcome
from server.foundation.actors import SYSTEM, Actor, Role
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

#: Further away than this is a slip of the pen.
LONGEST: Final = timedelta(days=366)
#: Who has begun to publish and not ended by then has crashed; another one begins again.
GIVEN_UP: Final = timedelta(minutes=10)

_log = structlog.get_logger("server.catalogue.schedule")


class Schedule:
    def __init__(self, units: UnitsOfWork, authoring: Authoring) -> None:
        self._units = units
        self._authoring = authoring

    def rows(self) -> list[Row[Any]]:
        """Rows of ``form_drafts`` that are scheduled, the next first."""
        draft = tables.form_drafts.c
        with self._units.engine.connect() as connection:
            return list(
                connection.execute(
                    select(draft.id, draft.service_id, draft.document, draft.publish_at, draft.publish_rings)
                    .where(draft.state.in_(("scheduled", "publishing")))
                    .order_by(draft.publish_at)
                )
            )

    def put(
        self, actor: Actor, draft_id: str, rings: tuple[str, ...], note: str, at: datetime | None
    ) -> ServiceDraftOutcome:
        """The draft is published at that time; until then it cannot be changed."""
        now = self._units.clock.now()
        if at is None or not now < at <= now + LONGEST:
            return ServiceDraftOutcome.BAD_TIME
        if not rings or any(ring not in RINGS for ring in rings):
            return ServiceDraftOutcome.NO_SUCH_RING
        kept_from = self._authoring.kept_from_publishing(draft_id)
        if kept_from is not ServiceDraftOutcome.DONE:
            return kept_from
        draft = tables.form_drafts.c
        with self._units.begin(actor) as work:
            row = work.connection.execute(
                update(tables.form_drafts)
                .where(draft.id == draft_id, draft.state == "draft")
                .values(
                    state="scheduled",
                    publish_at=at,
                    publish_rings=list(rings),
                    publish_note=note,
                    publish_by=actor.id,
                    publish_problem="",
                    updated_at=work.now,
                )
                .returning(draft.service_id)
            ).first()
            if row is None:
                return ServiceDraftOutcome.NOT_OPEN
            details = {"draft": draft_id, "at": at.isoformat(), "rings": list(rings)}
            work.audit("form.schedule", f"service:{row.service_id}", details)
        return ServiceDraftOutcome.DONE

    def cancel(self, actor: Actor, draft_id: str) -> ServiceDraftOutcome:
        """The draft is open again."""
        draft = tables.form_drafts.c
        with self._units.begin(actor) as work:
            row = work.connection.execute(
                update(tables.form_drafts)
                .where(draft.id == draft_id, draft.state == "scheduled")
                .values(state="draft", publish_at=None, updated_at=work.now)
                .returning(draft.service_id)
            ).first()
            if row is None:
                return ServiceDraftOutcome.NOT_FOUND
            work.audit("form.unschedule", f"service:{row.service_id}", {"draft": draft_id})
        return ServiceDraftOutcome.DONE

    def publish_due(self) -> int:
        """Publishes what is due, the earliest first; how many."""
        published = 0
        while (row := self._begin_next()) is not None:
            actor = Actor(row.publish_by, Role.ADMIN)
            result = self._authoring.publish_scheduled(actor, row.id, tuple(row.publish_rings), row.publish_note)
            if result.ok:
                published += 1
                continue
            _log.error("schedule.not_published", service=row.service_id, problem=result.outcome.value)
            with self._units.begin(actor) as work:
                work.connection.execute(
                    update(tables.form_drafts)
                    .where(tables.form_drafts.c.id == row.id)
                    .values(state="draft", publish_problem=result.outcome.value, updated_at=work.now)
                )
                details = {"draft": row.id, "problem": result.outcome.value}
                work.audit("form.not_published", f"service:{row.service_id}", details)
        return published

    def _begin_next(self) -> Row[Any] | None:
        draft = tables.form_drafts.c
        now = self._units.clock.now()
        left = (draft.state == "publishing") & (draft.updated_at < now - GIVEN_UP)
        due = select(draft.id).where((draft.state == "scheduled") | left, draft.publish_at <= now)
        with self._units.engine.connect() as connection:
            wanted = connection.execute(due.order_by(draft.publish_at).limit(1)).scalar()
        if wanted is None:
            return None
        with self._units.begin(SYSTEM) as work:
            return work.connection.execute(
                update(tables.form_drafts)
                .where(draft.id == wanted, (draft.state == "scheduled") | left)
                .values(state="publishing", updated_at=now)
                .returning(tables.form_drafts)
            ).first()
