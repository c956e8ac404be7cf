"""Everything that grows keeps to the disk's reserve: refused politely before, nothing lost, and the kiosk itself goes on."""

import ast
import inspect
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import store
from kiosk.drafts import drafts
from kiosk.drafts.drafts import Resumed
from kiosk.machine.health import Reason
from kiosk.machine.room import LAST_PART, WRITTEN, FolderDisk
from kiosk.session.outcomes import Refused, RefusedReason, Saved
from kiosk.store import StorageFailed, StorageProblem
from kiosk.store.documents import StoredDocument
from kiosk.store.outbox import ERASED_BYTES, OutboxState
from kiosk.store.reports import REPORT_BYTES
from protocol.kiosk_settings import NUMBERS
from protocol.limits import ATTACHMENT_BYTES, ATTACHMENT_PLAIN_BYTES, ATTACHMENTS_PER_SUBMISSION, SEALED_BYTES
from tests.kiosk.kiosk_kit import BEGIN, NAME, Bench, bench, fill

RESERVE = int(NUMBERS["disk_reserve_bytes"].default)
LEAST = int(NUMBERS["disk_reserve_bytes"].minimum)
LINE = {"name": {"id": "Jalan"}, "planned_rupiah": 1, "spent_rupiah": 0}
BUDGET = StoredDocument("budget", 1, BEGIN, {"year": 2026, "lines": [LINE]})
DOCUMENT_BYTES = len(json.dumps(BUDGET.body))


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def rate(at: Bench) -> bool:
    return at.kiosk.ratings.rate(at.kiosk.catalogue.services[0], 4)


def keep_document(at: Bench) -> bool:
    try:
        return at.kiosk.open_city.keep(BUDGET)
    except StorageFailed as error:
        assert error.problem is StorageProblem.FULL
        return False


def begin_form(at: Bench) -> bool:
    return at.kiosk.begin("id").choose("letter").possible


def resume_draft(at: Bench) -> bool:
    plain = draft(at)
    return isinstance(drafts.resume(at.kiosk.begin("id"), plain), Resumed)


def call_help(at: Bench) -> bool:
    return at.kiosk.help_calls.call("home")


def send_answer(at: Bench) -> bool:
    return isinstance(at.kiosk.send_answer("K7M2AAAAAAAA", "letter", "Ini alamat saya yang benar"), Saved)


def draft(at: Bench) -> bytes:
    """Of a session that left its form to be finished another day."""
    free, at.disk.bytes_free = at.disk.bytes_free, 10 * RESERVE
    fill(at.kiosk)
    session = at.kiosk.session
    assert session is not None
    plain = drafts.write(session)
    assert isinstance(plain, bytes)
    at.kiosk.end()
    at.disk.bytes_free = free
    return plain


#: What begins something new, and the bytes that it asks for.
NEW: tuple[tuple[Callable[[Bench], bool], int], ...] = (
    (begin_form, 0),
    (resume_draft, 0),
    (rate, REPORT_BYTES),
    (keep_document, DOCUMENT_BYTES),
)


@pytest.mark.parametrize(("begin", "size"), NEW)
@pytest.mark.parametrize(("below", "taken"), [(0, True), (1, False)])
def test_what_nobody_has_begun_leaves_the_reserve_alone(
    at: Bench, begin: Callable[[Bench], bool], size: int, below: int, taken: bool
) -> None:
    at.disk.bytes_free = RESERVE + WRITTEN * size - below
    assert begin(at) is taken


@pytest.mark.parametrize("finish", [call_help, send_answer])
def test_what_was_begun_may_use_the_reserve_but_not_its_last_part(at: Bench, finish: Callable[[Bench], bool]) -> None:
    at.disk.bytes_free = RESERVE // LAST_PART
    assert not finish(at)
    at.disk.bytes_free = RESERVE // LAST_PART + 100_000
    assert finish(at)


@pytest.mark.parametrize(("below", "taken"), [(0, True), (1, False)])
def test_an_open_form_is_sent_down_to_the_last_part(at: Bench, below: int, taken: bool) -> None:
    fill(at.kiosk)
    at.kiosk.send()
    envelope = at.store.outbox.get(1)
    assert envelope is not None
    size = len(envelope.sealed) + sum(one.size for one in at.store.outbox.attachments_of(1))
    at.kiosk.end()
    fill(at.kiosk)
    at.disk.bytes_free = RESERVE // LAST_PART + WRITTEN * size - below
    result = at.kiosk.send()
    assert isinstance(result, Saved) if taken else result == Refused(RefusedReason.DISK_FULL)
    session = at.kiosk.session
    assert session is not None
    assert taken or (session.form is not None and session.form.nodes["/data/name"].value == NAME)
    assert at.store.outbox.counts().waiting == 1 + taken
    at.disk.bytes_free = RESERVE
    assert taken or isinstance(at.kiosk.send(), Saved)


def test_the_reserve_holds_the_largest_session_there_can_be() -> None:
    """So that nobody is refused who was let in."""
    largest = SEALED_BYTES + ATTACHMENTS_PER_SUBMISSION * ATTACHMENT_BYTES
    assert WRITTEN * largest <= RESERVE - RESERVE // LAST_PART


def test_the_last_part_has_room_for_erasing_at_any_setting() -> None:
    assert max(ERASED_BYTES, ATTACHMENT_PLAIN_BYTES) <= LEAST // LAST_PART


