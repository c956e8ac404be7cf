"""A kiosk that is locked and whose log is fetched from afar."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.machine.staff import SignInProblem, SignInRefused, StaffOnDuty
from protocol.reports import LOG_LINE_CHARACTERS, LOG_LINES
from server.fleet.device_commands import LOGS_KEPT, CommandName
from server.foundation.actors import OPERATOR
from sync.down.commands import RecentLines
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, until

PIN = "482913"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("city") / "server") as one:
        one.deps.staff.add(OPERATOR, "budi", "Budi", PIN)
        one.deps.staff.add(OPERATOR, "sri", "Sri", PIN, role="supervisor")
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    on_line.line.start()
    until(lambda: len(on_line.at.store.roster.all()) == 2)
    yield on_line
    on_line.stop()


def command(server: RunningServer, made: OnLine, name: CommandName) -> str:
    sent = server.deps.device_commands.send(OPERATOR, made.enrolment.kiosk_id, name)
    assert sent is not None
    return sent


def come(server: RunningServer, made: OnLine, who: str) -> StaffOnDuty | SignInRefused:
    badge = server.deps.staff.badge(OPERATOR, who)
    assert badge is not None
    return made.at.kiosk.staff.sign_in(badge, PIN)


def test_a_locked_kiosk_serves_nobody_and_lets_only_supervisors_in(server: RunningServer, made: OnLine) -> None:
    staff = made.at.kiosk.staff
    assert isinstance(come(server, made, "budi"), StaffOnDuty)
    command(server, made, "lock")
    until(lambda: not made.at.kiosk.in_service)
    assert staff.on_duty is None
    assert come(server, made, "budi") == SignInRefused(SignInProblem.LOCKED)
    assert isinstance(come(server, made, "sri"), StaffOnDuty)
    made.at.kiosk.back_in_service()
    staff.sign_out()
    assert isinstance(come(server, made, "budi"), StaffOnDuty)


def test_a_lock_holds_over_a_restart_and_ends_with_the_office(server: RunningServer, made: OnLine) -> None:
    command(server, made, "lock")
    until(lambda: made.at.kiosk.staff.locked)
    assert made.at.store.marks.get("staff_locked") is True
    command(server, made, "in_service")
    until(lambda: made.at.kiosk.in_service)
    assert made.at.store.marks.get("staff_locked") is False


def test_the_last_lines_of_the_log_come_to_the_office(server: RunningServer, made: OnLine) -> None:
    logging.getLogger("sync.test").warning("the door of printer %s is open", 3578014107900003)
    asked = command(server, made, "log")
    found = until(lambda: server.deps.device_commands.log(made.enrolment.kiosk_id, asked))
    assert any("the door of printer … is open" in line for line in found.lines)
    assert len(found.lines) <= LOG_LINES


def test_only_a_log_that_was_asked_for_is_kept_and_only_the_last_ones(server: RunningServer) -> None:
    kiosk, deps = server.kiosk(), server.deps
    sent = [deps.device_commands.send(OPERATOR, kiosk.id, "log") for _ in range(LOGS_KEPT + 1)]
    other = deps.device_commands.send(OPERATOR, kiosk.id, "report")
    for one in (*sent, other):
        body = {"id": one, "made_at": deps.clock.now().isoformat(), "lines": ["x" * LOG_LINE_CHARACTERS] * LOG_LINES}
        assert kiosk.post("/v1/logs", body).status_code == 204
    kept = deps.device_commands.logs(kiosk.id)
    assert len(kept) == LOGS_KEPT and other not in kept
    for lines in (["x" * (LOG_LINE_CHARACTERS + 1)], ["x"] * (LOG_LINES + 1)):
        body = {"id": sent[0], "made_at": deps.clock.now().isoformat(), "lines": lines}
        assert kiosk.post("/v1/logs", body).status_code == 422


def test_the_log_keeps_its_last_lines_and_cuts_what_is_long() -> None:
    recent = RecentLines()
    for number in range(LOG_LINES + 5):
        recent.handle(logging.LogRecord("kiosk", logging.INFO, "", 0, f"line {number}\nmore {'x' * 500}", None, None))
    lines = recent.lines()
    assert (len(lines), lines[0].endswith("line 5"), "more" in "".join(lines)) == (LOG_LINES, True, False)
    assert all(len(line) <= LOG_LINE_CHARACTERS for line in lines)


def test_a_line_that_cannot_be_written_costs_its_caller_nothing() -> None:
    recent = RecentLines()
    for words, values in (("%(door)s is open", ({"gate": 1},)), ("%d doors", ("x",)), ("", None)):
        recent.handle(logging.LogRecord("kiosk", logging.INFO, "", 0, words, values, None))
    recent.handle(logging.LogRecord("kiosk", logging.INFO, "", 0, "shut", None, None))
    assert recent.lines()[-1].endswith("shut")
