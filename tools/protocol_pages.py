"""``docs/protocol-messages.md``: every path, status, message and member of the line, out of the server's own description (OpenAPI)
and what the code says above each member; and the vectors beside it. ``python -m tools.protocol_pages`` writes both."""

import inspect
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from protocol import VERSION_HEADER
from server.api.description import ERRORS, OF_KIOSKS, SIGNATURE_HEADERS
from tools import protocol_vectors
from tools.translations import ROOT

PAGE: Final = ROOT / "docs" / "protocol-messages.md"
VECTORS: Final = ROOT / "docs" / "protocol-vectors.json"
_HEAD: Final = """\
# Paths and messages of the line

For whoever writes a kiosk, or a server, in another language. After this page you know every path with what it takes and answers, and
every member of every message. What they mean together stands in [protocol.md](protocol.md).

Written by `python -m tools.protocol_pages` from the server's description (`/v1/openapi.json`) and the comments of the code; change those, not
this page. A member without a default is needed. Members that are not listed are ignored. Bytes are base64, times RFC 3339 with an offset.
"""
_REFUSED: Final = 400
#: What a factory makes, of which a schema tells nothing.
_EMPTY: Final[dict[str, Any]] = {"object": {}, "array": []}
#: What is said once for all paths.
USUAL: Final = ERRORS | OF_KIOSKS


def page(described: dict[str, Any]) -> str:
    """The page for this description."""
    schemas = described["components"]["schemas"]
    parts = [_HEAD, "## Paths\n", *_paths(described["paths"]), _refusals(), "## Messages\n"]
    comments = _comments()
    parts += [_message(name, schemas[name], comments.get(name, {})) for name in sorted(schemas)]
    return "\n".join(parts)


def _refusals() -> str:
    rows = [f"| {status} | {_cell(said)} |" for status, said in sorted(USUAL.items())]
    said = "The body is an [ErrorAnswer](#erroranswer). Signed paths may answer all of these.\n"
    return "\n".join(("## Refusals\n", said, "| status | |", "| --- | --- |", *rows)) + "\n"


def _paths(paths: dict[str, Any]) -> Iterator[str]:
    for path, operations in sorted(paths.items()):
        for method, operation in sorted(operations.items()):
            parameters = operation.get("parameters", [])
            signed = any(one["name"] == VERSION_HEADER for one in parameters)
            lines = [f"### `{method.upper()} {path}`\n", _sentence(operation.get("description", ""))]
            lines.append("Signed." if signed else "Not signed.")
            lines += [_parameter(one) for one in parameters if one["name"] not in SIGNATURE_HEADERS]
            if body := operation.get("requestBody"):
                lines.append(f"Takes {_content(body['content'])}.")
            yield "\n".join(line for line in lines if line) + "\n\n" + _statuses(operation["responses"])


def _parameter(parameter: dict[str, Any]) -> str:
    said = parameter.get("description", "")
    header = "Header " if parameter["in"] == "header" else ""
    return f"{header}`{parameter['name']}`: {_type(parameter['schema'])}{f', {said}' if said else ''}."


def _statuses(responses: dict[str, Any]) -> str:
    """Those of its own in a table, those of every path in a line."""
    rows, usual = ["| status | |", "| --- | --- |"], []
    for status, response in sorted(responses.items()):
        refused = int(status) >= _REFUSED
        said = "" if response["description"] == "Successful Response" else response["description"]
        if said and said == USUAL.get(status):
            usual.append(f"`{status}`")
            continue
        body = "" if refused or "content" not in response else _content(response["content"])
        rows.append(f"| {status} | {': '.join(part for part in (body, _cell(said)) if part)} |")
    more = f"\nAs [every path](#refusals): {', '.join(usual)}.\n" if usual else ""
    return "\n".join(rows) + "\n" + more


def _content(content: dict[str, Any]) -> str:
    ((media_type, said),) = content.items()
    if media_type != "application/json":
        return f"`{media_type}`"
    return _type(said["schema"]) if said.get("schema") else "JSON"


