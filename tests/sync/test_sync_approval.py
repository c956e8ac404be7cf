"""A new kiosk at the line: nobody listens in, nobody slips keys in, and it waits until the office has compared."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from nacl.public import PrivateKey

from kiosk.catalogue.catalogue import Catalogue
from kiosk.machine.line_state import Approval, LineCondition
from program import enrolled as front_door
from program.settings import KioskSettings
from server.fleet.enrolment import ApproveOutcome
from server.foundation.actors import OPERATOR
from sync import enrolment as enrolments
from sync.enrolment import Enrolment, EnrolProblem, EnrolRefused, NotEnrolled, enrol, insecure
from tests.kiosk.kiosk_kit import PHOTO
from tests.server.running import RunningServer, let_in
from tests.sync.line_kit import OnLine, city_server, enrolled, kiosk_on_line, stored, until
from tests.sync.scripted import Answer, ScriptedServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as one:
        yield one


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server, approved=False))
    on_line.line.start()
    yield on_line
    on_line.stop()


# --- the address ---------------------------------------------------------------------------------------------------

NOT_SAFE = (
    "http://kiosk.kota.go.id",
    "http://10.0.0.7:8700",
    "http://192.168.1.1",
    "http://[fe80::1]:8700",
    "http://0.0.0.0:8700",
    "http://localhost.kota.go.id",
    "http://127.0.0.1.kota.go.id:8700",
    "http://127.0.0.1@kota.go.id",
    "HTTP://kota.go.id",
    "ftp://127.0.0.1",
    "//kota.go.id",
    "kota.go.id",
    "https://",
    "",
)


@pytest.mark.parametrize("address", NOT_SAFE)
def test_without_tls_nobody_is_asked_anything(address: str) -> None:
    answer = enrol(address, "ABCDE-FGHJK", software="1", hardware={})
    assert isinstance(answer, EnrolRefused)
    assert answer.problem is EnrolProblem.INSECURE
    assert "https://" in answer.detail


@pytest.mark.parametrize(
    "address",
    [
        "https://kiosk.kota.go.id",
        "https://10.0.0.7:8700",
        "http://127.0.0.1:8700",
        "http://[::1]:8700",
        "http://localhost",
    ],
)
def test_tls_or_one_machine_is_safe(address: str) -> None:
    assert insecure(address) == ""


def test_a_kiosk_that_was_enrolled_without_tls_does_not_start(server: RunningServer, tmp_path: Path) -> None:
    kept = enrolled(server)
    enrolments.save(kept, tmp_path)
    path = tmp_path / enrolments.FILE_NAME
    path.write_text(json.dumps({**json.loads(path.read_text()), "server": "http://kota.go.id"}))
    settings = KioskSettings(data=tmp_path)
    with pytest.raises(NotEnrolled, match="https://"):
        front_door.enrolled(settings)


def test_enrolling_without_tls_says_what_to_change(tmp_path: Path) -> None:
    settings = KioskSettings(data=tmp_path, server="http://kota.go.id")
    with pytest.raises(NotEnrolled, match=r"EKIOS_SERVER.*https://"):
        front_door.enrolled(settings, "ABCDE-FGHJK")


# --- waiting -------------------------------------------------------------------------------------------------------


def test_a_kiosk_that_waits_has_nothing_of_the_city_and_then_all_of_it(server: RunningServer, made: OnLine) -> None:
    until(lambda: made.line.state().condition is LineCondition.WAITING)
    assert made.at.kiosk.approval is Approval.WAITING
    assert (made.at.store.roster.all(), made.at.store.packs.newest_first()) == ((), ())
    shown = made.at.kiosk.identity.fingerprint
    assert server.deps.enrolment.approve(OPERATOR, made.enrolment.kiosk_id, shown) is ApproveOutcome.DONE
    until(lambda: made.line.state().online)
    until(lambda: made.at.store.packs.newest_first())
    assert made.at.kiosk.approval is Approval.GIVEN


def test_what_was_sent_while_it_waited_goes_up_afterwards(server: RunningServer, made: OnLine) -> None:
    """Of a kiosk that the office had to approve anew: nothing is lost meanwhile."""
    until(lambda: made.line.state().condition is LineCondition.WAITING)
    saved = made.send(PHOTO)
    let_in(server.deps, made.enrolment.kiosk_id)
    until(made.all_acknowledged)
    assert [row.id for row in stored(server.deps)] == [saved.id]


def test_one_that_is_refused_knows_it(server: RunningServer, tmp_path: Path) -> None:
    made = kiosk_on_line(tmp_path / "kiosk", enrolled(server, approved=False), pack=Catalogue.empty())
    server.deps.enrolment.revoke(OPERATOR, made.enrolment.kiosk_id, "another fingerprint")
    made.line.start()
    until(lambda: made.line.state().condition is LineCondition.REVOKED)
    assert made.at.kiosk.approval is Approval.REFUSED
    made.stop()


def test_one_that_is_revoked_later_is_no_new_kiosk(server: RunningServer, made: OnLine) -> None:
    let_in(server.deps, made.enrolment.kiosk_id)
    until(lambda: made.at.store.packs.newest_first())
    server.deps.enrolment.revoke(OPERATOR, made.enrolment.kiosk_id, "stolen")
    until(lambda: made.line.retry_now() or made.line.state().condition is LineCondition.REVOKED)
    assert made.at.kiosk.approval is Approval.GIVEN


# --- somebody in between -------------------------------------------------------------------------------------------


def between(server: RunningServer, part: str) -> ScriptedServer:
    """Passes the enrolment on, and changes one thing in what comes back."""
    other = base64.b64encode(bytes(PrivateKey.generate().public_key)).decode()

    def answer(_method: str, path: str, body: bytes) -> Answer:
        reported = requests.post(server.base + path, data=body, timeout=30).json()
        match part:
            case "sealing key":
                reported["city"]["sealing_keys"][0]["public_key"] = other
            case "one more sealing key":
                reported["city"]["sealing_keys"].insert(0, {"key_id": "mine", "public_key": other})
            case "badge key":
                reported["city"]["badge_key"] = other
            case "root of packs":
                reported["tuf_root"] = base64.b64encode(b'{"signed": "mine"}').decode()
            case "address on slips":
                reported["city"]["tracking_base"] = "https://lacak.jahat.example"
        return 200, {}, json.dumps(reported).encode()

    return ScriptedServer(answer, key=None)


@pytest.mark.parametrize(
    "part", ["sealing key", "one more sealing key", "badge key", "root of packs", "address on slips", ""]
)
def test_whoever_slips_keys_of_their_own_in_is_seen(server: RunningServer, part: str) -> None:
    code = server.deps.enrolment.new_code(OPERATOR, "Kios").code
    with between(server, part).running() as peer:
        kiosk = enrol(peer.base, code, software="1", hardware={})
    assert isinstance(kiosk, Enrolment)
    outcome = server.deps.enrolment.approve(OPERATOR, kiosk.kiosk_id, kiosk.fingerprint)
    assert outcome is (ApproveOutcome.OTHER_FINGERPRINT if part else ApproveOutcome.DONE)
