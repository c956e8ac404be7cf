"""Taking pictures: a share of them in a process of its own, which has a window of its own."""

import gc
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screens.shell.boot import BootOptions, prepare

if TYPE_CHECKING:
    from rehearsal.gallery.index import Entry

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "build" / "gallery"
#: A kiosk's panel; and half of its dots on the same panel, where a quarter is enough to look at thousands.
FULL: Final = BootOptions(driver="offscreen", width=1080, height=1920, max_fps=0)
HALF: Final = BootOptions(driver="offscreen", width=540, height=960, dpi=FULL.dpi / 2, max_fps=0)


@dataclass(frozen=True)
class Share:
    """What one process does: the ``first`` of ``of`` parts, counted from 0."""

    first: int
    of: int
    states: tuple[str, ...]
    everything: bool
    pictures: bool


def take(share: Share) -> "list[Entry]":
    """Takes a share's pictures, once in a process."""
    boot = HALF if share.everything or not share.pictures else FULL
    prepare(boot)
    # Kivy's window is made at import, by what was prepared.
    from rehearsal.gallery.eyes import Eyes, picture_for
    from rehearsal.gallery.index import Entry
    from rehearsal.gallery.plan import is_seen_by_all, rounds
    from rehearsal.gallery.states import STATES, beginning_with
    from rehearsal.gallery.studio import JPEG_QUALITY, Studio, studio_hands
    from screens.shell.garbage import YOUNG

    # Pages are made by the thousand here: two thirds of the time would go into looking for garbage among them.
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    names = beginning_with(share.states)
    order = {name: place for place, name in enumerate(STATES)}
    entries = []
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(studio_hands(Path(folder), boot, draws=share.pictures), boot)
        planned = rounds(names, share.everything)
        part = -(-len(planned) // share.of)
        for shots in planned[share.first * part : (share.first + 1) * part]:
            for shot in shots:
                found = studio.look(shot) if shot is shots[0] else studio.look_again(shot)
                looks = tuple(Eyes) if share.pictures and is_seen_by_all(shot) else (Eyes.USUAL,)
                made = [Entry(order[shot.state], shot, STATES[shot.state].group, tuple(found), eyes) for eyes in looks]
                if share.pictures:
                    picture = studio.picture()
                    for entry in made:
                        seen = picture if entry.eyes is Eyes.USUAL else picture_for(entry.eyes, picture, boot.dpi)
                        seen.save(OUT / entry.file, quality=JPEG_QUALITY)
                entries += made
                for problem in found:
                    print(f"{shot.name}: {problem}", flush=True)
        studio.close()
    return entries


def renew_accepted() -> None:
    """Renews the pictures that the tests compare with."""
    prepare(HALF)
    from rehearsal.gallery.accepted import accept

    accept(HALF)


def renew_guide() -> None:
    """Renews the pictures of the field staff's guide."""
    prepare(HALF)
    from rehearsal.gallery.guide import draw

    draw(HALF)
