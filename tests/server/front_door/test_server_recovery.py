"""After an outage: a thousand kiosks come back within the published time, and officers do not notice."""

import heapq
import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from shutil import copytree

import pytest
import requests

from server.front_door.slots import BATCHES_AT_ONCE, LONGEST_WAIT_S, SLOTS_A_SECOND, Crowded, Slots
from server.settings import ServerSettings
from sync.backoff import EAGER, tries
from tests.server.conftest import CITY
from tests.server.kiosk_client import TestKiosk
from tests.server.running import ONE_PERSON, RunningServer, running
from tests.server.web.conftest import Browser

KIOSKS = 1_000
#: What docs/operate.md publishes: a thousand kiosks, each with a full batch, are through in five minutes.
RECOVERED_WITHIN_S = 300.0
#: A batch of fifty while thirty-two are worked on, as measured on two cores with PostgreSQL.
BATCH_S = 1.3
#: The cap of a heartbeat's back-off, which begins everything else: see ``sync.presence``.
HEARTBEAT_CAP_S = EAGER.longest


class Fleet:
    """A thousand kiosks in a time of their own: the kiosks' own back-off against the server's own slots."""

    def __init__(self, seed: int, first: list[float]) -> None:
        self.now = 0.0
        chance = random.Random(seed)
        self.slots = Slots(lambda: self.now)
        self.backoffs = [tries(chance=chance.random) for _ in first]
        self.tries = [0] * len(first)
        self.done_at: list[float] = []
        self.most_at_once = 0
        #: (when, what happens, kiosk): a batch that ends comes before one that begins in the same moment.
        self.agenda = [(at, 1, kiosk) for kiosk, at in enumerate(first)]
        heapq.heapify(self.agenda)

    def run(self) -> None:
        running = 0
        while self.agenda:
            self.now, begins, kiosk = heapq.heappop(self.agenda)
            if not begins:
                self.slots.__exit__()
                running -= 1
                self.done_at.append(self.now)
                continue
            self.tries[kiosk] += 1
            try:
                self.slots.__enter__()
            except Crowded as crowded:
                heapq.heappush(self.agenda, (self.now + self.backoffs[kiosk].failed(crowded.seconds), 1, kiosk))
                continue
            running += 1
            self.most_at_once = max(self.most_at_once, running)
            heapq.heappush(self.agenda, (self.now + BATCH_S, 0, kiosk))


def after_an_outage(seed: int) -> list[float]:
    """When each kiosk tries first: it has failed often, so the whole width of its back-off is in use."""
    chance = random.Random(seed)
    backoffs = [tries(EAGER, chance.random) for _ in range(KIOSKS)]
    return [[backoff.failed() for _ in range(12)][-1] for backoff in backoffs]


@pytest.mark.parametrize("seed", range(5))
def test_a_thousand_kiosks_recover_within_the_published_time(seed: int) -> None:
    fleet = Fleet(seed, after_an_outage(seed))
    fleet.run()
    assert len(fleet.done_at) == KIOSKS
    assert max(fleet.done_at) <= RECOVERED_WITHIN_S
    assert fleet.most_at_once <= BATCHES_AT_ONCE


@pytest.mark.parametrize("seed", range(5))
def test_also_when_all_of_them_come_in_the_same_second(seed: int) -> None:
    chance = random.Random(seed)
    fleet = Fleet(seed, [chance.uniform(0, 1) for _ in range(KIOSKS)])
    fleet.run()
    assert len(fleet.done_at) == KIOSKS
    assert max(fleet.done_at) <= RECOVERED_WITHIN_S
    assert sum(fleet.tries) / KIOSKS < 3, "a turn that was given is kept"
    seconds = [int(at) for at in fleet.done_at]
    assert max(seconds.count(one) for one in set(seconds)) <= 2 * BATCHES_AT_ONCE / BATCH_S, "no second crowd"


def test_the_first_tries_after_an_outage_are_spread_over_the_whole_time() -> None:
    seconds = [int(at) for at in after_an_outage(1)]
    assert max(seconds.count(one) for one in range(int(HEARTBEAT_CAP_S))) < 3 * KIOSKS / HEARTBEAT_CAP_S


def test_turns_are_even_and_bounded() -> None:
    slots = Slots(lambda: 0.0)
    for _ in range(BATCHES_AT_ONCE):
        slots.__enter__()
    waits = []
    for _ in range(SLOTS_A_SECOND * LONGEST_WAIT_S + 50):
        with pytest.raises(Crowded) as crowded:
            slots.__enter__()
        waits.append(crowded.value.seconds)
    assert (waits[0], waits[SLOTS_A_SECOND], waits[-1]) == (1, 2, LONGEST_WAIT_S)
    slots.__exit__()
    slots.__enter__()


# --- the real server -----------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(seeded_sqlite: Path, tmp_path: Path) -> Iterator[RunningServer]:
    """Batches stop in the middle of their work until ``go`` is set."""
    copytree(seeded_sqlite, tmp_path / "data")
    settings = ServerSettings(data=tmp_path / "data", services=CITY, port=0, quotas=ONE_PERSON)
    with running(settings) as server:
        yield server


def test_officers_and_heartbeats_go_on_while_every_slot_is_taken(crowded: RunningServer) -> None:
    go = threading.Event()

    def wait_here() -> None:
        go.wait(60)

    crowded.deps.failpoints.actions["submissions.opened"] = wait_here
    kiosk, officer = crowded.kiosk(), Browser(crowded.base)
    assert officer.sign_in("kelurahan").ok
    service = crowded.service()
    envelopes = [kiosk.envelope(service) for _ in range(BATCHES_AT_ONCE + 3)]

    def send(number: int) -> requests.Response:
        own = TestKiosk(crowded.base, key=kiosk.key, enrolment=kiosk.enrolment)
        return own.send(envelopes[number])

    with ThreadPoolExecutor(len(envelopes)) as senders:
        try:
            sent = [senders.submit(send, number) for number in range(len(envelopes))]
            # Those that have a slot wait for ``go``; those that have none are answered.
            answered = itertools.islice(as_completed(sent, timeout=60), 3)
            turned_away = [one.result() for one in answered]
            assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).status_code == 200
            assert officer.get("/office").status_code == 200
        finally:
            go.set()
        answers = [one.result() for one in sent]
    assert [one.status_code for one in answers].count(200) == BATCHES_AT_ONCE
    assert {one.status_code for one in turned_away} == {503}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in turned_away)
    again = ["duplicate" if one.ok else "stored" for one in answers]
    assert kiosk.statuses(*envelopes) == again
