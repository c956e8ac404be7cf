"""Each id once, for ever, whatever the line and the server do meanwhile: any order of sending, doubling, losing, dying, jumping
clocks and other content under the same id ends in one row, one case and one answer for each."""

import base64
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select

from protocol.messages import EnrolRequest, EnrolResponse, ItemAnswer, ItemStatus
from server.app import build_deps, close_deps
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.settings import ServerSettings
from server.storage import tables
from server.submissions.attachments import AppendOutcome
from server.submissions.intake import Sender
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import Attachment, Envelope, TestKiosk
from tests.server.running import NO_QUOTAS, RunningServer, let_in
from tests.soaking import SOAK

SERVICE: Final = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}
PIECE: Final = 40


class Died(Exception):
    """The server, at a failpoint."""


class Fate(Enum):
    """What becomes of a batch: the answer comes, or it does not, for one of these reasons."""

    ANSWERED = ""
    ANSWER_LOST = "the line is cut after all was done"
    NEVER_CAME = "the line is cut before"
    OPENED = "submissions.opened"
    WRITTEN = "submissions.written"
    COMMITTED = "submissions.committed"

    @property
    def durable(self) -> bool:
        return self in (Fate.ANSWERED, Fate.ANSWER_LOST, Fate.COMMITTED)


@dataclass
class Kept:
    """What the server must hold of an id."""

    sha256: str
    attachments: tuple[str, ...]
    received_at: datetime | None = None


@dataclass
class Model:
    made: list[Envelope] = field(default_factory=list)
    kept: dict[str, Kept] = field(default_factory=dict)
    #: Durable bytes of each attachment that was named.
    uploaded: dict[str, int] = field(default_factory=dict)


def kiosk_of(deps: Deps) -> TestKiosk:
    """Enrolled without a line."""
    kiosk = TestKiosk("http://nowhere")
    request = EnrolRequest.model_construct(
        code=deps.enrolment.new_code(OPERATOR, "Kios").code, public_key=kiosk.public_key, software="", hardware={}
    )
    answer = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(answer, EnrolResponse)
    kiosk.enrolment = answer
    let_in(deps, kiosk.id)
    return kiosk


