"""What tests of several devices ask."""

import threading

import pytest


@pytest.fixture
def started_here(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that the test starts, and those that these start: others' come and go beside them."""
    started: list[threading.Thread] = []
    here, start = threading.current_thread(), threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        if threading.current_thread() in (here, *started):
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    return started
