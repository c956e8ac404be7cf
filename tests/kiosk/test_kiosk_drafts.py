"""A draft goes on where it was left; in a newer form, what still fits is carried over and the rest is counted."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.drafts.draft_words import DraftProblem
from kiosk.drafts.drafts import Resumed, birth_date, resume, write
from kiosk.events import Step
from kiosk.session.citizen import HowIdentified
from kiosk.session.session import Session
from protocol.limits import DRAFT_PLAIN_BYTES
from tests.kiosk.kiosk_kit import FORM, NAME, NIK, PHOTO, Bench, bench, catalogue, service_document

NEWER = (
    FORM.replace('version="3"', 'version="4"')
    .replace("<sex/>", "")
    .replace('<bind nodeset="/data/sex" type="string"/>', "")
    .replace('<input ref="/data/sex"><label>Sex</label></input>', "")
    .replace('<bind nodeset="/data/other" type="string"/>', '<bind nodeset="/data/other" type="int"/>')
)


def filled(made: Bench) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.answer("/data/name", NAME)
    session.answer("/data/sex", "F")
    session.answer("/data/other", "no")
    session.attach("/data/photo", PHOTO)
    session.next_page()
    session.next_page()
    return session


def left(folder: Path) -> bytes:
    made = bench(folder)
    plain = write(filled(made))
    made.close()
    assert isinstance(plain, bytes)
    return plain


def went_on(made: Bench, plain: bytes) -> tuple[Session, Resumed]:
    session = made.kiosk.begin("id")
    resumed = resume(session, plain)
    assert isinstance(resumed, Resumed), resumed
    return session, resumed


def test_it_goes_on_at_the_same_page_with_all_answers(tmp_path: Path) -> None:
    plain = left(tmp_path / "one")
    made = bench(tmp_path / "another")
    session, resumed = went_on(made, plain)
    assert (resumed.kept, resumed.dropped, resumed.changed) == (5, 0, False)
    assert session.step is Step.FORM
    assert session.page is not None and session.page.ref == "/data/birth_date"
    assert session.form is not None
    assert session.form.nodes["/data/name"].value == NAME
    photo = session.attachment("/data/photo")
    assert photo is not None and bytes(photo.data) == PHOTO
    assert [one.name for one in session.attachments_in_use()] == [photo.name]
    assert session.citizen is not None and session.citizen.nik.digits == NIK
    made.close()


def test_a_newer_form_takes_what_still_fits(tmp_path: Path) -> None:
    plain = left(tmp_path / "one")
    pack = catalogue(2, services=(service_document(form_version="4"),), form=NEWER)
    made = bench(tmp_path / "another", pack=pack)
    session, resumed = went_on(made, plain)
    assert (resumed.kept, resumed.dropped, resumed.changed) == (3, 2, True)
    assert session.form is not None
    assert session.form.nodes["/data/name"].value == NAME
    assert session.form.nodes["/data/other"].value == ""
    assert session.attachment("/data/photo") is not None
    made.close()


REPEATED = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa"><h:head><h:title>Pindah</h:title><model>
<instance><data id="letter" version="VERSION"><who jr:template=""><name/></who></data></instance>
<bind nodeset="/data/who/name" type="string"/></model></h:head><h:body>
<group ref="/data/who"><label>Siapa</label><repeat nodeset="/data/who">
<input ref="/data/who/name"><label>Nama</label></input></repeat></group></h:body></h:html>"""


@pytest.mark.parametrize("version", ["3", "4"], ids=["same-form", "newer-form"])
def test_followers_are_carried_over_one_by_one(tmp_path: Path, version: str) -> None:
    def pack(form_version: str) -> Any:
        document = service_document(form_version=form_version, identification="none", nik_question="")
        return catalogue(services=(document,), form=REPEATED.replace("VERSION", form_version))

    one = bench(tmp_path / "one", pack=pack("3"))
    session = one.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    for name in ("Ani", "Budi"):
        instance = session.add_repeat("/data/who")
        session.answer(f"{instance}/name", name)
    plain = write(session)
    assert isinstance(plain, bytes)
    one.close()
    another = bench(tmp_path / "another", pack=pack(version))
    session, resumed = went_on(another, plain)
    assert (resumed.kept, resumed.dropped) == (2, 0)
    assert session.form is not None
    assert [session.form.nodes[f"/data/who[{n}]/name"].value for n in (1, 2)] == ["Ani", "Budi"]
    another.close()


@pytest.mark.parametrize(
    "plain", [b"", b"[]", b"{}", b"\xff", json.dumps({"format": 2, "service": "letter"}).encode()], ids=range(5)
)
def test_what_is_no_draft_leaves_the_session_as_it_was(tmp_path: Path, plain: bytes) -> None:
    made = bench(tmp_path)
    session = made.kiosk.begin("id")
    assert resume(session, plain) is DraftProblem.GONE
    assert (session.step, session.form) == (Step.SERVICES, None)
    made.close()


def test_a_service_that_is_gone_says_so(tmp_path: Path) -> None:
    plain = left(tmp_path / "one")
    made = bench(tmp_path / "another", pack=catalogue(services=(service_document("other"),)))
    assert resume(made.kiosk.begin("id"), plain) is DraftProblem.GONE
    made.close()


def test_too_many_photos_are_reported_before_anything_leaves(tmp_path: Path) -> None:
    made = bench(tmp_path)
    session = filled(made)
    session.attach("/data/photo", bytes(DRAFT_PLAIN_BYTES * 3 // 4))
    assert write(session) is DraftProblem.TOO_LARGE
    made.close()


def test_nothing_of_it_touches_the_disk(tmp_path: Path) -> None:
    made = bench(tmp_path)
    write(filled(made))
    made.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert NAME.encode() not in kept
    assert NIK.encode() not in kept


@pytest.mark.parametrize(
    ("digits", "born"),
    [
        ("17081990", date(1990, 8, 17)),
        ("31021990", None),
        ("25112026", None),
        ("24112026", date(2026, 11, 24)),
        ("01011895", None),
        ("1708199", None),
    ],
)
def test_a_birth_date_is_one_of_somebody_alive(digits: str, born: date | None) -> None:
    assert birth_date(digits, date(2026, 11, 24)) == born


@pytest.mark.parametrize(("language", "name"), [("id", "Surat keterangan domisili"), ("en", "Domicile letter")])
def test_the_slip_names_its_service_and_nothing_of_what_was_entered(tmp_path: Path, language: str, name: str) -> None:
    made = bench(tmp_path)
    service = filled(made).service
    assert service is not None
    until = datetime(2026, 4, 1, tzinfo=UTC)
    assert made.kiosk.draft_slips.print("DRAF9QXF0001", until, service.name, language, lambda _result: None)
    slip = made.printer.jobs[-1][0].all_text
    assert name in slip
    assert not any(secret in slip for secret in (NAME, NIK))
    made.close()
