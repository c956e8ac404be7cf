"""What tests of several devices ask."""

import threading

import pytest


@pytest.fixture
def started_here(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads that the test's own thread starts, whose turns a device takes: others' come and go beside it."""
    started: list[threading.Thread] = []
    here, start = threading.current_thread(), threading.Thread.start

    def noted(thread: threading.Thread) -> None:
        if threading.current_thread() is here:
            started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", noted)
    return started
