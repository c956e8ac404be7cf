"""Pictograms: every one that the shipped city names is drawn, and everything of it names one."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from protocol.pictograms import FALLBACK, LINK, MOST_STEPS, NAMES, character, way
from protocol.pictograms.drawings import DRAWINGS

SERVICES = Path(__file__).parents[2] / "assets" / "services"


def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("service", toml(SERVICES / "city.toml")["services"])
def test_a_service_its_requirements_and_its_steps_have_pictograms(service: str) -> None:
    document = toml(SERVICES / service / "service.toml")
    standard = document["standard"]
    assert document["icon"] in NAMES
    for part in ("requirement", "procedure"):
        lines = standard["requirements" if part == "requirement" else part]["id"]
        names = standard[f"{part}_pictograms"]
        assert len(names) == len(lines), part
        assert set(names) <= set(NAMES), part


def test_every_life_event_has_a_pictogram() -> None:
    city = toml(SERVICES / "city.toml")
    assert set(city["life_event_pictograms"]) == set(city["life_events"])
    assert set(city["life_event_pictograms"].values()) <= set(NAMES)


def test_each_has_a_character_of_its_own_and_a_stranger_the_sheet_of_paper() -> None:
    assert len({character(name) for name in DRAWINGS}) == len(DRAWINGS)
    assert character("of-a-newer-office") == character(FALLBACK)


def test_steps_lead_from_one_to_the_next_and_only_the_first_are_shown() -> None:
    assert way(["kiosk", "check"]) == character("kiosk") + character(LINK) + character("check")
    assert way([]) == ""
    assert way(["kiosk"] * MOST_STEPS) == way(["kiosk"] * (MOST_STEPS + 1))
    assert way(["kiosk"] * MOST_STEPS) != way(["kiosk"] * (MOST_STEPS - 1))
