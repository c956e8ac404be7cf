"""Messages as JSON, made by chance from a JSON schema: what a peer that keeps to it could say."""

import base64
import random
from importlib import import_module
from pkgutil import walk_packages
from typing import Any, Final

from pydantic import BaseModel

import protocol

Schema = dict[str, Any]

#: A text for each pattern that the protocol has; a new one wants a line here.
_PATTERNS: Final = {
    "^[a-z0-9][a-z0-9_.-]{0,63}$": "a-name.{}",
    "^[0-9a-f]{64}$": "{:064x}",
    "^[0-9A-HJKMNP-TV-Z]{12}$": "K7M2{:08d}",
    "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "0190f3a0-0000-7000-8000-{:012d}",
    "^[0-9]{16}$": "35780141{:08d}",
}
#: What a schema cannot say: of one message, what a member has to be.
_AGREED: Final[dict[str, Schema]] = {
    "Rating": {"scores": {"overall": 4}},
    # Other roles stand in a list of their own, which older kiosks do not read.
    "StaffMember": {"role": "supervisor"},
    "ServiceDescription": {"name": {"id": "Surat"}, "summary": {"id": "Surat"}},
}


def messages() -> list[type[BaseModel]]:
    """Every message of the protocol, wherever in it."""
    for module in walk_packages(protocol.__path__, "protocol."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    found: list[type[BaseModel]] = []
    left: list[type[BaseModel]] = [BaseModel]
    while left:
        below = left.pop().__subclasses__()
        found += below
        left += below
    ours = {one for one in found if one.__module__.startswith("protocol.") and not one.__subclasses__()}
    return sorted(ours, key=lambda one: one.__name__)


def _named(schema: Schema) -> str:
    """Of the message that is referred to; "" when none is."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


class Speaker:
    """Of the messages in ``definitions``, by name."""

    def __init__(self, definitions: dict[str, Schema], seed: int) -> None:
        self._definitions = definitions
        self._chance = random.Random(seed)

    def say(self, name: str, *, whole: bool | None = None) -> Any:
        """A message of this name. ``whole``: with every member, or with none that has a default; None: as it happens."""
        return self._made(self._definitions[name], name, whole)

    def _made(self, schema: Schema, name: str, whole: bool | None) -> Any:
        if "$ref" in schema:
            return self._made(self._definitions[_named(schema)], _named(schema), whole)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        if "anyOf" in schema:
            # Who may say something new says what is known: nobody makes a value up.
            known = [one for one in schema["anyOf"] if "enum" in self._definitions.get(_named(one), {})]
            return self._made(self._chance.choice(known or schema["anyOf"]), name, whole)
        match schema.get("type"):
            case "object":
                return self._object(schema, name, whole)
            case "array":
                least, most = schema.get("minItems", 0), schema.get("maxItems", 3)
                return [self._made(schema["items"], name, whole) for _ in range(max(least, min(most, 2)))]
            case "string":
                return self._text(schema)
            case "integer" | "number":
                return self._number(schema)
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
            case None:
                return {"anything": [1, None]}
        raise NotImplementedError(schema)

    def _object(self, schema: Schema, name: str, whole: bool | None) -> Schema:
        if "properties" not in schema:
            (pattern, inner), *_ = schema.get("patternProperties", {"": schema.get("additionalProperties", {})}).items()
            key = self._text({"pattern": pattern} if pattern else {"minLength": 1})
            return {key: self._made({} if inner is True else inner, name, whole)}
        needed = schema.get("required", [])
        said = {
            member: self._made(inner, name, whole)
            for member, inner in schema["properties"].items()
            if member in needed or (self._chance.random() < 0.5 if whole is None else whole)
        }
        return said | {member: value for member, value in _AGREED.get(name, {}).items() if member in said}

    def _text(self, schema: Schema) -> str:
        if "pattern" in schema:
            return _PATTERNS[schema["pattern"]].format(self._chance.randrange(10**8))
        match schema.get("format"):
            case "base64":
                return base64.b64encode(self._chance.randbytes(32)).decode()
            case "date-time":
                return f"2026-03-0{self._chance.randrange(1, 9)}T08:00:00+07:00"
        length = min(schema.get("maxLength", 20), self._chance.choice((1, 20, 300)))
        return ("Teks é ✓ " * 40)[: max(length, schema.get("minLength", 0))]

    def _number(self, schema: Schema) -> int:
        least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
        return self._chance.choice((least, min(schema.get("maximum", least + 9), least + 9)))
