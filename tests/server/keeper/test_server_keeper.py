"""The keeper: alone with the private keys, without a network, and no loss when it ends."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey

from protocol.sealing import key_id, seal
from server.app import build_deps
from server.deps import Deps
from server.foundation.keys import KeyMissing
from server.keeper import client
from server.keeper.client import Keeper, KeeperAway, KeeperDied
from server.keeper.messages import PUBLIC_KEYS
from server.keeper.sealing_keys import complete, public_halves
from server.settings import ServerSettings
from server.submissions import keeper_child
from server.submissions.openings import Openings
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import Forked, listening_keeper
from tests.server.running import running
from tests.server.submissions.test_server_intake_groups import arrivals, statuses

DEADLY = "deadly"


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    one = Keeper(tmp_path / "keys")
    yield one
    one.close()


def opened(one: Keeper) -> bytes | None:
    """What it makes of a blob that is sealed to its newest key."""
    name, public = one.public_keys()[0]
    return one.unseal(name, seal(b"rahasia", public))


# --- keys ----------------------------------------------------------------------------------------------------------


def test_the_first_key_is_made_by_the_keeper(keeper: Keeper, tmp_path: Path) -> None:
    assert opened(keeper) == b"rahasia"
    assert sorted(path.suffix for path in (tmp_path / "keys").iterdir()) == [".key", ".pub"]


def test_what_older_keys_opened_is_still_opened(keeper: Keeper) -> None:
    old, public = keeper.public_keys()[0]
    sealed = seal(b"lama", public)
    new = keeper.make_key()
    assert [name for name, _ in keeper.public_keys()] == [new, old]
    assert keeper.unseal(old, sealed) == b"lama"
    assert keeper.unseal(new, sealed) is None
    assert keeper.unseal("nobody", sealed) is None


def test_keys_of_before_there_was_a_keeper_get_their_public_halves(keeper: Keeper, tmp_path: Path) -> None:
    folder, names = tmp_path / "keys", []
    folder.mkdir()
    for age in (2, 1):
        private = PrivateKey.generate()
        names.append(key_id(bytes(private.public_key)))
        path = folder / f"sealing-{names[-1]}.key"
        path.write_bytes(bytes(private))
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert not complete(folder)
    assert [name for name, _ in keeper.public_keys()] == names[::-1]
    assert complete(folder)
    assert public_halves(folder) == keeper.public_keys()


def test_the_server_never_holds_a_private_key(sqlite_settings: ServerSettings) -> None:
    """All that needs one is done; then the server's memory is looked through."""
    ours = os.getpid()
    with running(sqlite_settings) as server:
        kiosk = server.kiosk()
        attachment = kiosk.attachment(b"gambar")
        envelope = kiosk.envelope(server.service(), [attachment])
        assert kiosk.statuses(envelope) == ["missing_attachments"]
        kiosk.upload(attachment)
        shown = server.deps.attachments.open(kiosk.id, envelope.id, attachment.sha256)
        assert shown is not None and shown.data == b"gambar"
        server.deps.keys.make_sealing_key()
        keys = sqlite_settings.data / "keys"
        # Looked for by another process: this one must not read them either.
        looked = subprocess.run(
            [sys.executable, "-c", LOOK, str(ours), *map(str, sorted(keys.glob("*.key")))],
            capture_output=True,
            text=True,
            check=True,
        )
    found = set(looked.stdout.split())
    assert "vault.key" in found, "what it does hold is found"
    assert len(list(keys.glob("sealing-*.key"))) == 2
    assert [name for name in found if name.startswith("sealing-")] == []


LOOK = """
import pathlib, sys
keys = {path.name: path.read_bytes() for path in map(pathlib.Path, sys.argv[2:])}
with open(f"/proc/{sys.argv[1]}/maps") as maps, open(f"/proc/{sys.argv[1]}/mem", "rb") as memory:
    for line in maps:
        place, rights = line.split()[:2]
        if not rights.startswith("rw"):
            continue
        begin, end = (int(one, 16) for one in place.split("-"))
        try:
            memory.seek(begin)
            held = memory.read(end - begin)
        except (OSError, OverflowError):
            continue
        for name, key in keys.items():
            if key in held:
                print(name)
"""


# --- where it runs -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("keepers_as_in_service")
def test_it_runs_without_a_network_and_without_further_rights(keeper: Keeper) -> None:
    assert opened(keeper) == b"rahasia"
    (line,) = keeper._idle
    assert line._process is not None
    status = dict(
        part.split(":\t", 1)
        for part in Path(f"/proc/{line._process.pid}/status").read_text().splitlines()
        if ":\t" in part
    )
    assert (status["Seccomp"].strip(), status["NoNewPrivs"].strip()) == ("2", "1")
    limits = Path(f"/proc/{line._process.pid}/limits").read_text()
    assert str(keeper_child.MEMORY_BYTES) in limits


REFUSED = """
import os, socket, subprocess, sys
from server.keeper.no_network import without_network
ours, other = socket.socketpair()
without_network()
for name, attempt in {
    "socket": lambda: socket.socket(),
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "pair": socket.socketpair,
    "send": lambda: ours.send(b"x"),
    "receive": lambda: ours.recv(1, socket.MSG_DONTWAIT),
    "program": lambda: os.execv("/bin/true", ["true"]),
    "memory": lambda: open(f"/proc/{os.getppid()}/mem"),
}.items():
    try:
        attempt()
        print(name, "done")
    except PermissionError:
        print(name, "refused")
    except OSError as error:
        print(name, error)
os.write(ours.fileno(), b"x")
print("open", os.read(other.fileno(), 1) == b"x")
child = os.fork()
if child == 0:
    try:
        socket.socket()
    except PermissionError:
        os._exit(0)
    os._exit(1)
print("child", os.waitpid(child, 0)[1])
"""


