"""Two real server processes behave as one: what a kiosk or an officer does at one of them holds at the other."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.engine import make_url

from server.api.metrics import metrics_token
from server.app import build_deps, close_deps
from server.audit import verification as audit_verify
from server.foundation.actors import OPERATOR
from server.operator import operations
from server.operator.attachment_stores import missing
from server.operator.restore import lay_out
from server.storage import tables
from server.web.frame.site import TRACKING_PER_MINUTE
from tests.server.conftest import fresh
from tests.server.engines import in_bucket
from tests.server.kiosk_client import TestKiosk
from tests.server.postgres import Cluster, free_port
from tests.server.running import ONE_PERSON
from tests.server.several.pair import Pair, pair, with_keys_of
from tests.server.web.conftest import Browser
from tests.sync.line_kit import until

SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}


@pytest.fixture(scope="module")
def two(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, s3: dict[str, object], nats_url: str
) -> Iterator[Pair]:
    for settings in fresh(request, tmp_path_factory.mktemp("first"), "postgresql"):
        shared = in_bucket(settings, s3).model_copy(update={"nats": nats_url, "quotas": ONE_PERSON})
        with pair(shared, tmp_path_factory.mktemp("others")) as made:
            yield made


@pytest.fixture
def kiosk(two: Pair) -> TestKiosk:
    return two.kiosk()


def at(kiosk: TestKiosk, base: str) -> TestKiosk:
    """The kiosk, when the address leads it to another server."""
    return TestKiosk(base, kiosk.key, requests.Session(), kiosk.enrolment, kiosk.seq)


def test_a_submission_is_one_whichever_server_it_is_sent_to(two: Pair, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(SERVICE)
    assert kiosk.statuses(envelope) == ["stored"]
    other = at(kiosk, two.bases[1])
    assert other.statuses(envelope) == ["duplicate"]
    assert other.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


def test_a_request_that_one_server_has_seen_the_other_does_not_take(two: Pair, kiosk: TestKiosk) -> None:
    headers = kiosk.signed_headers("GET", "/v1/feed?after=0")
    answers = [requests.get(f"{base}/v1/feed?after=0", headers=headers, timeout=10) for base in two.bases]
    assert [one.status_code for one in answers] == [200, 401]
    assert answers[1].json()["error"]["code"] == "replayed"


def test_pieces_of_an_attachment_may_go_to_different_servers(two: Pair, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(900))
    envelope = kiosk.envelope(SERVICE, [attachment])
    kiosk.send(envelope)
    other = at(kiosk, two.bases[1])
    assert kiosk.patch(attachment, 0, attachment.sealed[:400]).status_code == 204
    assert other.offset(attachment) == 400
    assert kiosk.patch(attachment, 0, attachment.sealed[:400]).status_code == 409
    assert other.patch(attachment, 400, attachment.sealed[400:]).headers["Upload-Complete"] == "?1"
    assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"
    opened = two.here.attachments.open(kiosk.id, envelope.id, attachment.sha256)
    assert opened is not None and opened.data == attachment.plain


def test_a_kiosk_that_listens_at_one_server_hears_what_was_done_at_the_other(two: Pair, kiosk: TestKiosk) -> None:
    path = "/v1/feed/live?after=0"
    headers = kiosk.signed_headers("GET", path)
    with requests.get(f"{two.bases[1]}{path}", headers=headers, stream=True, timeout=20) as stream:
        envelope = kiosk.envelope(SERVICE)
        assert kiosk.statuses(envelope) == ["stored"]
        assert any(envelope.code.encode() in line for line in stream.iter_lines())


def test_a_pack_that_one_publishes_the_others_have_and_serve(two: Pair, kiosk: TestKiosk) -> None:
    with two.here.engine.connect() as connection:
        content = two.here.packs.content(two.here.packs.newest(connection))
    assert content is not None
    number = two.here.packs.publish(content, OPERATOR, note="again").number
    with two.here.engine.connect() as connection:
        row = connection.execute(select(tables.packs).where(tables.packs.c.number == number)).one()
    found = []
    for base in two.bases:
        asking = at(kiosk, base)
        timestamp = asking.get("/v1/packs/metadata/timestamp.json").content
        snapshot = asking.get(f"/v1/packs/metadata/{asking_for(timestamp)}").content
        found.append((timestamp, snapshot, asking.get(f"/v1/packs/targets/{row.sha256}.{row.path}").content))
    assert found[0] == found[1]
    assert len(found[0][2]) == row.size
    envelopes = [kiosk.envelope({**SERVICE, "pack": str(number)}) for _ in two.bases]
    assert [at(kiosk, base).statuses(one) for base, one in zip(two.bases, envelopes, strict=True)] == [["stored"]] * 2


def asking_for(timestamp: bytes) -> str:
    version = json.loads(timestamp)["signed"]["meta"]["snapshot.json"]["version"]
    return f"{version}.snapshot.json"


def test_who_signed_in_at_one_is_signed_in_and_out_at_all(two: Pair) -> None:
    browser = Browser(two.bases[0])
    assert browser.sign_in("admin").ok
    cookies = browser.http.cookies.copy()
    browser.base = two.bases[1]
    assert browser.get("/fleet").status_code == 200
    browser.post("/sign-out")
    again = requests.get(f"{two.bases[0]}/fleet", cookies=cookies, allow_redirects=False, timeout=10)
    assert again.status_code == 303


def test_guessing_codes_is_slow_however_many_servers_are_asked(two: Pair) -> None:
    answers = [
        requests.get(f"{two.bases[number % 2]}/t/AAAA-AAAA-AAAA", allow_redirects=False, timeout=10).status_code
        for number in range(TRACKING_PER_MINUTE + 5)
    ]
    # The budget fills by itself while they are asked.
    assert 429 not in answers[:TRACKING_PER_MINUTE] and answers[-1] == 429


def test_no_sealing_key_is_made_that_another_server_would_not_have(two: Pair) -> None:
    until(lambda: len(two.here.servers.others()) == 2)
    with pytest.raises(operations.OperationRefused, match="copy the keys' folder"):
        operations.carry_out(two.here, "rotate-key", {})
    assert len(two.here.keys.public_sealing_keys()) == 1


def test_chores_are_done_and_by_no_two_at_once(two: Pair) -> None:
    """Every write to the row is somebody's who held it; that two never do is shown by the tests of the leases."""
    done = until(lambda: [run for run in two.here.leases.runs() if run.name == "publish_times" and run.ended_at])
    assert [run.failed for run in done] == [""]


