"""Garbage is collected between touches, and by itself again when the app has ended."""

import gc
from collections.abc import Iterator

import pytest
from screens_harness import Hands

from kiosk.session.nik import check
from screens.shell.garbage import PAGES_MOST, SELDOM, YOUNG, GarbageCollector

NIK = "3578014107900001"


@pytest.fixture
def collector() -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    yield made
    made.stop()


def waiting(collector: GarbageCollector) -> bool:
    return bool(collector._trigger.is_triggered)


def test_what_was_built_is_left_out_until_the_end(collector: GarbageCollector) -> None:
    before = gc.get_threshold()
    collector.start()
    assert gc.get_freeze_count() > 0
    assert (gc.get_threshold()[0], gc.get_threshold()[2]) == (YOUNG, SELDOM)
    collector.stop()
    assert gc.get_freeze_count() == 0
    assert gc.get_threshold() == before


def test_a_page_that_was_left_is_looked_for_later(collector: GarbageCollector) -> None:
    collector.start()
    collector.left()
    assert waiting(collector)
    collector._collect(0)
    collector.stop()
    assert not waiting(collector)


def test_a_touch_puts_it_off_only_when_it_is_due(collector: GarbageCollector) -> None:
    collector.start()
    collector.touched()
    assert not waiting(collector)
    collector.left()
    collector.touched()
    assert waiting(collector)


class Remains:
    """Holds itself, as the widgets of a page do."""

    alive = 0

    def __init__(self) -> None:
        self.itself = self
        Remains.alive += 1

    def __del__(self) -> None:
        Remains.alive -= 1


@pytest.mark.parametrize(("pages", "held"), [(PAGES_MOST, 1), (PAGES_MOST + 1, 0)])
def test_somebody_who_never_rests_does_not_fill_the_memory(collector: GarbageCollector, pages: int, held: int) -> None:
    collector.start()
    gc.disable()  # young objects would be looked at by chance
    try:
        Remains()
        for _ in range(pages):
            collector.left()
            collector.touched()
        assert Remains.alive == held
        collector._collect(0)
        assert Remains.alive == 0
    finally:
        gc.enable()


def test_before_its_start_it_does_nothing(collector: GarbageCollector) -> None:
    collector.left()
    assert not waiting(collector)


# --- what counts as left -------------------------------------------------------------------------------------------


@pytest.fixture
def lefts(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where somebody was each time that something was left."""
    left: list[str] = []

    def note() -> None:
        left.append(hands.place)

    monkeypatch.setattr(hands.app._garbage, "left", note)
    return left


def test_a_page_is_left_for_another(hands: Hands, lefts: list[str]) -> None:
    hands.tap("Sentuh untuk mulai")
    assert lefts == ["SERVICES"]


@pytest.mark.parametrize("layer", ["open_help", "open_adjust", "ask_leave"])
def test_a_layer_is_left_when_it_is_closed(hands: Hands, lefts: list[str], layer: str) -> None:
    flow = hands.app.flow
    flow.citizen.start()
    flow.citizen.open_service("domisili")
    flow.citizen.begin_service(hands.kiosk.catalogue.get("domisili"))
    flow.citizen.identified(check(NIK), "typed")
    hands.settle()
    lefts.clear()
    getattr(flow, layer)()
    hands.settle()
    assert lefts == []
    flow.close_over()
    hands.settle()
    assert len(lefts) == 1


def test_a_layer_that_gives_way_to_another_is_left(hands: Hands, lefts: list[str]) -> None:
    flow = hands.app.flow
    flow.open_help()
    hands.settle()
    flow.open_adjust()
    hands.settle()
    assert len(lefts) == 1
    flow.preferences.set_language("en")
    hands.settle()
    # The page and the layer, both made anew.
    assert len(lefts) == 3