def test_what_could_reach_a_network_is_refused_for_good() -> None:
    ran = subprocess.run([sys.executable, "-c", REFUSED], capture_output=True, text=True, check=True)
    told = dict(line.split(" ", 1) for line in ran.stdout.splitlines())
    refused = ("socket", "unix", "pair", "send", "receive", "program")
    assert {name: told[name] for name in refused} == dict.fromkeys(refused, "refused")
    assert (told["open"], told["child"]) == ("True", "0")


def test_a_keeper_of_another_user_is_asked_through_its_socket(tmp_path: Path) -> None:
    folder, address = tmp_path / "apart", tmp_path / "socket"
    with listening_keeper(folder, address):
        one, other = Keeper(tmp_path / "nothing", address), Keeper(tmp_path / "nothing", address)
        assert opened(one) == opened(other) == b"rahasia"
        assert address.stat().st_mode & 0o777 == keeper_child.SOCKET_MODE
        one.close()
        assert one.public_keys()[0][0] == other.public_keys()[0][0]
        new = one.make_key()
        assert other.public_keys()[0][0] == new
        assert opened(other) == b"rahasia"
        one.close()
        other.close()
    assert not (tmp_path / "nothing").exists()
    with pytest.raises(KeeperAway, match="socket"):
        one.public_keys()


# --- when it ends --------------------------------------------------------------------------------------------------


def test_one_that_was_killed_is_replaced_and_nobody_notices(deps: Deps) -> None:
    kiosks = [enrolled_kiosk(deps, f"Kios {number}") for number in range(2)]
    assert statuses(deps.intake.take_all(deps.intake.open_all(arrivals(kiosks)))) == [["stored"]] * 2
    (line,) = deps.keeper._idle
    assert line._process is not None
    line._process.kill()
    assert statuses(deps.intake.take_all(deps.intake.open_all(arrivals(kiosks)))) == [["stored"]] * 2


def test_while_there_is_none_kiosks_keep_what_they_have(sqlite_settings: ServerSettings, tmp_path: Path) -> None:
    """The server runs all the same, and takes it as soon as the keeper is there."""
    address, apart = tmp_path / "socket", tmp_path / "apart"
    with pytest.raises(KeyMissing, match="move them"):
        build_deps(sqlite_settings.model_copy(update={"keeper": address}))
    apart.mkdir()
    for path in (sqlite_settings.data / "keys").glob("sealing-*"):
        path.rename(apart / path.name)
    with running(sqlite_settings.model_copy(update={"keeper": address})) as server:
        with listening_keeper(apart, address):
            kiosk = server.kiosk()
        server.deps.keeper.close()
        address.unlink()
        envelope = kiosk.envelope(server.service())
        answer = kiosk.send(envelope)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert kiosk.post("/v1/heartbeat", kiosk.heartbeat()).ok
        with listening_keeper(apart, address):
            assert kiosk.statuses(envelope) == ["stored"]


def deadly(folder: Path, line: socket.socket) -> None:
    """A keeper that ends over an envelope of the service ``deadly``."""
    open_all = Openings.open_all

    def ends(self: Openings, asked: bytes) -> bytes:
        if DEADLY.encode() in asked:
            os._exit(1)
        return open_all(self, asked)

    Openings.open_all = ends  # type: ignore[method-assign] # in a process of its own
    keeper_child.serve_line(folder, line)


def test_an_envelope_that_ends_it_is_refused_and_costs_nobody_else_theirs(
    sqlite_deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Forked, "serve", staticmethod(deadly))
    deps = sqlite_deps
    kiosks = [enrolled_kiosk(deps, f"Kios {number}") for number in range(3)]
    came = arrivals(kiosks)
    came[1].items[0]["service"] = DEADLY
    taken = deps.intake.take_all(deps.intake.open_all(came))
    assert statuses(taken) == [["stored"], ["rejected"], ["stored"]]
    office = Office(deps, kiosks[0])
    assert office.take(kiosks[0].envelope(SERVICE).item) == "stored"


def deaf(_folder: Path, line: socket.socket) -> None:
    """A keeper that says that it is ready, and never answers."""
    line.sendall(bytes(4))
    while line.recv(1):
        pass


def test_one_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Forked, "serve", staticmethod(deaf))
    begun: list[Any] = []

    def begin(folder: Path, line: socket.socket) -> Any:
        begun.append(Forked(folder, line))
        return begun[-1]

    monkeypatch.setattr(client, "begin", begin)
    one = Keeper(tmp_path, wall_seconds=0.3)
    with pytest.raises(KeeperDied):
        one.ask(PUBLIC_KEYS)
    assert not begun[0].alive


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """As a file: whoever runs the tests may be root, who reads every folder."""
    (tmp_path / "keys").write_bytes(b"")
    one = Keeper(tmp_path / "keys")
    with pytest.raises(KeeperAway, match="keys"):
        one.ask(PUBLIC_KEYS)
