"""The store: what is committed stays, what is broken is set aside, what is old is brought up to date."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kiosk.store import Opening, StorageFailed, StorageProblem, Store, StoreInUse, StoreTooNew
from kiosk.store.database import FILE_NAME, Database
from kiosk.store.journal import HISTORY_ROWS, ComponentChange, StaffMember, StoredNotice
from kiosk.store.migrations import migrate, version_of
from kiosk.store.outbox import Envelope, OutboxState, SealedAttachment
from kiosk.store.receipts import Receipt
from kiosk.store.reports import ReportKind
from kiosk.store.rescue import SEQUENCE_LEAP
from kiosk.store.schema import KIOSK_SEQ, SCHEMA_VERSION
from protocol.messages import ItemKind

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path):
    opened = Store.open(tmp_path, NOW)
    yield opened
    opened.close()


def envelope(seq: int, **changes: object) -> Envelope:
    made = Envelope(
        kiosk_seq=seq,
        id=f"0190f3a0-0000-7000-8000-{seq:012d}",
        kind=ItemKind.SUBMISSION,
        tracking_code=f"K7M2{seq:08d}",
        service="letter",
        form_version="3",
        pack_version=1,
        key_id="k",
        sha256="a" * 64,
        sealed=b"sealed %d" % seq,
        device_time=NOW,
        boot_id="boot",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def attachment(name: str) -> SealedAttachment:
    return SealedAttachment(name * 64, 5, b"photo")


def receipt(code: str = "K7M200000001") -> Receipt:
    return Receipt(code, "letter", 1, {"service": {"id": "Surat"}}, "id", NOW, None, "stored_here", NOW)


def test_pragmas_are_those_that_survive_a_power_cut(store: Store) -> None:
    with store.transaction() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "locking_mode", "auto_vacuum")
        }
    assert found == {"journal_mode": "wal", "synchronous": 3, "locking_mode": "exclusive", "auto_vacuum": 2}


def test_a_second_process_is_kept_out(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreInUse):
        Store.open(tmp_path, NOW)


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.outbox.add(envelope(store.outbox.next_seq()))
        raise ZeroDivisionError
    assert store.outbox.counts().waiting == 0
    assert store.outbox.next_seq() == 1


def test_an_inner_transaction_is_part_of_the_outer(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction():
        with store.transaction():
            store.marks.set("a", 1)
        raise ZeroDivisionError
    assert store.marks.get("a") is None


def test_a_sequence_goes_on_after_a_restart(tmp_path: Path) -> None:
    first = Store.open(tmp_path, NOW)
    assert [first.outbox.next_seq(), first.outbox.next_seq()] == [1, 2]
    first.close()
    second = Store.open(tmp_path, NOW)
    assert second.opening.kind is Opening.GOOD
    assert second.outbox.next_seq() == 3
    assert second.marks.get(KIOSK_SEQ) == 3, "a mark like any other"
    second.close()


def test_a_code_cannot_be_given_out_twice(store: Store) -> None:
    store.receipts.add(receipt())
    with pytest.raises(StorageFailed):
        store.receipts.add(receipt())


def test_a_time_without_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="without its zone"):
        store.receipts.add(replace(receipt(), made_at=datetime(2026, 1, 1)))


def test_an_envelope_without_attachments_is_acknowledged_at_once(store: Store) -> None:
    store.outbox.add(envelope(1))
    assert store.outbox.delivered(1, NOW, (), NOW)
    found = store.outbox.get(1)
    assert found is not None
    assert (found.state, found.received_at) == (OutboxState.ACKNOWLEDGED, NOW)


def test_an_envelope_is_acknowledged_with_its_last_attachment(store: Store) -> None:
    store.outbox.add(envelope(1), [attachment("a"), attachment("b")])
    store.outbox.delivered(1, NOW, ["a" * 64, "b" * 64], NOW)
    store.outbox.attachment_delivered("a" * 64, NOW)
    assert store.outbox.get(1).state is OutboxState.DELIVERED  # type: ignore[union-attr]
    assert [info.sha256[0] for info in store.outbox.undelivered_attachments(9)] == ["b"]
    store.outbox.attachment_delivered("b" * 64, NOW)
    assert store.outbox.get(1).state is OutboxState.ACKNOWLEDGED  # type: ignore[union-attr]


def test_an_answer_that_comes_twice_changes_nothing(store: Store) -> None:
    store.outbox.add(envelope(1))
    store.outbox.delivered(1, NOW, (), NOW)
    assert not store.outbox.delivered(1, NOW + timedelta(hours=1), (), NOW)
    assert store.outbox.get(1).received_at == NOW  # type: ignore[union-attr]


def test_a_parked_item_stays_with_its_reason_and_can_be_tried_again(store: Store) -> None:
    store.outbox.add(envelope(1))
    assert store.outbox.park(1, "form unknown")
    assert [(item.kiosk_seq, item.reason) for item in store.outbox.parked()] == [(1, "form unknown")]
    assert store.outbox.counts().waiting == 0
    assert store.outbox.unpark(1)
    assert store.outbox.waiting_seqs(9, newest=True) == (1,)


def test_an_acknowledged_item_cannot_be_parked(store: Store) -> None:
    store.outbox.add(envelope(1))
    store.outbox.delivered(1, NOW, (), NOW)
    assert not store.outbox.park(1, "late")


def test_only_old_acknowledged_payloads_are_erased(store: Store) -> None:
    store.outbox.add(envelope(1), [attachment("a")])
    store.outbox.add(envelope(2))
    store.outbox.delivered(1, NOW, (), NOW)
    assert store.outbox.erase_acknowledged(NOW) == 0
    erased = [store.outbox.erase_acknowledged(NOW + timedelta(seconds=1)) for _ in range(3)]
    assert erased == [1, 1, 0]
    assert store.outbox.get(1).sealed == b""  # type: ignore[union-attr]
    assert store.outbox.attachment_bytes("a" * 64) is None
    assert store.outbox.get(2).sealed == b"sealed 2"  # type: ignore[union-attr]


def test_attachments_of_new_and_old_envelopes_come_in_turns(store: Store) -> None:
    for seq, name in ((1, "a"), (2, "b"), (3, "c")):
        store.outbox.add(envelope(seq), [attachment(name)])
        store.outbox.delivered(seq, NOW, [name * 64], NOW)
    assert [info.kiosk_seq for info in store.outbox.undelivered_attachments(2)] == [3, 1]


def test_the_feeds_order_counts_and_not_the_times_in_it(store: Store) -> None:
    """The server's clock may be put back between two states of a case."""
    store.receipts.add(receipt())
    late, early = NOW + timedelta(days=2), NOW + timedelta(days=1)
    reported = {"received_at": NOW, "due": None, "steps": []}
    assert store.receipts.case_changed("K7M200000001", state="in_review", state_at=late, **reported)  # type: ignore[arg-type]
    assert store.receipts.case_changed("K7M200000001", state="approved", state_at=early, **reported)  # type: ignore[arg-type]
    assert store.receipts.get("K7M200000001").state == "approved"  # type: ignore[union-attr]


