"""A kiosk whose outbox speaks, turn by turn, to a peer that answers as a test tells it."""

import json
from typing import Any

from kiosk.store.outbox import Envelope, OutboxState
from protocol.messages import City, ItemKind
from sync.backoff import tries
from sync.client import Client
from sync.enrolment import Enrolment
from sync.monitor import Monitor
from sync.up.outbox import OutboxDuty
from tests.kiosk.kiosk_kit import BEGIN, CITY, Bench
from tests.sync.scripted import Answer, ScriptedServer

KIOSK = "0190f3a0-0000-7000-8000-000000000001"


class Delivery:
    def __init__(self, at: Bench, peer: ScriptedServer) -> None:
        self.at = at
        self.peer = peer
        enrolment = Enrolment(
            server=peer.base,
            kiosk_id=KIOSK,
            kiosk_part="K7M2",
            name="Kios",
            ring="all",
            city=City.model_construct(name=CITY.name, badge_key=bytes(CITY.badge.verify_key)),
            tuf_root=b"",
            private_key=bytes(range(32)),
        )
        self.monitor = Monitor(at.kiosk.clock, at.bus)
        self.client = Client(enrolment, at.kiosk.clock, read_timeout=5.0)
        self.duty = OutboxDuty(at.kiosk, self.client, self.monitor, lambda: False, tries(chance=lambda: 0.0))

    def turns(self, count: int = 1, apart_s: float = 700.0) -> None:
        for _ in range(count):
            self.duty.turn()
            self.at.clock.advance(apart_s)

    def put(self, count: int, **changes: Any) -> list[str]:
        """Envelopes in the outbox; their ids."""
        ids = []
        for _ in range(count):
            with self.at.store.transaction():
                seq = self.at.store.outbox.next_seq()
                values: dict[str, Any] = {
                    "kiosk_seq": seq,
                    "id": f"0190f3a0-0000-7000-8000-{seq:012d}",
                    "kind": ItemKind.SUBMISSION,
                    "tracking_code": f"K7M2{seq:08d}",
                    "service": "letter",
                    "form_version": "3",
                    "pack_version": 1,
                    "key_id": "k",
                    "sha256": "a" * 64,
                    "sealed": b"sealed",
                    "device_time": BEGIN,
                    "boot_id": "b",
                }
                self.at.store.outbox.add(Envelope(**(values | changes)))
            ids.append(values["id"])
        return ids

    def states(self) -> list[OutboxState]:
        found = (self.at.store.outbox.get(seq) for seq in range(1, 200))
        return [one.state for one in found if one is not None]


def error(status: int, code: str = "x", **headers: str) -> Answer:
    return status, headers, json.dumps({"error": {"code": code, "message": ""}}).encode()
