"""Health and its degrade table: what lost devices, a full disk and a service that cannot be offered take away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.machine.health import Ability, Reason
from tests.kiosk.kiosk_kit import Bench, bench, catalogue, service_document


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def test_lost_devices_degrade_and_do_not_close(at: Bench) -> None:
    at.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    at.scanner.become("UNAVAILABLE", "DISCONNECTED")
    assert at.kiosk.health.ability() is Ability.DEGRADED
    assert at.kiosk.health.reasons() == (Reason.NO_PRINTER, Reason.NO_SCANNER, Reason.NO_LINE)


@pytest.mark.parametrize("condition", ["MEDIA_EMPTY", "COVER_OPEN", "MEDIA_JAMMED", "CUTTER_ERROR"])
def test_a_ready_printer_that_cannot_print_is_lost(at: Bench, condition: str) -> None:
    at.printer.become("READY", condition)
    assert not at.kiosk.health.can_print()


def test_low_paper_still_prints(at: Bench) -> None:
    at.printer.become("READY", "MEDIA_LOW")
    assert at.kiosk.health.can_print()


def test_an_unknown_device_is_not_usable_and_a_busy_one_is(at: Bench) -> None:
    at.camera.become("UNKNOWN")
    assert not at.kiosk.health.can_photograph()
    at.camera.become("BUSY")
    assert at.kiosk.health.can_photograph()


@pytest.mark.parametrize(("free", "possible"), [(704_000_000, True), (703_999_999, False)])
def test_below_the_reserve_of_the_disk_no_service_is_begun(at: Bench, free: int, possible: bool) -> None:
    at.disk.bytes_free = free
    ability = at.kiosk.service_ability(at.kiosk.catalogue.services[0])
    assert ability.possible is possible
    assert at.kiosk.health.ability() is Ability.DEGRADED


def test_only_without_printer_line_and_storage_nothing_can_be_done(at: Bench) -> None:
    at.disk.bytes_free = 0
    assert at.kiosk.health.ability() is Ability.DEGRADED
    at.printer.become("UNAVAILABLE", "NOT_REACHABLE")
    assert at.kiosk.health.ability() is Ability.CLOSED
    at.disk.bytes_free = 704_000_000
    assert at.kiosk.health.ability() is Ability.DEGRADED


def test_out_of_service_survives_a_restart(tmp_path: Path) -> None:
    first = bench(tmp_path)
    first.kiosk.out_of_service()
    first.close()
    second = bench(tmp_path)
    assert not second.kiosk.in_service
    assert second.kiosk.health.reasons()[0] is Reason.OUT_OF_SERVICE
    second.close()


def test_a_change_is_in_the_history_once(at: Bench) -> None:
    at.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    at.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    history = [one for one in at.store.history.latest() if one.conditions == ("MEDIA_EMPTY",)]
    assert len(history) == 1


@pytest.mark.parametrize(
    ("paused", "blocked"), [(None, ()), ({}, (Reason.PAUSED,)), ({"id": "Libur."}, (Reason.PAUSED,))]
)
def test_a_service_that_the_city_paused_cannot_be_begun(
    tmp_path: Path, paused: dict[str, str] | None, blocked: tuple[Reason, ...]
) -> None:
    made = bench(tmp_path, pack=catalogue(services=(service_document("letter").model_copy(update={"paused": paused}),)))
    assert made.kiosk.service_ability(made.kiosk.catalogue.services[0]).blocked == blocked
    made.close()


def test_a_form_that_cannot_be_opened_is_not_offered(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(form="<no form/>"))
    ability = made.kiosk.service_ability(made.kiosk.catalogue.services[0])
    assert ability.blocked == (Reason.FORM_BROKEN,)
    made.close()
