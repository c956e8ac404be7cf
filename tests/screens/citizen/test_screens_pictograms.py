"""Pictograms stand beside what they show: services, life events, requirements, steps."""

from typing import Any

import pytest
from flows_kit import send
from kivy.uix.label import Label
from screens_harness import Hands

from protocol.pictograms import character, way
from screens.citizen.start.service import BulletLine
from screens.look.current import current
from screens.look.widgets.cards import ChoiceCard, TileCard

SERVICES = ("domisili", "kelahiran", "pindah", "kk-perubahan", "usaha", "reklame", "antrean", "pengaduan")


def drawn(hands: Hands, *kinds: type) -> dict[str, str]:
    """By the words of each card or line in sight, the pictogram in it that is large enough to be seen."""
    found = {}
    for widget in hands.widgets():
        if isinstance(widget, kinds):
            signs = [each for each in widget.walk(restrict=True) if isinstance(each, Label) and is_pictogram(each)]
            found[getattr(widget, "title", "") or widget.text] = "".join(each.text for each in signs)
    return found


def is_pictogram(label: Any) -> bool:
    return label.font_name == current().pictogram_font and label.height > 1 and label.texture_size[0] > 1


@pytest.mark.parametrize("service", SERVICES)
def test_each_requirement_and_step_of_a_service_is_drawn(citizens: Hands, service: str) -> None:
    citizens.app.flow.citizen.start()
    citizens.app.flow.citizen.open_service(service)
    citizens.settle()
    known = citizens.kiosk.catalogue.get(service)
    assert known is not None
    standard = known.standard
    wanted = dict(zip(standard.requirements.get("id"), map(character, standard.requirement_pictograms), strict=True))
    wanted |= dict(zip(standard.procedure.get("id"), map(character, standard.procedure_pictograms), strict=True))
    assert drawn(citizens, BulletLine) == wanted
    assert any(is_pictogram(each) and each.text == character(known.icon) for each in labels(citizens))


def labels(hands: Hands) -> list[Any]:
    return [widget for widget in hands.widgets() if isinstance(widget, Label)]


def test_services_agencies_and_life_events_are_drawn_on_the_list(citizens: Hands) -> None:
    citizens.app.flow.citizen.start()
    citizens.settle()
    found = drawn(citizens, ChoiceCard, TileCard)
    catalogue = citizens.kiosk.catalogue
    events = {group.event.name.get("id"): character(group.event.pictogram) for group in catalogue.by_life_event}
    used = {each.name.get("id"): character(each.icon) for each in citizens.kiosk.most_used(4)}
    assert found | events | used == found
    assert all(found.values())


def test_whoever_has_sent_sees_the_steps_that_follow(citizens: Hands) -> None:
    send(citizens, "domisili")
    known = citizens.kiosk.catalogue.get("domisili")
    assert known is not None
    assert way(known.standard.procedure_pictograms) in [each.text for each in labels(citizens) if is_pictogram(each)]
