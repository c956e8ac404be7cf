"""The audit log from the command line: verified with an exit code, handed to witnesses outside, its key moved."""

from pathlib import Path

from sqlalchemy import update

from server.app import build_deps, close_deps
from server.deps import Deps
from server.operator.chores import make_checkpoint
from server.settings import ServerSettings
from server.storage import tables
from tests.server.case_kit import enrolled_kiosk
from tests.server.operator.test_server_command import command


def test_a_log_is_verified_exported_and_found_out(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    data, note = str(sqlite_settings.data), tmp_path / "checkpoint.txt"
    early = _checkpoint(sqlite_settings)
    exported = command("audit-checkpoint", "--data", data)
    assert (exported.returncode, exported.stdout.splitlines()[1]) == (0, str(early)), exported.stderr
    note.write_text(exported.stdout)
    held = command("verify-audit", "--data", data, "--checkpoint", str(note))
    assert (held.returncode, "the checkpoint from outside" in held.stdout) == (0, True), held.stdout
    late = _checkpoint(sqlite_settings)
    proved = command("audit-checkpoint", "--data", data, "--since", str(early))
    assert proved.stdout.splitlines()[0] == f"old {early}"
    assert f"\n{late}\n" in proved.stdout
    deps = build_deps(sqlite_settings)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.audit_log).where(tables.audit_log.c.seq == 1).values(actor="nobody"))
    close_deps(deps)
    found = command("verify-audit", "--data", data, "--checkpoint", str(note))
    assert found.returncode == 1
    assert "entry 1 was altered" in found.stdout
    assert "the checkpoint from outside has seen" in found.stdout


def test_the_key_moves_away_and_the_server_says_where_it_should_be(
    sqlite_settings: ServerSettings, tmp_path: Path
) -> None:
    data, apart = str(sqlite_settings.data), tmp_path / "audit.key"
    moved = command("audit-key", str(apart), "--data", data)
    assert (moved.returncode, apart.stat().st_mode & 0o777) == (0, 0o600), moved.stderr
    again = command("audit-key", str(apart), "--data", data)
    assert (again.returncode, "nothing was changed" in again.stderr) == (1, True)
    settings = sqlite_settings.model_copy(update={"audit_key": apart})
    deps = build_deps(settings)
    make_checkpoint(deps)
    close_deps(deps)


def _checkpoint(settings: ServerSettings) -> int:
    """The size of a checkpoint of a log that has just grown."""
    deps: Deps = build_deps(settings)
    enrolled_kiosk(deps)
    make_checkpoint(deps)
    with deps.engine.connect() as connection:
        size = connection.execute(tables.checkpoints.select()).all()[-1].size
    close_deps(deps)
    return int(size)
