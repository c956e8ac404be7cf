"""A complaint is anonymous or secret from the first step on: what is sealed says no more than was chosen."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.events import Step
from kiosk.outcomes import Saved
from kiosk.privacy import Privacy
from kiosk.session import HowIdentified, Session
from sync.protocol.messages import Content
from tests.kiosk.kiosk_kit import CITY, FORM, NAME, NIK, Bench, bench, catalogue, service_document

COMPLAINT = FORM.replace("<why/>", "<why/><privacy/>").replace(
    '<bind nodeset="/data/nik" type="string" required="true()"/>',
    '<bind nodeset="/data/nik" type="string" relevant="/data/privacy = \'secret\'"/>'
    '<bind nodeset="/data/privacy" type="string"/>',
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    document = service_document(kind="complaint", privacy_question="privacy", identification="none")
    made = bench(tmp_path, pack=catalogue(services=(document,), form=COMPLAINT))
    yield made
    made.close()


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
