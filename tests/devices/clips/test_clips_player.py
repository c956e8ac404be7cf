"""A clip is played by a child: each frame in order, its end noticed, and whatever a file does to the decoder survived."""

import sys

import pytest

from devices.clips.player import SHOWN_SIDE, ClipPlayer
from rehearsal.clip import clip

#: Nobody waits longer for a child.
PATIENCE_S = 60.0


def played(data: bytes, command: tuple[str, ...] | None = None) -> ClipPlayer:
    player = ClipPlayer(data, command)
    assert player.join(PATIENCE_S)
    return player


def test_all_frames_come_and_the_last_one_stays() -> None:
    player = played(clip(8))
    frame = player.frame()
    assert frame is not None
    assert (frame.sequence, frame.width, frame.height) == (8, 128, 160)
    assert len(frame.rgba) == 128 * 160 * 4
    # Blue-green ground, as it was drawn, and nothing of it can be seen through.
    red, green, blue, opaque = frame.rgba[:4]
    assert red < green < blue and opaque == 255
    assert not player.failed


@pytest.mark.parametrize(("side", "shown"), [(SHOWN_SIDE, SHOWN_SIDE), (SHOWN_SIDE * 2, SHOWN_SIDE)])
def test_what_is_larger_than_is_shown_is_made_smaller(side: int, shown: int) -> None:
    frame = played(clip(1, (side, 64))).frame()
    assert frame is not None and frame.width == shown


@pytest.mark.parametrize("data", [b"", b"\x1a\x45\xdf\xa3 nothing", clip()[:40]])
def test_what_is_no_clip_fails(data: bytes) -> None:
    assert played(data).failed


@pytest.mark.parametrize(
    "what",
    [
        "import os; os.abort()",
        "import sys; sys.stdout.buffer.write(b'\\xff' * 64)",
        "import sys; sys.stdout.buffer.write((1).to_bytes(4, 'big') * 2 + b'x')",
    ],
)
def test_a_decoder_that_dies_or_lies_shows_nothing(what: str) -> None:
    assert played(clip(), (sys.executable, "-c", what)).failed


def test_it_stops_at_once_and_twice() -> None:
    player = ClipPlayer(clip(), (sys.executable, "-c", "import time; time.sleep(600)"))
    player.stop()
    player.stop()
    assert player.ended
