"""The mark "read by the scanner" belongs to the value that is sent: through the form, a draft, and the envelope."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from forms import FormSession
from kiosk.drafts.drafts import Resumed, resume, write
from kiosk.session.citizen import HowIdentified
from kiosk.session.outcomes import Saved
from kiosk.session.session import Session
from protocol.messages import Content, Identity
from tests.kiosk.kiosk_kit import CITY, FORM, NAME, NIK, Bench, bench, catalogue, service_document
from tests.kiosk.test_kiosk_drafts import NEWER

OTHER: Final = "3578014107900002"
OWN: Final = "/data/nik"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path / "kiosk")
    yield made
    made.close()


def at_form(made: Bench, how: HowIdentified = HowIdentified.SCANNED) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, how)
    session.continue_to_form()
    session.answer("/data/name", NAME)
    return session


def sent(made: Bench, session: Session) -> Content:
    session.agree()
    while session.step == "FORM":
        assert not session.next_page()
    session.finish_review()
    saved = made.kiosk.send()
    assert isinstance(saved, Saved)
    envelope = made.store.outbox.get(made.store.outbox.waiting_seqs(1, newest=True)[0])
    assert envelope is not None
    return Content.model_validate_json(CITY.unseal(envelope.sealed))


def scan(session: Session, ref: str, value: str) -> None:
    session.answer(ref, value)
    session.answering.scanned(ref)


def test_a_card_that_was_read_is_sent_as_scanned(at: Bench) -> None:
    content = sent(at, at_form(at))
    assert content.identity == Identity(nik=NIK, how="scanned")
    assert content.scanned == (OWN,)


def test_a_number_changed_by_hand_is_sent_as_typed_and_is_who_it_is(at: Bench) -> None:
    session = at_form(at)
    session.answer(OWN, OTHER)
    content = sent(at, session)
    assert content.identity == Identity(nik=OTHER, how="typed")
    assert content.scanned == ()


def test_half_of_another_number_is_nobody_and_the_mark_is_gone(at: Bench) -> None:
    session = at_form(at)
    session.answer(OWN, OTHER[:-1])
    assert session.citizen is not None
    assert session.citizen.nik.digits == NIK
    assert list(session.answering.marks.held(at_open(session))) == []


def test_the_same_value_again_is_what_the_scanner_read(at: Bench) -> None:
    session = at_form(at)
    session.answer(OWN, OTHER)
    session.answer(OWN, NIK)
    assert sent(at, session).identity == Identity(nik=NIK, how="scanned")


def test_a_typed_number_is_scanned_once_a_card_is_held_there(at: Bench) -> None:
    session = at_form(at, HowIdentified.TYPED)
    scan(session, OWN, OTHER)
    content = sent(at, session)
    assert content.identity == Identity(nik=OTHER, how="scanned")
    assert content.scanned == (OWN,)


def test_whoever_goes_back_finds_the_number_that_stands_in_the_form(at: Bench) -> None:
    session = at_form(at)
    session.answer(OWN, OTHER)
    assert session.citizen is not None
    assert (session.citizen.nik.digits, session.citizen.how) == (OTHER, HowIdentified.TYPED)


def test_any_field_keeps_its_mark_as_long_as_its_value(at: Bench) -> None:
    session = at_form(at, HowIdentified.TYPED)
    scan(session, "/data/sex", "F-17")
    scan(session, "/data/other", "yes")
    scan(session, "/data/why", "8991234")
    session.answer("/data/sex", "F-18")
    assert set(session.answering.marks.held(at_open(session))) == {"/data/other", "/data/why"}
    # What is not sent has no mark either.
    session.answer("/data/other", "no")
    assert sent(at, session).scanned == ()


def at_open(session: Session) -> FormSession:
    assert session.form is not None
    return session.form


def test_a_draft_brings_the_marks_back(at: Bench, tmp_path: Path) -> None:
    session = at_form(at)
    scan(session, "/data/sex", "F-17")
    scan(session, "/data/other", "8991")
    session.answer("/data/other", "8992")
    plain = write(session)
    assert isinstance(plain, bytes)
    for folder, pack in (("same", None), ("newer", catalogue(2, services=(NEWER_SERVICE,), form=NEWER))):
        made = bench(tmp_path / folder, pack=pack)
        again = made.kiosk.begin("id")
        assert isinstance(resume(again, plain), Resumed)
        held = set(again.answering.marks.held(at_open(again)))
        assert held == ({OWN, "/data/sex"} if pack is None else {OWN})
        assert sent(made, again).identity == Identity(nik=NIK, how="scanned")
        made.close()


NEWER_SERVICE: Final = service_document(form_version="4")

MEMBERS: Final = FORM.replace("<why/>", "<why/><member><code/></member>").replace(
    "</h:body>",
    '<group ref="/data/member"><repeat nodeset="/data/member"><input ref="/data/member/code"><label>Kode</label></input>'
    "</repeat></group></h:body>",
)


def test_a_mark_follows_its_member_when_another_one_goes(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(form=MEMBERS))
    session = at_form(made, HowIdentified.TYPED)
    session.add_repeat("/data/member")
    scan(session, "/data/member[2]/code", "second")
    session.remove_repeat("/data/member[1]")
    assert list(session.answering.marks.held(at_open(session))) == ["/data/member[1]/code"]
    made.close()


def test_nothing_of_it_is_left(at: Bench) -> None:
    session = at_form(at)
    at.kiosk.end()
    assert not session.answering.marks.of(OWN, NIK)
