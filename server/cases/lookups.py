"""Which cases a kiosk may answer for: those that it opened, and those whose code somebody showed it.

The code on the slip is the secret; a kiosk proves that it was shown by asking for the case (``GET /v1/cases/{code}``,
within its quota). What the office asks is nowhere but in that answer, so whoever has something to answer has asked.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, select

from server.storage import tables
from server.storage.transactions import insert_or_replace

#: A kiosk may be offline for a month between the question and the arrival of the answer.
REMEMBERED: Final = timedelta(days=60)
#: Who asked for a case looks at it for no longer than this; until then the kiosk hears of every change.
WATCHED: Final = timedelta(minutes=30)
#: Answers to one question, or sent unasked: an addition is welcome, a flood is not.
ANSWERS_A_QUESTION: Final = 20

_WATCHING: Final = select(tables.case_lookups.c.kiosk_id).where(
    tables.case_lookups.c.tracking_code == bindparam("of"), tables.case_lookups.c.at >= bindparam("since")
)


class MayNotAnswer(Exception):
    """The reason is for field staff."""


def remember(connection: Connection, kiosk_id: str, code: str, now: datetime) -> bool:
    """The kiosk was shown the case; False when there is none. Its own cases need no memory."""
    owner = connection.execute(select(tables.cases.c.kiosk_id).where(tables.cases.c.tracking_code == code)).scalar()
    if owner is None:
        return False
    if owner != kiosk_id:
        values = {"kiosk_id": kiosk_id, "tracking_code": code, "at": now}
        insert_or_replace(connection, tables.case_lookups, values)
    return True


def watching(connection: Connection, code: str, now: datetime) -> Sequence[str]:
    """The kiosks at which somebody may have the case in sight."""
    return connection.execute(_WATCHING, {"of": code, "since": now - WATCHED}).scalars().all()


def check_answer(connection: Connection, kiosk_id: str, code: str, service: str) -> None:
    """Does not reveal whether a code exists to a kiosk that was not shown it.

    Raises:
        MayNotAnswer: the reason is for field staff.
    """
    case = connection.execute(
        select(tables.cases.c.kiosk_id, tables.cases.c.service_id).where(tables.cases.c.tracking_code == code)
    ).first()
    if case is None or not _was_shown(connection, kiosk_id, code, case.kiosk_id):
        raise MayNotAnswer("no case has this tracking code, or this kiosk never asked for it")
    if case.service_id != service:
        raise MayNotAnswer("the case is of another service")
    if _since_the_question(connection, code) >= ANSWERS_A_QUESTION:
        raise MayNotAnswer(f"the office has {ANSWERS_A_QUESTION} answers to this question already")


def forget(connection: Connection, now: datetime) -> int:
    """Deletes look-ups older than ``REMEMBERED``; returns how many. Called periodically."""
    gone = delete(tables.case_lookups).where(tables.case_lookups.c.at < now - REMEMBERED)
    return connection.execute(gone).rowcount


def _was_shown(connection: Connection, kiosk_id: str, code: str, owner: str) -> bool:
    if owner == kiosk_id:
        return True
    lookups = tables.case_lookups.c
    shown = select(lookups.at).where(lookups.kiosk_id == kiosk_id, lookups.tracking_code == code)
    return connection.execute(shown).first() is not None


def _since_the_question(connection: Connection, code: str) -> int:
    message = tables.case_messages.c
    asked = connection.execute(
        select(func.max(message.at, type_=message.at.type)).where(
            message.tracking_code == code, message.direction == "ask"
        )
    ).scalar()
    answers = select(func.count()).where(message.tracking_code == code, message.direction != "ask")
    if asked is not None:
        answers = answers.where(message.at >= asked)
    return int(connection.execute(answers).scalar_one())
