"""Reading codes in pictures: a fast pass, a pass on what was flattened, the second engine; never a wrong text.

The weak point of every decoder is tilt, not the code: a Code 128 or PDF417 on a card that lies askew is read by none,
and by zxing-cpp almost always when the card was found and flattened first. That costs some 30 ms, so it is done only
when there is a card and the fast pass read nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import cv2

from devices.scanner.agreement import Agreement
from devices.scanner.decode import ALL_SYMBOLOGIES, CARD_SYMBOLOGIES, Grey, Read, Symbology, decode
from devices.vision import Quad, find_quads, rectify
from devices.vision.rectify import visible_size

FLAT_WIDTH: Final = 1700
"""Pixels of width of a flattened card: 20 a millimetre, so that the thinnest bar is five wide."""

CARD_ASPECT: Final = 85.6 / 53.98

SECOND_LOOK_SCALE: Final = 0.8
"""The scale at which a code of bars is read once more in a single picture before it is believed."""

SecondOpinion = Callable[[Grey], tuple[Read, ...]]


def no_opinion(_: Grey) -> tuple[Read, ...]:
    """For where there is no second engine."""
    return ()


class StillReader:
    """Reads one picture as well as can be, whatever it costs (20–200 ms)."""

    def __init__(self, symbologies: frozenset[Symbology] = ALL_SYMBOLOGIES, second: SecondOpinion = no_opinion) -> None:
        self._symbologies = symbologies
        self._second = second

    def read(self, grey: Grey) -> tuple[Read, ...]:
        """The codes in ``grey``; a code of bars only when two looks at it agree."""
        for view in self._views(grey):
            believed = self._believed(decode(view, self._symbologies), view)
            if believed:
                return believed
        return tuple(read for read in self._second(grey) if not read.is_linear)

    def _views(self, grey: Grey) -> Iterator[Grey]:
        yield grey
        for quad in find_quads(grey):
            yield flat_card(grey, quad)
        if max(grey.shape[:2]) <= FLAT_WIDTH // 2:
            yield cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)

    def _believed(self, reads: tuple[Read, ...], view: Grey) -> tuple[Read, ...]:
        if not any(read.is_linear for read in reads):
            return reads
        agreement = Agreement()
        agreement.settle(reads, 0.0)
        linear = frozenset(Symbology(read.symbology) for read in reads if read.is_linear)
        smaller = cv2.resize(view, None, fx=SECOND_LOOK_SCALE, fy=SECOND_LOOK_SCALE, interpolation=cv2.INTER_AREA)
        larger = cv2.resize(view, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LINEAR)
        looks = (decode(smaller, linear), decode(larger, linear), self._second(view))
        agreed = {(read.symbology, read.text) for look in looks for read in look}
        return tuple(read for read in reads if not read.is_linear or (read.symbology, read.text) in agreed)


def flat_card(grey: Grey, quad: Quad) -> Grey:
    """The card inside ``quad``, FLAT_WIDTH pixels along its longer side, upright or upside down."""
    across, down = visible_size(quad)
    longer, shorter = FLAT_WIDTH, round(FLAT_WIDTH / CARD_ASPECT)
    size = (longer, shorter) if across >= down else (shorter, longer)
    return rectify(grey, quad, *size)


class FrameReader:
    """Reads the pictures of a running camera one after another, with a bounded cost for each.

    Every picture gets a fast pass for one group of codes, in turn. When that reads nothing and a card lies there, the
    card is flattened and read, and now and then the second engine is asked.
    """

    FLATTEN_EVERY: Final = 2
    SECOND_EVERY: Final = 6

    def __init__(
        self, symbologies: frozenset[Symbology] = CARD_SYMBOLOGIES, second: SecondOpinion = no_opinion
    ) -> None:
        self._symbologies = symbologies
        self._second = second
        self._groups = tuple(group & symbologies for group in _GROUPS if group & symbologies)
        self._agreement = Agreement()
        self._turn = 0

    def read(self, grey: Grey, now: float) -> tuple[Read, ...]:
        """The codes that count in this picture (see :class:`Agreement`); ``now`` is its time in seconds."""
        self._turn += 1
        return self._agreement.settle(self._look(grey), now)

    def _look(self, grey: Grey) -> tuple[Read, ...]:
        group = self._groups[self._turn % len(self._groups)]
        fast = decode(grey, group, thorough=False)
        if fast:
            # The same group again with the next picture, so that bars find their second read soon.
            self._turn -= 1
            return fast
        if self._turn % self.FLATTEN_EVERY:
            return ()
        quads = find_quads(grey, most=2)
        for quad in quads:
            if flat := decode(flat_card(grey, quad), self._symbologies):
                return flat
        if quads and self._turn % self.SECOND_EVERY == 0:
            return tuple(read for read in self._second(grey) if not read.is_linear)
        return ()


_GROUPS: Final = (
    frozenset({Symbology.QR_CODE, Symbology.CODE_128, Symbology.CODE_39, Symbology.CODE_32, Symbology.PZN}),
    frozenset({Symbology.QR_CODE, Symbology.PDF417}),
)
