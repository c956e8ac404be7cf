"""Who signed: forged, altered and replayed requests have no effect; a revoked kiosk is shut out at once."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from http_message_signatures import HTTPMessageSigner, algorithms
from sqlalchemy import func, select

from protocol import PROTOCOL_VERSION, SUPPORTED_VERSIONS, VERSION_HEADER, signing
from protocol.drafts import PROOF_HEADER
from protocol.signing import CLOCK_SKEW, SIGNATURE_LIFE
from server.api.description import UNSIGNED
from server.api.signed import SMALL_BODY_BYTES
from server.foundation.actors import OPERATOR
from server.storage import tables
from server.storage.citizen_tables import drafts
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer
from tests.soaking import SOAK

Headers = dict[str, str]
REPLAYS = 1_000 if SOAK else 100


def count(server: RunningServer, kiosk: TestKiosk) -> int:
    """Submissions of this kiosk."""
    query = select(func.count()).select_from(tables.submissions).where(tables.submissions.c.kiosk_id == kiosk.id)
    with server.deps.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def raw(server: RunningServer, method: str, path: str, body: bytes, headers: Headers) -> requests.Response:
    return requests.request(method, server.base + path, data=body, headers=headers, timeout=30)


def signed_batch(server: RunningServer, kiosk: TestKiosk) -> tuple[bytes, Headers]:
    body = json.dumps({"items": [kiosk.envelope(server.service()).item]}).encode()
    return body, kiosk.signed_headers("POST", "/v1/submissions", body)


@pytest.mark.longer_in_soak
def test_a_replay_makes_one_record_however_often(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    body, headers = signed_batch(sqlite_server, kiosk)
    assert raw(sqlite_server, "POST", "/v1/submissions", body, headers).status_code == 200
    statuses = set()
    with requests.Session() as http:
        for _ in range(REPLAYS):
            answer = http.post(f"{sqlite_server.base}/v1/submissions", data=body, headers=headers)
            statuses.add((answer.status_code, answer.json()["error"]["code"]))
    assert statuses == {(401, "replayed")}
    assert count(sqlite_server, kiosk) == 1


def test_of_sixteen_that_replay_at_once_one_is_taken(server: RunningServer, kiosk: TestKiosk) -> None:
    body, headers = signed_batch(server, kiosk)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: raw(server, "POST", "/v1/submissions", body, headers).status_code, range(16)))
    assert sorted(answers) == [200] + [401] * 15
    assert count(server, kiosk) == 1


def test_a_replay_is_refused_on_both_databases(server: RunningServer, kiosk: TestKiosk) -> None:
    body, headers = signed_batch(server, kiosk)
    raw(server, "POST", "/v1/submissions", body, headers)
    assert raw(server, "POST", "/v1/submissions", body, headers).json()["error"]["code"] == "replayed"


def test_a_reading_request_cannot_be_replayed_either(server: RunningServer, kiosk: TestKiosk) -> None:
    headers = kiosk.signed_headers("GET", "/v1/feed?after=0")
    assert raw(server, "GET", "/v1/feed?after=0", b"", headers).status_code == 200
    assert raw(server, "GET", "/v1/feed?after=0", b"", headers).status_code == 401


@dataclass(frozen=True)
class Call:
    """A request as it goes over the line."""

    method: str
    path: str
    body: bytes
    headers: Headers

    def header(self, name: str) -> str:
        return next(key for key in self.headers if key.lower() == name)

    def but(self, name: str, value: str) -> "Call":
        return replace(self, headers={**self.headers, self.header(name): value})

    def without(self, name: str) -> "Call":
        return replace(self, headers={key: value for key, value in self.headers.items() if key.lower() != name})


def digest_of(body: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def flipped(call: Call) -> Call:
    value = call.headers[call.header("signature")]
    first = re.search(r":(.)", value)
    assert first is not None
    return call.but("signature", value.replace(first[0], ":A" if first[1] != "A" else ":B", 1))


def input_with(pattern: str, replacement: str) -> Callable[[Call], Call]:
    def change(call: Call) -> Call:
        changed, times = re.subn(pattern, replacement, call.headers[call.header("signature-input")], count=1)
        assert times == 1, call.headers
        return call.but("signature-input", changed)

    return change


OTHER_BODY = b"sealed for another"
#: What is signed, one by one: as somebody on the way would change it.
MUTATIONS: dict[str, Callable[[Call], Call]] = {
    "method": lambda call: replace(call, method="DELETE"),
    "path": lambda call: replace(call, path=call.path.replace("a" * 32, "b" * 32)),
    "query": lambda call: replace(call, path=call.path.replace("q=1", "q=2")),
    "query taken away": lambda call: replace(call, path=call.path.partition("?")[0]),
    "query added to": lambda call: replace(call, path=f"{call.path}&r=1"),
    "body": lambda call: replace(call, body=OTHER_BODY),
    "body taken away": lambda call: replace(call, body=b""),
    "body made longer": lambda call: replace(call, body=call.body + b" "),
    "digest": lambda call: call.but("content-digest", digest_of(OTHER_BODY)),
    "body and its digest": lambda call: replace(call, body=OTHER_BODY).but("content-digest", digest_of(OTHER_BODY)),
    "a second digest": lambda call: call.but(
        "content-digest", f"{call.headers[call.header('content-digest')]}, {digest_of(OTHER_BODY)}"
    ),
    "version": lambda call: call.but(VERSION_HEADER.lower(), "1"),
    "signature": flipped,
    "created": input_with(r"created=(\d+)", r"created=\g<1>0"),
    "created a second later": lambda call: input_with(
        r"created=\d+", f"created={int(datetime.now(UTC).timestamp()) + 1}"
    )(call),
    "expires": input_with(r"expires=\d+", "expires=9999999999"),
    "nonce": input_with(r'nonce="[^"]+"', 'nonce="another"'),
    "no nonce": input_with(r';nonce="[^"]+"', ""),
    "tag": input_with(r'tag="ekios"', 'tag="other"'),
    "key id": input_with(r'keyid="[^"]+"', 'keyid="00000000-0000-4000-8000-000000000000"'),
    "algorithm": input_with(r'alg="ed25519"', 'alg="hmac-sha256"'),
    "label": input_with("^pyhms", "other"),
    "covered method": input_with(r'"@method" ?', ""),
    "covered target": input_with(r'"@request-target" ?', ""),
    "covered version": input_with(rf'"{VERSION_HEADER.lower()}" ?', ""),
    "covered digest": input_with(r' ?"content-digest"', ""),
    "covered order": input_with('"@method" "@request-target"', '"@request-target" "@method"'),
    "no signature": lambda call: call.without("signature"),
    "no input": lambda call: call.without("signature-input"),
    "no digest": lambda call: call.without("content-digest"),
}


@pytest.fixture(scope="module")
def forged_kiosk(sqlite_server: RunningServer) -> TestKiosk:
    return sqlite_server.kiosk()


def original(kiosk: TestKiosk) -> Call:
    """With all that can be signed: a path, a query, a body."""
    path, body = f"/v1/drafts/{'a' * 32}?q=1", b"sealed"
    headers = {VERSION_HEADER: str(PROTOCOL_VERSION), PROOF_HEADER: "b" * 64}
    return Call("PUT", path, body, kiosk.signed_headers("PUT", path, body, headers))


def drafts_of(server: RunningServer, kiosk: TestKiosk) -> int:
    with server.deps.engine.connect() as connection:
        query = select(func.count()).select_from(drafts).where(drafts.c.kiosk_id == kiosk.id)
        return int(connection.execute(query).scalar_one())


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_signed_part_when_mutated_is_refused(
    sqlite_server: RunningServer, forged_kiosk: TestKiosk, name: str
) -> None:
    call = original(forged_kiosk)
    forged = MUTATIONS[name](call)
    assert forged != call
    answer = raw(sqlite_server, forged.method, forged.path, forged.body, forged.headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature")
    assert drafts_of(sqlite_server, forged_kiosk) == 0


def test_another_kiosks_name_on_a_signature_is_refused(sqlite_server: RunningServer, forged_kiosk: TestKiosk) -> None:
    """Both are of the fleet: neither speaks for the other."""
    call, other = original(forged_kiosk), sqlite_server.kiosk("Kios Lain")
    forged = input_with(r'keyid="[^"]+"', f'keyid="{other.id}"')(call)
    assert raw(sqlite_server, forged.method, forged.path, forged.body, forged.headers).status_code == 401
    assert (drafts_of(sqlite_server, forged_kiosk), drafts_of(sqlite_server, other)) == (0, 0)


def test_what_was_forged_before_costs_the_honest_request_nothing(sqlite_server: RunningServer) -> None:
    """Neither its nonce nor its place."""
    kiosk = sqlite_server.kiosk()
    call = original(kiosk)
    for name in ("signature", "body and its digest", "method"):
        forged = MUTATIONS[name](call)
        assert raw(sqlite_server, forged.method, forged.path, forged.body, forged.headers).status_code == 401
    assert raw(sqlite_server, call.method, call.path, call.body, call.headers).status_code == 201
    assert drafts_of(sqlite_server, kiosk) == 1


@pytest.mark.parametrize("left_out", ["@method", "@request-target", VERSION_HEADER.lower()])
def test_a_signature_that_leaves_out_what_is_agreed_is_refused(sqlite_server: RunningServer, left_out: str) -> None:
    """Signed rightly over the rest, by a peer that chose what to cover: it would be good for other requests, too."""
    kiosk = sqlite_server.kiosk()
    body = json.dumps({"items": [kiosk.envelope(sqlite_server.service()).item]}).encode()
    covered = [name for name in ("@method", "@request-target", VERSION_HEADER.lower()) if name != left_out]
    message = requests.Request(
        "POST", f"{sqlite_server.base}/v1/submissions", {VERSION_HEADER: "1"}, data=body
    ).prepare()
    now = datetime.now(UTC)
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=signing._PrivateKey(kiosk.key)).sign(
        message,
        key_id=kiosk.id,
        created=now,
        expires=now + SIGNATURE_LIFE,
        nonce="a nonce",
        tag="ekios",
        covered_component_ids=covered,
        body=body,
    )
    answer = raw(sqlite_server, "POST", "/v1/submissions", body, dict(message.headers))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature")
    assert count(sqlite_server, kiosk) == 0


def test_a_signature_from_another_kiosks_key_is_refused(server: RunningServer, kiosk: TestKiosk) -> None:
    other = server.kiosk("Kios Lain")
    headers = other.signed_headers("GET", "/v1/feed", kiosk_id=kiosk.id)
    assert raw(server, "GET", "/v1/feed", b"", headers).status_code == 401


@pytest.mark.parametrize("off", [SIGNATURE_LIFE + CLOCK_SKEW + timedelta(seconds=30), -2 * CLOCK_SKEW])
def test_an_old_or_future_signature_is_refused(sqlite_server: RunningServer, off: timedelta) -> None:
    kiosk = sqlite_server.kiosk()
    headers = kiosk.signed_headers("GET", "/v1/feed", now=datetime.now(UTC) - off)
    assert raw(sqlite_server, "GET", "/v1/feed", b"", headers).status_code == 401


def test_an_unsigned_request_is_401(sqlite_server: RunningServer) -> None:
    answer = raw(sqlite_server, "GET", "/v1/feed", b"", {VERSION_HEADER: "1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "signature")


UNKNOWN_VERSIONS = {"": "names no version", "one": "names no version", "1.0": "names no version", "-1": "names no version",
                    "9" * 40: "names no version", "0": "update the kiosk", "3": "update the server"}  # fmt: skip


@pytest.mark.parametrize("version", UNKNOWN_VERSIONS)
def test_an_unknown_version_is_426_and_the_side_to_update_is_named(sqlite_server: RunningServer, version: str) -> None:
    signed_feed = sqlite_server.kiosk().signed_headers("GET", "/v1/feed", headers={VERSION_HEADER: version})
    enrolling = {VERSION_HEADER: version or "x"}
    for answer in (
        raw(sqlite_server, "GET", "/v1/feed", b"", signed_feed),
        raw(sqlite_server, "POST", "/v1/enrol", b"{}", enrolling),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (426, "version")
        assert UNKNOWN_VERSIONS[version] in answer.json()["error"]["message"]
        assert answer.headers[VERSION_HEADER] == "2, 1"


@pytest.mark.parametrize("version", SUPPORTED_VERSIONS)
def test_each_of_two_versions_is_understood_and_each_answer_names_both(
    sqlite_server: RunningServer, version: int
) -> None:
    kiosk = sqlite_server.kiosk()
    headers = kiosk.signed_headers("GET", "/v1/feed", headers={VERSION_HEADER: str(version)})
    answer = raw(sqlite_server, "GET", "/v1/feed", b"", headers)
    assert (answer.status_code, answer.headers[VERSION_HEADER]) == (200, "2, 1")


def test_a_revoked_kiosk_is_refused_at_its_next_request(server: RunningServer, kiosk: TestKiosk) -> None:
    kiosk.send(kiosk.envelope(server.service()))
    server.deps.enrolment.revoke(OPERATOR, kiosk.id, "stolen")
    for answer in (kiosk.get("/v1/feed"), kiosk.send(kiosk.envelope(server.service()))):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "revoked")
    assert count(server, kiosk) == 1


def test_every_signed_path_refuses_a_revoked_kiosk_at_once(sqlite_server: RunningServer) -> None:
    """Also those that are added later: the paths are read from the API's own description."""
    described = requests.get(f"{sqlite_server.base}/v1/openapi.json", timeout=30).json()["paths"]
    kiosk = sqlite_server.kiosk()
    sqlite_server.deps.enrolment.revoke(OPERATOR, kiosk.id)
    answers = {}
    for path, operations in described.items():
        for method in operations:
            if path not in UNSIGNED:
                filled = re.sub(r"\{[^}]*\}", "0" * 64, path)
                answers[method, path] = kiosk.call(
                    method.upper(), filled, b"{}" if method != "get" else b""
                ).status_code
    assert len(answers) >= 10
    assert set(answers.values()) == {403}


def test_a_live_stream_of_a_revoked_kiosk_ends(server: RunningServer, kiosk: TestKiosk) -> None:
    path = "/v1/feed/live?after=0"
    with requests.get(server.base + path, headers=kiosk.signed_headers("GET", path), stream=True, timeout=30) as stream:
        lines = stream.iter_lines()
        next(lines)
        server.deps.enrolment.revoke(OPERATOR, kiosk.id)
        list(lines)
        ended = next(lines, None)
    assert ended is None
    assert kiosk.get("/v1/feed").status_code == 403


def test_small_messages_are_read_up_to_their_limit(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    assert kiosk.call("POST", "/v1/heartbeat", b" " * SMALL_BODY_BYTES).status_code == 422
    assert kiosk.call("POST", "/v1/heartbeat", b" " * (SMALL_BODY_BYTES + 1)).status_code == 413


def test_a_body_of_unknown_length_is_cut_at_the_limit(sqlite_server: RunningServer) -> None:
    def endless() -> Any:
        for _ in range(20):
            yield b" " * SMALL_BODY_BYTES

    answer = requests.post(f"{sqlite_server.base}/v1/enrol", data=endless(), headers={VERSION_HEADER: "1"}, timeout=30)
    assert answer.status_code == 413
