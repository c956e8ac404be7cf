"""``python -m screens.gallery [--all] [--state NAME]… [--checks-only] [--accept]``; see the package."""

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from screens.boot import BootOptions, prepare

if TYPE_CHECKING:
    from screens.gallery.index import Entry

ROOT: Final = Path(__file__).resolve().parents[2]
OUT: Final = ROOT / "build" / "gallery"
#: A kiosk's panel; and half of its dots on the same panel, where a quarter is enough to look at thousands.
FULL: Final = BootOptions(driver="offscreen", width=1080, height=1920, max_fps=0)
HALF: Final = BootOptions(driver="offscreen", width=540, height=960, dpi=FULL.dpi / 2, max_fps=0)


@dataclass(frozen=True)
class Share:
    """What one process does: every ``of``-th look, from the ``first`` on."""

    first: int
    of: int
    states: tuple[str, ...]
    everything: bool
    pictures: bool


def take(share: Share) -> "list[Entry]":
    """Takes a share's pictures in a process of its own, which has a window of its own."""
    boot = HALF if share.everything or not share.pictures else FULL
    prepare(boot)
    # Kivy's window is made at import, by what was prepared.
    from screens.gallery.index import Entry
    from screens.gallery.plan import plan
    from screens.gallery.states import STATES, beginning_with
    from screens.gallery.studio import JPEG_QUALITY, Studio, studio_hands

    names = beginning_with(share.states)
    order = {name: place for place, name in enumerate(STATES)}
    entries = []
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(studio_hands(Path(folder), boot, draws=share.pictures), boot)
        for shot in list(plan(names, share.everything))[share.first :: share.of]:
            found = studio.look(shot)
            if share.pictures:
                studio.picture().save(OUT / f"{shot.name}.jpg", quality=JPEG_QUALITY)
            entries.append(Entry(order[shot.state], shot, STATES[shot.state].room, tuple(found)))
            for problem in found:
                print(f"{shot.name}: {problem}", flush=True)
        studio.close()
    return entries


def renew_accepted() -> None:
    prepare(HALF)
    from screens.gallery.accepted import accept
    from screens.gallery.studio import Studio, studio_hands

    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(studio_hands(Path(folder), HALF, draws=True), HALF)
        accept(studio)
        studio.close()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="screens.gallery")
    parser.add_argument("--all", action="store_true", help="every state in every look, with half the dots")
    parser.add_argument("--state", action="append", default=[], help="states whose name begins so (can be repeated)")
    parser.add_argument("--checks-only", action="store_true", help="take no pictures")
    parser.add_argument("--accept", action="store_true", help="renew the pictures that the tests compare with")
    options = parser.parse_args(arguments)
    if options.accept:
        renew_accepted()
        return 0
    pictures = not options.checks_only
    OUT.mkdir(parents=True, exist_ok=True)
    if pictures:
        for old in (*OUT.glob("*.jpg"), *OUT.glob("*.png")):
            old.unlink()
    began = time.monotonic()
    processes = os.cpu_count() or 1
    shares = [Share(first, processes, tuple(options.state), options.all, pictures) for first in range(processes)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        entries = [entry for part in pool.map(take, shares) for entry in part]
    bad = sum(bool(entry.problems) for entry in entries)
    print(f"{len(entries)} looked at in {time.monotonic() - began:.0f} s, {bad} with a problem")
    if pictures:
        from screens.gallery.index import write_index

        write_index(OUT, entries)
        print(OUT / "index.html")
    return 1 if bad or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
