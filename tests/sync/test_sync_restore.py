"""A server that is lost and restored from a backup: its kiosks go on, and bring what the backup does not know."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from kiosk.events import OutboxChanged
from server.app import build_deps, close_deps
from server.audit import verification as audit_verify
from server.foundation.actors import OPERATOR
from server.operator import operations
from server.operator.restore import AHEAD, FEED_AHEAD, lay_out, lead_on
from server.settings import ServerSettings
from server.storage import tables
from sync.down.feed import CURSOR
from tests.kiosk.kiosk_kit import CITY, PHOTO
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, count, enrolled, kiosk_on_line, publish, stored, until
from tests.sync.processes import free_port


def restored(backup: Path, data: Path) -> None:
    """As ``python -m server restore`` does it."""
    settings = ServerSettings(data=data, city=CITY.name)
    manifest = lay_out(backup, settings)
    deps = build_deps(settings)
    lead_on(deps, manifest)
    close_deps(deps)


def cursor(made: OnLine) -> int:
    return int(made.at.store.marks.get(CURSOR, 0))


def pack(made: OnLine) -> int:
    return made.at.kiosk.snapshot().pack_version


def test_nothing_that_kiosks_were_assured_is_stored_is_lost(tmp_path: Path) -> None:
    port = free_port()
    with city_server(tmp_path / "lost", port=port) as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        made.line.start()
        until(lambda: pack(made) == 1)
        before = made.send()
        until(made.all_acknowledged)
        backup = Path(operations.carry_out(server.deps, "backup", {"place": str(tmp_path / "backups")})["backup"])
        after = [made.send(photo=photo) for photo in (PHOTO, None)]
        until(made.all_acknowledged)
        newest = publish(server.deps, summary={"id": "Diterbitkan setelah cadangan"})
        server.deps.staff.add(OPERATOR, "petugas-9", "Budi", "271828")
        until(lambda: pack(made) == newest)
        until(lambda: made.at.store.roster.get("petugas-9") is not None)
        reached = cursor(made)

    restored(backup, tmp_path / "fresh")
    with city_server(tmp_path / "fresh", port=port) as server:
        until(lambda: len(stored(server.deps)) == 3, "all three are at the restored server")
        until(made.all_acknowledged)
        rows = stored(server.deps)
        assert {row.id for row in rows} == {one.id for one in (before, *after)}
        assert all(row.complete for row in rows)
        assert count(server.deps, tables.cases) == 3
        # The kiosk is where the server is: the pack in force has a number that it had not seen, the roster is the old one.
        until(lambda: pack(made) > AHEAD)
        until(lambda: made.at.store.roster.get("petugas-9") is None)
        assert cursor(made) > FEED_AHEAD > reached
        # And what happens now arrives as ever.
        again = publish(server.deps, summary={"id": "Terbit lagi"})
        until(lambda: pack(made) == again)
        last = made.send()
        until(made.all_acknowledged)
        assert last.id in {row.id for row in stored(server.deps)}
        with server.deps.engine.connect() as connection:
            assert audit_verify.verify(connection, server.deps.keys.audit_public).holds
            actions = set(connection.execute(select(tables.audit_log.c.action)).scalars())
        assert "storage.restore" in actions
    made.stop()


def test_a_kiosk_hears_of_a_restore_once(tmp_path: Path) -> None:
    """What it sent again is not sent a third time at the next heartbeat."""
    port = free_port()
    with city_server(tmp_path / "lost", port=port) as server:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        made.line.start()
        until(lambda: pack(made) == 1)
        made.send(photo=None)
        until(made.all_acknowledged)
        backup = Path(operations.carry_out(server.deps, "backup", {"place": str(tmp_path / "backups")})["backup"])
    restored(backup, tmp_path / "fresh")
    with city_server(tmp_path / "fresh", port=port) as server:
        until(lambda: made.at.store.marks.get("server_restored", ""))
        until(made.all_acknowledged)
        before = beat(server)
        made.line._report_now()
        until(lambda: beat(server) > before)
        assert [one.waiting for one in made.at.of(OutboxChanged)].count(1) == 1
    made.stop()


def beat(server: RunningServer) -> datetime:
    """When the kiosk was heard last."""
    with server.deps.engine.connect() as connection:
        return connection.execute(select(tables.kiosks.c.last_heartbeat_at)).scalar_one()
