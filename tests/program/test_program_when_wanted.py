"""A library comes with the first thing that is wanted of it."""

import sys

import pytest

from runtime.when_wanted import when_wanted


def test_it_comes_with_what_is_wanted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colours = when_wanted("colorsys")
    assert "colorsys" not in sys.modules
    assert colours.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules


def test_one_that_is_not_there_is_missed_only_then() -> None:
    library = when_wanted("no_such_library")
    with pytest.raises(ModuleNotFoundError):
        library.anything  # noqa: B018 - asking is what is tested
