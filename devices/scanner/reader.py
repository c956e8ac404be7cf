"""Reading codes in pictures: a fast pass, a pass on what was flattened, the second engine; never a wrong text.

The weak point of every decoder is tilt, not the code: a Code 128 or PDF417 on a card that lies askew is read by none,
and by zxing-cpp almost always when the card was found and flattened first. That costs some 30 ms, so it is done only
when there is a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import cv2
import numpy as np

from devices.scanner.agreement import Agreement
from devices.scanner.bars import find_bars, upright_bars
from devices.scanner.decode import ALL_SYMBOLOGIES, CARD_SYMBOLOGIES, Grey, Read, Symbology, decode, decode_qr_by_opencv
from devices.scanner.unread import UnreadCards
from devices.vision import Quad, find_quads, rectify
from devices.vision.rectify import true_aspect, visible_size

FLAT_WIDTH: Final = 1700
"""Pixels of width of a flattened card: 20 a millimetre, so that the thinnest bar is five wide."""

CARD_ASPECT: Final = 85.6 / 53.98

LEAST_ASPECT: Final = 1.15
MOST_ASPECT: Final = 2.3
"""Proportions, longer to shorter, between which something may be a card: wide, as tilt blurs the estimate."""

LOOK_MARGIN: Final = 0.2
"""How far around a code a second look reaches, as a share of the code's size."""

SMALL_PICTURE: Final = 800
"""Pixels of the longer side up to which a picture is also read enlarged."""

EVEN_PARTS: Final = 16
"""The light is evened over squares of this share of the picture's width."""

EVEN_LEVEL: Final = 150.0

FRAME_SEARCH_WIDTH: Final = 320
"""Pixels of width on which cards are sought in the pictures of a running camera."""

SecondOpinion = Callable[[Grey], tuple[Read, ...]]


def no_opinion(_: Grey) -> tuple[Read, ...]:
    """For where there is no second engine."""
    return ()


class StillReader:
    """Reads one picture as well as can be, whatever it costs (1 ms when it is easy, 200 ms when nothing is there)."""

    def __init__(self, symbologies: frozenset[Symbology] = ALL_SYMBOLOGIES, second: SecondOpinion = no_opinion) -> None:
        self._symbologies = symbologies
        self._second = second

    def read(self, grey: Grey) -> tuple[Read, ...]:
        """The codes in ``grey``; a code of which one read is no proof only when two looks at it agree."""
        votes: Counter[tuple[str, str]] = Counter()
        for view in self._views(grey):
            reads = decode(view, self._symbologies)
            votes.update(_texts(reads))
            for read in reads:
                if not read.is_proof:
                    votes.update(_second_looks(view, read))
            if believed := tuple(read for read in reads if read.is_proof or votes[read.symbology, read.text] > 1):
                return believed
        return self._by_others(grey, votes)

    def _by_others(self, grey: Grey, votes: Counter[tuple[str, str]]) -> tuple[Read, ...]:
        """What the second engine reads in the picture as it is, in even light and enlarged, and then OpenCV."""
        for view in (grey, evened(grey), enlarged(grey)):
            second = self._second(view)
            votes.update(_texts(second))
            if believed := tuple(read for read in second if read.is_proof or votes[read.symbology, read.text] > 1):
                return believed
        return decode_qr_by_opencv(grey) if Symbology.QR_CODE in self._symbologies else ()

    def _views(self, grey: Grey) -> Iterator[Grey]:
        yield grey
        even = evened(grey)
        yield even
        for quad in find_quads(grey, lines=True):
            flat = flat_card(grey, quad)
            yield flat
            yield sharpened(flat)
        for bars in find_bars(even):
            upright = upright_bars(even, bars)
            yield upright
            yield sharpened(upright)
        yield sharpened(enlarged(grey))


def _texts(reads: tuple[Read, ...]) -> set[tuple[str, str]]:
    """One vote a look, however often the same text stands in it."""
    return {(read.symbology, read.text) for read in reads}


def _second_looks(view: Grey, read: Read) -> Iterator[tuple[str, str]]:
    """What is read at the place of ``read`` when it is looked at in two other ways."""
    corners = np.array(read.corners)
    margin = LOOK_MARGIN * float(np.ptp(corners, axis=0).max()) + 12
    left, top = (max(0, int(edge)) for edge in corners.min(axis=0) - margin)
    right, bottom = (int(edge) + 1 for edge in corners.max(axis=0) + margin)
    crop = view[top:bottom, left:right]
    only = frozenset({Symbology(read.symbology)})
    for look in (_smaller, _turned):
        yield from _texts(decode(look(crop), only))


