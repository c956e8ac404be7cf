"""Batches of many kiosks with one commit: as cheap as one of them, and each is answered for itself."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from protocol.messages import BatchAnswer
from protocol.signing import verify
from server.api.groups.intake_line import ITEMS_AT_ONCE, IntakeLine
from server.deps import Deps
from server.storage import tables
from server.submissions.intake import Arrival, Batch, SeenBefore, Sender, Taken
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.kiosk_client import Envelope, TestKiosk

KIOSKS = 4


class Cut(Exception):
    pass


@pytest.fixture
def kiosks(deps: Deps) -> list[TestKiosk]:
    return [enrolled_kiosk(deps, f"Kios {number}") for number in range(KIOSKS)]


def arrival(kiosk: TestKiosk, *envelopes: Envelope, **changes: Any) -> Arrival:
    assert kiosk.enrolment is not None
    sender = Sender(kiosk.id, kiosk.enrolment.kiosk_part)
    return Arrival(sender, [{**one.item, **changes} for one in envelopes])


def arrivals(kiosks: Sequence[TestKiosk]) -> list[Arrival]:
    return [arrival(kiosk, kiosk.envelope(SERVICE)) for kiosk in kiosks]


def statuses(taken: Sequence[Taken]) -> list[list[str]]:
    return [[one.status.value for one in answer.answers] for answer in taken if isinstance(answer, BatchAnswer)]


def stored(deps: Deps) -> list[int]:
    """Submissions, cases and events of cases."""
    with deps.engine.connect() as connection:
        counted = (
            select(func.count()).select_from(tables.submissions),
            select(func.count()).select_from(tables.cases),
            select(func.count()).select_from(tables.feed).where(tables.feed.c.type == "case"),
        )
        return [connection.execute(one).scalar_one() for one in counted]


@contextmanager
def statements(deps: Deps) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(deps.engine, "before_cursor_execute", note)
    yield seen
    event.remove(deps.engine, "before_cursor_execute", note)


def test_many_kiosks_cost_as_many_statements_as_one(deps: Deps, kiosks: list[TestKiosk]) -> None:
    alone, together = (deps.intake.open_all(arrivals(group)) for group in (kiosks[:1], kiosks[1:]))
    counted = []
    for group in (alone, together):
        with statements(deps) as seen:
            taken = deps.intake.take_all(group)
        counted.append(len(seen))
        assert statuses(taken) == [["stored"]] * len(group)
    # Feeds of several kiosks are locked in one order first: a statement more, however many they are.
    assert counted[1] == counted[0] + 1
    assert stored(deps) == [KIOSKS] * 3


@pytest.mark.parametrize("place", ["submissions.written", "submissions.committed"])
def test_a_group_is_there_whole_or_not_at_all(deps: Deps, kiosks: list[TestKiosk], place: str) -> None:
    group = deps.intake.open_all(arrivals(kiosks))

    def cut() -> None:
        raise Cut

    deps.failpoints.actions[place] = cut
    with pytest.raises(Cut):
        deps.intake.take_all(group)
    del deps.failpoints.actions[place]
    committed = place == "submissions.committed"
    assert stored(deps) == [KIOSKS * committed] * 3
    assert statuses(deps.intake.take_all(group)) == [["duplicate" if committed else "stored"]] * KIOSKS
    assert stored(deps) == [KIOSKS] * 3


def test_what_cannot_be_written_costs_nobody_else_of_the_group(deps: Deps, kiosks: list[TestKiosk]) -> None:
    office = Office(deps, kiosks[0])
    code = office.case()
    came = arrivals(kiosks[1:])
    bad = kiosks[0].envelope(SERVICE, outside={"tracking_code": code}, inside={"tracking_code": code})
    came.insert(1, arrival(kiosks[0], bad, kiosks[0].envelope(SERVICE)))

    async def take() -> list[Taken]:
        line = IntakeLine(deps.intake)
        return await asyncio.gather(*(line.take(one) for one in came))

    assert statuses(asyncio.run(take())) == [["stored"], ["rejected", "stored"], ["stored"], ["stored"]]
    assert stored(deps) == [KIOSKS + 1] * 3


def test_the_same_id_of_two_kiosks_is_two_submissions(deps: Deps, kiosks: list[TestKiosk]) -> None:
    first = kiosks[0].envelope(SERVICE)
    second = kiosks[1].envelope(SERVICE, outside={"id": first.id}, inside={"id": first.id})
    group = deps.intake.open_all([arrival(kiosks[0], first), arrival(kiosks[1], second)])
    assert statuses(deps.intake.take_all(group)) == [["stored"], ["stored"]]
    assert statuses(deps.intake.take_all(group)) == [["duplicate"], ["duplicate"]]


def test_a_request_that_came_before_is_taken_for_nobody_of_its_group(deps: Deps, kiosks: list[TestKiosk]) -> None:
    headers = kiosks[0].signed_headers("POST", "/v1/submissions", b"x", now=deps.clock.now())
    signed = verify(
        "POST",
        "http://kiosk/v1/submissions",
        headers,
        b"x",
        public_key_of=lambda _: kiosks[0].public_key,
        now=deps.clock.now(),
    )
    replayed, other = deps.intake.open_all(arrivals(kiosks[:2]))
    first = Batch(replayed.sender, replayed.items, signed)
    (taken,) = deps.intake.take_all([first])
    assert isinstance(taken, BatchAnswer)
    again, new = deps.intake.take_all([first, other])
    assert isinstance(again, SeenBefore)
    assert statuses([new]) == [["stored"]]


def test_a_group_has_its_limit(deps: Deps, kiosks: list[TestKiosk]) -> None:
    """At most two full batches; the writer takes the others when it has come back."""
    sizes: list[int] = []
    take_all = deps.intake.take_all

    class Counting:
        open_all = staticmethod(deps.intake.open_all)

        @staticmethod
        def take_all(batches: Sequence[Batch]) -> list[Taken]:
            sizes.append(sum(len(one.items) for one in batches))
            return take_all(batches)

    came = [arrival(kiosk, *([kiosk.envelope(SERVICE)] * (ITEMS_AT_ONCE // 2))) for kiosk in kiosks[:3]]

    async def take() -> list[Taken]:
        line = IntakeLine(Counting())  # type: ignore[arg-type]
        return await asyncio.gather(*(line.take(one) for one in came))

    taken = asyncio.run(take())
    assert [len(one.answers) for one in taken if isinstance(one, BatchAnswer)] == [ITEMS_AT_ONCE // 2] * 3
    assert max(sizes) == ITEMS_AT_ONCE
    assert sum(sizes) == 3 * ITEMS_AT_ONCE // 2


# --- the number up to which all is here ----------------------------------------------------------------------------


def through(deps: Deps, *came: Arrival) -> list[int]:
    taken = deps.intake.take_all(deps.intake.open_all(came))
    return [one.ack_through for one in taken if isinstance(one, BatchAnswer)]


def test_the_number_goes_on_past_what_came_before_its_gap_was_closed(deps: Deps, kiosks: list[TestKiosk]) -> None:
    one, other = kiosks[:2]
    late = {number: one.envelope(SERVICE, seq=number) for number in range(1, 7)}
    assert through(deps, arrival(one, late[1], late[2])) == [2]
    assert through(deps, arrival(one, late[4], late[6])) == [2]
    assert through(deps, arrival(one, late[3]), arrival(other, other.envelope(SERVICE, seq=1))) == [4, 1]
    assert through(deps, arrival(one, late[5])) == [6]


def test_what_is_rejected_leaves_a_gap(deps: Deps, kiosks: list[TestKiosk]) -> None:
    kiosk = kiosks[0]
    code = kiosk.envelope(SERVICE)
    assert through(deps, arrival(kiosk, code)) == [1]
    same = {"tracking_code": code.code}
    assert through(deps, arrival(kiosk, kiosk.envelope(SERVICE, outside=same, inside=same))) == [1]
    assert through(deps, arrival(kiosk, kiosk.envelope(SERVICE))) == [1]
