"""Complaints: anonymous means nothing is kept, secret means one officer sees it, and silence closes them."""

from dataclasses import replace

import pytest

from protocol.messages import CasePublicState as State
from server.cases import complaints
from server.cases.pauses import REPLY_DAYS
from server.cases.states import CaseFile, CaseOutcome
from server.catalogue.form_conversion import convert_form
from server.deps import Deps
from server.foundation.actors import Actor
from tests.server.cases.test_server_cases import Office
from tests.server.cases.test_server_cases import office as office
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import NIK, Envelope

SERVICE = {"id": "aduan", "form_id": "aduan", "form_version": "1", "pack": "1"}


def complain(office: Office, privacy: str) -> Envelope:
    envelope = office.kiosk.envelope(SERVICE, inside={"privacy": privacy})
    assert office.take(envelope.item) == "stored"
    return envelope


def read(deps: Deps, actor: Actor, code: str) -> CaseFile:
    found = deps.case_files.read(actor, code)
    assert isinstance(found, CaseFile)
    return found


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kominfo")


def test_of_an_anonymous_one_no_identity_is_kept_whatever_was_sent(office: Office, officer: Actor, deps: Deps) -> None:
    code = complain(office, "anonymous").code
    assert read(deps, officer, code).content.identity is None
    assert deps.case_files.find_by_nik(officer, NIK) == []


def test_of_a_secret_one_only_its_officer_sees_who_it_is(office: Office, officer: Actor, deps: Deps) -> None:
    code = complain(office, "secret").code
    before = read(deps, officer, code)
    assert (before.content.identity, before.hidden) == (None, True)
    assert "Siti Aminah" not in before.content.instance
    deps.cases.take(officer, code)
    after = read(deps, officer, code)
    assert after.content.identity is not None
    assert (after.content.identity.nik, after.hidden) == (NIK, False)
    assert "Siti Aminah" in after.content.instance


def test_a_secret_one_is_not_found_by_its_nik(office: Office, officer: Actor, deps: Deps) -> None:
    complain(office, "secret")
    assert deps.case_files.find_by_nik(officer, NIK) == []


def test_giving_it_back_hides_it_again(office: Office, officer: Actor, deps: Deps) -> None:
    code = complain(office, "secret").code
    deps.cases.take(officer, code)
    deps.cases.give_back(officer, code)
    assert read(deps, officer, code).hidden


FORM = """
| survey |
| | type        | name   | label  | calculation               | trigger | relevant |
| | begin group | who    | Who    |                           |         |          |
| | text        | nm     | Name   |                           |         |          |
| | image       | card   | Card   |                           |         |          |
| | end group   |        |        |                           |         |          |
| | text        | what   | What   |                           |         |          |
| | calculate   | line   |        | concat(${nm}, ', Surabaya') |       |          |
| | text        | signed | Signed | concat('An: ', ${line})   |         |          |
| | calculate   | copied |        | ${nm}                     | ${what} |          |
| | note        | thanks | Thanks |                           |         | ${nm} != '' |
"""
SENT = (
    '<data id="x" version="1"><who><nm>Siti Aminah</nm><card>siti-aminah.jpg</card></who><what>Lampu</what>'
    "<line>Siti Aminah, Surabaya</line><signed>An: Siti Aminah, Surabaya</signed><copied>Siti Aminah</copied></data>"
)


def test_what_the_form_made_of_the_identity_is_left_out_as_well(office: Office, officer: Actor, deps: Deps) -> None:
    code = complain(office, "secret").code
    deps.cases.take(officer, code)
    file = read(deps, officer, code)
    other = replace(
        file,
        content=file.content.model_copy(update={"instance": SENT}),
        description=file.description.model_copy(update={"identity_group": "who"}),
    )
    form = convert_form(FORM.encode(), "md", "x", {}).form
    assert form is not None
    hidden = complaints.without_identity(other, form).content
    assert "iti" not in hidden.instance.replace("identity", "")
    assert "<what>Lampu</what>" in hidden.instance
    assert (hidden.identity, hidden.attachments) == (None, ())
    assert "Lampu" not in complaints.without_identity(other, None).content.instance


def test_of_an_anonymous_one_the_answers_that_tell_who_it_was_are_not_kept(
    office: Office, officer: Actor, deps: Deps
) -> None:
    code = complain(office, "anonymous").code
    assert "Siti Aminah" not in read(deps, officer, code).content.instance


def test_any_other_case_is_shown_as_before(office: Office, deps: Deps) -> None:
    envelope = office.kiosk.envelope(SERVICE)
    office.take(envelope.item)
    found = read(deps, office.officer("kominfo"), envelope.code)
    assert found.content.identity is not None
    assert not found.hidden


def asked(office: Office, officer: Actor, deps: Deps) -> str:
    code = complain(office, "anonymous").code
    deps.cases.take(officer, code)
    assert deps.cases.ask(officer, code, "Di jalan apa?").outcome is CaseOutcome.DONE
    return code


def close(deps: Deps) -> int:
    return deps.questions.look()


def test_silence_closes_it_after_the_last_working_day(
    office: Office, officer: Actor, deps: Deps, clock: FakeClock
) -> None:
    code = asked(office, officer, deps)
    clock.pass_time(days=REPLY_DAYS)
    close(deps)
    clock.pass_time(days=2 * REPLY_DAYS)
    assert close(deps) == 1
    state = deps.case_files.public_state(code)
    assert state is not None
    assert (state.state, state.kind) == (State.CANCELLED, "complaint")
    assert "10 hari kerja" in state.note
    assert close(deps) == 0
