"""A kiosk that cannot start says so on its screen and to the office instead of ending; and nothing of it is left on a disk."""

import contextlib
import json
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from kiosk.store import StorageFailed, StorageProblem, Store, StoreInUse, StoreTooNew
from program.standstill import StartProblem, problem_of, without_code
from server.storage import tables
from sync import enrolment as enrolments
from sync.enrolment import FILE_NAME, Enrolment, EnrolmentBroken, NotEnrolled
from tests.kiosk.kiosk_kit import BEGIN
from tests.server.running import RunningServer
from tests.sync.line_kit import city_server, enrolled
from trial.processes import Group, python, wait_until

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with city_server(tmp_path_factory.mktemp("city") / "server") as running:
        yield running


@pytest.fixture(scope="module")
def agreed(server: RunningServer) -> Enrolment:
    return enrolled(server)


@pytest.fixture
def data(agreed: Enrolment, tmp_path: Path) -> Path:
    """Of a kiosk that was enrolled and has run."""
    folder = tmp_path / "kiosk"
    enrolments.save(agreed, folder)
    Store.open(folder, BEGIN).close()
    return folder


# --- the file that says who a kiosk is -------------------------------------------------------------------------------


def changed(**values: Any) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), **values}).encode()


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "half": lambda content: content[: len(content) // 2],
    "zeros": lambda content: bytes(len(content)),
    "bytes": lambda content: bytes(range(256)) * 8,
    "a list": lambda content: b"[1, 2]",
    "a text": lambda content: b'"kiosk"',
    "another program's": lambda content: b'{"name": "printer", "version": 3}',
    "very deep": lambda content: b"[" * 200_000,
    "a short key": changed(private_key="AAAA"),
    "a key that is none": changed(private_key="not base64"),
    "no city": changed(city={}),
    "no name": changed(name=None),
    "a number for a name": changed(kiosk_id=17),
    "no root of trust": changed(tuf_root=""),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_enrolment_is_reported_as_such(data: Path, damage: Callable[[bytes], bytes]) -> None:
    path = data / FILE_NAME
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(EnrolmentBroken, match=FILE_NAME):
        enrolments.load(data)


def test_an_enrolment_that_is_a_folder_is_reported_as_such(data: Path) -> None:
    (data / FILE_NAME).unlink()
    (data / FILE_NAME).mkdir()
    with pytest.raises(EnrolmentBroken):
        enrolments.load(data)


@pytest.mark.parametrize(
    ("part", "zone"), [("time_zone", "Asia/Nowhere"), ("time_zone", "../../etc"), ("time_zone", "")]
)
def test_an_enrolment_in_no_time_zone_is_reported_as_such(data: Path, part: str, zone: str) -> None:
    path = data / FILE_NAME
    document = json.loads(path.read_bytes())
    document["city"][part] = zone
    path.write_text(json.dumps(document))
    with pytest.raises(EnrolmentBroken):
        enrolments.load(data)


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (NotEnrolled(), StartProblem.NOT_ENROLLED),
        (EnrolmentBroken(), StartProblem.ENROLMENT_BROKEN),
        (StorageFailed(StorageProblem.FULL, ""), StartProblem.DISK_FULL),
        (StorageFailed(StorageProblem.FAULT, ""), StartProblem.DISK_BROKEN),
        (StorageFailed(StorageProblem.CORRUPT, ""), StartProblem.DISK_BROKEN),
        (PermissionError(), StartProblem.DISK_BROKEN),
        (StoreInUse(), StartProblem.DATABASE_IN_USE),
        (StoreTooNew(), StartProblem.DATABASE_TOO_NEW),
        (KeyError(), StartProblem.UNEXPECTED),
    ],
)
def test_whatever_it_is_has_a_name(error: Exception, problem: StartProblem) -> None:
    assert problem_of(error) is problem


@pytest.mark.parametrize("given", [["main.py", "--enrol", "ABCD"], ["main.py", "--enrol=ABCD"], ["main.py"]])
def test_a_code_is_not_used_twice(given: list[str]) -> None:
    assert without_code(given) == ["main.py"]


# --- the program -----------------------------------------------------------------------------------------------------


class Program:
    """The kiosk's real front door, on a screen that nobody sees."""

    def __init__(self, group: Group, data: Path, server: RunningServer) -> None:
        environment = {
            "EKIOS_DATA": str(data),
            "EKIOS_SERVER": server.base,
            "EKIOS_SCREEN__DRIVER": "offscreen",
            "EKIOS_SCREEN__WIDTH": "540",
            "EKIOS_SCREEN__HEIGHT": "960",
            **{f"EKIOS_{name}__DRIVER": "none" for name in ("PRINTER", "SCANNER", "CAMERA", "SPEECH")},
        }
        self._group = group
        self.process = group.start("kiosk", python("main.py"), environment)

    def log(self) -> str:
        return self._group.log("kiosk").read_text()

    def wait_for(self, words: str) -> None:
        wait_until("kiosk", lambda: words in self.log(), self._group, seconds=60)

    def stop(self) -> int | None:
        return self._group.stop_one("kiosk")


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    with Group(tmp_path / "logs") as made:
        yield made


#: Kivy's word when its loop begins.
SHOWN = "Start application main loop"


