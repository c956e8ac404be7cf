"""A whole fleet back at once, measured: when it is through, and what officers and citizens notice of it meanwhile."""

import multiprocessing
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.fleet.held_streams import addresses
from benchmarks.fleet.returning import Came, Returning, come_back, now
from benchmarks.serving import let_in
from protocol.tracking import kiosk_part
from server.front_door.slots import SLOTS_A_SECOND
from server.operator.seeding import TRIAL_PASSWORD
from server.settings import ServerSettings
from tests.server.kiosk_client import TestKiosk
from tests.server.web.conftest import Browser

PROCESSES: Final = 2
#: What waits at each kiosk.
ITEMS: Final = 2
#: The longest pause of the line, and a turn for each kiosk after that: what is published.
LONGEST_PAUSE_S: Final = 300.0
#: An officer looks, and a citizen sends, so many seconds after the last one was done.
LOOK_S: Final = 0.3
SEND_S: Final = 1.0


def published_s(kiosks: int) -> float:
    return LONGEST_PAUSE_S + kiosks / SLOTS_A_SECOND


def back(
    settings: ServerSettings,
    kiosks: Sequence[tuple[str, bytes, int]],
    first_number: int,
    code: str,
    service: Mapping[str, str],
) -> dict[str, Any]:
    """``kiosks``: id, seed, cursor, numbered from ``first_number``; ``code`` lets one more in, at which citizens send.

    ``service``: what they send, as an envelope says it.
    """
    counter = TestKiosk(settings.address)
    counter.enrol(code).raise_for_status()
    let_in(settings, [counter])
    enrolment = counter.enrolment
    assert enrolment is not None
    returning = []
    for place, (kiosk_id, seed, cursor) in enumerate(kiosks):
        own = {"kiosk_id": kiosk_id, "kiosk_part": kiosk_part(first_number + place)}
        kiosk = TestKiosk(settings.address, key=seed, enrolment=enrolment.model_copy(update=own), now=now)
        batch = [kiosk.envelope(service) for _ in range(ITEMS)]
        returning.append(Returning(kiosk, seed, cursor, batch))
    # Sessions do not travel between processes, and a returning kiosk has no use for one.
    for one in returning:
        one.kiosk.http.close()
    watch = _Watch(settings.address, counter, service)
    begun, came = _all_at_once(returning, watch)
    streams = sorted(at for one in came for at in one.streams)
    batches = sorted(at for one in came for at in one.batches)
    return {
        "back at once, kiosks": float(len(kiosks)),
        "back: streams open again within s": streams[-1] - begun,
        "back: all batches stored within s": batches[-1] - begun,
        "back: published, s": published_s(len(kiosks)),
        "back: turned away": float(sum(one.turned_away for one in came)),
        "back: no answer": float(sum(one.failed for one in came)),
        "back: wrong answers": float(sum(one.wrong for one in came)),
        **watch.found(),
    }


def _all_at_once(returning: Sequence[Returning], watch: "_Watch") -> tuple[float, list[Came]]:
    context = multiprocessing.get_context("spawn")
    share = -(-len(returning) // PROCESSES)
    pipes, processes = [], []
    for number in range(PROCESSES):
        here, there = context.Pipe()
        mine = returning[number * share : (number + 1) * share]
        first = 1 + number * len(set(addresses(0, share)))
        process = context.Process(target=come_back, args=(mine, first, secrets.randbits(32), there), daemon=True)
        process.start()
        pipes.append(here)
        processes.append(process)
    try:
        for pipe in pipes:
            pipe.recv()
        with watch:
            begun = time.monotonic()
            for pipe in pipes:
                pipe.send("go")
            came = [pipe.recv() for pipe in pipes]
        for pipe in pipes:
            pipe.send("end")
        return begun, came
    finally:
        for process in processes:
            process.kill()
            process.join()


class _Watch:
    """While in it, an officer looks at the inbox again and again, and a citizen sends and waits to be seen there."""

    def __init__(self, base: str, counter: TestKiosk, service: Mapping[str, str]) -> None:
        self._service = service
        self._base = base
        self._counter = counter
        self._over = threading.Event()
        self._pages: list[float] = []
        self._seen: list[float] = []
        self._threads = [threading.Thread(target=self._look), threading.Thread(target=self._send)]
        self._officers = [self._signed_in() for _ in self._threads]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def found(self) -> dict[str, float]:
        return {
            **_spread("back: officers' inbox, ms", self._pages),
            **_spread("back: send to office, ms", self._seen),
        }

    def _signed_in(self) -> Browser:
        browser = Browser(self._base)
        browser.sign_in("kelurahan", TRIAL_PASSWORD).raise_for_status()
        return browser

    def _look(self) -> None:
        while not self._over.wait(LOOK_S):
            begun = time.perf_counter()
            self._officers[0].get("/office").raise_for_status()
            self._pages.append(time.perf_counter() - begun)

    def _send(self) -> None:
        while not self._over.wait(SEND_S):
            envelope = self._counter.envelope(self._service)
            begun = time.perf_counter()
            while (answer := self._counter.send(envelope)).status_code == 503:
                # The crowd's turns are the citizen's as well.
                if self._over.wait(float(answer.headers["Retry-After"])):
                    return
            answer.raise_for_status()
            page = f"/office/cases/{envelope.code}"
            while self._officers[1].get(page).status_code != 200:
                if self._over.is_set():
                    return
            self._seen.append(time.perf_counter() - begun)


def _spread(name: str, seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {f"{name}, none": 0.0}
    ordered = sorted(1000 * one for one in seconds)
    named = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    return {f"{name}, {label}": ordered[int((len(ordered) - 1) * part)] for label, part in named}
