"""Two servers, each a process with a data folder of its own, on one PostgreSQL, one NATS and one S3 store."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import requests

from server.app import build_deps, create_app
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.serving import EkiosServer
from server.settings import ServerSettings
from tests.forked import PROCESSES
from tests.server.kiosk_client import TestKiosk
from tests.server.postgres import free_port
from tests.server.running import let_in

STARTS_WITHIN_S = 30.0


def serve(settings: ServerSettings) -> None:
    EkiosServer(create_app(settings), settings.host, settings.port).run()


@dataclass
class Pair:
    """``here`` is a third one, without a process: what it says is what the database holds."""

    settings: tuple[ServerSettings, ServerSettings]
    here: Deps
    processes: list[BaseProcess] = field(default_factory=list)

    @property
    def bases(self) -> tuple[str, str]:
        return self.settings[0].address, self.settings[1].address

    def kiosk(self) -> TestKiosk:
        """Enrolled and approved; it speaks to the first server."""
        kiosk = TestKiosk(self.bases[0])
        kiosk.enrol(self.here.enrolment.new_code(OPERATOR, "Kios Uji").code).raise_for_status()
        let_in(self.here, kiosk.id)
        return kiosk

    def start(self, number: int) -> None:
        child = PROCESSES.Process(target=serve, args=(self.settings[number],), daemon=True)
        child.start()
        self.processes.append(child)
        wait(self.settings[number].address, child)

    def kill(self, number: int) -> None:
        self.processes[number].kill()
        self.processes[number].join(10)

    def end(self) -> None:
        for child in self.processes:
            child.terminate()
        for child in self.processes:
            child.join(10)
        self.processes.clear()


@contextmanager
def pair(settings: ServerSettings, folder: Path) -> Iterator[Pair]:
    """Of ``settings``, whose data folder is the first one's; the second one is given the keys, and nothing else."""
    other = folder / "other"
    other.mkdir(mode=0o700)
    shutil.copytree(settings.data / "keys", other / "keys")
    both = (
        settings.model_copy(update={"port": free_port()}),
        settings.model_copy(update={"port": free_port(), "data": other}),
    )
    here = build_deps(settings.model_copy(update={"data": with_keys_of(settings, folder / "third")}))
    made = Pair(both, here)
    try:
        for number in range(2):
            made.start(number)
        yield made
    finally:
        made.end()
        here.pictures.close()
        here.engine.dispose()


def with_keys_of(settings: ServerSettings, folder: Path) -> Path:
    """A data folder as the operator makes it for a further server."""
    folder.mkdir(mode=0o700)
    shutil.copytree(settings.data / "keys", folder / "keys")
    return folder


def wait(address: str, child: BaseProcess) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            requests.get(f"{address}/healthz", timeout=5)
            return
        except requests.ConnectionError:
            assert child.is_alive() and time.monotonic() < end, "the server did not start"
            time.sleep(0.02)
