"""The gallery's page: all pictures by group, to be filtered by state, language, contrast, size and orientation. Needs no network."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rehearsal.gallery.eyes import Eyes
from rehearsal.gallery.plan import Shot

_PAGE: Final = Path(__file__).with_name("index.html")


@dataclass(frozen=True)
class Entry:
    """A picture that was taken; ``order`` is its state's place in the gallery."""

    order: int
    shot: Shot
    group: str
    problems: tuple[str, ...]
    #: Whose see it so.
    eyes: Eyes = Eyes.USUAL

    @property
    def file(self) -> str:
        seen_by = "" if self.eyes is Eyes.USUAL else f"-{self.eyes}"
        return f"{self.shot.name}{seen_by}.jpg"


def write_index(folder: Path, entries: Sequence[Entry]) -> None:
    """``index.html`` in the pictures' folder."""
    shots = [
        {
            "file": entry.file,
            "group": entry.group,
            "state": entry.shot.state,
            "language": entry.shot.appearance.language,
            "contrast": entry.shot.appearance.contrast.value.lower(),
            "size": entry.shot.appearance.text_size.value.lower(),
            "way_up": entry.shot.orientation,
            "eyes": entry.eyes.value,
            "problems": list(entry.problems),
        }
        for entry in sorted(entries, key=_order)
    ]
    # "</" would end the script that holds the data.
    data = json.dumps(shots, ensure_ascii=False).replace("</", "<\\/")
    page = _PAGE.read_text(encoding="utf-8")
    summary = html.escape(f"{len(shots)} pictures, {sum(bool(entry.problems) for entry in entries)} with a problem")
    (folder / "index.html").write_text(page.replace("@SUMMARY@", summary).replace("@SHOTS@", data), encoding="utf-8")


def _order(entry: Entry) -> tuple[int, str, str]:
    return (entry.order, entry.shot.orientation, entry.shot.name)