def _smaller(view: Grey) -> Grey:
    smaller: Grey = cv2.resize(view, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    return smaller


def _turned(view: Grey) -> Grey:
    """Turned a little and enlarged: other lines of pixels cross the bars."""
    height, width = view.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 2.0, 1.25)
    turn[:, 2] += (0.125 * width, 0.125 * height)
    size = (round(width * 1.25), round(height * 1.25))
    turned: Grey = cv2.warpAffine(view, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return turned


def flat_card(grey: Grey, quad: Quad) -> Grey:
    """The card inside ``quad``, FLAT_WIDTH pixels along its longer side; which side is up is not known."""
    across, down = visible_size(quad)
    longer, shorter = FLAT_WIDTH, round(FLAT_WIDTH / CARD_ASPECT)
    size = (longer, shorter) if across >= down else (shorter, longer)
    return rectify(grey, quad, *size)


def looks_like_card(quad: Quad, grey: Grey) -> bool:
    """Whether what ``quad`` shows could have a card's proportions, however it is held."""
    aspect = true_aspect(quad, grey.shape[1], grey.shape[0])
    return LEAST_ASPECT <= max(aspect, 1 / aspect) <= MOST_ASPECT


def evened(grey: Grey) -> Grey:
    """The picture in even light: each place divided by the mean of what is around it."""
    side = max(15, grey.shape[1] // EVEN_PARTS) | 1
    around = cv2.blur(grey, (side, side)).astype(np.float32) + 1.0
    even: Grey = cv2.divide(grey.astype(np.float32), around, scale=EVEN_LEVEL).clip(0, 255).astype(np.uint8)
    return even


def enlarged(grey: Grey) -> Grey:
    """Twice as large when it is small: decoders want some two pixels for the thinnest bar."""
    if max(grey.shape[:2]) > SMALL_PICTURE:
        return grey
    twice: Grey = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return twice


def sharpened(grey: Grey) -> Grey:
    """Unsharp masking, for bars that a lens or a movement smeared."""
    soft = cv2.GaussianBlur(grey, (0, 0), 4)
    crisp: Grey = cv2.addWeighted(grey, 2.5, soft, -1.5, 0)
    return crisp


class FrameReader:
    """Reads the pictures of a running camera one after another, with a bounded cost for each.

    Pictures take turns: one is decoded as it is, in the next a card is sought, flattened and decoded, in the third
    bars without a rim. What looks like a card and stays unread is tried a few times, and then rarely. The turn that
    read something is taken again with the next picture, so that a code of bars finds its second read soon.
    """

    def __init__(
        self, symbologies: frozenset[Symbology] = CARD_SYMBOLOGIES, second: SecondOpinion = no_opinion
    ) -> None:
        self._symbologies = symbologies
        self._second = second
        self._agreement = Agreement()
        self._turns = (self._plain, self._flattened, self._plain, self._bars)
        self._turn = 0
        self._unread = UnreadCards()

    def read(self, grey: Grey, now: float) -> tuple[Read, ...]:
        """The codes that count in this picture (see :class:`Agreement`); ``now`` is its time in seconds."""
        reads = self._turns[self._turn](grey, now)
        if not reads:
            self._turn = (self._turn + 1) % len(self._turns)
        return self._agreement.settle(reads, now)

    def _plain(self, grey: Grey, _: float) -> tuple[Read, ...]:
        return decode(grey, self._symbologies, thorough=False)

    def _flattened(self, grey: Grey, now: float) -> tuple[Read, ...]:
        for quad in find_quads(grey, most=3, search_width=FRAME_SEARCH_WIDTH):
            if not looks_like_card(quad, grey) or not self._unread.worth_a_try(grey, quad, now):
                continue
            if reads := decode(flat_card(grey, quad), self._symbologies):
                return reads
            if reads := tuple(read for read in self._second(grey) if read.is_proof):
                return reads
        return ()

    def _bars(self, grey: Grey, now: float) -> tuple[Read, ...]:
        for bars in find_bars(grey, most=2):
            if self._unread.worth_a_try(grey, bars, now):
                upright = upright_bars(grey, bars)
                only = self._symbologies - {Symbology.QR_CODE}
                return decode(upright, only) or decode(evened(upright), only)
        return ()
