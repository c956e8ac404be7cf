"""Which pictures are taken: every state in the kiosk's own look, the main ones in each look; or everything."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.languages import LANGUAGES
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance

ORIENTATIONS: Final = ("portrait", "landscape")
#: Shown in each language, contrast and text size in the short set.
MAIN: Final = ("home", "services", "service", "form-fields", "form-typing", "control-photo", "saved", "case-question")


@dataclass(frozen=True)
class Shot:
    """One picture to take: which state, how it looks, which way up."""

    state: str
    appearance: Appearance
    orientation: str

    @property
    def name(self) -> str:
        look = self.appearance
        parts = (self.state, look.language, look.contrast, look.text_size, self.orientation)
        return "-".join(str(part).lower() for part in parts)


def plan(states: Sequence[str], everything: bool) -> Iterator[Shot]:
    """The shots in the order in which they are taken: by orientation, then by look."""
    for orientation in ORIENTATIONS:
        for appearance in every_look() if everything else (Appearance(),):
            for state in states:
                yield Shot(state, appearance, orientation)
        if not everything:
            for appearance in other_looks():
                for state in states:
                    if state in MAIN:
                        yield Shot(state, appearance, orientation)


def is_seen_by_all(shot: Shot) -> bool:
    """Whether its picture is shown as each pair of eyes sees it: the main states in the kiosk's own look."""
    return shot.state in MAIN and shot.appearance == Appearance() and shot.orientation == ORIENTATIONS[0]


def rounds(states: Sequence[str], everything: bool) -> list[tuple[Shot, ...]]:
    """The same shots, together where they differ in contrast alone: that is changed with the state in sight.

    Each round begins with the contrast that the one before it ended with.
    """
    together: dict[tuple[str, str, str, str], list[Shot]] = {}
    for shot in plan(states, everything):
        look = shot.appearance
        together.setdefault((shot.orientation, look.language, look.text_size.name, shot.state), []).append(shot)
    made = [tuple(shots) for shots in together.values()]
    return [shots if place % 2 == 0 else shots[::-1] for place, shots in enumerate(made)]


def every_look() -> Iterator[Appearance]:
    """Each language in each contrast and text size."""
    for language, contrast, size in itertools.product(LANGUAGES, Contrast, TextSize):
        yield Appearance(language, contrast, size)


def other_looks() -> Iterator[Appearance]:
    """The kiosk's own look with one thing changed, and the hardest: the longest texts at the largest size."""
    own = Appearance()
    for language in LANGUAGES:
        if language != own.language:
            yield Appearance(language=language)
    for contrast in Contrast:
        if contrast is not own.contrast:
            yield Appearance(contrast=contrast)
    for size in TextSize:
        if size is not own.text_size:
            yield Appearance(text_size=size)
    yield Appearance("mad", Contrast.HIGH_DARK, TextSize.EXTRA)
