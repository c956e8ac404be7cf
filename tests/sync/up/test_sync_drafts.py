"""A draft leaves sealed, comes back at another kiosk with code and birth date, and is gone once it is no longer needed."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from protocol.drafts import is_draft
from server.storage.citizen_tables import drafts
from tests.server.running import RunningServer
from tests.sync.line_kit import WITHIN_S, OnLine, city_server, count, enrolled, kiosk_on_line, until

BORN = date(1990, 8, 17)
PLAIN = b"NIK 3578014107900001 and all the answers"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    on_line.line.start()
    yield on_line
    on_line.stop()


def answer(ask: Callable[[Callable[[Any], None]], None]) -> Any:
    """What ``done`` was called with."""
    come, found = threading.Event(), []

    def done(result: Any) -> None:
        found.append(result)
        come.set()

    ask(done)
    assert come.wait(WITHIN_S)
    return found[0]


def left(made: OnLine) -> DraftKept:
    kept = answer(lambda done: made.line.keep_draft(PLAIN, BORN, done))
    assert isinstance(kept, DraftKept), kept
    return kept


def test_it_goes_on_at_another_kiosk_and_is_erased(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    kept = left(made)
    assert is_draft(kept.code)
    other = kiosk_on_line(tmp_path / "other", enrolled(server, "Kios Lain"))
    other.line.start()
    opened = answer(lambda done: other.line.open_draft(kept.code, BORN, done))
    assert isinstance(opened, DraftOpened)
    assert opened.plain == PLAIN
    other.line.erase_draft(kept.code, BORN)
    until(lambda: count(server.deps, drafts) == 0)
    assert answer(lambda done: other.line.open_draft(kept.code, BORN, done)) is DraftProblem.UNKNOWN
    other.stop()


def test_the_server_holds_nothing_that_can_be_read(server: RunningServer, made: OnLine) -> None:
    kept = left(made)
    with server.deps.engine.connect() as connection:
        row = str(connection.execute(select(drafts)).one())
    assert "3578014107900001" not in row
    assert kept.code not in row


def test_another_birth_date_opens_nothing(made: OnLine) -> None:
    kept = left(made)
    found = answer(lambda done: made.line.open_draft(kept.code, date(1991, 8, 17), done))
    assert found is DraftProblem.WRONG_DATE


def test_without_a_line_it_says_so(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "cut", enrolled(server))
    assert answer(lambda done: made.line.keep_draft(PLAIN, BORN, done)) is DraftProblem.NO_LINE
    made.at.close()
