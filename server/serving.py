"""uvicorn as we run it: behind our own front door, and stopping within seconds, also with live streams open."""

import signal
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from fastapi import FastAPI

from server.front_door.connections import KEEP_ALIVE_S, DoorLimits, FrontDoor, places_for
from server.front_door.networks import Networks
from server.settings import ServerSettings

#: Requests at work get this long; streams are ended at once.
STOP_S: Final = 3


class EkiosServer(uvicorn.Server):
    """Wakes the live streams as soon as a signal comes, so that they end by themselves."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        settings: ServerSettings = app.state.settings
        proxies = Networks(settings.trusted_proxies)
        door = FrontDoor(
            DoorLimits(
                connections=places_for(settings.connections),
                per_address=settings.connections_per_address,
                head_s=settings.head_s,
                body_silence_s=settings.body_silence_s,
            ),
            proxies,
        )
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
                timeout_keep_alive=KEEP_ALIVE_S,
                # uvicorn calls it once for each connection; that it need not be a class is not in its types.
                http=cast(Any, door.protocol),
                ws="none",
                # Whose word on the client's address is taken: nobody's that was not named.
                proxy_headers=bool(proxies.names),
                forwarded_allow_ips=list(proxies.names),
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
        self._app.state.wake()
