"""The main screens look as they were accepted: ``make gallery ACCEPT=1`` renews what was looked at and is right."""

from pathlib import Path

import pytest
from PIL import Image
from screens_harness import BOOT

from rehearsal.gallery.accepted import FOLDER, SHOTS, alike, taken
from rehearsal.gallery.plan import Shot

DIFFERENT = Path(__file__).resolve().parents[3] / "build" / "pictures"


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_it_looks_as_accepted(shot: Shot) -> None:
    picture = taken(shot, BOOT)
    kept = Image.open(FOLDER / f"{shot.name}.png").convert("RGB")
    if not alike(picture, kept):
        DIFFERENT.mkdir(parents=True, exist_ok=True)
        picture.save(DIFFERENT / f"{shot.name}.png")
    assert alike(picture, kept), f"{shot.name}: see {DIFFERENT}; make gallery ACCEPT=1 when it is right"


def test_every_kept_picture_is_compared() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == {shot.name for shot in SHOTS}


def test_another_picture_is_not_taken_for_it() -> None:
    one, other = Image.new("RGB", (270, 480), "white"), Image.new("RGB", (270, 480), "white")
    other.paste((0, 60, 70), (20, 20, 120, 60))
    assert alike(one, one)
    assert not alike(one, other)
    assert not alike(one, one.resize((480, 270)))
