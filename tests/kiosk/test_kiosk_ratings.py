"""A rating is kept over a restart, says nothing of anybody, and has its limits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.city.ratings import OVERALL, SCORES, Element
from kiosk.events import ReportWaiting
from kiosk.store import Store
from kiosk.store.reports import REPORTS_MOST, Report, ReportKind
from protocol import reports as protocol
from tests.kiosk.kiosk_kit import BEGIN, Bench, bench

FULL = dict.fromkeys(Element, 3)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def waiting(made: Bench) -> list[protocol.Rating]:
    found = made.store.reports.waiting(ReportKind.RATING, 100)
    return [protocol.Rating.model_validate(one.body) for one in found]


def test_one_touch_is_one_rating_of_the_hour(at: Bench) -> None:
    at.clock.advance(1_234)
    assert at.kiosk.ratings.rate(at.kiosk.catalogue.services[0], 4)
    (kept,) = waiting(at)
    assert (kept.service, kept.agency, kept.scores) == ("letter", "civil", {OVERALL: 4})
    assert kept.hour == BEGIN
    assert len(at.of(ReportWaiting)) == 1


def test_nine_answers_are_one_full_rating(at: Bench) -> None:
    assert at.kiosk.ratings.rate_fully(at.kiosk.catalogue.services[0], FULL)
    assert waiting(at)[0].full


def test_both_sides_name_the_same_nine_elements() -> None:
    assert [element.value for element in Element] == [element.value for element in protocol.Element]
    assert (min(SCORES), max(SCORES)) == (protocol.LOWEST, protocol.HIGHEST)


def test_what_is_no_rating_is_refused(at: Bench) -> None:
    service = at.kiosk.catalogue.services[0]
    with pytest.raises(ValueError, match="score"):
        at.kiosk.ratings.rate(service, 5)
    with pytest.raises(ValueError, match="nine"):
        at.kiosk.ratings.rate_fully(service, {Element.FEE: 4})
    assert waiting(at) == []


def test_a_restart_keeps_it(tmp_path: Path) -> None:
    made = bench(tmp_path)
    made.kiosk.ratings.rate(made.kiosk.catalogue.services[0], 1)
    made.close()
    store = Store.open(tmp_path, BEGIN)
    assert len(store.reports.waiting(ReportKind.RATING, 10)) == 1
    store.close()


def test_at_the_limit_one_is_kept_and_one_above_is_not(at: Bench) -> None:
    with at.store.transaction():
        for number in range(REPORTS_MOST - 1):
            at.store.reports.add(ReportKind.RATING, Report(f"{number:036}", {}))
    service = at.kiosk.catalogue.services[0]
    assert at.kiosk.ratings.rate(service, 2)
    assert not at.kiosk.ratings.rate(service, 2)
