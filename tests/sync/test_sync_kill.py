"""Power cuts at every named step, of the kiosk and of the server: nothing is lost, nothing is doubled."""

from pathlib import Path

import pytest

from kiosk.store import Store
from kiosk.store.outbox import OutboxState
from server.storage import tables
from sync import enrolment as enrolments
from tests.kiosk.kiosk_kit import BEGIN
from tests.sync.line_kit import city_server, count, enrolled, kiosk_on_line, stored, until
from tests.sync.processes import free_port, run_kiosk, server_running

KIOSK_POINTS = (
    "send.sealed",
    "send.before_commit",
    "send.after_commit",
    "outbox.before_post",
    "outbox.after_post",
    "outbox.before_acknowledge",
    "outbox.after_acknowledge",
    "attachment.before_patch",
    "attachment.after_patch",
    "attachment.before_acknowledge",
    "attachment.after_acknowledge",
    "feed.before_commit",
    "feed.after_commit",
    "packs.before_commit",
    "packs.after_commit",
)
SERVER_POINTS = (
    "submissions.opened",
    "submissions.written",
    "submissions.committed",
    "attachment.appended",
    "attachment.synced",
    "attachment.renamed",
    "attachment.recorded",
    "feed.applied",
)


def kept(folder: Path) -> list[tuple[str, OutboxState]]:
    store = Store.open(folder, BEGIN)
    found = [store.outbox.get(seq) for seq in range(1, 4)]
    store.close()
    return [(one.tracking_code, one.state) for one in found if one is not None]


@pytest.mark.parametrize("point", KIOSK_POINTS)
def test_the_kiosk_loses_its_power(tmp_path: Path, point: str) -> None:
    folder = tmp_path / "kiosk"
    with city_server(tmp_path / "server") as server:
        enrolments.save(enrolled(server), folder)
        exit_code, saved = run_kiosk(folder, point, send=True)
        assert exit_code == -9, f"{point} was not reached"
        assert run_kiosk(folder, send=False) == (0, [])
        rows = stored(server.deps)
        here = kept(folder)
        assert {row.tracking_code for row in rows} == {code for code, _ in here} >= set(saved)
        assert len(rows) == count(server.deps, tables.cases) == len(here) <= 1
        assert all(row.complete for row in rows)
        assert all(state is OutboxState.ACKNOWLEDGED for _, state in here)


@pytest.mark.parametrize("point", SERVER_POINTS)
def test_the_server_loses_its_power(tmp_path: Path, point: str) -> None:
    folder, data, port = tmp_path / "kiosk", tmp_path / "server", free_port()
    with city_server(data, port=port) as server:
        enrolments.save(enrolled(server), folder)
    with server_running(data, port, point) as dying:
        enrolment = enrolments.load(folder)
        assert enrolment is not None
        made = kiosk_on_line(folder, enrolment)
        made.line.start()
        code = made.send().code
        until(lambda: not dying.is_alive(), f"{point} was not reached")
    with city_server(data, port=port) as server:
        made.line.retry_now()
        until(made.all_acknowledged)
        made.stop()
        rows = stored(server.deps)
        assert [row.tracking_code for row in rows] == [code]
        assert rows[0].complete
        assert count(server.deps, tables.cases) == 1