def machine(deps: Deps, clock: FakeClock) -> type[RuleBasedStateMachine]:
    """Bound to this server; each example is a kiosk of its own."""

    class ExactlyOnce(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.kiosk = kiosk_of(deps)
            self.model = Model()
            self.blobs: dict[str, Attachment] = {}

        @initialize()
        def begin_with_one_that_waits_for_two_files(self) -> None:
            self.make(2)
            self._told(self.model.made[0], take(deps, self.kiosk, self.model.made, Fate.ANSWERED)[0])

        @rule(files=st.integers(0, 2))
        def make(self, files: int) -> None:
            attachments = [self.kiosk.attachment(bytes([len(self.blobs) + n]) * 50, f"{n}.jpg") for n in range(files)]
            self.blobs |= {one.sha256: one for one in attachments}
            self.model.made.append(self.kiosk.envelope(SERVICE, attachments))

        @precondition(lambda self: self.model.made)
        @rule(data=st.data())
        def make_another_under_the_same_id(self, data: st.DataObject) -> None:
            first = data.draw(st.sampled_from(self.model.made))
            self.model.made.append(
                self.kiosk.envelope(
                    SERVICE,
                    outside={"id": first.id},
                    inside={"id": first.id, "language": data.draw(st.sampled_from(["en", "jv"]))},
                )
            )

        @precondition(lambda self: self.model.made)
        @rule(data=st.data(), fate=st.sampled_from([*Fate, *[Fate.ANSWERED] * 4]))
        def send(self, data: st.DataObject, fate: Fate) -> None:
            """Some of what was made, in any order, some of it twice."""
            batch = data.draw(st.lists(st.sampled_from(self.model.made), min_size=1, max_size=5))
            answers = take(deps, self.kiosk, batch, fate)
            if not fate.durable:
                return
            for number, envelope in enumerate(batch):
                self._told(envelope, answers[number] if fate is Fate.ANSWERED else None)

        def _told(self, envelope: Envelope, answer: ItemAnswer | None) -> None:
            sha256 = str(envelope.item["sha256"])
            new = envelope.id not in self.model.kept
            kept = self.model.kept.setdefault(envelope.id, Kept(sha256, tuple(a.sha256 for a in envelope.attachments)))
            if kept.sha256 == sha256:
                for one in kept.attachments:
                    self.model.uploaded.setdefault(one, 0)
            if answer is None:
                return
            if kept.sha256 != sha256:
                assert answer.status is ItemStatus.CONFLICT
                return
            missing = {one for one in kept.attachments if not self._is_whole(one)}
            assert set(answer.missing) == missing
            first = ItemStatus.MISSING_ATTACHMENTS if missing else ItemStatus.STORED
            assert answer.status is (first if new else ItemStatus.DUPLICATE)
            assert answer.received_at == (kept.received_at or answer.received_at)
            kept.received_at = answer.received_at

        @precondition(lambda self: self.model.uploaded)
        @rule(data=st.data())
        def upload_the_rest(self, data: st.DataObject) -> None:
            sha256 = data.draw(st.sampled_from(list(self.model.uploaded)))
            blob, at = self.blobs[sha256].sealed, self.model.uploaded[sha256]
            assert deps.attachments.append(self.kiosk.id, sha256, at, len(blob), blob[at:] or b"x").complete
            self.model.uploaded[sha256] = len(blob)

        @precondition(lambda self: self.model.uploaded)
        @rule(data=st.data(), flipped=st.sampled_from([False, False, True]), off=st.sampled_from([0, 0, 0, -1, 7]))
        def upload(self, data: st.DataObject, flipped: bool, off: int) -> None:
            """A piece of one: at its place or another, as it is or altered."""
            sha256 = data.draw(st.sampled_from(list(self.model.uploaded)))
            blob, at = self.blobs[sha256].sealed, self.model.uploaded[sha256]
            piece = blob[at : at + PIECE]
            altered = bytes([piece[0] ^ 1]) + piece[1:] if flipped and piece else piece
            result = deps.attachments.append(self.kiosk.id, sha256, max(at + off, 0), len(blob), altered or b"x")
            if at == len(blob):
                assert result.complete
            elif max(at + off, 0) != at:
                assert (result.outcome, result.offset) == (AppendOutcome.WRONG_OFFSET, at)
            elif altered != piece:
                self._finish_altered(sha256, result.offset)
            else:
                self.model.uploaded[sha256] = at + len(piece)
                assert result.complete == (self.model.uploaded[sha256] == len(blob))

        def _finish_altered(self, sha256: str, offset: int) -> None:
            """The rest as it should be: the whole is refused and begins anew."""
            blob = self.blobs[sha256].sealed
            while offset:
                piece = blob[offset : offset + PIECE]
                result = deps.attachments.append(self.kiosk.id, sha256, offset, len(blob), piece)
                offset = result.offset
            self.model.uploaded[sha256] = 0

        @rule(days=st.sampled_from([-4_000, -1, 1, 4_000]))
        def put_the_servers_clock(self, days: int) -> None:
            clock.time += timedelta(days=days)

        def teardown(self) -> None:
            clock.time = BEGIN
            with deps.engine.connect() as connection:
                row, case = tables.submissions.c, tables.cases.c
                stored = connection.execute(select(row.id, row.sha256).where(row.kiosk_id == self.kiosk.id)).all()
                complete = connection.execute(
                    select(row.id, case.complete)
                    .join(tables.cases, case.tracking_code == row.tracking_code)
                    .where(row.kiosk_id == self.kiosk.id)
                ).all()
            kept = sorted(self.model.kept.items())
            assert sorted(map(tuple, stored)) == [(one, of.sha256) for one, of in kept]
            assert sorted(map(tuple, complete)) == [(one, all(map(self._is_whole, of.attachments))) for one, of in kept]

        def _is_whole(self, sha256: str) -> bool:
            return self.model.uploaded[sha256] == len(self.blobs[sha256].sealed)

    return ExactlyOnce


BEGIN: Final = datetime.fromisoformat("2026-03-02T08:00:00+07:00")


def take(deps: Deps, kiosk: TestKiosk, batch: Sequence[Envelope], fate: Fate) -> tuple[ItemAnswer, ...]:
    """What the server answers, unless it dies."""
    if fate is Fate.NEVER_CAME:
        return ()

    def die() -> None:
        raise Died

    assert kiosk.enrolment is not None
    if fate.value.startswith("submissions"):
        deps.failpoints.actions[fate.value] = die
    try:
        items = [one.item for one in batch]
        return deps.intake.take(Sender(kiosk.id, kiosk.enrolment.kiosk_part), items).answers
    except Died:
        return ()
    finally:
        deps.failpoints.actions.clear()


@pytest.fixture
def unlimited(sqlite_settings: ServerSettings, clock: FakeClock) -> Iterator[Deps]:
    clock.time = BEGIN
    built = build_deps(sqlite_settings.model_copy(update={"quotas": NO_QUOTAS}), clock=clock)
    yield built
    close_deps(built)


@pytest.mark.longer_in_soak
def test_g2_each_id_is_stored_once_whatever_the_line_and_the_server_do(unlimited: Deps, clock: FakeClock) -> None:
    run_state_machine_as_test(
        machine(unlimited, clock),
        settings=settings(
            max_examples=400 if SOAK else 8,
            stateful_step_count=60 if SOAK else 30,
            deadline=None,
            database=None,
            # Ids and seals are new each time: a case that failed cannot be made smaller by trying again.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_g3_of_two_contents_that_race_for_an_id_one_stays_and_each_has_its_answer(
    server: RunningServer, kiosk: TestKiosk
) -> None:
    """Sixteen posts at once, each content from eight connections."""
    first = kiosk.envelope(server.service())
    other = kiosk.envelope(server.service(), outside={"id": first.id}, inside={"id": first.id, "language": "en"})

    def send(number: int) -> tuple[str, str]:
        again = TestKiosk(server.base, kiosk.key, enrolment=kiosk.enrolment)
        envelope = (first, other)[number % 2]
        (answer,) = again.send(envelope).json()["answers"]
        return str(envelope.item["sha256"]), answer["status"]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    with server.deps.engine.connect() as connection:
        row = tables.submissions.c
        (kept,) = connection.execute(select(row.sha256).where(row.id == first.id)).scalars()
        cases = connection.execute(
            select(func.count()).select_from(tables.cases).where(tables.cases.c.kiosk_id == kiosk.id)
        ).scalar_one()
    assert sorted(status for sha256, status in answers if sha256 == kept) == ["duplicate"] * 7 + ["stored"]
    assert {status for sha256, status in answers if sha256 != kept} == {"conflict"}
    assert cases == 1
    # And so for ever.
    assert {send(number)[1] for number in range(2)} == {"duplicate", "conflict"}


def test_g3_what_was_refused_once_is_refused_in_the_same_words_whoever_asks_at_once(
    server: RunningServer, kiosk: TestKiosk
) -> None:
    poison = kiosk.envelope(server.service(), outside={"sealed": base64.b64encode(b"\x01junk").decode()})

    def send(_: int) -> Any:
        return TestKiosk(server.base, kiosk.key, enrolment=kiosk.enrolment).send(poison).json()["answers"]

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    assert answers[0][0]["status"] == "rejected"
    assert all(answer == answers[0] for answer in answers)
