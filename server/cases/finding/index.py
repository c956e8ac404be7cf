"""Writes what cases are found by: a sealed headline with the case, keyed terms beside it; in the caller's transaction.

Cases of before there was an index get theirs from a chore, a few at a time. Whatever deletes a case deletes its terms: the
database does that itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from protocol.messages import Content
from server.cases.finding import headlines
from server.cases.finding.terms import terms_of
from server.foundation.actors import SYSTEM
from server.foundation.vault import Vault, VaultBroken
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

#: Of older cases, so many at a time.
BATCH: Final = 100
_TERMS: Final = insert(tables.case_terms)


def write_terms(
    connection: Connection, vault: Vault, cases: Iterable[tuple[Mapping[str, Any], Sequence[tuple[str, str]]]]
) -> None:
    """Of new rows of ``cases``, each with its terms (``terms_of``)."""
    rows = [row for case, terms in cases for row in _rows(vault, case, terms)]
    if rows:
        connection.execute(_TERMS, rows)


def moved(connection: Connection, vault: Vault, code: str) -> None:
    """The case belongs to another agency now: it is found there, and here no more."""
    connection.execute(update(tables.cases).where(tables.cases.c.tracking_code == code).values(headline=None))
    index_older(connection, vault, code)


def index_older(connection: Connection, vault: Vault, code: str | None = None) -> int:
    """Gives cases that have no headline theirs, and their terms anew; how many. ``code``: this one only."""
    cases = tables.cases.c
    query = select(cases.tracking_code, cases.agency_id, cases.opened_at, cases.content).where(cases.headline.is_(None))
    if code is not None:
        query = query.where(cases.tracking_code == code)
    rows = connection.execute(query.order_by(cases.tracking_code).limit(BATCH).with_for_update(skip_locked=True)).all()
    codes = [row.tracking_code for row in rows]
    connection.execute(delete(tables.case_terms).where(tables.case_terms.c.tracking_code.in_(codes)))
    _look_again(connection, codes)
    for row in rows:
        made = _opened(vault, row.content)
        found = headlines.sealed(headlines.NOTHING if made is None else headlines.headline_of(made), vault)
        connection.execute(update(tables.cases).where(cases.tracking_code == row.tracking_code).values(headline=found))
        if made is not None:
            write_terms(connection, vault, [(row._asdict(), terms_of(made))])
    return len(rows)


def _look_again(connection: Connection, codes: Sequence[str]) -> None:
    """The terms of these cases' pictures are gone: whoever marks pictures makes them anew."""
    marks, link, sent = tables.picture_marks.c, tables.submission_attachments.c, tables.submissions.c
    theirs = (
        select(link.kiosk_id, link.sha256)
        .join(tables.submissions, (sent.kiosk_id == link.kiosk_id) & (sent.id == link.submission_id))
        .where(sent.tracking_code.in_(codes))
    )
    connection.execute(
        update(tables.picture_marks).where(tuple_(marks.kiosk_id, marks.sha256).in_(theirs)).values(looked_at=None)
    )


class Reindexing:
    """The chore."""

    def __init__(self, units: UnitsOfWork, vault: Vault) -> None:
        self._units = units
        self._vault = vault

    def some(self) -> int:
        """A batch of those cases that have no headline; 0 when there are none left."""
        with self._units.engine.connect() as connection:
            waiting = connection.execute(
                select(tables.cases.c.tracking_code).where(tables.cases.c.headline.is_(None)).limit(1)
            ).first()
        if waiting is None:
            return 0

        def index(work: UnitOfWork) -> int:
            return index_older(work.connection, self._vault)

        return self._units.run(SYSTEM, index)


def _rows(vault: Vault, case: Mapping[str, Any], terms: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    found = {vault.term(case["agency_id"], kind, term) for kind, term in terms}
    return [
        {"term": one, "opened_at": case["opened_at"], "tracking_code": case["tracking_code"]} for one in sorted(found)
    ]


def _opened(vault: Vault, blob: bytes) -> Content | None:
    try:
        return Content.model_validate_json(vault.open(blob))
    except (VaultBroken, ValueError):
        return None