def test_a_damaged_enrolment_shows_out_of_service_and_the_program_stays(
    data: Path, server: RunningServer, group: Group
) -> None:
    (data / FILE_NAME).write_bytes(b"{")
    kiosk = Program(group, data, server)
    kiosk.wait_for(SHOWN)
    assert "the kiosk cannot start" in kiosk.log()
    assert kiosk.process.poll() is None
    assert kiosk.stop() == 0


@pytest.mark.soak
def test_it_starts_by_itself_as_soon_as_it_can(data: Path, server: RunningServer, group: Group) -> None:
    good = (data / FILE_NAME).read_bytes()
    (data / FILE_NAME).write_bytes(good[:-20])
    kiosk = Program(group, data, server)
    kiosk.wait_for(SHOWN)
    (data / FILE_NAME).write_bytes(good)
    kiosk.wait_for("built in")
    assert kiosk.stop() == 0


@pytest.fixture
def read_only(data: Path, tmp_path: Path) -> Iterator[Path]:
    """The same kiosk's data on a disk that cannot be written."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    shutil.copytree(data, folder, dirs_exist_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_cannot_be_written_is_shown_and_reported_to_the_office(
    read_only: Path, server: RunningServer, group: Group
) -> None:
    kiosk = Program(group, read_only, server)
    kiosk.wait_for(SHOWN)
    wait_until("kiosk", lambda: reported(server) is not None, group)
    assert reported(server) == (StartProblem.DISK_BROKEN.value, False)
    assert kiosk.process.poll() is None
    assert kiosk.stop() == 0


def reported(server: RunningServer) -> tuple[str, bool] | None:
    """What the office knows of the kiosk's storage, and whether it is in service."""
    with server.deps.engine.connect() as connection:
        row = connection.execute(select(tables.kiosks.c.in_service, tables.kiosks.c.components)).one()
    storage = [one for one in row.components or () if one["component"] == "storage"]
    return (storage[0]["conditions"][0], row.in_service) if storage else None


def test_a_crash_leaves_no_core(data: Path, server: RunningServer, group: Group) -> None:
    (data / FILE_NAME).write_bytes(b"{")
    kiosk = Program(group, data, server)
    kiosk.wait_for(SHOWN)
    assert no_core(kiosk.process.pid)
    os.kill(kiosk.process.pid, signal.SIGSEGV)
    assert kiosk.process.wait(30) == -signal.SIGSEGV
    assert [path.name for path in ROOT.iterdir() if path.name.startswith("core")] == []


def test_a_crash_of_the_server_leaves_no_core(tmp_path: Path, group: Group) -> None:
    started = group.start("server", python("-m", "server", "serve", "--data", str(tmp_path / "own"), "--port", "0"))
    wait_until("server", lambda: (tmp_path / "own" / "address").exists(), group)
    assert no_core(started.pid)


def no_core(pid: int) -> bool:
    """By limit; and by the flag, which gives what the kernel shows of a process to root."""
    (line,) = [one for one in Path(f"/proc/{pid}/limits").read_text().splitlines() if one.startswith("Max core file")]
    return line.split()[4:6] == ["0", "0"]


def locked_bytes(tmp_path: Path, limit: int) -> tuple[bool, int]:
    """Of a guarded process that holds 50 MB under this limit on locked memory: what it says, and what the kernel counts."""
    script = (
        f"import resource; resource.setrlimit(resource.RLIMIT_MEMLOCK, ({limit}, {limit})); "
        "from runtime import process_guard; guarded = process_guard.guard(lock=True); "
        "kept = bytearray(50_000_000); print(guarded.locked, open('/proc/self/status').read())"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = subprocess.run(python("-c", script), cwd=tmp_path, env=environment, check=True, capture_output=True).stdout
    (locked,) = [int(line.split()[1]) for line in said.decode().splitlines() if line.startswith("VmLck:")]
    return said.startswith(b"True"), locked * 1024


def test_memory_is_locked_where_the_limit_is_lifted(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    try:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (soft, resource.RLIM_INFINITY))
    except ValueError:
        pytest.skip("this system lifts the limit on locked memory for nobody")
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (soft, hard))
    claimed, locked = locked_bytes(tmp_path, resource.RLIM_INFINITY)
    assert claimed and locked > 50_000_000


def test_memory_is_not_locked_under_a_finite_limit(tmp_path: Path) -> None:
    """Later memory would be refused, and the program would end."""
    assert locked_bytes(tmp_path, 1_000_000) == (False, 0)


def test_a_guarded_process_is_not_dumped_though_its_limit_is_raised(tmp_path: Path) -> None:
    """The flag alone holds, too: an administrator may lift the limit of a running process."""
    script = "import os; from runtime import process_guard; print(process_guard.guard(lock=True), flush=True); input(); os.abort()"
    with subprocess.Popen(
        python("-c", script),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        assert b"no_core=True" in process.stdout.readline()
        # Not everybody may do that.
        with contextlib.suppress(PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        process.stdin.write(b"\n")
        process.stdin.flush()
        _, status = os.waitpid(process.pid, 0)
        process.returncode = -os.WTERMSIG(status)
    assert (os.WTERMSIG(status), os.WCOREDUMP(status)) == (signal.SIGABRT, False)
    assert list(tmp_path.iterdir()) == []
