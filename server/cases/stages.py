"""A case comes to a stage of its service's workflow: its clock there, who may work at it, and with whom it stays."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from protocol.packs import Stage, StageWorkers
from server.foundation.actors import Actor, Role
from server.foundation.clock import WorkingCalendar


def entered(stage: Stage, now: datetime, calendar: WorkingCalendar, came_by: Actor | None = None) -> dict[str, Any]:
    """The columns of ``cases`` that tell of its stage. ``came_by`` None: nobody brought it there."""
    return {
        "stage": stage.id,
        "stage_due_at": calendar.due(now, stage.working_days),
        "stage_escalated_at": None,
        "stage_by": stage.by.value,
        "barred": came_by.id if came_by is not None and stage.four_eyes else None,
    }


def moved(case: Row[Any], stage: Stage, now: datetime, calendar: WorkingCalendar, actor: Actor) -> dict[str, Any]:
    """As ``entered`` for a case that ``actor`` moves. Where not everybody may work it waits in the agency's inbox."""
    stays = stage.by is StageWorkers.OFFICERS or (actor.role is Role.SUPERVISOR and case.officer_id == actor.id)
    officer_id = case.officer_id if stays and not stage.four_eyes else None
    return {**entered(stage, now, calendar, actor), "officer_id": officer_id}


def approved(hand_out: Stage | None, now: datetime, calendar: WorkingCalendar) -> dict[str, Any]:
    """Of a case that stays at its stage when it is approved: until when what comes of it is to be ready."""
    due = calendar.due(now, hand_out.working_days) if hand_out is not None else None
    return {"stage_due_at": due, "stage_escalated_at": None}
