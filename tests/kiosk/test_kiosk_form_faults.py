"""An unexpected error of the forms engine: the session goes on from where it was good last, and the command centre knows."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from forms import FormFault
from forms.xpath import functions
from forms.xpath.context import Context
from forms.xpath.functions.registry import NUMBER, Function
from kiosk.events import ComponentChanged, Step, StepChanged
from kiosk.session.citizen import HowIdentified
from kiosk.session.session import Session
from protocol.components import FORMS, Condition
from tests.kiosk.kiosk_kit import NAME, NIK, PHOTO, Bench, bench, catalogue, service_document

UNLUCKY = "13"
FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
<h:head><h:title>Surat</h:title><model>
<instance><data id="letter" version="3"><nik/><name/><photo/><n/><counted/><more jr:template=""><x/></more><size/><last/>
<meta><instanceID/></meta></data></instance>
<bind nodeset="/data/counted" calculate="floor(/data/n)"/>
<bind nodeset="/data/size" calculate="floor(count(/data/more) + 11)"/>
</model></h:head><h:body>
<input ref="/data/nik"><label>NIK</label></input>
<group appearance="field-list"><input ref="/data/name"><label>Nama</label></input>
<upload ref="/data/photo" mediatype="image/*"><label>Foto</label></upload>
<input ref="/data/n"><label>Angka</label></input></group>
<group ref="/data/more"><label>Lagi</label><repeat nodeset="/data/more"><input ref="/data/more/x"/></repeat></group>
<group><label>Akhir <output value="floor(/data/last)"/></label>
<input ref="/data/last"><label>Akhir <output value="floor(concat('1', string-length(/data/name)))"/></label></input></group>
</h:body></h:html>
"""


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A kiosk whose engine has a bug: floor() of 13 is an error that nobody thought of."""

    def floor(context: Context, arguments: Any) -> float:
        if arguments[0].text(context) == UNLUCKY:
            raise IndexError(NAME)
        return arguments[0].number(context)  # type: ignore[no-any-return]

    monkeypatch.setitem(functions.FUNCTIONS, ("", "floor"), Function("floor", NUMBER, 1, 1, floor))
    found = bench(tmp_path, pack=catalogue(form=FORM))
    yield found
    found.close()


@pytest.fixture
def session(at: Bench) -> Session:
    """A citizen on the second page, with answers and a photo."""
    session = at.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    look(session)
    session.next_page()
    look(session)
    session.answer("/data/name", "Siti")
    session.attach("/data/photo", PHOTO)
    return session


def look(session: Session) -> list[str | None]:
    """What a screen reads of the page, which is in sight then."""
    page = session.page
    read = [node.label for node in page.nodes] if page is not None else []
    session.shown()
    return read


def values(session: Session) -> list[str]:
    assert session.form is not None
    return [session.form.nodes[f"/data/{name}"].value for name in ("name", "n", "counted", "size")]


def test_an_answer_that_fails_leaves_all_others(at: Bench, session: Session) -> None:
    session.answer("/data/n", "7")
    with pytest.raises(FormFault) as fault:
        session.answer("/data/n", UNLUCKY)
    assert at.kiosk.form_failed(fault.value)
    assert (at.kiosk.session, session.step, look(session)) == (session, Step.FORM, ["Nama", "Foto", "Angka"])
    assert values(session) == ["Siti", "7", "7", "11"]
    assert [bytes(one.data) for one in session.attachments_in_use()] == [PHOTO]
    assert session.answer("/data/n", "8") is None
    assert values(session) == ["Siti", "8", "8", "11"]


def test_an_instance_that_cannot_be_added_or_removed_leaves_those_that_are_there(at: Bench, session: Session) -> None:
    session.answer(f"{session.add_repeat('/data/more')}/x", "a")
    with pytest.raises(FormFault) as fault:
        session.add_repeat("/data/more")
    assert at.kiosk.form_failed(fault.value)
    assert session.form is not None
    assert [child.children[0].value for child in session.form.nodes["/data/more"].children] == ["a"]
    session.remove_repeat("/data/more[1]")
    assert values(session)[-1] == "11"


def test_a_page_that_cannot_be_shown_leads_back_to_the_one_before(at: Bench, session: Session) -> None:
    session.answer("/data/name", "abc")
    before = session.page_index
    while session.page is not None and session.page.ref != "/data/last":
        look(session)
        session.next_page()
    shown = session.page_index - 1
    with pytest.raises(IndexError) as fault:
        look(session)
    assert at.kiosk.form_failed(fault.value)
    assert (session.step, session.page_index, values(session)[0]) == (Step.FORM, shown, "abc")
    look(session)
    session.back()
    assert session.page_index == before


def test_an_answer_after_which_no_page_can_be_made_is_taken_back(at: Bench, session: Session) -> None:
    session.answer("/data/name", "abcde")
    while session.page is not None and session.page.ref != "/data/last":
        look(session)
        session.next_page()
    look(session)
    session.answer("/data/last", "5")
    session.back()
    look(session)
    session.next_page()
    look(session)
    session.answer("/data/last", UNLUCKY)
    with pytest.raises(IndexError) as fault:
        look(session)
    assert at.kiosk.form_failed(fault.value)
    assert session.form is not None and session.page is not None
    assert (session.page.ref, session.form.nodes["/data/last"].value) == ("/data/last", "5")


def test_a_form_of_which_nothing_can_be_shown_leads_to_the_service_and_is_kept(at: Bench, session: Session) -> None:
    session._way_back.forget()
    assert at.kiosk.form_failed(_engine_error(session))
    assert (session.step, values(session)[0]) == (Step.SERVICE, "Siti")
    assert at.of(StepChanged)[-1].step is Step.SERVICE


def _engine_error(session: Session) -> BaseException:
    assert session.form is not None
    with pytest.raises(KeyError) as fault:
        session.form.set("/data/nothing", "1")
    return fault.value


def test_what_cannot_be_written_is_not_sent_and_the_session_stands(at: Bench, session: Session) -> None:
    while session.step is Step.FORM:
        look(session)
        session.next_page()
    session.finish_review()
    look(session)
    session.agree()
    assert session.form is not None
    session.form._engine.actions._engine = None  # type: ignore[assignment]
    with pytest.raises(AttributeError) as fault:
        at.kiosk.send()
    assert (session.step, at.kiosk.outbox.counts().waiting) == (Step.CONSENT, 0)
    assert at.kiosk.form_failed(fault.value)
    assert at.kiosk.session is session


def test_the_command_centre_learns_of_the_line_and_of_no_answer(at: Bench, session: Session) -> None:
    with pytest.raises(FormFault) as fault:
        session.answer("/data/n", UNLUCKY)
    at.kiosk.form_failed(fault.value)
    state = at.kiosk.snapshot().components[FORMS]
    assert state.detail.startswith("letter: IndexError ") and NAME not in state.detail
    assert at.of(ComponentChanged)[-1] == ComponentChanged(FORMS, "READY", frozenset({Condition.FORM_FAULT}))
    at.kiosk.end()
    at.kiosk.install(catalogue(2, services=(service_document(),)))
    assert FORMS not in at.kiosk.snapshot().components


def test_an_error_of_something_else_is_no_fault_of_a_form(at: Bench, session: Session) -> None:
    with pytest.raises(ZeroDivisionError) as fault:
        _ = 1 // len(session.attachments_in_use()[1:])
    assert not at.kiosk.form_failed(fault.value)
    assert FORMS not in at.kiosk.snapshot().components
