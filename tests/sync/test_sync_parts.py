"""Enrolment, server-sent events, back-off, and tracking of the line's state."""

import stat
from pathlib import Path

import pytest

from kiosk.events import Bus, LineChanged
from kiosk.machine.line_state import LineCondition
from runtime.workers import Backoff
from server.foundation.actors import OPERATOR
from sync import enrolment as enrolments
from sync.backoff import tries
from sync.client import Answer, Outcome
from sync.down.sse import EVENT_BYTES, StreamBroken, events
from sync.enrolment import EnrolmentBroken, EnrolProblem, EnrolRefused, enrol
from sync.monitor import Monitor
from tests.kiosk.kiosk_kit import TurnedClock
from tests.sync.line_kit import city_server, enrolled
from tests.sync.scripted import ScriptedServer


def test_what_was_agreed_is_kept_for_this_user_only(tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server:
        made = enrolled(server)
    enrolments.save(made, tmp_path / "kiosk")
    file = tmp_path / "kiosk" / enrolments.FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert enrolments.load(tmp_path / "kiosk") == made
    assert made.private_key.hex() not in repr(made)
    assert repr(made.private_key) not in repr(made)


def test_a_code_is_good_once(tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server:
        code = server.deps.enrolment.new_code(OPERATOR, "Kios").code
        assert not isinstance(enrol(server.base, code, software="1", hardware={}), EnrolRefused)
        again = enrol(server.base, code, software="1", hardware={})
    assert isinstance(again, EnrolRefused)
    assert again.problem is EnrolProblem.CODE_REFUSED


def test_without_a_server_enrolment_says_so() -> None:
    result = enrol("http://127.0.0.1:9", "ABCDE-FGHJK", software="1", hardware={})
    assert isinstance(result, EnrolRefused)
    assert result.problem is EnrolProblem.NO_SERVER


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((200, {}, b"<html>"), EnrolProblem.BAD_ANSWER),
        ((302, {"Location": "/"}, b""), EnrolProblem.BAD_ANSWER),
        ((403, {}, b"<html>blocked</html>"), EnrolProblem.BAD_ANSWER),
        ((404, {}, b'{"detail": "Not Found"}'), EnrolProblem.BAD_ANSWER),
        ((429, {"Retry-After": "60"}, b""), EnrolProblem.WAIT),
        ((500, {}, b""), EnrolProblem.NO_SERVER),
    ],
)
def test_a_strange_answer_enrols_nobody(answer: tuple[int, dict[str, str], bytes], problem: EnrolProblem) -> None:
    with ScriptedServer(lambda *_: answer).running() as peer:
        result = enrol(peer.base, "ABCDE-FGHJK", software="1", hardware={})
    assert isinstance(result, EnrolRefused)
    assert result.problem is problem


def test_a_kiosk_that_was_never_enrolled_has_nothing(tmp_path: Path) -> None:
    assert enrolments.load(tmp_path) is None


def test_a_damaged_enrolment_says_so(tmp_path: Path) -> None:
    (tmp_path / enrolments.FILE_NAME).write_text('{"server": "x"')
    with pytest.raises(EnrolmentBroken):
        enrolments.load(tmp_path)


@pytest.mark.parametrize("size", [1, 2, 3, 1_000])
def test_events_are_the_same_in_any_pieces(size: int) -> None:
    stream = b': alive\r\n\r\nid: 7\nevent: case\ndata: {"a":\ndata: 1}\n\nid: 8\rdata: x\r\rdata: cut off'
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    found = [(event.event, event.data, event.id) for event in events(pieces)]
    assert found == [("", "", ""), ("case", '{"a":\n1}', "7"), ("message", "x", "8")]


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_an_endless_event_is_given_up(ending: bytes) -> None:
    with pytest.raises(StreamBroken):
        list(events(b"data: " + b"x" * 1_000 + ending for _ in range(EVENT_BYTES // 1_000 + 1)))


def test_pauses_double_up_to_the_cap_with_full_jitter() -> None:
    backoff = Backoff(first=1, longest=10, jitter=1.0)
    longest = tries(backoff, lambda: 0.0)
    assert [longest.failed() for _ in range(5)] == [1, 2, 4, 8, 10]
    shortest = tries(backoff, lambda: 1.0)
    assert [shortest.failed() for _ in range(3)] == [0, 0, 0]
    longest.succeeded()
    assert longest.failed() == 1


def test_what_the_server_asks_for_wins() -> None:
    asked = tries(Backoff(first=1, longest=10, jitter=1.0), lambda: 0.0)
    assert asked.failed(60) == 60


def test_those_who_were_asked_to_wait_do_not_all_come_at_once() -> None:
    assert tries(chance=lambda: 0.5).failed(60) == 60.5


def test_the_worst_that_a_loop_sees_is_the_line() -> None:
    monitor = Monitor(TurnedClock(), Bus())
    monitor.report("feed", Answer(Outcome.OK))
    monitor.report("outbox", Answer(Outcome.SERVER_ERROR, 500))
    assert monitor.state().condition is LineCondition.OFFLINE
    monitor.report("feed", Answer(Outcome.OK))
    assert monitor.state().condition is LineCondition.OFFLINE
    monitor.report("outbox", Answer(Outcome.OK))
    assert monitor.state().condition is LineCondition.ONLINE


def test_one_loop_that_reaches_the_server_wakes_the_others_and_is_reported_once() -> None:
    bus, woken, reported = Bus(), [], []
    bus.subscribe(lambda event: reported.append(event) if isinstance(event, LineChanged) else None)
    monitor = Monitor(TurnedClock(), bus)
    monitor.on_return(lambda: woken.append(True))
    for loop in ("outbox", "feed", "presence"):
        monitor.report(loop, Answer(Outcome.UNREACHABLE))
    monitor.report("presence", Answer(Outcome.OK))
    monitor.report("presence", Answer(Outcome.OK))
    assert [event.state.condition for event in reported] == [LineCondition.OFFLINE, LineCondition.ONLINE]
    assert woken == [True]
