"""The child that plays recordings, with files that would take more memory than a kiosk has."""

import struct
import subprocess

from devices.frame import children
from devices.frame.children import Child
from devices.speech.program import NOT_PLAYABLE


def test_a_small_file_that_decodes_to_days_is_not_played() -> None:
    rate, count = 100, 9_000_000
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + count, b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8, b"data", count
    )
    done = subprocess.run(
        children.command(Child.RECORDING, "0.5"), input=head + bytes(count), capture_output=True, check=False
    )
    assert done.returncode == NOT_PLAYABLE
