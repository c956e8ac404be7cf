"""Reading codes in pictures: a fast pass, a pass on what was flattened, the second engine; never a wrong text.

The weak point of every decoder is tilt, not the code: a Code 128 or PDF417 on a card that lies askew is read by none,
and by zxing-cpp almost always when the card was found and flattened first. That costs some 30 ms, so it is done only
when there is a card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from devices.scanner.reading.agreement import Agreement
from devices.scanner.reading.bars import find_bars, rectified_bars
from devices.scanner.reading.decode import (
    ALL_SYMBOLOGIES,
    CARD_SYMBOLOGIES,
    Grey,
    Read,
    Symbology,
    decode,
    decode_qr_by_opencv,
)
from devices.scanner.reading.looks import enlarged, evened, looks_at, place_of, sharpened
from devices.scanner.reading.unread import UnreadCards
from devices.vision import Quad, find_quads, rectify
from devices.vision.rectify import true_aspect, visible_size

FLAT_WIDTH: Final = 1700
"""Pixels of width of a flattened card: 20 a millimetre, so that the thinnest bar is five wide."""

CARD_ASPECT: Final = 85.6 / 53.98

LEAST_ASPECT: Final = 1.15
MOST_ASPECT: Final = 2.3
"""Proportions, longer to shorter, between which something may be a card: wide, as tilt blurs the estimate."""

FRAME_SEARCH_WIDTH: Final = 320
"""Pixels of width on which cards are sought in the pictures of a running camera."""

SecondOpinion = Callable[[Grey], tuple[Read, ...]]


def no_opinion(_: Grey) -> tuple[Read, ...]:
    """For where there is no second engine."""
    return ()


class Verdict:
    """Counts for each text the looks that read it, and those that read another text at its place."""

    def __init__(self) -> None:
        self._votes: Counter[tuple[str, str]] = Counter()
        self._doubts: Counter[tuple[str, str]] = Counter()

    def hear(self, reads: Iterable[Read]) -> None:
        """One vote a look, however often the same text stands in it."""
        self._votes.update({_key(read) for read in reads})

    def ask(self, view: Grey, read: Read) -> None:
        """Look at the place of ``read`` in other ways until it is believed, or there is no other way."""
        place = place_of(read, view)
        only = frozenset({Symbology(read.symbology)})
        for look in looks_at(read.symbology):
            if self.believes(read):
                return
            texts = {other.text for other in decode(look(place), only)}
            if read.text in texts:
                self._votes[_key(read)] += 1
            elif texts:
                self._doubts[_key(read)] += 1

    def believes(self, read: Read) -> bool:
        """A code of which one read is proof; of any other two looks must agree, and two more for each that disagreed."""
        return read.is_proof or self._votes[_key(read)] >= 2 + 2 * self._doubts[_key(read)]


def _key(read: Read) -> tuple[str, str]:
    return read.symbology, read.text


class StillReader:
    """Reads one picture as well as can be, whatever it costs (1 ms when it is easy, 200 ms when nothing is there)."""

    def __init__(self, symbologies: frozenset[Symbology] = ALL_SYMBOLOGIES, second: SecondOpinion = no_opinion) -> None:
        self._symbologies = symbologies
        self._second = second

    def read(self, grey: Grey) -> tuple[Read, ...]:
        """The codes in ``grey``; a code of which one read is no proof only when two looks at it agree."""
        verdict = Verdict()
        for view in self._views(grey):
            reads = decode(view, self._symbologies)
            verdict.hear(reads)
            for read in reads:
                verdict.ask(view, read)
            if believed := tuple(read for read in reads if verdict.believes(read)):
                return believed
        return self._by_others(grey, verdict)

    def _by_others(self, grey: Grey, verdict: Verdict) -> tuple[Read, ...]:
        """What the second engine reads in the picture as it is, in even light and enlarged, and then OpenCV."""
        for view in (grey, evened(grey), enlarged(grey)):
            reads = () if view is None else self._second(view)
            verdict.hear(reads)
            if believed := tuple(read for read in reads if verdict.believes(read)):
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
            rectified = rectified_bars(even, bars)
            yield rectified
            yield sharpened(rectified)
        large = enlarged(grey)
        yield sharpened(grey if large is None else large)


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
                rectified = rectified_bars(grey, bars)
                only = self._symbologies - {Symbology.QR_CODE}
                return decode(rectified, only) or decode(evened(rectified), only)
        return ()
