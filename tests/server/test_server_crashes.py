"""kill -9 of the server at each named place: nothing is lost, nothing is doubled, the kiosk only sends again."""

import multiprocessing
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from sqlalchemy import func, select

from server.actors import OPERATOR
from server.app import build_deps, close_deps, create_app
from server.failpoints import NAMES, Failpoints
from server.packs import PackOutcome
from server.serving import EkiosServer
from server.settings import ServerSettings
from server.storage import tables
from tests.server.kiosk_client import Attachment, Envelope, TestKiosk

STARTS_WITHIN_S = 30.0
KILLED = 137
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["server.app", "tests.server.kiosk_client"])


def serve(settings: ServerSettings, failpoint: str) -> None:
    failpoints = Failpoints()
    failpoints.actions[failpoint] = lambda: os._exit(KILLED)
    EkiosServer(create_app(settings, failpoints=failpoints), settings.host, settings.port).run()


@contextmanager
def process(settings: ServerSettings, failpoint: str = "") -> Iterator[multiprocessing.process.BaseProcess]:
    """A server in a process of its own, which dies at ``failpoint``."""
    child = _forking.Process(target=serve, args=(settings, failpoint), daemon=True)
    child.start()
    try:
        _wait(settings, child)
        yield child
    finally:
        child.terminate()
        child.join(10)


@pytest.fixture
def served(sqlite_settings: ServerSettings) -> ServerSettings:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return sqlite_settings.model_copy(update={"port": port})


@pytest.fixture
def kiosk(served: ServerSettings) -> TestKiosk:
    """Enrolled before any server runs."""
    kiosk = TestKiosk(served.address)
    deps = build_deps(served)
    code = deps.enrolment.new_code(OPERATOR, "Kios Uji").code
    close_deps(deps)
    with process(served):
        kiosk.enrol(code).raise_for_status()
    kiosk.http = requests.Session()
    return kiosk


SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}


def delivered(kiosk: TestKiosk, envelope: Envelope, attachment: Attachment) -> None:
    """What a kiosk does until all is acknowledged."""
    assert kiosk.statuses(envelope)[0] in ("stored", "missing_attachments", "duplicate")
    kiosk.upload(attachment, 400)


@pytest.mark.parametrize("failpoint", [name for name in NAMES if name.startswith(("submissions", "attachment"))])
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
        assert kiosk.get("/v1/feed").status_code == 200


def test_a_report_survives_a_kill(served: ServerSettings, kiosk: TestKiosk) -> None:
    with process(served, "feed.applied"), pytest.raises(requests.ConnectionError):
        kiosk.post("/v1/feed/applied", {"cursor": 1})
    kiosk.http = requests.Session()
    with process(served):
        assert kiosk.post("/v1/feed/applied", {"cursor": 1}).status_code == 204


def test_a_pack_that_was_cut_short_is_published_by_the_next_try(sqlite_settings: ServerSettings) -> None:
    class Cut(Exception):
        pass

    def cut() -> None:
        raise Cut

    failpoints = Failpoints()
    failpoints.actions["pack.files_written"] = cut
    deps = build_deps(sqlite_settings, failpoints=failpoints)
    content = deps.packs.content(1)
    assert content is not None
    with pytest.raises(Cut):
        deps.packs.publish(content, OPERATOR)
    close_deps(deps)
    deps = build_deps(sqlite_settings)
    assert [row.number for row in deps.packs.rows()] == [1]
    result = deps.packs.publish(content, OPERATOR)
    assert (result.outcome, result.number) == (PackOutcome.PUBLISHED, 2)
    close_deps(deps)


def _wait(settings: ServerSettings, child: multiprocessing.process.BaseProcess) -> None:
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            requests.get(f"{settings.address}/healthz", timeout=5)
            return
        except requests.ConnectionError:
            assert child.is_alive() and time.monotonic() < end, "the server did not start"
            time.sleep(0.02)
