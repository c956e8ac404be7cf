"""A service that this kiosk cannot read costs itself: the others are offered, and the office knows which one it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalogue import catalogue as catalogues
from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import PackBroken
from kiosk.machine.health import Reason
from protocol.components import Condition
from protocol.packs import unpack
from tests.kiosk.kiosk_kit import Bench, bench, pack_bytes, service_document

DESCRIPTION, FORM = "services/birth/service.json", "services/birth/form.xml"
Files = dict[str, bytes]


def files() -> Files:
    return unpack(pack_bytes(services=(service_document("letter"), service_document("birth"))))[1]


def without(path: str) -> Callable[[Files], Files]:
    return lambda whole: {name: content for name, content in whole.items() if name != path}


def holding(path: str, content: bytes) -> Callable[[Files], Files]:
    return lambda whole: whole | {path: content}


def changed(**members: Any) -> Callable[[Files], Files]:
    return lambda whole: whole | {DESCRIPTION: json.dumps(json.loads(whole[DESCRIPTION]) | members).encode()}


@pytest.fixture
def at(tmp_path: Path) -> Bench:
    return bench(tmp_path)


def reported(at: Bench) -> tuple[str, frozenset[Condition]]:
    state = at.kiosk.content.state()
    assert state is not None
    return state.detail, state.conditions


@pytest.mark.parametrize(
    "damage",
    [
        without(DESCRIPTION),
        holding(DESCRIPTION, b""),
        holding(DESCRIPTION, b"[1]"),
        holding(DESCRIPTION, b"\xff\xfe"),
        changed(kind="of_a_newer_server"),
        changed(id="letter"),
    ],
)
def test_a_description_that_cannot_be_read_costs_its_service_only(at: Bench, damage: Callable[[Files], Files]) -> None:
    at.kiosk.install(Catalogue.read(damage(files())))
    assert [service.id for service in at.kiosk.catalogue.services] == ["letter"]
    letter = at.kiosk.catalogue.services[0]
    assert at.kiosk.health.service_ability(letter, at.kiosk.catalogue).blocked == ()
    assert reported(at) == ("birth/service.json", frozenset({Condition.FILE_BROKEN}))


@pytest.mark.parametrize("damage", [without(FORM), holding(FORM, b""), holding(FORM, b"<h:html/>")])
def test_a_form_that_cannot_be_read_costs_its_service_only(at: Bench, damage: Callable[[Files], Files]) -> None:
    at.kiosk.install(Catalogue.read(damage(files())))
    assert abilities(at) == {"letter": (), "birth": (Reason.FORM_BROKEN,)}
    assert reported(at) == ("birth/form.xml", frozenset({Condition.FILE_BROKEN}))


@pytest.mark.parametrize("error", [ZeroDivisionError, RecursionError, MemoryError, KeyError])
def test_whatever_loading_a_form_raises_costs_its_service_only(
    at: Bench, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    load, broken = catalogues.load_form, files()[FORM] + b"<!-- -->"

    def fails_for_one(xml: bytes, resources: Files) -> Any:
        if xml == broken:
            raise error
        return load(xml, resources)

    monkeypatch.setattr(catalogues, "load_form", fails_for_one)
    found = Catalogue.read(holding(FORM, broken)(files()))
    assert found.warm() == ("birth",)
    at.kiosk.install(found)
    assert reported(at) == ("birth/form.xml", frozenset({Condition.FILE_BROKEN}))
    assert abilities(at) == {"letter": (), "birth": (Reason.FORM_BROKEN,)}


def abilities(at: Bench) -> dict[str, tuple[Reason, ...]]:
    pack = at.kiosk.catalogue
    return {service.id: at.kiosk.health.service_ability(service, pack).blocked for service in pack.services}


def test_the_next_pack_takes_the_report_back(at: Bench) -> None:
    at.kiosk.install(Catalogue.read(holding(DESCRIPTION, b"")(files())))
    at.kiosk.install(Catalogue.read(files()))
    assert at.kiosk.content.state() is None


def test_a_pack_of_which_no_service_can_be_read_is_refused() -> None:
    whole = unpack(pack_bytes(services=(service_document("letter"),)))[1]
    with pytest.raises(PackBroken, match="none of its services"):
        Catalogue.read(whole | {"services/letter/service.json": b"{}"})