def test_what_the_server_says_wins_over_a_clock_ten_years_ahead(store: Store) -> None:
    ahead = NOW + timedelta(days=3650)
    store.receipts.add(replace(receipt(), made_at=ahead, state_at=ahead))
    assert store.receipts.case_changed(
        "K7M200000001", state="approved", state_at=NOW, received_at=NOW, due=None, steps=[]
    )


def test_history_is_bounded(store: Store) -> None:
    with store.transaction():
        for _ in range(HISTORY_ROWS + 1):
            store.history.add(ComponentChange("printer", "READY", (), "", NOW))
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM component_history").scalar_one() == HISTORY_ROWS


def test_a_command_is_begun_once(store: Store) -> None:
    assert store.commands.begin("c1", "report")
    assert not store.commands.begin("c1", "report")


def test_a_notice_that_has_ended_is_gone(store: Store) -> None:
    store.notices.add(StoredNotice(1, {"id": "Tutup"}, NOW))
    assert store.notices.current(NOW)
    assert not store.notices.current(NOW + timedelta(seconds=1))


def test_the_roster_is_replaced_as_a_whole(store: Store) -> None:
    store.roster.replace([StaffMember("budi", "Budi", "staff", "x")])
    store.roster.replace([StaffMember("ani", "Ani", "staff", "x")])
    assert store.roster.get("budi") is None
    assert store.roster.get("ani") is not None


# --- opening -------------------------------------------------------------------------------------------------------


def filled(folder: Path, count: int = 60) -> None:
    store = Store.open(folder, NOW)
    with store.transaction():
        for _ in range(count):
            seq = store.outbox.next_seq()
            store.outbox.add(envelope(seq, sealed=bytes(3_000)), [SealedAttachment(f"{seq:064d}", 9_000, bytes(9_000))])
            store.receipts.add(receipt(f"K7M2{seq:08d}"))
    store.close()


def test_a_database_with_a_destroyed_page_is_set_aside_and_what_can_be_read_is_kept(tmp_path: Path) -> None:
    filled(tmp_path)
    path = tmp_path / FILE_NAME
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096 * 8)
    store = Store.open(tmp_path, NOW)
    report = store.opening
    assert report.kind is Opening.RECOVERED
    assert report.set_aside is not None
    assert (report.set_aside / FILE_NAME).exists()
    assert report.rescued is not None
    assert report.rescued.damaged
    assert report.rescued.rows["outbox"] > 30
    assert store.outbox.next_seq() > 60
    store.close()