def test_a_backup_of_the_city_is_restored_into_an_empty_database_and_store(
    two: Pair, kiosk: TestKiosk, s3: dict[str, object], cluster: Cluster, tmp_path: Path
) -> None:
    """Through a URL that names several machines, of which the first is gone, as after a failover."""
    attachment = kiosk.attachment(os.urandom(700))
    envelope = kiosk.envelope(SERVICE, [attachment])
    kiosk.send(envelope)
    kiosk.upload(attachment)
    old = make_url(two.settings[0].database)
    cluster.execute(f"CREATE DATABASE {old.database}_fresh")
    several = f"postgresql+psycopg://{old.username}@/{{}}?host=127.0.0.1:{free_port()}&host=127.0.0.1:{old.port}"
    source = two.settings[0].model_copy(update={"database": several.format(old.database)})
    deps = build_deps(source.model_copy(update={"data": with_keys_of(source, tmp_path / "operator")}))
    made = operations.carry_out(deps, "backup", {"place": str(tmp_path / "backups")})["backup"]
    close_deps(deps)
    fresh = in_bucket(source, s3).model_copy(
        update={"data": tmp_path / "fresh", "database": several.format(f"{old.database}_fresh")}
    )
    lay_out(Path(made), fresh)
    restored = build_deps(fresh)
    assert missing(restored.engine, restored.attachments.blobs) == []
    opened = restored.attachments.open(kiosk.id, envelope.id, attachment.sha256)
    assert opened is not None and opened.data == attachment.plain
    with restored.engine.connect() as connection:
        assert audit_verify.verify(connection, restored.keys.audit_public).holds
    close_deps(restored)
    cluster.execute(f"DROP DATABASE {old.database}_fresh WITH (FORCE)")


def test_each_tells_the_same_of_the_city(two: Pair) -> None:
    until(lambda: [run for run in two.here.leases.runs() if run.name == "publish_times" and run.ended_at])
    found = []
    for settings in two.settings:
        headers = {"Authorization": f"Bearer {metrics_token(settings)}"}
        text = requests.get(f"{settings.address}/metrics", headers=headers, timeout=10).text
        found.append(
            re.findall(r'^ekios_(?:servers|chore_ended_seconds\{chore="publish_times"\}) .*$', text, re.MULTILINE)
        )
    assert found[0] == found[1]
    assert "ekios_servers 2.0" in found[0] and len(found[0]) == 2


def test_when_one_is_killed_the_other_goes_on_and_takes_it_back(two: Pair, kiosk: TestKiosk) -> None:
    envelopes = [kiosk.envelope(SERVICE) for _ in range(2)]
    assert kiosk.statuses(envelopes[0]) == ["stored"]
    two.kill(0)
    other = at(kiosk, two.bases[1])
    assert other.statuses(*envelopes) == ["duplicate", "stored"]
    two.processes.pop(0)
    two.start(0)
    assert at(kiosk, two.bases[0]).statuses(*envelopes) == ["duplicate", "duplicate"]
