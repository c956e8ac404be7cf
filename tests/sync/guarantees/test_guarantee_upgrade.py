"""G12: a new version takes over the queue of an old one as it is, and what was filled in before is accepted afterwards."""

import sqlite3
from pathlib import Path

from kiosk.store import Opening
from kiosk.store.database import FILE_NAME
from kiosk.store.outbox import OutboxState
from kiosk.store.schema import SCHEMA_VERSION
from protocol.limits import BATCH_ITEMS
from tests.kiosk.kiosk_kit import FORM
from tests.sync.guarantees.weather import StormyKiosk
from tests.sync.line_kit import city_server, enrolled, publish, stored

#: More than one batch.
ITEMS = BATCH_ITEMS + 6
#: Of the first version; each later one only added some.
FIRST_TABLES = frozenset(
    [
        "marks",
        "settings",
        "outbox",
        "attachments",
        "receipts",
        "packs",
        "supplies",
        "visits",
        "component_history",
        "staff",
        "pin_failures",
        "commands",
        "notices",
        "usage",
        "sessions",
    ]
)
PICTURE = b"\xff\xd8\xff\xe0" + bytes(300_000)


def made_old(folder: Path) -> None:
    """The database as the first version left it."""
    raw = sqlite3.connect(folder / FILE_NAME)
    tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in set(tables) - FIRST_TABLES:
        raw.execute(f"DROP TABLE {table}")
    raw.execute("PRAGMA user_version = 1")
    raw.close()


def test_g12_an_upgrade_with_a_full_queue_loses_nothing_and_old_forms_are_accepted(tmp_path: Path) -> None:
    folder = tmp_path / "kiosk"
    with city_server(tmp_path / "server") as server:
        kiosk = StormyKiosk(folder, enrolled(server))
        for number in range(ITEMS):
            kiosk.send(PICTURE if number in (0, 1) else None)
        # One whose picture is still on its way, and one that was refused.
        outbox = kiosk.on_line.at.store.outbox
        assert kiosk.duty._envelopes.deliver() is not None
        (picture,) = outbox.attachments_of(1)
        assert not picture.delivered
        waiting = next(one for one in kiosk.envelopes() if one.state is OutboxState.WAITING)
        assert outbox.park(waiting.kiosk_seq, "refused by an older server")
        before = {one.kiosk_seq: (one.id, one.state, one.sha256, one.reason) for one in kiosk.envelopes()}
        kiosk.stop()
        made_old(folder)
        publish(server.deps, FORM.replace('version="3"', 'version="4"'), form_version="4")
        kiosk.start()
        store = kiosk.on_line.at.store
        assert store.opening.kind is Opening.UPGRADED and SCHEMA_VERSION > 1
        assert {one.kiosk_seq: (one.id, one.state, one.sha256, one.reason) for one in kiosk.envelopes()} == before
        for _ in range(3):
            kiosk.turn()
        states = {one.kiosk_seq: one.state for one in kiosk.envelopes()}
        assert states.pop(waiting.kiosk_seq) is OutboxState.PARKED
        assert set(states.values()) == {OutboxState.ACKNOWLEDGED}
        assert kiosk.on_line.at.kiosk.outbox.try_all_again() == 1
        kiosk.turn()
        rows = stored(server.deps)
        assert [row.id for row in rows] == [one[0] for one in before.values()]
        assert all(row.complete and row.form_version == "3" for row in rows)
        assert {row.tracking_code for row in rows} == set(kiosk.promised)
        kiosk.stop()
