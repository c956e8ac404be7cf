"""What a server tells whoever watches over it: counts, whether it is ready, and lines in the log; and nothing of anybody."""

import asyncio
import io
import json
import logging
import os
import uuid
from collections.abc import Iterator

import pytest
import requests
import structlog
from prometheus_client.parser import text_string_to_metric_families

from server.api.metrics import metrics_token
from server.app import build_deps, close_deps
from server.deps import Deps
from server.foundation.logs import log_to
from server.operator.operations import operator_token
from server.operator.readiness import Found, Readiness
from server.settings import ServerSettings
from tests.server.kiosk_client import NIK
from tests.server.postgres import Cluster, free_port
from tests.server.running import RunningServer, running

#: A store that answers nobody.
AWAY = {"attachments": "s3://away", "s3_endpoint": "http://127.0.0.1:9", "s3_key_id": "nobody"}
READY = Found(storage=True, migrations=True, disk=True, keys=True, store=True, hints=True, pack=1)


def told(server: RunningServer) -> str:
    token = metrics_token(server.deps.settings)
    answer = requests.get(f"{server.base}/metrics", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    answer.raise_for_status()
    return answer.text


def values(text: str) -> dict[tuple[str, ...], float]:
    """By name and label values."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


# --- counts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", [None, "Bearer ", "Bearer wrong", "Basic x"])
def test_counts_are_for_whoever_has_their_token(sqlite_server: RunningServer, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": token}
    assert requests.get(f"{sqlite_server.base}/metrics", headers=headers, timeout=10).status_code == 401


def test_the_token_of_the_counts_orders_nothing_and_the_operators_reads_no_counts(sqlite_server: RunningServer) -> None:
    settings = sqlite_server.deps.settings
    tokens = {"/metrics": operator_token(settings.data), "/v1/operator": metrics_token(settings)}
    for path, token in tokens.items():
        headers = {"Authorization": f"Bearer {token}"}
        method = "GET" if path == "/metrics" else "POST"
        assert requests.request(method, f"{sqlite_server.base}{path}", headers=headers, timeout=10).status_code == 401


def test_the_token_may_lie_where_the_operator_wants_it(sqlite_settings: ServerSettings) -> None:
    path = sqlite_settings.data / "prometheus"
    path.write_text("a token of our own\n")
    assert metrics_token(sqlite_settings.model_copy(update={"metrics_token_file": path})) == "a token of our own"


def test_items_are_counted_by_what_came_of_them(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    before = values(told(sqlite_server))
    envelopes = [kiosk.envelope(sqlite_server.service()) for _ in range(3)]
    kiosk.send(*envelopes)
    kiosk.send(envelopes[0], kiosk.envelope({**sqlite_server.service(), "form_version": "of nobody"}))
    after = values(told(sqlite_server))
    found = {
        outcome: after.get(("ekios_intake_items_total", outcome), 0)
        - before.get(("ekios_intake_items_total", outcome), 0)
        for outcome in ("stored", "duplicate", "rejected")
    }
    assert found == {"stored": 3, "duplicate": 1, "rejected": 1}
    route = "/v1/submissions"
    name = "ekios_request_seconds_count"
    assert after[name, route] - before.get((name, route), 0) == 2


def test_what_a_city_must_see_is_there(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    attachment = kiosk.attachment(os.urandom(100))
    kiosk.send(kiosk.envelope(sqlite_server.service(), [attachment]))
    found = values(told(sqlite_server))
    for name in (
        ("ekios_up", "ready"),
        ("ekios_up", "storage"),
        ("ekios_up", "hints"),
        ("ekios_up", "store"),
        ("ekios_disk_free_bytes",),
        ("ekios_listeners",),
        ("ekios_outbox_items", "waiting"),
        ("ekios_outbox_oldest_seconds",),
        ("ekios_feed_lag_events",),
        ("ekios_queue", "attachments"),
        ("ekios_attachments_oldest_age_seconds",),
        ("ekios_audit_entries",),
        ("ekios_servers",),
        ("ekios_cases", "late"),
        ("ekios_complaints", "open"),
    ):
        assert name in found, name
    assert sum(value for name, value in found.items() if name[0] == "ekios_kiosks") >= 1


def test_chores_tell_when_they_were_done_last(sqlite_settings: ServerSettings) -> None:
    deps = build_deps(sqlite_settings)
    for name, failed in (("escalate", ""), ("publish_due", "OperationalError")):
        deps.leases.claim(name, 60)
        deps.leases.done(name, failed)
    runs = {run.name: run.failed for run in deps.leases.runs()}
    close_deps(deps)
    assert runs == {"escalate": "", "publish_due": "OperationalError"}


def test_counts_name_nobody(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk("Kios Kenari")
    envelope = kiosk.envelope(sqlite_server.service())
    kiosk.send(envelope)
    kiosk.get(f"/v1/cases/{envelope.code}")
    requests.get(f"{sqlite_server.base}/t/{envelope.code}", timeout=10)
    requests.get(f"{sqlite_server.base}/{envelope.code}/{NIK}", timeout=10)
    text = told(sqlite_server)
    assert 'route="/v1/cases/{code}"' in text and 'route="/t/{code}"' in text
    for secret in (envelope.code, kiosk.id, "Kenari", NIK, "Aminah", "127.0.0.1"):
        assert secret not in text, secret


def test_methods_that_somebody_makes_up_are_one(sqlite_server: RunningServer) -> None:
    for method in ("PROPFIND", "MKCOL"):
        requests.request(method, f"{sqlite_server.base}/healthz", timeout=10)
    text = told(sqlite_server)
    assert 'method="other"' in text and "PROPFIND" not in text


# --- ready ------------------------------------------------------------------------------------------------------


def looked(deps: Deps) -> Found:
    return asyncio.run(Readiness(deps).look())


@pytest.fixture
def deps_of(request: pytest.FixtureRequest) -> Iterator[list[Deps]]:
    opened: list[Deps] = []
    yield opened
    for one in opened:
        close_deps(one)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, set()),
        (AWAY, {"store"}),
        ({"disk_reserve_bytes": 2**62}, {"disk"}),
        ({"nats": "nats://127.0.0.1:9"}, {"hints"}),
    ],
)
def test_a_server_is_ready_when_it_has_what_it_needs(
    sqlite_settings: ServerSettings, deps_of: list[Deps], changes: dict[str, object], missing: set[str]
) -> None:
    deps = build_deps(sqlite_settings.model_copy(update=changes))
    deps_of.append(deps)
    found = looked(deps)
    assert {part for part, there in found.told().items() if there is False} - {"ok"} == missing
    assert found.ok is (missing <= {"hints"})


def test_a_server_without_a_pack_has_nothing_to_offer(
    tmp_path: object, deps_of: list[Deps], sqlite_settings: ServerSettings
) -> None:
    deps = build_deps(ServerSettings(data=sqlite_settings.data / "empty", services=sqlite_settings.services))
    deps_of.append(deps)
    assert (looked(deps).ok, looked(deps).pack) == (False, 0)


def test_a_schema_of_another_version_is_not_ready(sqlite_settings: ServerSettings, deps_of: list[Deps]) -> None:
    """As after an update that another server made: this one should be begun anew."""
    deps = build_deps(sqlite_settings)
    deps_of.append(deps)
    with deps.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    found = looked(deps)
    assert (found.ok, found.storage, found.migrations) == (False, True, False)


def test_without_its_database_a_server_is_live_and_not_ready(
    postgresql_settings: ServerSettings, cluster: Cluster
) -> None:
    with running(postgresql_settings) as server:
        assert requests.get(f"{server.base}/healthz", timeout=20).json() == {"ok": True, **READY.told()}
        name = server.deps.engine.url.database
        cluster.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        cluster.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        server.deps.engine.dispose()
        asked = Readiness(server.deps)
        assert asyncio.run(asked.look()).storage is False
        assert requests.get(f"{server.base}/livez", timeout=20).status_code == 200
        # What is known of this process is told without it.
        assert values(told(server))["ekios_disk_free_bytes",] > 0


def test_a_server_that_is_stopping_is_not_ready(sqlite_settings: ServerSettings) -> None:
    with running(sqlite_settings) as server:
        assert requests.get(f"{server.base}/healthz", timeout=20).status_code == 200
        server.deps.bus.stopping = True
        stopping = requests.get(f"{server.base}/healthz", timeout=20)
        assert (stopping.status_code, stopping.json()["ok"]) == (503, False)


# --- the log ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    before = structlog.get_config()
    handlers, level = logging.root.handlers[:], logging.root.level
    try:
        log_to(stream)
        yield stream
    finally:
        structlog.configure(**before)
        logging.root.handlers, logging.root.level = handlers, level


def test_a_request_that_failed_is_found_in_the_log_by_its_name_and_without_its_path(
    sqlite_settings: ServerSettings, lines: io.StringIO
) -> None:
    away = {**AWAY, "s3_endpoint": f"http://127.0.0.1:{free_port()}"}
    with running(sqlite_settings.model_copy(update=away)) as server:
        kiosk = server.kiosk()
        attachment = kiosk.attachment(os.urandom(100))
        envelope = kiosk.envelope(server.service(), [attachment])
        kiosk.send(envelope)
        answer = kiosk.patch(attachment, 0, attachment.sealed)
        kiosk.get(f"/v1/cases/{envelope.code}")
    told_lines = [json.loads(line) for line in lines.getvalue().splitlines()]
    of_request = [line for line in told_lines if line.get("request_id") == answer.headers["X-Request-Id"]]
    assert {line["event"] for line in of_request} == {"api.storage_away", "request.failed"}
    (failed,) = (line for line in of_request if line["event"] == "request.failed")
    assert (failed["route"], failed["status"], failed["method"]) == ("/v1/attachments/{sha256}", 503, "PATCH")
    for secret in (envelope.code, attachment.sha256, NIK):
        assert secret not in lines.getvalue()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("0123456789abcdef0123456789abcdef", True), ("short", False), ("x" * 65, False), ('a"b,c d{e}f', False)],
)
def test_a_proxy_may_name_a_request(sqlite_server: RunningServer, given: str, kept: bool) -> None:
    answer = requests.get(f"{sqlite_server.base}/healthz", headers={"X-Request-Id": given}, timeout=10)
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert answer.headers["X-Request-Id"]


def test_without_a_proxy_each_request_has_a_name_of_its_own(sqlite_server: RunningServer) -> None:
    names = {requests.get(f"{sqlite_server.base}/livez", timeout=10).headers["X-Request-Id"] for _ in range(3)}
    assert len({uuid.UUID(name) for name in names}) == 3
