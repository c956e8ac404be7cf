"""What this kiosk remembers of the slips it gave out: code, service, times and state. No personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, update

from kiosk.store.database import Database
from kiosk.store.schema import Moment, receipts


@dataclass(frozen=True, slots=True)
class Receipt:
    code: str
    service: str
    pack_version: int
    #: By name (service, agency, title, next_step) and language, as they were at that time.
    texts: Mapping[str, Mapping[str, str]]
    #: Of the citizen; the slip is printed in it again.
    language: str
    made_at: datetime
    received_at: datetime | None
    #: A value of ``kiosk.cases.case.CaseStateName``.
    state: str
    state_at: datetime
    due: datetime | None = None
    #: The JSON of a ``protocol.messages.CaseStep`` each.
    steps: Sequence[Mapping[str, Any]] = ()


class Receipts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, receipt: Receipt) -> None:
        """Raises StorageFailed when the code was given out before."""
        with self._database.transaction() as connection:
            connection.execute(
                receipts.insert().values(
                    code=receipt.code,
                    service=receipt.service,
                    pack_version=receipt.pack_version,
                    texts={name: dict(texts) for name, texts in receipt.texts.items()},
                    language=receipt.language,
                    made_at=receipt.made_at,
                    received_at=receipt.received_at,
                    state=receipt.state,
                    state_at=receipt.state_at,
                    due=receipt.due,
                    steps=[dict(step) for step in receipt.steps],
                )
            )

    def get(self, code: str) -> Receipt | None:
        with self._database.transaction() as connection:
            row = connection.execute(select(receipts).where(receipts.c.code == code)).one_or_none()
        return None if row is None else Receipt(**row._mapping)

    def has(self, code: str) -> bool:
        with self._database.transaction() as connection:
            return connection.execute(select(receipts.c.code).where(receipts.c.code == code)).first() is not None

    def received(self, code: str, at: datetime, *, waiting_state: str, state: str) -> bool:
        """The server holds the submission. False when that was known."""
        with self._database.transaction() as connection:
            changed = connection.execute(
                update(receipts).where(receipts.c.code == code, receipts.c.received_at.is_(None)).values(received_at=at)
            ).rowcount
            connection.execute(
                update(receipts)
                .where(receipts.c.code == code, receipts.c.state == waiting_state)
                .values(state=state, state_at=at)
            )
        return bool(changed)

    def case_changed(
        self,
        code: str,
        *,
        state: str,
        state_at: datetime,
        received_at: datetime,
        due: datetime | None,
        steps: Sequence[Mapping[str, Any]],
        texts: Mapping[str, Mapping[str, str]] | None = None,
    ) -> bool:
        """What the feed says of a case. False when the code is unknown here. ``texts``: in place of those that were kept.

        The feed's order is what counts: times in it may run backwards when the server's clock was put back.
        """
        with self._database.transaction() as connection:
            changed = connection.execute(
                update(receipts)
                .where(receipts.c.code == code)
                .values(
                    state=state,
                    state_at=state_at,
                    # The first time that was shown stands on the slip.
                    received_at=func.coalesce(receipts.c.received_at, literal(received_at, Moment)),
                    due=due,
                    steps=[dict(step) for step in steps],
                    **({} if texts is None else {"texts": {name: dict(words) for name, words in texts.items()}}),
                )
            ).rowcount
        return bool(changed)
