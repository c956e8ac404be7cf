"""A short fuzzing of XML and expressions; a long one under ``EKIOS_SOAK``."""

import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
SHORT_RUNS = 1_500
SOAK_SECONDS = 300


def _fuzz(target: str, bound: str, limit: float) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.forms.fuzz_forms", target, bound, "-seed=1", "-max_len=200"]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, timeout=limit)


@pytest.mark.parametrize("target", ["xml", "xpath"])
def test_nothing_comes_out_of_a_short_fuzzing(target: str) -> None:
    pytest.importorskip("atheris")
    done = _fuzz(target, f"-runs={SHORT_RUNS}", 100)
    assert done.returncode == 0, done.stderr[-2_000:]


@pytest.mark.soak
@pytest.mark.timeout(SOAK_SECONDS * 2)
@pytest.mark.parametrize("target", ["xml", "xpath"])
def test_nothing_comes_out_of_a_long_fuzzing(target: str) -> None:
    pytest.importorskip("atheris")
    done = _fuzz(target, f"-max_total_time={SOAK_SECONDS}", SOAK_SECONDS * 1.8)
    assert done.returncode == 0, done.stderr[-2_000:]
