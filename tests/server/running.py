"""A server on a real socket, in a thread of the test."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from protocol import fingerprints
from server.app import create_app
from server.deps import Deps
from server.fleet.enrolment import ApproveOutcome
from server.fleet.quotas import Allowance, Quota, QuotaSettings
from server.foundation.actors import OPERATOR
from server.foundation.clock import Clock
from server.foundation.failpoints import Failpoints
from server.serving import EkiosServer
from server.settings import ServerSettings
from tests.server.kiosk_client import TestKiosk

STARTS_WITHIN_S = 20.0
#: Of servers that many tests share: one person of the tests sends everything.
ONE_PERSON = QuotaSettings(nik=Allowance(burst=1_000_000, an_hour=1_000_000))
#: For floods that are about something else.
NO_QUOTAS = QuotaSettings.model_validate({quota: {"burst": 10**9, "an_hour": 10**9} for quota in Quota})


def let_in(deps: Deps, kiosk_id: str) -> None:
    """Approved by somebody who compared the fingerprints."""
    found = deps.presence.kiosk(kiosk_id)
    assert found is not None
    outcome = deps.enrolment.approve(OPERATOR, kiosk_id, fingerprints.shown(found.row.fingerprint))
    assert outcome is ApproveOutcome.DONE, outcome


@dataclass
class RunningServer:
    base: str
    deps: Deps

    def kiosk(self, name: str = "Kios Uji") -> TestKiosk:
        """Enrolled, with a key of its own, and approved."""
        kiosk = self.waiting_kiosk(name)
        let_in(self.deps, kiosk.id)
        return kiosk

    def waiting_kiosk(self, name: str = "Kios Uji") -> TestKiosk:
        """Enrolled, and not approved yet."""
        kiosk = TestKiosk(self.base, now=self.deps.clock.now)
        kiosk.enrol(self.deps.enrolment.new_code(OPERATOR, name).code).raise_for_status()
        return kiosk

    def service(self, service_id: str = "surat") -> dict[str, str]:
        """What an envelope says of a service in force."""
        with self.deps.engine.connect() as connection:
            pack = self.deps.packs.newest(connection)
        found = self.deps.packs.service(pack, service_id)
        assert found is not None
        document = found.description
        return {
            "id": service_id,
            "form_id": document.form_id,
            "form_version": document.form_version,
            "pack": str(pack),
        }


@contextmanager
def running(
    settings: ServerSettings, *, clock: Clock | None = None, failpoints: Failpoints | None = None
) -> Iterator[RunningServer]:
    """``settings.port`` 0 takes a free port."""
    listening = socket.create_server(("127.0.0.1", settings.port))
    port = listening.getsockname()[1]
    app = create_app(settings.model_copy(update={"port": port}), clock=clock, failpoints=failpoints)
    server = EkiosServer(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server")
    thread.start()
    try:
        end = time.monotonic() + STARTS_WITHIN_S
        while not server.started and thread.is_alive() and time.monotonic() < end:
            time.sleep(0.01)
        assert server.started
        # A server that found its database damaged has none.
        yield RunningServer(f"http://127.0.0.1:{port}", getattr(app.state, "deps", None))
    finally:
        server.stop()
        thread.join()
        listening.close()
