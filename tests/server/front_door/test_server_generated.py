"""Requests made from the API's own description, right and wrong ones: whatever comes is answered as the description says."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from schemathesis import GenerationMode

from server.api.description import SIGNATURE_HEADERS, UNSIGNED
from server.settings import ServerSettings
from tests.server.conftest import CITY
from tests.server.kiosk_client import TestKiosk
from tests.server.running import NO_QUOTAS, running
from tests.soaking import SOAK
from tools.protocol_pages import PAGE

pytestmark = [pytest.mark.longer_in_soak]

EXAMPLES: Final = 150 if SOAK else 3
#: Every path and method that the description has.
OPERATIONS: Final = re.findall(r"^### `([A-Z]+) (/\S+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
_LIVE: Final = "/v1/feed/live"
#: As HTTP has them.
_HEADER: Final = re.compile(r"[\t\x20-\x7e]*")


@pytest.fixture(scope="module")
def kiosk(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestKiosk]:
    """A kiosk of a server of its own: generated enrolments use up the tries that an address has."""
    data = tmp_path_factory.mktemp("generated") / "data"
    shutil.copytree(seeded_sqlite, data)
    with running(ServerSettings(data=data, services=CITY, port=0, quotas=NO_QUOTAS)) as server:
        yield server.kiosk()


@pytest.fixture(scope="module")
def described(kiosk: TestKiosk) -> Any:
    return schemathesis.openapi.from_url(f"{kiosk.base}/v1/openapi.json")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_no_generated_request_is_a_fault(kiosk: TestKiosk, described: Any, method: str, path: str) -> None:
    operation = described[path][method]
    responses = operation.definition.raw["responses"]
    statuses = set(map(int, responses))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=not SOAK,
        phases=[Phase.generate],
    )
    @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode]))
    def send(case: Any) -> None:
        with asked(kiosk, method, path, case) as answer:
            # What was written to another path (a name with a slash in it) is that path's affair.
            elsewhere = answer.status_code in (404, 405) and path.count("{")
            assert answer.status_code in statuses or elsewhere, (answer.status_code, answer.text)
            assert answer.status_code < 500, answer.text
            if not elsewhere:
                assert faults(described, responses[str(answer.status_code)], answer) == []

    send()


def faults(described: Any, response: dict[str, Any], answer: requests.Response) -> list[str]:
    """What of the answer's body is not as the description says."""
    if answer.request.method == "HEAD" or "content" not in response:
        return ["a body that nobody described"] if answer.content else []
    ((media_type, said),) = response["content"].items()
    if answer.headers["Content-Type"].partition(";")[0] != media_type:
        return [f"{answer.headers['Content-Type']} is not {media_type}"]
    if media_type != "application/json":
        return []
    schema = {**said.get("schema", {}), "components": described.raw_schema["components"]}
    return [error.message for error in validator_for(schema).iter_errors(answer.json())]


def asked(kiosk: TestKiosk, method: str, path: str, case: Any) -> requests.Response:
    """The generated request, signed by a real kiosk where the path asks for that."""
    prepared = requests.Request(method, kiosk.base + target(path, case), params=case.query or None).prepare()
    written = str(prepared.url).removeprefix(kiosk.base)
    body = content(case.body) if method != "GET" else b""
    headers = {
        name: value
        for name, value in (case.headers or {}).items()
        if name not in SIGNATURE_HEADERS and isinstance(value, str) and _HEADER.fullmatch(value)
    }
    if path in UNSIGNED:
        return kiosk.http.request(method, kiosk.base + written, data=body, headers=headers, timeout=30)
    return kiosk.call(method, written, body, headers, stream=path == _LIVE)


def target(path: str, case: Any) -> str:
    for name, value in (case.path_parameters or {}).items():
        path = path.replace(f"{{{name}}}", requests.utils.quote(str(value), safe=""))
    return path


def content(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return b"" if type(body).__name__ == "NotSet" else json.dumps(body, default=str).encode()
