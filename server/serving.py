"""uvicorn as we run it: stops within seconds, also with live streams open."""

import signal
from types import FrameType
from typing import Final

import uvicorn
from fastapi import FastAPI

#: Requests at work get this long; streams are ended at once.
STOP_S: Final = 3


class EkiosServer(uvicorn.Server):
    """Wakes the live streams as soon as a signal comes, so that they end by themselves."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                # A path holds a tracking code; our own log says what happened without it.
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=STOP_S,
                timeout_keep_alive=30,
                limit_concurrency=None,
            )
        )
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a signal handler's form
        """A second Ctrl-C does not wait. The signal is not raised again afterwards: whoever called us cleans up."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.stop()

    def stop(self) -> None:
        """May be called from any thread."""
        self.should_exit = True
        self._app.state.deps.bus.wake()
