"""An answer with a photo reaches its case whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.session.attachments import Attachment
from kiosk.session.outcomes import Saved
from server.storage import tables
from tests.kiosk.kiosk_kit import PHOTO
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, stored, until


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


def test_a_missing_document_is_added_with_a_photo(server: RunningServer, made: OnLine) -> None:
    case = made.send(photo=None)
    until(made.all_acknowledged)
    photo = Attachment("", "answer-1.jpg", "image/jpeg", bytearray(PHOTO))
    assert isinstance(made.at.kiosk.send_answer(case.code, "letter", "", [photo]), Saved)
    until(made.all_acknowledged)
    assert [row.kind for row in stored(server.deps)] == ["SUBMISSION", "ANSWER"]
    with server.deps.engine.connect() as connection:
        (message,) = connection.execute(select(tables.case_messages)).all()
        (blob,) = connection.execute(select(tables.attachments)).all()
    assert (message.tracking_code, message.direction) == (case.code, "answer")
    assert blob.complete