def _message(name: str, schema: dict[str, Any], comments: dict[str, str]) -> str:
    lines = [f"### {name}\n"]
    if said := schema.get("description"):
        lines += [_sentence(said), ""]
    if "enum" in schema:
        lines += ["One of " + ", ".join(f"`{value}`" for value in schema["enum"]) + "."]
    if properties := schema.get("properties"):
        needed = schema.get("required", [])
        lines += ["| member | type | default | |", "| --- | --- | --- | --- |"]
        for member, inner in properties.items():
            default = "" if member in needed else f"`{_json(inner.get('default', _EMPTY.get(inner.get('type', ''))))}`"
            lines.append(f"| `{member}` | {_type(inner)} | {default} | {_cell(comments.get(member, ''))} |")
    return "\n".join(lines) + "\n"


def _json(value: object) -> str:
    """Texts without their quotes, but for the empty one."""
    return value if isinstance(value, str) and value else json.dumps(value)


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema['items'])}{_bounds(schema, 'Items')}"
        case "object":
            inner = schema.get("additionalProperties", True)
            inner = next(iter(schema["patternProperties"].values())) if "patternProperties" in schema else inner
            return "object" if isinstance(inner, bool) else f"object of {_type(inner)}"
        case "string":
            kind = {"base64": "bytes", "date-time": "time", "binary": "bytes"}.get(schema.get("format", ""), "text")
            return f"{kind}{_bounds(schema, 'Length')}{_pattern(schema)}"
        case None:
            return "anything"
        case "null":
            return "`null`"
        case other:
            return f"{other}{_range(schema)}"


def _bounds(schema: dict[str, Any], of: str) -> str:
    least, most = schema.get(f"min{of}"), schema.get(f"max{of}")
    if least is None and most is None:
        return ""
    return f" ({least}–{most})" if least and most else f" (at most {most})" if most else f" (at least {least})"


def _range(schema: dict[str, Any]) -> str:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum")
    above = "above " if "exclusiveMinimum" in schema else "from "
    parts = [f"{above}{least:.0f}" if least is not None else "", f"to {most:.0f}" if most is not None else ""]
    return f" {' '.join(part for part in parts if part)}" if any(parts) else ""


def _pattern(schema: dict[str, Any]) -> str:
    return f" `{_cell(schema['pattern'])}`" if "pattern" in schema else ""


def _cell(text: str) -> str:
    return _sentence(text).replace("|", "\\|")


def _sentence(text: str) -> str:
    return re.sub(r":class:`(\w+)`", r"`\1`", " ".join(text.split())).replace("``", "`")


def _comments() -> dict[str, dict[str, str]]:
    """By message and member, what stands above the member in the code behind ``#:``."""
    found, left = {}, [BaseModel]
    while left:
        below = left.pop().__subclasses__()
        left += below
        for model in below:
            if model.__module__.startswith(("protocol.", "server.api.")):
                found[model.__name__] = dict(_above_members(inspect.getsource(model)))
    return found


def _above_members(source: str) -> Iterator[tuple[str, str]]:
    comment: list[str] = []
    for line in source.splitlines():
        if said := re.match(r"\s+#: ?(.*)", line):
            comment.append(said[1])
            continue
        member = re.match(r"    (\w+): [^#]*(?:  # (.*))?$", line)
        if member and (comment or member[2]):
            yield member[1], " ".join(comment or [member[2]])
        comment = []


def description() -> dict[str, Any]:
    """What a server says of itself."""
    from server.app import create_app
    from server.deps import Deps
    from server.settings import ServerSettings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(ServerSettings(data=Path(folder)))
        described = app.openapi()
        deps: Deps = app.state.deps
        deps.engine.dispose()
    return described


def main() -> int:
    PAGE.write_text(page(description()), encoding="utf-8")
    VECTORS.write_text(protocol_vectors.text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
