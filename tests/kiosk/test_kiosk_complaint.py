"""A complaint is anonymous or secret from the first step on: what is sealed says no more than was chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.events import Step
from kiosk.session.citizen import HowIdentified
from kiosk.session.outcomes import Saved
from kiosk.session.privacy import Privacy
from kiosk.session.session import Session
from protocol.messages import Content
from tests.kiosk.kiosk_kit import CITY, FORM, NAME, NIK, Bench, bench, catalogue, fill, service_document

COMPLAINT = FORM.replace("<why/>", "<why/><privacy/>").replace(
    '<bind nodeset="/data/nik" type="string" required="true()"/>',
    '<bind nodeset="/data/nik" type="string" relevant="/data/privacy = \'secret\'"/>'
    '<bind nodeset="/data/privacy" type="string"/>',
)


#: The NIK is asked for whatever was chosen.
CARELESS = FORM.replace("<why/>", "<why/><privacy/>").replace(
    '<bind nodeset="/data/nik" type="string" required="true()"/>',
    '<bind nodeset="/data/nik" type="string"/><bind nodeset="/data/privacy" type="string"/>',
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    document = service_document(kind="complaint", privacy_question="privacy", identification="none")
    made = bench(tmp_path, pack=catalogue(services=(document,), form=COMPLAINT))
    yield made
    made.close()


@pytest.fixture
def careless(tmp_path: Path) -> Iterator[Bench]:
    document = service_document(kind="complaint", privacy_question="privacy", identification="none", nik_question="nik")
    made = bench(tmp_path, pack=catalogue(services=(document,), form=CARELESS))
    yield made
    made.close()


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Bench]:
    """A letter, and a complaint of the same form."""
    complaint = service_document("complaint", kind="complaint", privacy_question="privacy", identification="none")
    made = bench(tmp_path, pack=catalogue(services=(service_document(), complaint), form=CARELESS))
    yield made
    made.close()


def anonymous_then_the_list(made: Bench) -> Session:
    """Somebody who complains, thinks better of it, looks at a case and goes back to the list."""
    session = made.kiosk.begin("id")
    session.choose("complaint")
    session.start_service()
    session.choose_privacy(Privacy.ANONYMOUS)
    for step in (Step.PRIVACY, Step.SERVICE, Step.SERVICES):
        session.back()
        assert session.step is step
    session.show_case()
    session.another_service()
    return session


def begin(made: Bench) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    assert session.step is Step.PRIVACY
    return session


def sealed(made: Bench, session: Session) -> Content:
    session.answer("/data/name", NAME)
    while session.step is Step.FORM:
        assert session.next_page() == ()
    session.finish_review()
    session.agree()
    assert isinstance(made.kiosk.send(), Saved)
    envelope = made.store.outbox.get(1)
    assert envelope is not None
    return Content.model_validate_json(CITY.unseal(envelope.sealed))


def test_anonymous_asks_nobody_and_seals_no_identity(at: Bench) -> None:
    session = begin(at)
    session.choose_privacy(Privacy.ANONYMOUS)
    assert session.step is Step.FORM
    content = sealed(at, session)
    assert (content.privacy, content.identity) == ("anonymous", None)
    assert "<privacy>anonymous</privacy>" in content.instance


def test_secret_asks_who_it_is_and_seals_that(at: Bench) -> None:
    session = begin(at)
    session.choose_privacy(Privacy.SECRET)
    assert session.step is Step.IDENTIFY
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    content = sealed(at, session)
    assert content.privacy == "secret"
    assert content.identity is not None
    assert NIK in content.instance


def test_who_changes_their_mind_leaves_nothing_of_it(at: Bench) -> None:
    session = begin(at)
    session.choose_privacy(Privacy.SECRET)
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    for step in (Step.IDENTIFY, Step.PRIVACY):
        session.back()
        assert session.step is step
    session.choose_privacy(Privacy.ANONYMOUS)
    content = sealed(at, session)
    assert content.identity is None
    assert NIK not in content.model_dump_json()


def test_a_nik_that_was_filled_in_goes_with_the_secret(careless: Bench) -> None:
    session = begin(careless)
    session.choose_privacy(Privacy.SECRET)
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.back()
    session.back()
    assert session.form is not None
    assert session.form.nodes["/data/nik"].value == NIK
    session.choose_privacy(Privacy.ANONYMOUS)
    assert session.form.nodes["/data/nik"].value == ""
    assert NIK.encode() not in session.form.to_xml()
    content = sealed(careless, session)
    assert content.identity is None
    assert NIK not in content.model_dump_json()


def test_a_form_that_holds_on_to_the_nik_is_begun_anew(tmp_path: Path) -> None:
    """Once it is filled in it cannot be changed."""
    form = CARELESS.replace('nodeset="/data/nik" type="string"', 'nodeset="/data/nik" readonly="/data/nik != \'\'"')
    document = service_document(kind="complaint", privacy_question="privacy", identification="none")
    made = bench(tmp_path, pack=catalogue(services=(document,), form=form))
    session = begin(made)
    session.choose_privacy(Privacy.SECRET)
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.back()
    session.back()
    session.choose_privacy(Privacy.ANONYMOUS)
    assert NIK not in sealed(made, session).model_dump_json()
    made.close()


def test_who_turns_from_anonymous_to_secret_is_filled_in(careless: Bench) -> None:
    session = begin(careless)
    session.choose_privacy(Privacy.ANONYMOUS)
    session.back()
    session.choose_privacy(Privacy.SECRET)
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    assert NIK in sealed(careless, session).instance


def test_the_choice_of_a_complaint_is_forgotten_with_it(both: Bench) -> None:
    session = anonymous_then_the_list(both)
    assert session.privacy is None
    session.choose("letter")
    session.start_service()
    assert session.step is Step.IDENTIFY
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    content = sealed(both, session)
    assert content.privacy == ""
    assert content.identity is not None
    assert content.identity.nik == NIK


def test_what_was_entered_is_forgotten_with_the_list(both: Bench) -> None:
    fill(both.kiosk)
    both.kiosk.send()
    session = both.kiosk.session
    assert session is not None
    session.another_service()
    assert (session.service, session.citizen, session.submission) == (None, None, None)


def test_another_service_begins_without_the_choice_of_a_complaint(both: Bench) -> None:
    session = both.kiosk.begin("id")
    session.privacy = Privacy.ANONYMOUS
    session.choose("letter")
    assert session.privacy is None


def test_only_a_complaint_is_sealed_without_its_citizen(both: Bench) -> None:
    session = both.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.privacy = Privacy.ANONYMOUS
    content = sealed(both, session)
    assert content.privacy == ""
    assert content.identity is not None


def test_the_way_back_from_an_anonymous_form_is_the_choice(at: Bench) -> None:
    session = begin(at)
    session.choose_privacy(Privacy.ANONYMOUS)
    session.back()
    assert session.step is Step.PRIVACY
    session.back()
    assert session.step is Step.SERVICE


def test_any_other_service_has_no_such_choice(tmp_path: Path) -> None:
    made = bench(tmp_path / "other")
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    assert session.step is Step.IDENTIFY
    with pytest.raises(ValueError, match="complaint"):
        session.choose_privacy(Privacy.SECRET)
    made.close()
