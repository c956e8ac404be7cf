"""No text is cut, breaks within a word, overlaps or leaves its box, and every target suits a finger: a fair sample of
the states and looks, all states in a long run; ``make gallery ALL=1`` looks at every combination.
"""

import zlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest
import screens_harness  # noqa: F401 - the window is prepared before Kivy is imported
from long_runs import LONG
from states_kit import SHOWS

from protocol.languages import LANGUAGES
from rehearsal.gallery.checks import Box, problems
from rehearsal.gallery.plan import ORIENTATIONS, Shot, every_look, plan, rounds
from rehearsal.gallery.states import STATES
from rehearsal.gallery.studio import Studio
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.look.widgets.pane import Pane
from screens.look.widgets.text import Column, Txt
from screens.navigation.appearance import Appearance

NAMES = tuple(STATES)
#: Layout knows no colours; strokes are broader in high contrast.
LOOKS = tuple(look for look in every_look() if look.contrast in (Contrast.LIGHT, Contrast.HIGH_DARK))


def _number(name: str) -> int:
    """Of a state's name: a state that is added changes nothing for the others."""
    return zlib.crc32(name.encode())


#: Each with a look and way up that differ from state to state.
SAMPLE = tuple(
    Shot(name, LOOKS[_number(name) // 4 % len(LOOKS)], ORIENTATIONS[_number(name) // 2 % 2]) for name in NAMES
)
#: One state of every page, and a sixth of the others.
ALWAYS = tuple(shot for shot in SAMPLE if shot.state in SHOWS or _number(shot.state) % 6 == 0)
LOOKED_AT = [pytest.param(shot, id=shot.name, marks=() if shot in ALWAYS else LONG) for shot in SAMPLE]


@pytest.mark.en301549("5.1.4")
@pytest.mark.parametrize("shot", LOOKED_AT)
def test_a_state_fits_in_a_look(studio: Studio, shot: Shot) -> None:
    assert studio.look(shot) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_through_a_long_list_keeps_its_words_whole(studio: Studio, language: str) -> None:
    """In Javanese "previous" is wider than half a panel in the largest letters."""
    assert studio.look(Shot("control-kota", Appearance(language, text_size=TextSize.EXTRA), "portrait")) == []


def _pane(studio: Studio, words: int, height: float) -> Pane:
    """In sight until the test is over (``no_pane_left``)."""
    pane = Pane(size_hint=(None, None), size=(600, height))
    column = Column()
    column.add_widget(Txt(text="Semua " * words))
    pane.add_widget(column)
    studio.hands.stage.add_widget(pane)
    for _ in range(12):
        studio.hands.settle(1)
    return pane


def _needed(pane: Pane) -> float:
    return float(pane.ids.holder.content.height)


@pytest.fixture
def no_pane_left(studio: Studio) -> Iterator[None]:
    there = list(studio.hands.stage.children)
    yield
    for pane in [each for each in studio.hands.stage.children if isinstance(each, Pane) and each not in there]:
        studio.hands.stage.remove_widget(pane)


@pytest.mark.usefixtures("no_pane_left")
def test_a_pane_has_no_rail_where_all_fits_without_one(studio: Studio) -> None:
    """With the rail its words would need a line more, and all would no longer fit."""
    studio.look(Shot("home", Appearance(), "landscape"))
    words = next(n for n in range(4, 40) if _needed(_pane(studio, n, 9_000)) < _needed(_pane(studio, n, 1)))
    pane = _pane(studio, words, _needed(_pane(studio, words, 9_000)))
    assert not (pane.can_up or pane.can_down)
    came: list[object] = []
    pane.bind(can_up=lambda *_: came.append("up"), can_down=lambda *_: came.append("down"))
    for _ in range(5):
        studio.hands.settle(1)
    assert came == []


def test_the_short_set_shows_every_state_both_ways_up() -> None:
    shown = {(shot.state, shot.orientation) for shot in plan(NAMES, everything=False)}
    assert shown == {(name, orientation) for name in NAMES for orientation in ORIENTATIONS}


def test_everything_is_each_state_in_each_look_both_ways_up() -> None:
    shots = {shot.name for shot in plan(NAMES, everything=True)}
    assert len(shots) == len(NAMES) * len(LANGUAGES) * len(Contrast) * len(TextSize) * len(ORIENTATIONS)


def test_the_sample_has_every_look_both_ways_up() -> None:
    assert {shot.appearance for shot in SAMPLE} == set(LOOKS)
    assert {shot.orientation for shot in ALWAYS} == set(ORIENTATIONS)
    assert {shot.appearance.language for shot in ALWAYS} == set(LANGUAGES)
    assert {shot.appearance.text_size for shot in ALWAYS} == set(TextSize)


# --- the checks find what they are there to find ---------------------------------------------------------------------


def _service(studio: Studio) -> Studio:
    studio.lead_to(Shot("service", Appearance(), "portrait"))
    return studio


def test_a_cut_text_is_found(studio: Studio) -> None:
    page = _service(studio).hands.page
    label = page.ids.forward.ids.label
    label.text_size = (None, None)
    label.text = "Mulai isi formulir permohonan surat keterangan domisili sekarang juga"
    studio.hands.settle()
    assert any("cut" in problem or "leaves its box" in problem for problem in problems(studio.hands.stage))


def test_a_small_target_is_found(studio: Studio) -> None:
    page = _service(studio).hands.page
    page.ids.forward.size_hint_y = None
    page.ids.forward.height = 8
    assert any("too small for a finger" in problem for problem in problems(studio.hands.stage))


def test_targets_that_touch_are_found(studio: Studio) -> None:
    page = _service(studio).hands.page
    page.ids.forward.x = page.ids.back.right + 1
    assert any("too close for fingers" in problem for problem in problems(studio.hands.stage))


def test_boxes_tell_their_room() -> None:
    one = Box(0, 0, 10, 10)
    assert one.apart(Box(14, 0, 20, 10)) == 4
    assert one.apart(Box(13, 14, 20, 20)) == 5
    assert one.apart(Box(8, 8, 20, 20)) == -2


def test_rounds_are_the_same_shots_each_differing_in_contrast_alone() -> None:
    made = rounds(NAMES, everything=True)
    assert sorted(shot.name for shots in made for shot in shots) == sorted(shot.name for shot in plan(NAMES, True))
    assert all(len(shots) == len(Contrast) for shots in made)
    for shots in made:
        assert (
            len({(shot.state, shot.orientation, replace(shot.appearance, contrast=Contrast.LIGHT)) for shot in shots})
            == 1
        )
    for before, after in pairwise(made):
        assert before[-1].appearance.contrast is after[0].appearance.contrast


@pytest.mark.parametrize(
    "state", ["help-called", "home-offline", "home-paperless", "home-noticed", "home-several-notices"]
)
def test_the_largest_letters_fit_a_panel_that_lies(studio: Studio, state: str) -> None:
    """Also on a day when somebody was here, who is counted on the home screen."""
    look = Appearance(text_size=TextSize.EXTRA)
    assert studio.look(Shot("home-served", look, "landscape")) == []
    assert studio.look(Shot(state, look, "landscape")) == []


def test_a_long_answer_is_still_seen_where_it_is_typed_in_another_contrast(studio: Studio) -> None:
    dark, light = (Appearance(text_size=TextSize.EXTRA, contrast=each) for each in (Contrast.HIGH_DARK, Contrast.LIGHT))
    assert studio.look(Shot("control-text-full", dark, "landscape")) == []
    assert studio.look_again(Shot("control-text-full", light, "landscape")) == []
