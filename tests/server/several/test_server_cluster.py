"""The primary database is killed under load, again and again: no submission that was acknowledged is lost. The long form only."""

import itertools
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from server.app import build_deps
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.server.conftest import CITY
from tests.server.kiosk_client import TestKiosk
from tests.server.running import NO_QUOTAS, let_in
from tests.server.several.pair import with_keys_of
from tests.server.web.conftest import Browser
from trial.cluster.cluster import Cluster, running
from trial.cluster.engines import Missing

SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}
KIOSKS = 4
#: How often, unless the time is up before.
KILLS = int(os.environ.get("EKIOS_KILLS", "100"))
ENDS_AFTER_S = 2_700.0
#: Between two tries of a kiosk, and for how long there must be load before and after a kill.
AGAIN_S = 0.1
LOAD_S = 3.0
ANSWERED = ("stored", "duplicate")


@dataclass
class Sender:
    """A kiosk that sends one submission after the other, each until it is acknowledged."""

    kiosk: TestKiosk
    stop: threading.Event
    acknowledged: list[tuple[float, str]] = field(default_factory=list)

    def run(self) -> None:
        while not self.stop.is_set():
            envelope = self.kiosk.envelope(SERVICE)
            while not self._acknowledged(envelope):
                if self.stop.wait(AGAIN_S):
                    return
            self.acknowledged.append((time.monotonic(), envelope.id))

    def _acknowledged(self, envelope: object) -> bool:
        try:
            answer = self.kiosk.send(envelope)  # type: ignore[arg-type]
        except requests.RequestException:
            self.kiosk.http = requests.Session()
            return False
        return answer.ok and answer.json()["answers"][0]["status"] in ANSWERED


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # Not the test's own folder: the user of PostgreSQL must come to it.
    with tempfile.TemporaryDirectory(prefix="ekios-cluster-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with running(Path(name) / "cluster", CITY, quotas=NO_QUOTAS) as made:
            try:
                made.start()
            except Missing as missing:
                pytest.skip(str(missing))
            yield made


@pytest.fixture(scope="module")
def here(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deps]:
    settings = cluster.settings()
    folder = with_keys_of(settings, tmp_path_factory.mktemp("others") / "here")
    deps = build_deps(settings.model_copy(update={"data": folder}))
    yield deps
    deps.engine.dispose()


@pytest.mark.soak
def test_nginx_lets_streams_flow_and_says_from_where_a_client_comes(cluster: Cluster, here: Deps) -> None:
    kiosk = TestKiosk(cluster.proxy.address)
    kiosk.enrol(here.enrolment.new_code(OPERATOR, "Kios Uji").code).raise_for_status()
    let_in(here, kiosk.id)
    path = "/v1/feed/live?after=0"
    headers = kiosk.signed_headers("GET", path)
    with requests.get(f"{kiosk.base}{path}", headers=headers, stream=True, timeout=20) as stream:
        envelope = kiosk.envelope(SERVICE)
        assert kiosk.statuses(envelope) == ["stored"]
        assert any(envelope.code.encode() in line for line in stream.iter_lines(chunk_size=1))
    for path in ("/metrics", "/v1/operator"):
        assert requests.get(f"{kiosk.base}{path}", timeout=10).status_code == 404
    # A client that says to be somebody else is counted as who it is: 127.0.0.1, which nginx itself saw.
    browser = Browser(kiosk.base)
    browser.http.headers["X-Forwarded-For"] = "203.0.113.9"
    assert browser.sign_in("admin").ok
    with here.engine.connect() as connection:
        assert connection.execute(select(tables.web_sessions.c.address)).scalars().all() == ["127.0.0.1"]
    large = requests.post(f"{kiosk.base}/v1/submissions", data=bytes(22 * 2**20), timeout=30)
    assert large.status_code == 413
    names = {requests.get(f"{kiosk.base}/livez", timeout=10).headers["X-Request-Id"] for _ in range(3)}
    assert len(names) == 3


def kept(deps: Deps) -> set[str]:
    with deps.engine.connect() as connection:
        return set(connection.execute(select(tables.submissions.c.id)).scalars())


def blind(senders: list[Sender], killed_at: float) -> float:
    """The longest silence since then, of all kiosks together."""
    times = sorted([killed_at, *(at for one in senders for at, _ in list(one.acknowledged) if at > killed_at)])
    return max(later - earlier for earlier, later in itertools.pairwise(times))


def goes_on(senders: list[Sender], since: float, patience_s: float = 60.0) -> None:
    end = time.monotonic() + patience_s
    while not all(any(at > since for at, _ in one.acknowledged[-50:]) for one in senders):
        assert time.monotonic() < end, "nothing is acknowledged any more"
        time.sleep(AGAIN_S)


@pytest.mark.soak
def test_g13_primary_killed_under_load_loses_nothing_that_was_acknowledged(cluster: Cluster, here: Deps) -> None:
    stop = threading.Event()
    senders = []
    for number in range(KIOSKS):
        kiosk = TestKiosk(cluster.proxy.address)
        kiosk.enrol(here.enrolment.new_code(OPERATOR, f"Kios {number}").code).raise_for_status()
        let_in(here, kiosk.id)
        senders.append(Sender(kiosk, stop))
    threads = [threading.Thread(target=one.run) for one in senders]
    for thread in threads:
        thread.start()
    silences: list[float] = []
    ends_at = time.monotonic() + ENDS_AFTER_S
    try:
        while len(silences) < KILLS and time.monotonic() < ends_at:
            goes_on(senders, time.monotonic() + LOAD_S)
            killed_at = time.monotonic()
            name = cluster.kill_primary()
            goes_on(senders, killed_at)
            goes_on(senders, time.monotonic() + LOAD_S)
            silences.append(blind(senders, killed_at))
            lost = {id_ for one in senders for _, id_ in list(one.acknowledged)} - kept(here)
            assert lost == set(), f"after {len(silences)} kills"
            print(f"kill {len(silences)}: {name}, blind for {silences[-1]:.1f} s", flush=True)
            cluster.start_member(name)
            cluster.wait_for_replica()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    sent = [id_ for one in senders for _, id_ in one.acknowledged]
    assert set(sent) <= kept(here)
    print(
        f"{len(silences)} kills, {len(sent)} acknowledged, none lost; blind: median {statistics.median(silences):.1f} s, "
        f"longest {max(silences):.1f} s"
    )
