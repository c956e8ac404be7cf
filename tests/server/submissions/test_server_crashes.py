"""kill -9 of the server at each named place: nothing is lost, nothing is doubled, the kiosk only sends again."""

import hashlib
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from server.app import build_deps, close_deps, create_app
from server.audit import verification as audit_verify
from server.foundation.actors import OPERATOR
from server.foundation.failpoints import NAMES, Failpoints
from server.operator.operations import operator_token
from server.serving import EkiosServer
from server.settings import ServerSettings
from server.storage import tables
from tests.forked import PROCESSES
from tests.server.conftest import CITY, listening_keeper
from tests.server.kiosk_client import Attachment, Envelope, TestKiosk
from tests.server.running import let_in
from tests.server.web.conftest import Browser

STARTS_WITHIN_S = 60.0
KILLED = 137


def serve(settings: ServerSettings, failpoint: str) -> None:
    failpoints = Failpoints()
    failpoints.actions[failpoint] = lambda: os._exit(KILLED)
    EkiosServer(create_app(settings, failpoints=failpoints), settings.host, settings.port).run()


@contextmanager
def process(settings: ServerSettings, failpoint: str = "") -> Iterator[BaseProcess]:
    """A server in a process of its own, which dies at ``failpoint``."""
    child = PROCESSES.Process(target=serve, args=(settings, failpoint), daemon=True)
    child.start()
    try:
        _wait(settings, child)
        yield child
    finally:
        child.terminate()
        child.join(10)


@pytest.fixture(scope="module")
def keeper_socket(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One keeper for all servers of this file, as another user's in service; they have the same keys."""
    address = tmp_path_factory.mktemp("keeper") / "socket"
    with listening_keeper(seeded_sqlite / "keys", address):
        yield address


@pytest.fixture
def served(sqlite_settings: ServerSettings, keeper_socket: Path) -> ServerSettings:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for path in (sqlite_settings.data / "keys").glob("sealing-*"):
        path.unlink()
    return sqlite_settings.model_copy(update={"port": port, "keeper": keeper_socket})


@pytest.fixture
def kiosk(served: ServerSettings) -> TestKiosk:
    """Enrolled before any server runs."""
    kiosk = TestKiosk(served.address)
    deps = build_deps(served)
    code = deps.enrolment.new_code(OPERATOR, "Kios Uji").code
    close_deps(deps)
    with process(served):
        kiosk.enrol(code).raise_for_status()
    deps = build_deps(served)
    let_in(deps, kiosk.id)
    close_deps(deps)
    kiosk.http = requests.Session()
    return kiosk


SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}


def delivered(kiosk: TestKiosk, envelope: Envelope, attachment: Attachment) -> None:
    """What a kiosk does until all is acknowledged."""
    assert kiosk.statuses(envelope)[0] in ("stored", "missing_attachments", "duplicate")
    kiosk.upload(attachment, 400)


SUBMISSION_POINTS = [name for name in NAMES if name.startswith(("submissions", "attachment"))]


@pytest.mark.parametrize("failpoint", SUBMISSION_POINTS)
def test_a_submission_survives_a_kill(served: ServerSettings, kiosk: TestKiosk, failpoint: str) -> None:
    attachment = kiosk.attachment(os.urandom(900))
    envelope = kiosk.envelope(SERVICE, [attachment])
    with process(served, failpoint) as child:
        with pytest.raises(requests.ConnectionError):
            delivered(kiosk, envelope, attachment)
        child.join(10)
        assert child.exitcode == KILLED
    kiosk.http = requests.Session()
    with process(served):
        delivered(kiosk, envelope, attachment)
        assert kiosk.statuses(envelope) == ["duplicate"]
        events = kiosk.get("/v1/feed?after=0").json()["events"]
    assert [event["n"] for event in events] == list(range(1, len(events) + 1))
    deps = build_deps(served)
    with deps.engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (tables.submissions, tables.cases)
        ]
        case = connection.execute(select(tables.cases)).one()
    assert counts == [1, 1]
    assert (case.state, case.complete) == ("received", True)
    assert deps.attachments.sealed(kiosk.id, attachment.sha256) == attachment.sealed
    close_deps(deps)


def test_enrolment_survives_a_kill(served: ServerSettings) -> None:
    deps = build_deps(served)
    code = deps.enrolment.new_code(OPERATOR, "Kios Uji").code
    close_deps(deps)
    kiosk = TestKiosk(served.address)
    with process(served, "enrolment.written"), pytest.raises(requests.ConnectionError):
        kiosk.enrol(code)
    kiosk.http = requests.Session()
    with process(served):
        assert kiosk.enrol(code).status_code == 200
        assert kiosk.get("/v1/feed").json()["error"]["code"] == "waiting"


