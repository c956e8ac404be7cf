"""Identity numbers that officers type: in no text that others see, and not in the log."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from protocol.messages import CasePublicState as State
from server.cases.actions import Cases
from server.cases.states import CaseFile, CaseResult
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR, Actor
from server.foundation.identity_numbers import mask
from server.open_city.notices import NoticeOutcome
from server.storage import tables
from tests.server.case_kit import Office
from tests.server.cases.test_server_cases import office as office
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import NIK

TYPED = f"NIK {NIK[:4]} {NIK[4:8]}.{NIK[8:12]}-{NIK[12:]} belum cocok"
DONE_WITH_A_TEXT: list[Callable[[Cases, Actor, str], CaseResult]] = [
    lambda cases, actor, code: cases.ask(actor, code, TYPED),
    lambda cases, actor, code: cases.approve(actor, code, TYPED),
    lambda cases, actor, code: cases.reject(actor, code, TYPED),
    lambda cases, actor, code: cases.cancel(actor, code, TYPED),
]


@pytest.mark.parametrize("act", DONE_WITH_A_TEXT)
def test_a_number_that_an_officer_typed_is_shown_to_nobody(
    office: Office, deps: Deps, act: Callable[[Cases, Actor, str], CaseResult]
) -> None:
    officer, code = office.officer("kelurahan"), office.case()
    deps.cases.take(officer, code)
    assert act(deps.cases, officer, code).ok
    public = deps.case_files.public_state(code)
    assert public is not None
    file = deps.case_files.read(officer, code, f"perlu: {TYPED}")
    assert isinstance(file, CaseFile)
    with deps.engine.connect() as connection:
        events = [event.data for event in feed.page(connection, office.kiosk.id, 0).events if event.type == "case"]
        log = [row.details for row in connection.execute(select(tables.audit_log)).all()]
    reported = [public.note, file.row.note, *(step.note for step in file.steps), *(str(one) for one in [*events, *log])]
    assert not [text for text in reported if "0107" in text or NIK[12:] in text]
    assert public.note == mask(TYPED)


def test_a_note_from_before_it_was_masked_is_shown_masked(office: Office, deps: Deps) -> None:
    code = office.case()
    with deps.engine.begin() as connection:
        ours = tables.cases.c.tracking_code == code
        connection.execute(update(tables.cases).where(ours).values(note=TYPED, state=State.QUESTION))
    public = deps.case_files.public_state(code)
    assert public is not None
    assert public.note == mask(TYPED)


def test_a_notice_to_everybody_names_nobody(office: Office, deps: Deps, clock: FakeClock) -> None:
    until = clock.now() + timedelta(days=1)
    assert deps.notices.send(OPERATOR, {"id": TYPED}, until) is NoticeOutcome.DONE
    with deps.engine.connect() as connection:
        (event,) = [one for one in feed.page(connection, office.kiosk.id, 0).events if one.type == "notice"]
    assert event.data["text"] == {"id": mask(TYPED)}
