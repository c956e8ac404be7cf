"""Where the tests' files lie, what runs when, and how often garbage is looked for."""

from runtime import seldom_garbage  # noqa: F401, before all that is imported below

# isort: split
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Final

import pytest

from tests.soaking import SOAK

#: Linux's own folder in memory.
MEMORY: Final = Path("/dev/shm")
#: A whole run needs a fraction of it.
ROOM_BYTES: Final = 3_000_000_000
_FOLDER: Final = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Into memory, where there is room for them: what a test waits for is then the program and not a disk that is told
    thousands of times to write at once. Whoever names a folder keeps it; so do the processes that share a run."""
    if "TMPDIR" in os.environ or "PYTEST_DEBUG_TEMPROOT" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ROOM_BYTES:
        config.stash[_FOLDER] = folder = tempfile.mkdtemp(prefix="ekios-tests-", dir=MEMORY)
        # Servers of the distribution run as users of their own.
        Path(folder).chmod(0o755)
        tempfile.tempdir = os.environ["TMPDIR"] = os.environ["PYTEST_DEBUG_TEMPROOT"] = folder


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """What failed can be looked at."""
    folder = session.config.stash.get(_FOLDER, None)
    if folder is not None and exitstatus == 0:
        # After multiprocessing's own folder, which lies in it and goes with the priority -100.
        Finalize(None, shutil.rmtree, args=[folder], kwargs={"ignore_errors": True}, exitpriority=-200)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long runs are left to ``make soak``. Files that are long by themselves begin first, so that no process waits for
    the last of them (``--no-loadscope-reorder`` keeps this order)."""
    if not SOAK:
        long = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
    items.sort(key=lambda item: item.get_closest_marker("begins_first") is None)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Ten thousand tests and what they import stay to the end: nobody looks for garbage among them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def umask_as_before() -> Iterator[None]:
    """Commands that a test calls in its own process make it stricter for all that comes after."""
    mask = os.umask(0o022)
    os.umask(mask)
    yield
    os.umask(mask)
