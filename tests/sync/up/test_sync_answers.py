"""What a citizen says to a case reaches it whole: an answer with a photo, an objection."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.cases.case import Case, CaseProblem, CaseStateName
from kiosk.events import CaseUpdated
from kiosk.session.attachments import Attachment
from kiosk.session.outcomes import Saved
from protocol.messages import Contest, ItemKind
from server.cases.states import CaseOutcome
from server.foundation.actors import Actor, Role
from server.people.officers import OfficerOutcome
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


def test_an_objection_goes_from_the_kiosk_to_the_office_and_its_clock_comes_back(
    server: RunningServer, made: OnLine
) -> None:
    case, kiosk, cases = made.send(photo=None), made.at.kiosk, server.deps.cases
    until(made.all_acknowledged)
    officer = officer_of(server, case.code)
    assert cases.take(officer, case.code).ok
    assert cases.reject(officer, case.code, "Di luar wilayah").ok
    told: list[Case | CaseProblem] = []
    until(lambda: [event for event in made.at.of(CaseUpdated) if event.code == case.code])
    kiosk.cases.look_up(case.code, told.append)
    until(lambda: told)
    (refused,) = told
    assert isinstance(refused, Case)
    assert refused.may_contest(kiosk.clock.now()) is Contest.OBJECTION
    assert [message.text for message in refused.messages] == ["Di luar wilayah"]
    said = kiosk.send_answer(case.code, "letter", "Alamat saya benar", (), ItemKind.OBJECTION)
    assert isinstance(said, Saved)
    until(made.all_acknowledged)
    kiosk.cases.look_up(case.code, told.append)
    until(lambda: len(told) == 2)
    again = told[1]
    assert isinstance(again, Case)
    assert (again.contested, again.contest, again.state) == (Contest.OBJECTION, None, CaseStateName.RECEIVED)
    assert [(message.id, message.text) for message in again.messages][-1] == (said.id, "Alamat saya benar")
    assert again.due is not None
    assert cases.take(officer, case.code).outcome is CaseOutcome.OWN_DECISION


def officer_of(server: RunningServer, code: str) -> Actor:
    """Somebody who decides about the case."""
    case = tables.cases.c
    with server.deps.engine.connect() as connection:
        agency = connection.execute(select(case.agency_id).where(case.tracking_code == code)).scalar_one()
    outcome, _ = server.deps.officers.add(Actor("admin", Role.ADMIN), "budi", "Budi", Role.OFFICER.value, agency)
    assert outcome is OfficerOutcome.DONE
    with server.deps.engine.connect() as connection:
        row = connection.execute(select(tables.officers)).one()
    return Actor(row.id, Role(row.role), row.agency_id)
