"""Colours are told apart by eyes without red, green or blue cones, by eyes without colours and by clouded ones (WCAG 2.2)."""

import pytest
import screens_harness  # noqa: F401 - the window is prepared before Kivy is imported
from PIL import Image

from rehearsal.gallery.eyes import Eyes, colour_for, picture_for
from rehearsal.gallery.index import Entry
from rehearsal.gallery.plan import MAIN, Shot, is_seen_by_all
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
from screens.look.widgets.banner import KINDS
from screens.navigation.appearance import Appearance

COLOUR_BLIND = (Eyes.PROTANOPIA, Eyes.DEUTERANOPIA, Eyes.TRITANOPIA, Eyes.NO_COLOURS)


def seen_ratio(eyes: Eyes, contrast: Contrast, pair: tuple[str, str]) -> float:
    colours = Colours(PALETTES[contrast])
    return ratio(*(colour_for(eyes, getattr(colours, role)) for role in pair))


def too_faint(eyes: Eyes, contrast: Contrast, text: float) -> list[tuple[str, str]]:
    """Pairs below the ratio of text, or of edges."""
    faint = [pair for pair in TEXT_PAIRS if seen_ratio(eyes, contrast, pair) < text]
    return faint + [pair for pair in EDGE_PAIRS if seen_ratio(eyes, contrast, pair) < EDGE_RATIO]


@pytest.mark.en301549("8.1.3")
@pytest.mark.parametrize("eyes", COLOUR_BLIND)
@pytest.mark.parametrize("contrast", Contrast)
def test_whoever_sees_other_colours_reads_everything(eyes: Eyes, contrast: Contrast) -> None:
    assert too_faint(eyes, contrast, HIGH_TEXT_RATIO if contrast.is_high else TEXT_RATIO) == []


@pytest.mark.parametrize("contrast", Contrast)
def test_high_contrast_is_enough_for_clouded_eyes(contrast: Contrast) -> None:
    """In the other two they still see large letters and every edge."""
    assert too_faint(Eyes.CLOUDED, contrast, TEXT_RATIO if contrast.is_high else EDGE_RATIO) == []


@pytest.mark.parametrize("eyes", Eyes)
@pytest.mark.parametrize("contrast", Contrast)
def test_the_focus_is_seen_by_all_eyes(eyes: Eyes, contrast: Contrast) -> None:
    bands = ("focus", "focus_halo")
    best = [max(seen_ratio(eyes, contrast, (band, ground)) for band in bands) for ground in FOCUS_GROUNDS]
    assert min(best) >= EDGE_RATIO


@pytest.mark.en301549("8.1.3")
def test_what_a_banner_means_is_never_its_colour_alone() -> None:
    assert len(set(KINDS.values())) == len(KINDS)


def test_red_and_green_look_alike_without_green_cones_and_to_others_do_not() -> None:
    red, green = rgba("#B3372B"), rgba("#6E6A1E")
    apart = {
        eyes: max(abs(a - b) for a, b in zip(colour_for(eyes, red), colour_for(eyes, green), strict=True))
        for eyes in Eyes
    }
    assert apart[Eyes.DEUTERANOPIA] < apart[Eyes.USUAL] / 2
    assert apart[Eyes.BLURRED] == pytest.approx(apart[Eyes.USUAL])


def test_a_picture_is_changed_as_its_colours_are() -> None:
    colour = rgba("#B3372B")
    picture = Image.new("RGB", (4, 4), "#B3372B")
    for eyes in Eyes:
        seen = picture_for(eyes, picture, dpi=96.0).getpixel((2, 2))
        assert seen == tuple(round(channel * 255) for channel in colour_for(eyes, colour)[:3])


def test_a_blurred_picture_keeps_its_light_and_loses_its_edges() -> None:
    picture = Image.new("RGB", (40, 40), "white")
    picture.paste("black", (0, 0, 20, 40))
    seen = picture_for(Eyes.BLURRED, picture, dpi=254.0)
    edge = seen.getpixel((20, 20))
    assert isinstance(edge, tuple) and 60 < edge[0] < 200


def test_the_gallery_shows_the_main_states_to_all_eyes() -> None:
    assert all(is_seen_by_all(Shot(state, Appearance(), "portrait")) for state in MAIN)
    assert not is_seen_by_all(Shot("thanks", Appearance(), "portrait"))
    assert len({Entry(0, Shot("home", Appearance(), "portrait"), "", (), eyes).file for eyes in Eyes}) == len(Eyes)
