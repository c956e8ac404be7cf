"""The catalogue: packs that are broken say so, services are found by what people type, by agency and by life event."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import PackBroken, read_service
from tests.kiosk.kiosk_kit import Bench, bench, catalogue, service_document


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def services() -> Catalogue:
    return catalogue(
        services=(
            service_document(),
            service_document(
                "birth",
                name={"id": "Akta kelahiran", "en": "Birth certificate"},
                summary={"id": "Mencatat anak yang baru lahir"},
                keywords={"id": ["bayi", "lahir"]},
                life_events=["birth"],
            ),
        )
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kelahiran", "birth"),
        ("kelahirn", "birth"),
        ("klahiran", "birth"),
        ("birth", "birth"),
        ("BAYI", "birth"),
        ("domi", "letter"),
        ("residense", "letter"),
        ("pindahan", "letter"),
        ("serat", "letter"),
    ],
)
def test_search_forgives(query: str, found: str) -> None:
    assert services().search(query, "id")[0].id == found


@pytest.mark.parametrize("query", ["", "   ", "!!!", "zzzzzz", "x" * 500])
def test_search_finds_nothing_where_there_is_nothing(query: str) -> None:
    assert services().search(query, "id") == ()


def test_services_by_agency_and_life_event() -> None:
    found = services()
    assert [(group.agency.id, len(group.services)) for group in found.by_agency] == [("civil", 2)]
    assert [(group.event.id, [one.id for one in group.services]) for group in found.by_life_event] == [
        ("moving", ["letter"]),
        ("birth", ["birth"]),
    ]


@pytest.mark.parametrize("files", [{}, {"pack.json": b"{"}, {"pack.json": b"[]"}, {"pack.json": b'{"version": "x"}'}])
def test_a_broken_pack_says_so(files: dict[str, bytes]) -> None:
    with pytest.raises(PackBroken):
        Catalogue.read(files)


@pytest.mark.parametrize(
    ("change", "reported"),
    [({"stages": []}, "service letter: stages"), ({"name": {"en": "Letter"}}, "service letter: name")],
)
def test_a_service_that_is_not_as_the_protocol_has_it_says_where(change: dict[str, Any], reported: str) -> None:
    document = service_document("letter").model_dump(mode="json")
    with pytest.raises(PackBroken, match=reported):
        read_service(document | change)
    assert read_service(document | {"of_a_newer_server": 1}).id == "letter"


def test_the_most_used_services_come_first(at: Bench) -> None:
    at.kiosk.install(services())
    at.store.usage.add_service("birth")
    assert [one.id for one in at.kiosk.most_used()] == ["birth", "letter"]
