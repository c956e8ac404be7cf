"""Every pair of colours that a screen relies on can be distinguished, in every contrast (WCAG 2.2)."""

import pytest

from screens.look.colours import (
    EDGE_PAIRS,
    EDGE_RATIO,
    FOCUS_GROUNDS,
    HIGH_TEXT_RATIO,
    PALETTES,
    TEXT_PAIRS,
    TEXT_RATIO,
    Colours,
    Contrast,
    ratio,
    rgba,
)


@pytest.mark.parametrize("contrast", Contrast)
@pytest.mark.parametrize("pair", TEXT_PAIRS, ids="-on-".join)
def test_text_is_legible(contrast: Contrast, pair: tuple[str, str]) -> None:
    colours = Colours(PALETTES[contrast])
    wanted = HIGH_TEXT_RATIO if contrast.is_high else TEXT_RATIO
    assert ratio(getattr(colours, pair[0]), getattr(colours, pair[1])) >= wanted


@pytest.mark.parametrize("contrast", Contrast)
@pytest.mark.parametrize("pair", EDGE_PAIRS, ids="-on-".join)
def test_edges_can_be_seen(contrast: Contrast, pair: tuple[str, str]) -> None:
    colours = Colours(PALETTES[contrast])
    assert ratio(getattr(colours, pair[0]), getattr(colours, pair[1])) >= EDGE_RATIO


@pytest.mark.parametrize("contrast", Contrast)
@pytest.mark.parametrize("ground", FOCUS_GROUNDS)
def test_the_focus_is_seen_on_whatever_lies_below(contrast: Contrast, ground: str) -> None:
    colours = Colours(PALETTES[contrast])
    below = getattr(colours, ground)
    assert max(ratio(colours.focus, below), ratio(colours.focus_halo, below)) >= EDGE_RATIO


def test_black_on_white_is_21_to_1() -> None:
    assert ratio(rgba("#000000"), rgba("#FFFFFF")) == pytest.approx(21.0)


def test_a_role_that_does_not_exist_is_a_bug() -> None:
    with pytest.raises(AttributeError, match="mauve"):
        _ = Colours(PALETTES[Contrast.LIGHT]).mauve
