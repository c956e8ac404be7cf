"""A kiosk that cannot start tells the server so: heartbeats that say out of service, and why."""

from typing import Final

from kiosk.ports import Clock
from protocol import PROTOCOL_VERSION
from protocol.messages import Component, Heartbeat, OutboxState
from sync.client import Client

EVERY_S: Final = 60.0


class DistressDuty:
    """Belongs to its loop's thread. Of the outbox nothing is known; what it holds is reported once the kiosk runs again."""

    def __init__(
        self, client: Client, clock: Clock, *, software: str, boot_id: str, condition: str, detail: str
    ) -> None:
        self._client = client
        self._clock = clock
        self._software = software
        self._boot_id = boot_id
        self._component = Component(
            component="storage",
            availability="UNAVAILABLE",
            conditions=(condition,),
            since=clock.now(),
            detail=detail[:200],
        )
        self._began = clock.monotonic()

    def turn(self) -> float | None:
        message = Heartbeat(
            device_time=self._clock.now(),
            boot_id=self._boot_id,
            uptime_s=self._clock.monotonic() - self._began,
            software=self._software,
            protocol=PROTOCOL_VERSION,
            pack_version=0,
            in_service=False,
            components=(self._component,),
            outbox=OutboxState(waiting=0, parked=0),
        )
        self._client.post("/v1/heartbeat", message.model_dump_json().encode())
        return EVERY_S

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()
