"""Notices: what the city tells on the kiosks' start screens, until a day, or until somebody ends them.

A notice is for all kiosks, a group or one; several that are in force stand on a screen together. A kiosk takes a notice with
the text of one that it shows for a change of that one's end, so ending is sending it once more with an end that has come.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, or_, select, update

from protocol.limits import NOTICE_CHARACTERS
from protocol.messages import FeedType
from server.foundation.actors import Actor
from server.foundation.identity_numbers import mask
from server.open_city.audiences import EVERYBODY, Audience, Reach, audiences_of, exists, kiosks_of
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
    #: No such group or kiosk.
    BAD_AUDIENCE = "BAD_AUDIENCE"
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

    def send(
        self, actor: Actor, text: Mapping[str, str], until: datetime | None, audience: Audience = EVERYBODY
    ) -> NoticeOutcome:
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
            if not exists(work.connection, audience):
                return NoticeOutcome.BAD_AUDIENCE
            work.connection.execute(
                insert(tables.notices).values(
                    id=notice_id,
                    text=said,
                    until=until,
                    sent_by=actor.id,
                    sent_at=now,
                    reach=audience.reach.value,
                    reach_id=audience.id,
                )
            )
            kiosks = kiosks_of(work.connection, audience)
            work.to_each_kiosk(FeedType.NOTICE, dict.fromkeys(kiosks, (notice_data(said, until),)))
            details = {"kiosks": len(kiosks), "audience": str(audience)}
            work.audit("notice.send", f"notice:{notice_id}", details)
        return NoticeOutcome.DONE

    def end(self, actor: Actor, notice_id: str) -> NoticeOutcome:
        """Takes a notice from every screen that shows it for this audience."""
        with self._units.begin(actor) as work:
            row = work.connection.execute(
                update(tables.notices)
                .where(tables.notices.c.id == notice_id, tables.notices.c.until > work.now)
                .values(until=work.now)
                .returning(tables.notices.c.text, tables.notices.c.reach, tables.notices.c.reach_id)
            ).first()
            if row is None:
                return NoticeOutcome.NOT_FOUND
            kiosks = kiosks_of(work.connection, Audience(Reach(row.reach), row.reach_id))
            take_down(work, kiosks, [row.text])
            work.audit("notice.end", f"notice:{notice_id}", {"kiosks": len(kiosks)})
        return NoticeOutcome.DONE


def notice_data(text: Mapping[str, str], until: datetime) -> dict[str, Any]:
    """As the feed carries it."""
    return {"text": dict(text), "until": until.isoformat()}


def standing(connection: Connection, now: datetime, kiosk_id: str) -> list[dict[str, Any]]:
    """What a kiosk must show now, the oldest first."""
    notice = tables.notices.c
    for_it = or_(
        *((notice.reach == one.reach.value) & (notice.reach_id == one.id) for one in audiences_of(connection, kiosk_id))
    )
    rows = connection.execute(
        select(notice.text, notice.until).where(notice.until > now, for_it).order_by(notice.sent_at)
    )
    return [notice_data(row.text, row.until) for row in rows]


def take_down(work: UnitOfWork, kiosks: Iterable[str], texts: Sequence[Mapping[str, str]]) -> None:
    """Tells kiosks, in their order, that these texts are over; where one stands for another reason, until when."""
    over = [notice_data(text, work.now) for text in texts]
    if not _said_elsewhere(work, texts):
        work.to_each_kiosk(FeedType.NOTICE, dict.fromkeys(kiosks, over))
        return
    for kiosk_id in kiosks:
        still = {_key(one["text"]): one for one in standing(work.connection, work.now, kiosk_id)}
        until = [still.get(_key(text)) or ended for text, ended in zip(texts, over, strict=True)]
        work.to_kiosk(kiosk_id, FeedType.NOTICE, *until)


def _said_elsewhere(work: UnitOfWork, texts: Sequence[Mapping[str, str]]) -> bool:
    """Whether a notice that goes on says the same; seldom, and only then each kiosk is looked at."""
    notice = tables.notices.c
    rows = work.connection.execute(select(notice.text).where(notice.until > work.now)).scalars()
    return bool({_key(one) for one in rows} & {_key(one) for one in texts})


def _key(text: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(text.items()))
