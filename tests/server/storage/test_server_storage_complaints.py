"""Cases from before complaints had verbs: the migration tells which are complaints, and keeps what was promised."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Boolean, DateTime, Integer, LargeBinary, MetaData, Table, select

from server.storage import open_storage, tables
from server.storage.engine import upgrade

BEFORE: Final = "0061"
DUE: Final = datetime(2026, 11, 12, 9)
_EMPTY: Final = {Integer: 0, Boolean: True, LargeBinary: b"", DateTime: DUE}


def row(table: Table, **values: Any) -> dict[str, Any]:
    """With something in every column that must not be null."""
    needed = [one for one in table.columns if not one.nullable and one.server_default is None]
    some = {
        one.name: next((value for kind, value in _EMPTY.items() if isinstance(one.type, kind)), "") for one in needed
    }
    return {**some, **values}


def older(path: Path) -> str:
    """The address of a database with a complaint and a permit, each of its own service."""
    url = f"sqlite:///{path}"
    engine = open_storage(url, migrate=False)
    upgrade(engine, BEFORE)
    known = MetaData()
    known.reflect(engine)
    of = known.tables
    with engine.begin() as connection:
        connection.execute(of["kiosks"].insert(), [row(of["kiosks"], id="k", hardware={}, components=[])])
        connection.execute(of["agencies"].insert(), [row(of["agencies"], name={})])
        connection.execute(of["packs"].insert(), [row(of["packs"], number=1)])
        for kind in ("complaint", "service"):
            described = row(of["service_versions"], pack_number=1, service_id=kind, document={"kind": kind})
            connection.execute(of["service_versions"].insert(), [described])
            connection.execute(of["submissions"].insert(), [row(of["submissions"], kiosk_id="k", id=kind)])
            case = row(
                of["cases"], tracking_code=kind, kiosk_id="k", submission_id=kind, service_id=kind, pack_version=1
            )
            connection.execute(of["cases"].insert(), [{**case, "due_at": DUE, "stage_due_at": DUE, "violations": []}])
    engine.dispose()
    return url


def test_which_cases_are_complaints_is_told_by_their_services(tmp_path: Path) -> None:
    engine = open_storage(older(tmp_path / "old.db"))
    case = tables.cases.c
    with engine.connect() as connection:
        found = connection.execute(select(case.tracking_code, case.kind, case.first_due_at, case.stage_due_at)).all()
    engine.dispose()
    rows = {row.tracking_code: row for row in found}
    assert {code: one.kind for code, one in rows.items()} == {"complaint": "complaint", "service": "service"}
    promised = rows["complaint"].first_due_at
    assert promised is not None and promised.replace(tzinfo=None) == DUE
    assert (rows["complaint"].stage_due_at, rows["service"].first_due_at) == (None, None)
    assert rows["service"].stage_due_at is not None