def test_g10_a_commands_result_survives_a_kill(served: ServerSettings, kiosk: TestKiosk) -> None:
    """The server dies before it wrote the result down; the kiosk tells it again, and once more for good measure."""
    deps = build_deps(served)
    command = deps.device_commands.send(OPERATOR, kiosk.id, "report")
    close_deps(deps)
    report = {"cursor": 1, "results": [{"id": command, "ok": True}]}
    with process(served, "feed.applied"), pytest.raises(requests.ConnectionError):
        kiosk.post("/v1/feed/applied", report)
    kiosk.http = requests.Session()
    with process(served):
        late = {"cursor": 1, "results": [{"id": command, "ok": False, "message": "late"}]}
        assert [kiosk.post("/v1/feed/applied", one).status_code for one in (report, late)] == [204, 204]
    deps = build_deps(served)
    with deps.engine.connect() as connection:
        row = connection.execute(select(tables.commands).where(tables.commands.c.id == command)).one()
    close_deps(deps)
    assert (row.result_ok, row.result_message) == (True, "")


def test_an_officers_step_survives_a_kill(served: ServerSettings, kiosk: TestKiosk) -> None:
    with process(served):
        envelope = kiosk.envelope(SERVICE)
        assert kiosk.statuses(envelope) == ["stored"]
    kiosk.http = requests.Session()
    fields = {"version": "1", "note": ""}
    with process(served, "case.committed"):
        officer = Browser(served.address)
        officer.sign_in("kelurahan")
        officer.get(f"/office/cases/{envelope.code}")
        with pytest.raises(requests.ConnectionError):
            officer.post(f"/office/cases/{envelope.code}/take", fields)
    with process(served):
        # The browser is still signed in; pressing the button again tells that it is done.
        officer.http.close()
        again = officer.post(f"/office/cases/{envelope.code}/take", fields)
        assert again.status_code == 409
        events = [one["data"] for one in kiosk.get("/v1/feed?after=0").json()["events"] if one["type"] == "case"]
    assert [one["state"] for one in events] == ["received", "in_review"]
    assert logged(served, f"case:{envelope.code}").count("case.take") == 1


PACK_POINTS = ("pack.files_written", "pack.committed", "pack.listed", "pack.announced")


@pytest.mark.parametrize("failpoint", PACK_POINTS)
def test_a_pack_survives_a_kill(served: ServerSettings, kiosk: TestKiosk, failpoint: str) -> None:
    """Nothing of it is there, or all: the row, the signed list and one word in each kiosk's feed."""
    with process(served, failpoint), pytest.raises(requests.ConnectionError):
        order(served, "publish", folder=str(CITY))
    kiosk.http = requests.Session()
    expected = 1 if failpoint == "pack.files_written" else 2
    with process(served):
        if expected == 1:
            assert order(served, "publish", folder=str(CITY)).json() == {"pack": "2"}
        reported = [one["data"] for one in kiosk.get("/v1/feed?after=0").json()["events"] if one["type"] == "pack"]
        newest = kiosk.get("/v1/packs/metadata/timestamp.json").json()["signed"]["meta"]["snapshot.json"]["version"]
        snapshot = kiosk.get(f"/v1/packs/metadata/{newest}.snapshot.json").json()["signed"]["meta"]
        version = snapshot["targets.json"]["version"]
        targets = kiosk.get(f"/v1/packs/metadata/{version}.targets.json").json()["signed"]["targets"]
        archive = kiosk.get(f"/v1/packs/targets/{targets['pack-2.zip']['hashes']['sha256']}.pack-2.zip").content
    assert [one["version"] for one in reported] == [1, 2]
    assert hashlib.sha256(archive).hexdigest() == targets["pack-2.zip"]["hashes"]["sha256"]
    assert logged(served, "pack:2") == ["pack.publish"]


def test_every_failpoint_is_a_place_where_a_test_kills() -> None:
    killed = {*SUBMISSION_POINTS, *PACK_POINTS, "enrolment.written", "feed.applied", "case.committed"}
    assert killed == set(NAMES)


def order(served: ServerSettings, command: str, **arguments: str) -> requests.Response:
    """What the operator's command line sends to a running server."""
    return requests.post(
        f"{served.address}/v1/operator",
        json={"command": command, "arguments": arguments},
        headers={"Authorization": f"Bearer {operator_token(served.data)}"},
        timeout=30,
    )


def logged(served: ServerSettings, about: str) -> list[str]:
    """The audit log's actions of an object, after its tree was verified."""
    deps = build_deps(served)
    log = tables.audit_log.c
    with deps.engine.connect() as connection:
        assert audit_verify.verify(connection, deps.keys.audit_public).holds
        actions = list(connection.execute(select(log.action).where(log.object == about).order_by(log.seq)).scalars())
    close_deps(deps)
    return actions


def _wait(settings: ServerSettings, child: BaseProcess) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            requests.get(f"{settings.address}/healthz", timeout=5)
            return
        except requests.ConnectionError:
            assert child.is_alive() and time.monotonic() < end, "the server did not start"
            time.sleep(0.02)
