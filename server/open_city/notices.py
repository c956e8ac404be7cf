"""Notices: what the city tells everybody on the kiosks' start screens, until a day, or until somebody ends them.

A kiosk takes a notice with the text of one that it shows for a change of that one's end, so ending is sending it once
more with an end that has come.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from protocol.limits import NOTICE_CHARACTERS
from protocol.messages import FeedType
from server.foundation.actors import Actor
from server.foundation.identity_numbers import mask
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

LONGEST: Final = timedelta(days=366)
NOTICES_SHOWN: Final = 50


class NoticeOutcome(StrEnum):
    DONE = "DONE"
    #: An Indonesian text is needed; others fall back to it.
    TEXT_MISSING = "TEXT_MISSING"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    #: Not in the future, or further away than LONGEST.
    BAD_END = "BAD_END"
    NOT_FOUND = "NOT_FOUND"


class Notices:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def rows(self) -> Sequence[Row[Any]]:
        """Rows of ``notices``, the newest first."""
        with self._units.engine.connect() as connection:
            return connection.execute(
                select(tables.notices).order_by(tables.notices.c.sent_at.desc()).limit(NOTICES_SHOWN)
            ).all()

    def send(self, actor: Actor, text: Mapping[str, str], until: datetime | None) -> NoticeOutcome:
        now = self._units.clock.now()
        said = {language: mask(words.strip()) for language, words in text.items() if words.strip()}
        if "id" not in said:
            return NoticeOutcome.TEXT_MISSING
        if any(len(one) > NOTICE_CHARACTERS for one in said.values()):
            return NoticeOutcome.TEXT_TOO_LONG
        if until is None or not now < until <= now + LONGEST:
            return NoticeOutcome.BAD_END
        notice_id = str(uuid.uuid4())
        with self._units.begin(actor) as work:
            work.connection.execute(
                insert(tables.notices).values(id=notice_id, text=said, until=until, sent_by=actor.id, sent_at=now)
            )
            _tell(work, "notice.send", notice_id, said, until)
        return NoticeOutcome.DONE

    def end(self, actor: Actor, notice_id: str) -> NoticeOutcome:
        """Takes a notice from every screen."""
        with self._units.begin(actor) as work:
            row = work.connection.execute(
                update(tables.notices)
                .where(tables.notices.c.id == notice_id, tables.notices.c.until > work.now)
                .values(until=work.now)
                .returning(tables.notices.c.text)
            ).first()
            if row is None:
                return NoticeOutcome.NOT_FOUND
            _tell(work, "notice.end", notice_id, row.text, work.now)
        return NoticeOutcome.DONE


def _tell(work: UnitOfWork, action: str, notice_id: str, text: Mapping[str, str], until: datetime) -> None:
    kiosks = work.to_kiosks(FeedType.NOTICE, notice_data(text, until))
    work.audit(action, f"notice:{notice_id}", {"kiosks": len(kiosks)})


def notice_data(text: Mapping[str, str], until: datetime) -> dict[str, Any]:
    """As the feed carries it."""
    return {"text": dict(text), "until": until.isoformat()}


def standing(connection: Connection, now: datetime) -> list[dict[str, Any]]:
    """What a kiosk that joins now must show, the oldest first."""
    notice = tables.notices.c
    rows = connection.execute(select(notice.text, notice.until).where(notice.until > now).order_by(notice.sent_at))
    return [notice_data(row.text, row.until) for row in rows]
