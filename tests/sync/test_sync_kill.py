"""Power cuts at every named step, of the kiosk and of the server: nothing is lost, nothing is doubled."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.store import Store
from kiosk.store.outbox import OutboxState
from kiosk.store.receipts import Receipt
from protocol import tracking
from server.foundation.actors import OPERATOR
from server.storage import tables
from sync import enrolment as enrolments
from tests.kiosk.kiosk_kit import BEGIN
from tests.sync.line_kit import city_server, count, enrolled, kiosk_on_line, stored, until
from tests.sync.processes import free_port, run_kiosk, server_running

#: In the order of a submission's way; ``#3`` is the third time that the place is reached.
KIOSK_POINTS = (
    "send.validated",
    "send.sealed",
    "send.before_commit",
    "send.after_commit",
    "slip.begun",
    "slip.printed",
    "outbox.before_post",
    "outbox.after_post",
    "outbox.before_acknowledge",
    "outbox.after_acknowledge",
    "attachment.before_patch",
    "attachment.after_patch",
    "attachment.after_patch#2",
    "attachment.before_patch#3",
    "attachment.after_patch#3",
    "attachment.before_acknowledge",
    "attachment.after_acknowledge",
    "outbox.erased",
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


CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
#: Before the commit nothing was promised: no code, no slip, no word "saved".
BEFORE_COMMIT = ("send.validated", "send.sealed", "send.before_commit")


@dataclass(frozen=True)
class Kept:
    """What a kiosk's disk knows of a submission."""

    code: str
    state: OutboxState
    sealed: bytes
    received: bool


def kept(folder: Path) -> list[Kept]:
    store = Store.open(folder, BEGIN)
    found = [one for seq in range(1, 4) if (one := store.outbox.get(seq)) is not None]
    receipts = {one.tracking_code: store.receipts.get(one.tracking_code) for one in found}
    store.close()
    return [Kept(one.tracking_code, one.state, one.sealed, _received(receipts[one.tracking_code])) for one in found]


def printed_codes(folder: Path) -> set[str]:
    """The codes on slips that came out of the printer: a citizen may hold them."""
    paper = folder.with_suffix(".paper")
    text = paper.read_text() if paper.exists() else ""
    return {code for shown in CODE.findall(text) if (code := tracking.parse(shown)) is not None}


def _received(receipt: Receipt | None) -> bool:
    return receipt is not None and receipt.received_at is not None


@pytest.mark.parametrize("point", KIOSK_POINTS)
def test_g1_the_kiosk_loses_its_power(tmp_path: Path, point: str) -> None:
    folder = tmp_path / "kiosk"
    with city_server(tmp_path / "server") as server:
        enrolments.save(enrolled(server), folder)
        exit_code, saved = run_kiosk(folder, point, send=True)
        assert exit_code == -9, f"{point} was not reached"
        assert run_kiosk(folder, send=False) == (0, [])
        rows, here = stored(server.deps), kept(folder)
        if point.startswith("send"):
            assert len(here) == (0 if point in BEFORE_COMMIT else 1)
        assert {row.tracking_code for row in rows} == {one.code for one in here} >= set(saved)
        assert len(rows) == count(server.deps, tables.cases) == len(here) <= 1
        assert all(row.complete for row in rows)
        assert [(one.state, one.sealed, one.received) for one in here] == [(OutboxState.ACKNOWLEDGED, b"", True)] * len(
            here
        )
        assert all(code in {row.tracking_code for row in rows} for code in printed_codes(folder))


#: Where the kiosk dies, how many slips came out in the end, and whether the office is told that one did.
COMMAND_POINTS = {
    "feed.before_commit#3": (1, True),
    "feed.after_commit#3": (0, False),
    "slip.begun": (0, False),
    "slip.printed": (1, False),
}


@pytest.mark.parametrize(
    "point",
    [
        "feed.after_commit#3",
        "slip.printed",
        *(pytest.param(one, marks=pytest.mark.soak) for one in ("feed.before_commit#3", "slip.begun")),
    ],
)
def test_g10_a_command_is_done_once_at_most_when_the_kiosk_dies(tmp_path: Path, point: str) -> None:
    """Between applying it, doing it, and telling so. A slip that may have come out is not printed again."""
    folder = tmp_path / "kiosk"
    with city_server(tmp_path / "server") as server:
        made = enrolled(server)
        enrolments.save(made, folder)
        asked = server.deps.device_commands.send(OPERATOR, made.kiosk_id, "test_slip")
        assert run_kiosk(folder, point, send=False, head=3)[0] == -9, f"{point} was not reached"
        assert run_kiosk(folder, send=False, head=3) == (0, [])
        with server.deps.engine.connect() as connection:
            row = tables.commands.c
            results = connection.execute(select(row.id, row.result_ok)).all()
    paper = folder.with_suffix(".paper")
    slips = paper.read_text().count("\f") if paper.exists() else 0
    assert (slips, [tuple(row) for row in results]) == (COMMAND_POINTS[point][0], [(asked, COMMAND_POINTS[point][1])])


@pytest.mark.parametrize("point", SERVER_POINTS)
def test_g1_the_server_loses_its_power(tmp_path: Path, point: str) -> None:
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
