"""The last release's kiosk, as it was written down, at today's server; its outbox and its data folder under today's programs.
``test_sync_released.py`` runs it whole, in ``make soak``."""

import hashlib
import json
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import requests
from sqlalchemy import select

from protocol import SUPPORTED_VERSIONS, VERSION_HEADER, answers
from server.settings import ServerSettings
from server.storage import tables
from sync import enrolment as enrolments
from tests.kiosk.kiosk_kit import CITY
from tests.server.conftest import FakeClock
from tests.server.running import ONE_PERSON, RunningServer, running
from tests.sync.line_kit import kiosk_on_line, stored, until
from tools.release import commit_of, last_release, recorded_release

RELEASED: Final = Path(__file__).parent / "released"
RECORDED: Final = json.loads((RELEASED / "exchanges.json").read_text())
EXCHANGES: Final[list[dict[str, Any]]] = RECORDED["exchanges"]
#: What HTTP itself adds is new with each connection.
OF_HTTP: Final = {"host", "connection", "content-length"}
#: Members whose value is made by chance (a case's id is in the log, so in its checkpoint), or follows from today's software.
BY_CHANCE: Final = {"checkpoint", "message"}


@contextmanager
def todays_server(folder: Path) -> Iterator[RunningServer]:
    """On the data folder of the last release's server, at the hour when it was written down."""
    with zipfile.ZipFile(RELEASED / "server.zip") as kept:
        kept.extractall(folder)
    settings = ServerSettings(data=folder, port=0, city=CITY.name, heartbeat_s=1.0, quotas=ONE_PERSON)
    with running(settings, clock=FakeClock(datetime.fromisoformat(RECORDED["at"]))) as server:
        yield server


def content(written: str | list[str]) -> bytes:
    return written.encode() if isinstance(written, str) else b64decode(written[0])


