"""Complaints without HTTP, and what is known of them afterwards."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, select

from protocol.messages import CaseState
from server.cases.complaint_clock import Clock, LaporClock, clocks_of
from server.foundation.actors import Actor
from server.foundation.clock import load_calendar
from server.storage import tables
from tests.server.case_kit import Office

SERVICE: Final = {"id": "aduan", "form_id": "aduan", "form_version": "1", "pack": "1"}
#: A Monday without holidays near it, 09.00 in Surabaya.
MONDAY: Final = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)


def complain(office: Office, privacy: str = "", instance: str = "") -> str:
    inside: dict[str, object] = {"privacy": privacy} | ({"instance": instance} if instance else {})
    envelope = office.kiosk.envelope(SERVICE, inside=inside)
    assert office.take(envelope.item) == "stored"
    return envelope.code


def row(office: Office, code: str) -> Row[Any]:
    with office.deps.engine.connect() as connection:
        return connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()


def clocks(office: Office, code: str) -> dict[LaporClock, Clock]:
    """Of each the newest."""
    with office.deps.engine.connect() as connection:
        return {one.clock: one for one in clocks_of(connection, code)}


def running(office: Office, code: str) -> set[LaporClock]:
    return {name for name, one in clocks(office, code).items() if one.runs}


def due(office: Office, start: datetime, days: int) -> datetime:
    with office.deps.engine.connect() as connection:
        return load_calendar(connection, office.deps.settings.time_zone).due(start, days)


def logged(office: Office, code: str, action: str) -> list[Any]:
    log = tables.audit_log.c
    with office.deps.engine.connect() as connection:
        found = select(log.details).where(log.object == f"case:{code}", log.action == action).order_by(log.seq)
        return list(connection.execute(found).scalars())


def told(office: Office, code: str) -> CaseState:
    state = office.deps.case_files.public_state(code)
    assert state is not None
    return state


def answered(office: Office, officer: Actor, text: str = "Lampu sudah diganti.") -> str:
    code = complain(office)
    assert office.deps.cases.take(officer, code).ok
    assert office.deps.complaints.reply(officer, code, text).ok
    return code
