"""Field staff and the office, over a real line: orders come down, visits and readiness reports go up, packs go back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.field.orders import open_orders
from kiosk.field.readiness import Readiness
from kiosk.machine.staff import StaffOnDuty
from kiosk.ports import Availability
from protocol.components import PAPER_DAYS_EARLY, PRINTER
from protocol.field.readiness import CheckOutcome
from server.fleet.components import components_of
from server.fleet.work_orders import OrderQuery
from server.foundation.actors import OPERATOR
from sync.down.packs import PackDuty
from sync.reach import facts_of
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, publish, until

PIN = "482913"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("city") / "server") as one:
        one.deps.staff.add(OPERATOR, "budi", "Budi", PIN)
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    on_line.line.start()
    until(lambda: on_line.at.store.roster.all())
    yield on_line
    on_line.stop()


def come(server: RunningServer, made: OnLine) -> None:
    badge = server.deps.staff.badge(OPERATOR, "budi")
    assert badge is not None
    assert isinstance(made.at.kiosk.staff.sign_in(badge, PIN), StaffOnDuty)


def test_an_order_of_the_office_is_shown_at_the_kiosk_and_closed_by_the_visit(
    server: RunningServer, made: OnLine
) -> None:
    orders, kiosk_id = server.deps.work_orders, made.enrolment.kiosk_id
    orders.create(OPERATOR, kiosk_id, "Ganti kaca kamera")
    orders.create(OPERATOR, kiosk_id, "Cat ulang")
    first, second = until(lambda: len(found := open_orders(made.at.kiosk.settings)) == 2 and found)
    come(server, made)
    made.at.kiosk.staff.draft.toggle_order(first.number)
    made.at.kiosk.staff.sign_out()
    until(lambda: len(open_orders(made.at.kiosk.settings)) == 1)
    (still,) = orders.page(OrderQuery(kiosk_id=kiosk_id)).rows
    assert still.number == second.number


def test_a_visits_photo_reaches_the_office(server: RunningServer, made: OnLine) -> None:
    come(server, made)
    made.at.kiosk.staff.draft.photo = b"\xff\xd8\xff of the lock"
    visit = made.at.kiosk.staff.sign_out()
    assert visit is not None
    photos = server.deps.visit_photos
    assert until(lambda: photos.photo(made.enrolment.kiosk_id, visit.id)) == b"\xff\xd8\xff of the lock"
    assert photos.of_visits([visit.id, "another"]) == {visit.id}
    until(lambda: made.at.store.reports.has(visit.id) is False)


def test_a_readiness_report_reaches_the_office_and_fits_the_kiosks_signature(
    server: RunningServer, made: OnLine
) -> None:
    until(lambda: made.line.state().online)
    readiness = Readiness(made.at.kiosk)
    report = readiness.make("budi")
    assert readiness.keep(report)
    made.line._wake_presence()
    (shown,) = until(lambda: server.deps.readiness.of(made.enrolment.kiosk_id, 5))
    assert (shown.report, shown.digest) == (report.report, report.digest)
    until(lambda: made.at.store.reports.has(report.report.id) is False)
    found = {check.name: check.outcome for check in report.report.checks}
    assert (found["touch"], found["line"]) == (CheckOutcome.UNTESTED, CheckOutcome.GOOD)


def test_the_forecast_of_the_kiosks_own_days_is_told_to_the_office(server: RunningServer, made: OnLine) -> None:
    kiosk = made.at.kiosk
    today = kiosk.clock.now().date()
    for days in range(1, 8):
        made.at.store.paper_use.add(today.fromordinal(today.toordinal() - days), 9, 1_000.0, today.replace(year=2000))
    kiosk.supplies.roll_changed(20_000)

    def told() -> float | None:
        view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
        parts = components_of(view.row) if view is not None else ()
        return next((part.supplies.get(PAPER_DAYS_EARLY) for part in parts if part.component == PRINTER), None)

    made.at.printer.become(Availability.READY, paper_mm=19_000.0)
    made.line._report_now()
    assert 12 < until(told) < 22


def test_staff_go_back_to_the_pack_before_and_take_the_newest_again(server: RunningServer, tmp_path: Path) -> None:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    folder = tmp_path / "p"

    def duty() -> PackDuty:
        return PackDuty(
            on_line.at.kiosk, on_line.line._client(), folder, ring="all", tuf_root=on_line.enrolment.tuf_root
        )

    packs = duty()
    packs.turn()
    before = on_line.at.kiosk.pack_in_force.version
    newest = publish(server.deps)
    packs.turn()
    assert on_line.at.kiosk.pack_in_force.version == newest
    packs.go_back()
    packs.turn()
    assert on_line.at.kiosk.pack_in_force.version == before
    # Neither the next look nor a restart brings back what staff went back from.
    assert duty().load_kept() == before
    packs.turn()
    assert on_line.at.kiosk.pack_in_force.version == before
    packs.take_newest()
    packs.turn()
    assert on_line.at.kiosk.pack_in_force.version == newest
    packs.go_back()
    newer = publish(server.deps)
    packs.turn()
    assert on_line.at.kiosk.pack_in_force.version == newer
    on_line.at.close()


def test_the_lines_speed_is_measured_and_no_answer_is_said(server: RunningServer, made: OnLine) -> None:
    packs = made.at.store.packs
    until(lambda: (kept := packs.newest_first()) and kept[0].version == made.at.kiosk.pack_in_force.version)
    measured: list[float | None] = []
    made.line.measure(lambda speed: measured.extend((speed.round_trip_s, speed.bytes_per_s)))
    until(lambda: measured)
    assert all(each is not None and each > 0 for each in measured)
    assert made.line.facts().own_address == "127.0.0.1"
    assert made.line.facts().server == server.base


WIRELESS = """Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
"""


@pytest.mark.parametrize(
    ("lines", "signal"),
    [
        (WIRELESS + "wlan0: 0000   35.  -75.  -256        0      0      0      0     16        0\n", 0.5),
        (WIRELESS + "wlan0: 0000   90.  -30.  -256        0      0      0      0     16        0\n", 1.0),
        (WIRELESS + "broken\n", None),
        (WIRELESS, None),
        ("", None),
    ],
)
def test_the_radios_signal_is_read_where_there_is_one(tmp_path: Path, lines: str, signal: float | None) -> None:
    path = tmp_path / "wireless"
    path.write_text(lines)
    assert facts_of("http://127.0.0.1:1", path).signal == signal
    assert facts_of("http://127.0.0.1:1", tmp_path / "none").signal is None


def test_a_server_that_has_no_address_has_none_here_either() -> None:
    assert facts_of("https://nowhere.invalid").own_address == ""
