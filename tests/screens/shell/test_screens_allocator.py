"""What was freed goes back to the system, in a process of its own because the C heap is one for all."""

import subprocess
import sys
from pathlib import Path

import pytest

from screens.shell import allocator

ROOT = Path(__file__).resolve().parents[3]

FREES = """
import ctypes, re
from pathlib import Path
from screens.shell import allocator

BLOCK, COUNT = 64 * 1024, 1_000
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

assert allocator.bound()
blocks = [libc.malloc(BLOCK) for _ in range(COUNT)]
for block in blocks:
    ctypes.memset(block, 1, BLOCK)
filled = resident()
# The last one stays, so that the heap cannot shrink from its end.
for block in blocks[:-1]:
    libc.free(block)
kept = resident()
assert allocator.give_back()
print((filled - kept) // BLOCK, (kept - resident()) // BLOCK)
"""


def test_freed_memory_below_what_is_used_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", FREES], cwd=ROOT, capture_output=True, text=True, check=True)
    kept_back, given_back = map(int, done.stdout.split())
    assert kept_back < 100
    assert given_back > 900


def test_without_such_a_c_library_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allocator, "_libc", lambda: None)
    assert not allocator.bound()
    assert not allocator.give_back()
