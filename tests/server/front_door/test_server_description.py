"""What is written of the line is what the server says and does: OpenAPI, the page made of it, and the page beside that one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests

from protocol import answers
from tests.server.running import RunningServer
from tools.protocol_pages import PAGE, page

ROOT: Final = Path(__file__).parents[3]
STORY: Final = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
#: What raises or gives an error.
SAYING: Final = {"ApiError", "error_response", "try_later", "super().__init__"}


@pytest.fixture(scope="module")
def described(sqlite_server: RunningServer) -> dict[str, Any]:
    return dict(requests.get(f"{sqlite_server.base}/v1/openapi.json", timeout=30).json())


def test_the_page_of_paths_and_messages_is_in_step_with_the_description(described: dict[str, Any]) -> None:
    """Else: ``python -m tools.protocol_pages``."""
    assert PAGE.read_text(encoding="utf-8") == page(described)


def test_every_path_method_status_message_and_member_of_one_stands_in_the_other(described: dict[str, Any]) -> None:
    written = PAGE.read_text(encoding="utf-8")
    paths, _, messages = written.partition("## Messages")
    paths = paths.partition("## Refusals")[0]
    told = {
        (method.upper(), path, status)
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        for status in operation["responses"]
    }
    found = set()
    for section in paths.split("### ")[1:]:
        method, _, path = section.splitlines()[0].strip("`").partition(" ")
        found |= {(method, path, status) for status in re.findall(r"^\| (\d{3}) |`(\d{3})`", section, re.MULTILINE)}
    assert {(method, path, one or other) for method, path, (one, other) in found} == told
    members = {
        (name, member)
        for name, schema in described["components"]["schemas"].items()
        for member in schema.get("properties", [""])
    }
    listed = set()
    for section in messages.split("### ")[1:]:
        name = section.splitlines()[0]
        listed |= {(name, member) for member in re.findall(r"^\| `(\w+)`", section, re.MULTILINE) or [""]}
    assert listed == members


def test_whatever_is_referred_to_is_described(described: dict[str, Any]) -> None:
    references = {one.rpartition("/")[2] for one in _references(described)}
    assert references <= set(described["components"]["schemas"])
    links = set(re.findall(r"\]\(#([\w-]+)\)", PAGE.read_text(encoding="utf-8")))
    headings = set(re.findall(r"^#+ (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert links <= {heading.lower() for heading in headings}


def test_the_story_tells_of_every_path(described: dict[str, Any]) -> None:
    whole = {path for path in described["paths"] if path.partition("{")[0].rstrip("/") not in STORY}
    assert whole == set()


def test_the_story_has_every_error_that_a_kiosk_can_be_told() -> None:
    listed = set()
    for status, codes in re.findall(r"^\| (\d{3}) \| ((?:`\w+`(?:, )?)+) \|", STORY, re.MULTILINE):
        listed |= {(int(status), code) for code in re.findall(r"`(\w+)`", codes)}
    assert listed == set(_said())


def _said() -> Iterator[tuple[int, str]]:
    """Status and code, wherever the API says one to kiosks."""
    for path in (ROOT / "server" / "api").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "include_in_schema=False" not in source:
            for call in ast.walk(ast.parse(source)):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in SAYING:
                    yield from _literal(call.args[:2])


def _literal(arguments: list[ast.expr]) -> Iterator[tuple[int, str]]:
    status, code = (*arguments, None, None)[:2]
    if isinstance(status, ast.Constant) and isinstance(status.value, int):
        yield status.value, str(code.value if isinstance(code, ast.Constant) else getattr(answers, ast.unparse(code)))  # type: ignore[arg-type]


def _references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