def test_a_draft_that_cannot_go_on_here_says_why(at: Bench) -> None:
    plain = draft(at)
    at.disk.bytes_free = RESERVE - 1
    session = at.kiosk.begin("id")
    assert drafts.resume(session, plain) is Reason.DISK_FULL
    assert session.form is None
    at.disk.bytes_free = RESERVE
    assert isinstance(drafts.resume(session, plain), Resumed)


# --- a real disk that is small ---------------------------------------------------------------------------------------

DISK_BYTES = 190_000_000
PHOTO_BYTES = 8_500_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small(small_disk: Path) -> Iterator[Bench]:
    """A kiosk on it, with the least reserve that can be set."""
    made = bench(small_disk, disk=FolderDisk(small_disk))
    made.kiosk.settings.store_new({"disk_reserve_bytes": LEAST})
    made.kiosk.settings.reload()
    yield made
    made.close()


def test_g9_on_a_small_disk_work_is_refused_before_it_is_full(small: Bench, small_disk: Path) -> None:
    """Thirty-five of them, with photos, once took all of it."""
    chance = random.Random(3)
    fill(small.kiosk, photo=chance.randbytes(PHOTO_BYTES))
    session = small.kiosk.session
    assert session is not None
    plain = drafts.write(session)
    assert isinstance(plain, bytes)
    sent, refused = 0, 0
    for _ in range(35):
        session = small.kiosk.begin("id")
        result = drafts.resume(session, plain)
        if result is Reason.DISK_FULL:
            refused += 1
            continue
        assert isinstance(result, Resumed)
        for _ in session.pages():
            session.next_page()
        session.finish_review()
        session.agree()
        assert isinstance(small.kiosk.send(), Saved), "who was let in was refused"
        sent += 1
        assert FolderDisk(small_disk).free() > LEAST // LAST_PART
    assert sent and refused
    # The kiosk itself goes on: what is acknowledged makes room, and the next one is let in.
    for seq in range(1, sent + 1):
        assert small.store.outbox.delivered(seq, BEGIN, (), BEGIN)
    while small.store.outbox.erase_acknowledged(BEGIN + timedelta(seconds=1)):
        small.store.give_back_space()
    assert isinstance(drafts.resume(small.kiosk.begin("id"), plain), Resumed)


def test_g9_on_a_disk_that_others_filled_the_feed_goes_on(small: Bench, small_disk: Path) -> None:
    fill(small.kiosk, photo=bytes(PHOTO_BYTES))
    (small_disk / "others").write_bytes(bytes(FolderDisk(small_disk).free() - LEAST // LAST_PART))
    assert small.kiosk.send() == Refused(RefusedReason.DISK_FULL)
    assert not rate(small)
    small.store.marks.set("feed_cursor", 17)
    small.store.roster.set_failures("budi", 1)
    session = small.kiosk.session
    assert session is not None and session.form is not None
    assert session.form.nodes["/data/name"].value == NAME
    (small_disk / "others").unlink()
    assert isinstance(small.kiosk.send(), Saved)
    assert small.store.outbox.get(1).state is OutboxState.WAITING  # type: ignore[union-attr]
    assert small.store.marks.get("feed_cursor") == 17


# --- nothing grows beside the rule -----------------------------------------------------------------------------------

#: What the kiosk itself writes: bounded by what there is of it, or by the feed, which goes on.
ITS_OWN = {
    "Values.set": "one row a name",
    "Values.replace": "one row a name",
    "Outbox.next_seq": "one row",
    "SupplyLevels.set": "one row a supply",
    "ComponentHistory.add": "HISTORY_ROWS",
    "Roster.replace": "the staff of the city",
    "Roster.set_failures": "one row a person",
    "Commands.begin": "commands of the feed",
    "StoredNotices.add": "notices of the feed, until they end",
    "UsageCounts.add_service": "one row a service",
    "UsageCounts.add_session": "one row a day",
    "PaperUse.add": "one row an hour of the days that the curve is made of",
    "Packs.add": "the pack itself asked for room",
    "Receipts.add": "with its envelope, in one transaction",
    "Visits.add": "a line a visit of field staff, who come to make room",
}


def test_every_write_that_adds_rows_asks_for_room_or_is_bounded() -> None:
    folder = Path(inspect.getfile(store)).parent
    adding, asking = set(), set()
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text()).body
        inserting = {"insert"} | set(map(_name_of_insert, tree))
        for node in tree:
            for method in node.body if isinstance(node, ast.ClassDef) else ():
                names = {one.attr for one in ast.walk(method) if isinstance(one, ast.Attribute)}
                called = {one.id for one in ast.walk(method) if isinstance(one, ast.Name)}
                if inserting & (names | called) and isinstance(node, ast.ClassDef):
                    adding.add(f"{node.name}.{method.name}")  # type: ignore[attr-defined]
                    if {"growing", "admits"} & names:
                        asking.add(f"{node.name}.{method.name}")  # type: ignore[attr-defined]
    assert adding - asking == set(ITS_OWN)
    assert asking == {"Outbox.add", "Reports.add", "Documents.put"}


def _name_of_insert(node: ast.stmt) -> str:
    """Of a statement that is put together once, for its module; "" of anything else."""
    made = isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None
    inserts = made and any(isinstance(one, ast.Attribute) and one.attr == "insert" for one in ast.walk(node.value))  # type: ignore[attr-defined]
    return node.target.id if inserts else ""  # type: ignore[attr-defined]
