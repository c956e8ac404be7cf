"""A lower number of people: nobody who was filled in goes before the citizen agreed, and a draft keeps them all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.drafts.drafts import Resumed, resume, write
from kiosk.session.session import Session
from tests.kiosk.kiosk_kit import PHOTO, Bench, bench, catalogue, service_document

COUNTED = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Pindah</h:title><model>
<instance><data id="letter" version="3"><n/><who jr:template=""><name/><day>Monday</day><photo/></who>
<pet jr:template=""><name/><photo/></pet></data></instance>
<bind nodeset="/data/n" type="int"/><bind nodeset="/data/who/photo" type="binary"/>
<bind nodeset="/data/who/day" readonly="true()"/><bind nodeset="/data/pet/photo" type="binary"/></model></h:head><h:body>
<input ref="/data/n"><label>Berapa</label></input>
<group ref="/data/who"><label>Siapa</label><repeat nodeset="/data/who" jr:count="/data/n">
<input ref="/data/who/name"><label>Nama</label></input><input ref="/data/who/day"><label>Hari</label></input>
<upload ref="/data/who/photo" mediatype="image/*"><label>Foto</label></upload></repeat></group>
<group ref="/data/pet"><label>Hewan</label><repeat nodeset="/data/pet"><input ref="/data/pet/name"><label>Nama</label></input>
<upload ref="/data/pet/photo" mediatype="image/*"><label>Foto</label></upload></repeat></group></h:body></h:html>"""
PACK = catalogue(services=(service_document(identification="none", nik_question=""),), form=COUNTED)


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path / "kiosk", pack=PACK)
    yield made
    made.close()


def _begun(made: Bench) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    return session


def _with_people(made: Bench, *names: str) -> Session:
    session = _begun(made)
    session.answer("/data/n", str(len(names)))
    assert session.answering.settle() is None
    for number, name in enumerate(names, 1):
        session.answer(f"/data/who[{number}]/name", name)
        assert session.answering.settle() is None
    return session


def _people(session: Session) -> list[str]:
    assert session.form is not None
    return [instance.children[0].value for instance in session.form.nodes["/data/who"].children]


def _typed(session: Session, *values: str) -> None:
    for value in values:
        session.answer("/data/n", value)


def _asked(session: Session) -> list[str]:
    fewer = session.answering.settle()
    return [] if fewer is None else [member.children[0].value for member in fewer.members]


def test_a_number_typed_over_asks_about_nobody_when_all_are_there_again(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi", "Cici")
    _typed(session, "", "1", "13", "1", "3")
    assert _asked(session) == []
    assert _people(session) == ["Ani", "Budi", "Cici"]


def test_whoever_would_go_is_asked_about_until_it_is_decided(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi", "Cici")
    _typed(session, "", "1")
    assert _asked(session) == _asked(session) == ["Budi", "Cici"]


def test_blank_ones_go_without_a_word(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "", "")
    _typed(session, "1")
    assert _asked(session) == []


def test_agreed_it_stands_and_nobody_is_asked_about_twice(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi")
    _typed(session, "1")
    session.answering.let_go()
    assert _people(session) == ["Ani"]
    session.answer("/data/who[1]/name", "Ana")
    assert _asked(session) == []
    _typed(session, "0")
    assert _asked(session) == ["Ana"]


def test_kept_the_number_is_what_it_was_before_the_first_key(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi", "Cici")
    _typed(session, "", "1", "", "2")
    assert _asked(session) == ["Cici"]
    assert session.answering.keep_members() == "/data/n"
    assert session.form is not None and session.form.nodes["/data/n"].value == "3"
    assert _people(session) == ["Ani", "Budi", "Cici"]
    assert _asked(session) == []


def test_who_came_back_is_asked_about_again(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi")
    _typed(session, "1")
    session.answering.let_go()
    _typed(session, "2")
    assert _asked(session) == [] and _people(session) == ["Ani", "Budi"]
    _typed(session, "1")
    assert _asked(session) == ["Budi"]


def test_what_is_sent_is_without_those_who_went(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi")
    session.attach("/data/who[2]/photo", PHOTO)
    _typed(session, "1")
    session.answering.let_go()
    assert session.attachments_in_use() == ()
    assert session.form is not None and b"Budi" not in session.form.to_xml()


def test_a_photo_comes_back_with_its_member_also_when_another_instance_went(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi")
    session.attach("/data/who[2]/photo", PHOTO)
    session.add_repeat("/data/pet")
    session.add_repeat("/data/pet")
    session.attach("/data/pet[2]/photo", PHOTO)
    _typed(session, "1")
    session.answering.let_go()
    session.remove_repeat("/data/pet[1]")
    _typed(session, "2")
    photos = [session.attachment(ref) for ref in ("/data/who[2]/photo", "/data/pet[1]/photo")]
    assert [bytes(photo.data) if photo is not None else b"" for photo in photos] == [PHOTO, PHOTO]
    assert len(session.attachments_in_use()) == 2


def test_a_draft_keeps_members_and_photos_that_went(kiosk: Bench, tmp_path: Path) -> None:
    session = _with_people(kiosk, "Ani", "Budi", "Cici")
    session.attach("/data/who[3]/photo", PHOTO)
    _typed(session, "1")
    session.answering.let_go()
    plain = write(session)
    assert isinstance(plain, bytes)
    other = bench(tmp_path / "other", pack=PACK)
    session = other.kiosk.begin("id")
    resumed = resume(session, plain)
    assert isinstance(resumed, Resumed) and (resumed.kept, resumed.dropped) == (2, 0)
    assert _people(session) == ["Ani"]
    # They went before: nobody is asked because of another answer.
    session.answer("/data/who[1]/name", "Ana")
    assert _asked(session) == []
    _typed(session, "3")
    assert _people(session) == ["Ana", "Budi", "Cici"]
    photo = session.attachment("/data/who[3]/photo")
    assert photo is not None and bytes(photo.data) == PHOTO
    other.close()


def test_the_end_of_a_session_lets_go_of_those_who_went(kiosk: Bench) -> None:
    session = _with_people(kiosk, "Ani", "Budi")
    session.attach("/data/who[2]/photo", PHOTO)
    photo = session.attachment("/data/who[2]/photo")
    _typed(session, "1")
    session.wipe()
    assert session.form is None and photo is not None and photo.data == b""
