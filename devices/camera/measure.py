"""How often the camera is wrong about a document: sheens that it misses, good pictures that it doubts, desks and faces.

    python -m devices.camera.measure [COUNT] [SEED]

COUNT pictures of each kind are drawn (devices.camera.drawn_set), photographed, and judged as a citizen's would be.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from devices.camera.drawn_set import SPARED, SPOILED, Sample, clean_documents, empty_desks, people, shining_documents
from devices.camera.photo import CaptureProblem
from devices.camera.sheet import CaptureLimits, take
from devices.vision.faces import FaceFinder
from protocol.peripherals import CaptureFault

GOOD: Final = "GOOD"
COUNT: Final = 120
_FACES: Final = FaceFinder()
SEED: Final = 11


@dataclass(slots=True)
class Verdicts:
    """What was said of the pictures of one kind, by what the picture is."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.counts.total()

    def share(self, *verdicts: str) -> float:
        return sum(self.counts[verdict] for verdict in verdicts) / max(1, self.total)


def verdict_of(sample: Sample) -> str:
    """GOOD, or the fault."""
    taken = take(sample.picture, CaptureLimits(), _FACES)
    return str(taken.kind) if isinstance(taken, CaptureProblem) else GOOD


def judge(samples: Iterable[Sample], *right: str) -> Verdicts:
    """What is said of them; those of which none of ``right`` is said are kept by name."""
    found = Verdicts()
    for sample in samples:
        verdict = verdict_of(sample)
        found.counts[verdict] += 1
        if verdict not in right:
            found.wrong.append(f"{sample.name} ({sample.lost:.1%} lost): {verdict}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    given = [int(each) for each in (sys.argv[1:] if arguments is None else arguments)]
    count, seed = (*given, *(COUNT, SEED)[len(given) :])
    shining = list(shining_documents(count, seed))
    kinds = {
        "print lost to a sheen": judge((each for each in shining if each.lost >= SPOILED), CaptureFault.GLARE),
        "a sheen beside the print": judge((each for each in shining if each.lost < SPARED), GOOD, CaptureFault.GLARE),
        "no sheen": judge(clean_documents(count, seed), GOOD),
        "an empty desk": judge((each for each in empty_desks(count // 2)), CaptureFault.NO_SHEET),
        "a face": judge(people(count // 2, seed), CaptureFault.NO_SHEET),
    }
    for name, verdicts in kinds.items():
        said = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.counts.most_common())
        print(f"{name}: {verdicts.total} pictures: {said}")
        for wrong in verdicts.wrong:
            print(f"    {wrong}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
