"""Storage: one owner of SQLite, migrations that equal the tables, both databases by URL, fair turns."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from server.foundation.keys import load_keys
from server.foundation.vault import Vault, VaultBroken
from server.settings import ServerSettings
from server.storage import StorageBusy, StorageRefused, open_storage
from server.storage.pool import FairLock
from server.storage.tables import metadata


def test_the_migrations_make_exactly_the_tables(settings: ServerSettings) -> None:
    engine = open_storage(settings.database_url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_sqlite_syncs_every_commit_and_keeps_a_write_ahead_log(sqlite_settings: ServerSettings) -> None:
    engine = open_storage(sqlite_settings.database_url)
    with engine.connect() as connection:
        pragmas = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "locking_mode", "foreign_keys")
        ]
    engine.dispose()
    assert pragmas == ["wal", 3, "exclusive", 1]


def test_a_second_owner_of_a_sqlite_file_is_refused(sqlite_settings: ServerSettings) -> None:
    engine = open_storage(sqlite_settings.database_url)
    with pytest.raises(StorageBusy):
        open_storage(sqlite_settings.database_url)
    engine.dispose()
    open_storage(sqlite_settings.database_url).dispose()


def test_two_processes_may_migrate_one_postgresql_at_once(postgresql_settings: ServerSettings) -> None:
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            open_storage(postgresql_settings.database_url).dispose()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("url", ["mysql://localhost/x", "postgresql+psycopg2://localhost/x"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises((StorageRefused, ModuleNotFoundError)):
        open_storage(url)


def test_the_lock_is_handed_on_in_the_order_of_coming() -> None:
    lock, order = FairLock(), []
    lock.acquire(1)
    ready = [threading.Event() for _ in range(5)]

    def wait(number: int) -> None:
        ready[number].set()
        lock.acquire(10)
        order.append(number)
        lock.release()

    threads = []
    for number in range(5):
        thread = threading.Thread(target=wait, args=(number,))
        thread.start()
        ready[number].wait()
        while len(lock._waiting) <= number:
            pass
        threads.append(thread)
    lock.release()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_a_lock_that_is_not_free_in_time_is_not_taken() -> None:
    lock = FairLock()
    lock.acquire(1)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0.01)


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    first, again = load_keys(tmp_path / "keys"), load_keys(tmp_path / "keys")
    assert (again.badge, again.audit, again.vault, again.nik) == (first.badge, first.audit, first.vault, first.nik)
    assert again.public_sealing_keys() == first.public_sealing_keys()
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_vault_opens_only_what_it_closed() -> None:
    vault, other = Vault(b"a" * 32, b"n" * 32), Vault(b"b" * 32, b"n" * 32)
    assert vault.open(vault.close(b"secret")) == b"secret"
    for blob in (other.close(b"secret"), b"", vault.close(b"secret")[:-1]):
        with pytest.raises(VaultBroken):
            vault.open(blob)


def test_a_nik_is_not_found_by_its_plain_hash() -> None:
    one, two = Vault(b"a" * 32, b"n" * 32), Vault(b"a" * 32, b"m" * 32)
    assert one.nik_index("3578014107900003") != two.nik_index("3578014107900003")
