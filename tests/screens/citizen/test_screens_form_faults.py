"""An error in the forms engine, met by touch: the session stays, the citizen is told, and the way goes on."""

from typing import Any

import pytest
from kivy.base import ExceptionManager
from screens_harness import Hands

from forms import FormFault
from forms.session.growth import Growth
from forms.session.node import Node, RepeatInstanceNode
from forms.session.texts import Texts
from protocol.components import FORMS
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, answer_page, domicile_form

REPEAT = "/data/anggota"
FRAMES = 5


def session(hands: Hands) -> Any:
    found = hands.kiosk.session
    assert found is not None and found.form is not None
    return found


def members(hands: Hands) -> list[str]:
    return [child.children[0].value for child in session(hands).form.nodes[REPEAT].children]


def reported(hands: Hands) -> bool:
    return hands.sees(hands.text("form.fault"))


def tap(hands: Hands, words: str) -> None:
    """A touch whose error goes where Kivy's loop hands it."""
    try:
        hands.tap(words)
    except FormFault as error:
        assert ExceptionManager.handle_exception(error) == ExceptionManager.PASS
    hands.settle(FRAMES)


def test_one_more_that_cannot_be_added_by_touch(citizens: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    way = Way(citizens)
    show("anggota")(way)
    citizens.settle()
    way.session.show(f"{REPEAT}[1]")
    answer_page(way)
    way.session.show(REPEAT)
    citizens.settle()
    before, here = members(citizens), session(citizens)
    with monkeypatch.context() as patch:
        patch.setattr(Growth, "_restructured", _fail)
        tap(citizens, citizens.text("repeat.add_another"))
    assert (citizens.place, session(citizens) is here, members(citizens)) == ("FORM", True, before)
    assert reported(citizens)
    assert citizens.app.failsafe.count == 1
    assert FORMS in citizens.kiosk.snapshot().components
    tap(citizens, citizens.text("repeat.add_another"))
    assert len(members(citizens)) == len(before) + 1
    assert not reported(citizens)


def _fail(*_: object) -> None:
    raise IndexError


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_page_that_cannot_be_shown_by_touch(citizens: Hands, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    domicile_form(Way(citizens))
    citizens.settle()
    first = session(citizens).page
    refs = {node.ref for node in first.nodes}
    say = Texts.label

    def label(texts: Texts, node: Node) -> str | None:
        if not isinstance(node, RepeatInstanceNode) and node.kind.name in ("INPUT", "SELECT1") and node.ref not in refs:
            raise IndexError
        return say(texts, node)

    for node in first.nodes:
        if not node.value and node.kind.name == "INPUT":
            session(citizens).answer(node.ref, "081234567890" if node.name == "telepon" else "Siti Aminah")
    answers = [session(citizens).form.nodes[ref].value for ref in sorted(refs)]
    citizens.page.refresh()
    citizens.settle()
    with monkeypatch.context() as patch:
        patch.setattr(Texts, "label", label)
        session(citizens).next_page()
        citizens.settle(FRAMES)
        assert (citizens.place, session(citizens).page.ref) == ("FORM", first.ref)
        assert [session(citizens).form.nodes[ref].value for ref in sorted(refs)] == answers
        assert reported(citizens)
    session(citizens).next_page()
    citizens.settle(FRAMES)
    assert session(citizens).page.ref != first.ref
    assert not reported(citizens)


def test_a_form_of_which_no_page_can_be_shown_leads_to_the_service(
    citizens: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    domicile_form(Way(citizens))
    citizens.settle()
    session(citizens).answer("/data/pemohon/nama", "Siti Aminah")
    with monkeypatch.context() as patch:
        patch.setattr(Texts, "label", _fail)
        citizens.stage.clear()
        citizens.app.flow.close_over()
        citizens.settle(FRAMES)
        assert citizens.place == "SERVICE"
        assert reported(citizens)
    citizens.forward()
    assert session(citizens).form.nodes["/data/pemohon/nama"].value == "Siti Aminah"
