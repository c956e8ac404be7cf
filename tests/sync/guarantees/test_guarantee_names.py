"""Each guarantee of the line has tests that bear its name, so that ``pytest -k g5`` finds them wherever they stand.

G1 "received" only after a durable commit · G2 each id once, for ever · G3 the same id, the same answer · G4 complete only with
every attachment · G5 one bad item delays no other · G6 no status discards anything · G7 an attachment resumes at the last
durable byte · G8 order and dedupe never use a device's clock · G9 refused before the disk is full · G10 no gap in the feed, a
command once · G11 recovery is bounded · G12 a new version reads the old queue.
"""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def named() -> set[str]:
    """Numbers of the guarantees that tests are named after."""
    sources = "".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    return set(re.findall(r"^def test_g(\d+)_", sources, re.MULTILINE))


@pytest.mark.parametrize("number", range(1, 13))
def test_each_guarantee_has_tests_that_bear_its_name(named: set[str], number: int) -> None:
    assert str(number) in named
