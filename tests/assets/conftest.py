"""The sample city as the tests read it: documents, forms, filled examples."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from forms import Environment, Form, FormSession, load_form
from forms.authoring import convert
from protocol.packs import ServiceDescription

SERVICES = Path(__file__).resolve().parents[2] / "assets" / "services"
EXAMPLES = Path(__file__).resolve().parent / "examples"
#: A Tuesday morning in Surabaya; the examples' dates belong to it.
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=timezone(timedelta(hours=7)))


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def service_ids() -> list[str]:
    return sorted(path.parent.name for path in SERVICES.glob("*/service.toml"))


@cache
def converted(service: str) -> str:
    """The service's XForm; every test of a run shares one conversion."""
    result = convert((SERVICES / service / "form.md").read_bytes(), "md", name=service, resources=files_of(service))
    assert result.xml is not None, [problem.message for problem in result.errors]
    return result.xml


def files_of(service: str) -> dict[str, bytes]:
    """What lies beside the form: lists of choices, pictures."""
    return {
        path.name: path.read_bytes()
        for path in sorted((SERVICES / service).iterdir())
        if path.name not in ("form.md", "service.toml")
    }


@dataclass(frozen=True)
class Example:
    """Answers by reference, in the order of the form; how many instances each repeat gets; attachments by reference."""

    answers: Mapping[str, str]
    repeats: Mapping[str, int]
    attachments: Mapping[str, str]

    @classmethod
    def read(cls, service: str) -> "Example":
        document = read_toml(EXAMPLES / f"{service}.toml")
        return cls(document["answers"], document.get("repeats", {}), document.get("attachments", {}))

    def fill(self, session: FormSession) -> None:
        """Answers the open form; a repeat's instances are made once the answers before it are given."""
        for ref, value in self.answers.items():
            repeat = ref.partition("[")[0]
            while "[" in ref and ref.rpartition("/")[0] not in session.nodes:
                assert len(session.nodes[repeat].children) < self.repeats[repeat], ref
                session.add_repeat(repeat)
            session.set(ref, value)
        for ref, file_name in self.attachments.items():
            session.attach(ref, file_name)


@pytest.fixture
def city() -> dict[str, Any]:
    return read_toml(SERVICES / "city.toml")


@pytest.fixture(params=service_ids())
def service(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def document(service: str) -> dict[str, Any]:
    return read_toml(SERVICES / service / "service.toml")


@pytest.fixture
def xml(service: str) -> str:
    return converted(service)


@pytest.fixture
def form(service: str, xml: str) -> Form:
    return load_form(xml, files_of(service))


@pytest.fixture
def validated(document: dict[str, Any], city: dict[str, Any], form: Form) -> ServiceDescription:
    agency = {"id": document["agency"], "name": city["agencies"][document["agency"]]}
    return ServiceDescription.model_validate(
        {**document, "agency": agency, "form_id": form.id, "form_version": form.version}
    )


@pytest.fixture
def environment() -> Environment:
    return Environment(
        now=lambda: NOW,
        random=lambda: 0.5,
        uuid=lambda: "018f0000-0000-7000-8000-000000000000",
        device_id="kiosk",
        zone=NOW.tzinfo or UTC,
    )


@pytest.fixture
def open_form(environment: Environment) -> Callable[..., FormSession]:
    def open_(form: Form, **options: Any) -> FormSession:
        return form.open(environment, **options)

    return open_


@pytest.fixture
def example(service: str) -> Example:
    return Example.read(service)
