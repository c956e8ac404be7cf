"""The table of pages, and the life of a page: made, made anew in another look, closed once."""

from dataclasses import replace
from pathlib import Path

import pytest
from kivy.uix.widget import Widget
from screens_harness import Hands

import screens
from screens.citizen.start.services_model import SearchModel
from screens.look.tokens import TextSize
from screens.navigation.flow import Flow
from screens.navigation.places import Name, Place
from screens.shell import pages

SCREENS = Path(screens.__file__).parent


class Seen:
    """How often a search was closed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[Counted] = []
        row = pages.PAGES[Name.SEARCH]
        monkeypatch.setitem(pages.PAGES, Name.SEARCH, replace(row, about=self._about))

    def _about(self, flow: Flow, _detail: str) -> SearchModel:
        self.made.append(Counted(flow))
        return self.made[-1]


class Counted(SearchModel):
    closed = 0

    def close(self) -> None:
        super().close()
        self.closed += 1


@pytest.fixture
def seen(citizens: Hands, monkeypatch: pytest.MonkeyPatch) -> Seen:
    seen = Seen(monkeypatch)
    citizens.app.flow.citizen.start()
    return seen


def test_every_file_of_rules_belongs_to_a_page() -> None:
    found = {path for path in SCREENS.rglob("*.kv") if "look" not in path.relative_to(SCREENS).parts}
    assert set(pages.rule_files()) == found


def test_a_page_made_anew_goes_on_and_is_closed_once_when_it_is_left(citizens: Hands, seen: Seen) -> None:
    flow = citizens.app.flow
    flow.citizen.open_page(Place(Name.SEARCH))
    citizens.settle()
    citizens.type("lahir")
    flow.preferences.set_text_size(TextSize.LARGE)
    citizens.settle()
    assert [model.closed for model in seen.made] == [0]
    assert citizens.page.model is seen.made[0]
    flow.back()
    citizens.settle()
    assert [model.closed for model in seen.made] == [1]


def test_what_was_begun_is_closed_with_the_session(citizens: Hands, seen: Seen) -> None:
    citizens.app.flow.citizen.open_page(Place(Name.SEARCH))
    citizens.settle()
    citizens.app.flow.citizen.leave()
    assert [model.closed for model in seen.made] == [1]


def test_what_was_begun_is_closed_when_its_page_cannot_be_made(
    citizens: Hands, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_flow: Flow, _model: SearchModel) -> Widget:
        raise ZeroDivisionError

    citizens.app.flow.citizen.open_page(Place(Name.SEARCH))
    citizens.settle()
    monkeypatch.setitem(pages.PAGES, Name.SEARCH, replace(pages.PAGES[Name.SEARCH], screen=fail))
    citizens.app.flow.preferences.set_text_size(TextSize.LARGE)
    citizens.settle()
    assert citizens.place == "HOME"
    assert [model.closed for model in seen.made] == [1]