def test_damage_that_is_found_while_it_is_opened_leaves_no_lock_on_what_is_to_be_rescued(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Else nothing is rescued, and each table is waited for."""
    filled(tmp_path, 3)
    with (tmp_path / FILE_NAME).open("r+b") as file:
        # The head of the page that lists the tables.
        file.seek(100)
        file.write(b"\xff" * 8)
    opened = Store.open(tmp_path, NOW)
    assert opened.opening.kind is Opening.RECOVERED
    opened.close()
    assert "locked" not in caplog.text


def test_what_is_no_database_is_set_aside_and_the_sequence_leaps(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database " * 400)
    store = Store.open(tmp_path, NOW)
    assert store.opening.kind is Opening.RECOVERED
    assert store.outbox.next_seq() == SEQUENCE_LEAP + 1
    store.close()


def test_a_recovered_database_opens_as_a_good_one(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"this is no database " * 400)
    Store.open(tmp_path, NOW).close()
    again = Store.open(tmp_path, NOW)
    assert again.opening.kind is Opening.GOOD
    again.close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    raw.execute("PRAGMA user_version = 99")
    raw.execute(f"PRAGMA application_id = {SCHEMA_VERSION + 1}")
    raw.close()
    with pytest.raises(StoreTooNew):
        Store.open(tmp_path, NOW)
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    assert raw.execute("PRAGMA user_version").fetchone() == (99,)
    assert raw.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    raw.close()


def test_a_newer_database_that_lets_this_program_in_is_used_as_it_is(tmp_path: Path) -> None:
    """A kiosk that went back to this program: what the newer one left in the outbox is there, and stays newer."""
    filled(tmp_path, 2)
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    raw.execute("ALTER TABLE outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 0")
    raw.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    raw.execute(f"PRAGMA application_id = {SCHEMA_VERSION}")
    raw.close()
    store = Store.open(tmp_path, NOW)
    assert (store.opening.kind, store.outbox.counts().waiting) == (Opening.GOOD, 2)
    store.close()
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
    raw.close()


def test_g12_a_new_version_reads_the_old_queue(tmp_path: Path) -> None:
    filled(tmp_path, 3)

    def add_column(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE outbox ADD COLUMN priority INTEGER NOT NULL DEFAULT 0")

    database = Database.open(tmp_path, NOW)
    with database.transaction() as connection:
        migrate(connection, SCHEMA_VERSION, SCHEMA_VERSION + 1, {SCHEMA_VERSION: add_column})
        assert version_of(connection) == SCHEMA_VERSION + 1
        assert connection.exec_driver_sql("SELECT kiosk_seq, priority FROM outbox").all() == [(1, 0), (2, 0), (3, 0)]
    database.close()


def test_g12_a_queue_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    for table in ("reports", "documents", "paper_use"):
        raw.execute(f"DROP TABLE {table}")
    raw.execute("PRAGMA user_version = 1")
    raw.close()
    store = Store.open(tmp_path, NOW)
    assert store.opening.kind is Opening.UPGRADED
    assert store.outbox.counts().waiting == 2
    assert store.reports.waiting(ReportKind.RATING, 1) == ()
    store.close()


def test_a_migration_that_fails_leaves_the_old_version(tmp_path: Path) -> None:
    filled(tmp_path, 1)

    def half_way(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE outbox ADD COLUMN priority INTEGER")
        raise ZeroDivisionError

    database = Database.open(tmp_path, NOW)
    with pytest.raises(ZeroDivisionError), database.transaction() as connection:
        migrate(connection, SCHEMA_VERSION, SCHEMA_VERSION + 1, {SCHEMA_VERSION: half_way})
    with database.transaction() as connection:
        assert version_of(connection) == SCHEMA_VERSION
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(outbox)")]
    assert "priority" not in columns
    database.close()


def test_a_full_disk_is_a_problem_with_a_name(store: Store) -> None:
    with store.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with store.transaction() as connection:
        # SQLite answers as on a full disk once the database may not grow any more.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StorageFailed) as failed:
        store.outbox.add(envelope(1, sealed=bytes(100_000)))
    assert failed.value.problem is StorageProblem.FULL
    assert store.outbox.counts().waiting == 0


def test_erased_space_is_given_back(store: Store, tmp_path: Path) -> None:
    store.outbox.add(envelope(1, sealed=bytes(2_000_000)))
    store.outbox.delivered(1, NOW, (), NOW)
    with store.transaction() as connection:
        before = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store.outbox.erase_acknowledged(NOW + timedelta(seconds=1))
    store.give_back_space()
    with store.transaction() as connection:
        after = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    assert after < before / 2
