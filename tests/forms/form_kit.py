"""Small forms and a fixed world for the tests of the forms engine."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

from forms import Environment, Form, FormSession, load_form

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 1, 15, 8, 30, tzinfo=JAKARTA)


def world() -> Environment:
    """A world that stands still: the same time, the same chance, identities in a row."""
    numbers = count(1)
    return Environment(
        now=lambda: NOW,
        random=lambda: 0.25,
        uuid=lambda: f"00000000-0000-4000-8000-{next(numbers):012}",
        device_id="device-7",
        zone=JAKARTA,
    )


def xform(instance: str, binds: str = "", body: str = "", model: str = "") -> str:
    """A form around the children of its data, its binds, and its body."""
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">'
        f'<h:head><h:title>Test</h:title><model><instance><data id="test" version="1">{instance}</data></instance>'
        f"{model}{binds}</model></h:head><h:body>{body}</h:body></h:html>"
    )


def load(
    instance: str, binds: str = "", body: str = "", model: str = "", resources: Mapping[str, bytes] | None = None
) -> Form:
    """A form of these parts."""
    return load_form(xform(instance, binds, body, model), resources)


def opened(
    instance: str, binds: str = "", body: str = "", model: str = "", resources: Mapping[str, bytes] | None = None
) -> FormSession:
    """The form of these parts, opened in the still world."""
    return load(instance, binds, body, model, resources).open(world())


def calculated(expression: str, instance: str = "<a/>", answers: Mapping[str, str] | None = None) -> str:
    """What a form calculates after these answers."""
    escaped = expression.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    session = opened(f"{instance}<result/>", f'<bind nodeset="/data/result" calculate="{escaped}"/>')
    for name, value in (answers or {}).items():
        session.set(f"/data/{name}", value)
    return session.nodes["/data/result"].value
