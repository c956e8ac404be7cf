"""A touched answer of the review opens its own field, and the way forward leads back."""

from flows_kit import begin, fill, session_of
from screens_harness import Hands

from screens.citizen.application.review import AnswerLine
from screens.citizen.controls.question import Question


def touch_line(hands: Hands, name: str) -> str:
    """Of the question of that name; gives its reference."""
    begin(hands, "domisili")
    fill(hands)
    line = next(each for each in hands.widgets() if isinstance(each, AnswerLine) and each.ref.endswith(f"/{name}"))
    hands.tap_widget(line)
    assert hands.place == "FORM"
    return str(line.ref)


def question(hands: Hands, ref: str) -> Question:
    return next(each for each in hands.widgets() if isinstance(each, Question) and each.ref == ref)


def test_the_keyboard_types_into_what_was_touched(citizens: Hands) -> None:
    ref = touch_line(citizens, "telepon")
    assert citizens.page.model.focus.ref == ref
    citizens.strike("9")
    session = session_of(citizens)
    assert session.form is not None
    assert session.form.nodes[ref].value.endswith("9")
    citizens.forward()
    assert citizens.place == "REVIEW"


def test_a_folded_list_that_was_touched_is_open(citizens: Hands) -> None:
    ref = touch_line(citizens, "kecamatan")
    assert citizens.page.model.unfolded == ref
    citizens.must_see(citizens.page.model.form.nodes[ref].choices[0].label)


def test_what_is_touched_far_below_is_in_sight(citizens: Hands) -> None:
    ref = touch_line(citizens, "kelurahan")
    pane, widget = citizens.page.ids.pane.ids.holder, question(citizens, ref)
    assert pane.y <= widget.top <= pane.top


def test_another_page_of_the_form_begins_as_always(citizens: Hands) -> None:
    touch_line(citizens, "telepon")
    session_of(citizens).back()
    session_of(citizens).back()
    citizens.settle()
    assert session_of(citizens).sought == ""