def told(expected: Any, answer: Any, where: str = "") -> Iterator[str]:
    """What the last release was told and this answer does not tell."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        for name in expected.keys() - BY_CHANCE:
            if name not in answer:
                yield f"{where}.{name} is gone"
            else:
                yield from told(expected[name], answer[name], f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        for number, (one, other) in enumerate(zip(expected, answer, strict=True)):
            yield from told(one, other, f"{where}[{number}]")
    elif expected != answer:
        yield f"{where}: {expected!r} was {answer!r}"


def events(lines: Iterator[str], number: int) -> list[Any]:
    """The data of so many server-sent events."""
    found: list[Any] = []
    while len(found) < number:
        line = next(lines)
        if line.startswith("data:"):
            found.append(json.loads(line.removeprefix("data:")))
    return found


def asked(server: RunningServer, one: dict[str, Any]) -> tuple[int, Any, requests.Response]:
    """The recorded request once more, byte for byte; status, body (its events, when it is a stream), all of the answer."""
    headers = {name: value for name, value in one["headers"].items() if name not in OF_HTTP}
    with requests.request(
        one["method"],
        server.base + one["target"],
        data=content(one["body"]),
        headers=headers,
        stream=True,
        timeout=30,
        allow_redirects=False,
    ) as answer:
        if answer.headers.get("Content-Type", "").startswith("text/event-stream"):
            expected = len(list(_events_of(one)))
            return answer.status_code, events(answer.iter_lines(decode_unicode=True), expected), answer
        return answer.status_code, answer.content, answer


def _events_of(one: dict[str, Any]) -> Iterator[Any]:
    for line in content(one["answer"]).decode().splitlines():
        if line.startswith("data:"):
            yield json.loads(line.removeprefix("data:"))


def differences(one: dict[str, Any], status: int, body: Any) -> list[str]:
    if status != one["status"]:
        return [f"{one['status']} was {status}: {body!r}"]
    if isinstance(body, list):
        return list(told(list(_events_of(one)), body))
    expected = content(one["answer"])
    if one["answer_headers"].get("content-type") == "application/json":
        was, now = json.loads(expected), json.loads(body)
        if "signed" in was:
            # Metadata of packs are signed anew at times, and judged by a TUF client.
            was, now = (dict.fromkeys(each["signed"]) for each in (was, now))
        return list(told(was, now))
    return [] if hashlib.sha256(body).digest() == hashlib.sha256(expected).digest() else ["other bytes"]


def test_its_whole_day_has_at_todays_server_the_answers_that_it_had(tmp_path: Path) -> None:
    """Every request as it was sent, signature and envelopes included, at a server that has moved on meanwhile."""
    found, badge_key = {}, b64decode(RECORDED["badge_key"])
    with todays_server(tmp_path / "server") as server:
        for number, one in enumerate(EXCHANGES):
            status, body, answer = asked(server, one)
            name = f"{number} {one['method']} {one['target']}"
            if missing := differences(one, status, body):
                found[name] = missing
            if answers.read(answer.headers.get(answers.HEADER), one["headers"]["signature"], status, badge_key) is None:
                found[name] = ["no proof"]
            if {"upload-offset", "upload-complete"} & one["answer_headers"].keys():
                found |= {
                    f"{name} {header}": [answer.headers.get(header, "gone")]
                    for header in ("upload-offset", "upload-complete")
                    if answer.headers.get(header) != one["answer_headers"][header]
                }
        assert found == {}
        assert [(row.kiosk_seq, row.complete) for row in stored(server.deps)] == [(1, True), (2, True), (3, True)]


def test_what_was_written_down_is_a_whole_day_of_a_version_that_is_understood() -> None:
    """A recording that lacks what kiosks say would show nothing."""
    paths = {one["target"].split("?")[0].split("/")[2] for one in EXCHANGES if one["status"] < 300}
    assert paths == {
        "attachments", "cases", "documents", "drafts", "feed", "heartbeat", "help-calls", "logs", "packs", "ratings",
        "submissions", "visits",
    }  # fmt: skip
    assert {int(one["headers"][VERSION_HEADER.lower()]) for one in EXCHANGES} <= SUPPORTED_VERSIONS


def test_it_is_the_last_release_that_was_written_down() -> None:
    """After a release: ``python -m tools.release record``."""
    release = last_release()
    assert release == recorded_release() or commit_of(release) == recorded_release()


def test_g12_an_update_with_a_full_outbox_delivers_each_envelope_once(tmp_path: Path) -> None:
    """The folder of a kiosk that had no line, and the data folder of its server: both programs are newer at their next start."""
    folder = tmp_path / "kiosk"
    with zipfile.ZipFile(RELEASED / "kiosk.zip") as kept:
        kept.extractall(folder)
    enrolment = enrolments.load(folder)
    assert enrolment is not None
    with todays_server(tmp_path / "server") as server:
        made = kiosk_on_line(folder, replace(enrolment, server=server.base))
        waiting = [one.id for number in range(1, 9) if (one := made.at.store.outbox.get(number)) is not None]
        assert len(waiting) == 5
        made.line.start()
        until(made.all_acknowledged)
        made.stop()
        rows = stored(server.deps)
        assert [row.id for row in rows] == waiting
        assert all(row.complete for row in rows)
        with server.deps.engine.connect() as connection:
            codes = set(connection.execute(select(tables.cases.c.tracking_code)).scalars())
        assert codes == {row.tracking_code for row in rows}


@pytest.mark.parametrize("mutation", ["gone", "other", "shorter"])
def test_an_answer_that_tells_less_is_seen(mutation: str) -> None:
    """What compares compares."""
    answer = {"answers": [{"id": "1", "status": "stored", "new": 1}], "ack_through": 1}
    expected = {"answers": [{"id": "1", "status": "stored"}], "ack_through": 1}
    assert list(told(expected, answer)) == []
    less = {
        "gone": {"answers": [{"id": "1"}], "ack_through": 1},
        "other": {"answers": [{"id": "1", "status": "kept"}], "ack_through": 1},
        "shorter": {"answers": [], "ack_through": 1},
    }
    assert list(told(expected, less[mutation])) != []
