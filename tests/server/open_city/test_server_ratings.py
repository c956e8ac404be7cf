"""Ratings: anonymous, each once, and the index that PermenPANRB 14/2017 makes of them."""

import uuid
from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from protocol.reports import RATINGS_AT_ONCE, Element
from server.foundation.actors import OPERATOR
from server.open_city.months import last_months
from server.open_city.ratings import By, Method, Rated, method_of
from server.open_city.skm import FEWEST_ALLOWED, LEAST_RESPONDENTS, MOST_ALLOWED, Sums, Weight, grade_of, index_of
from server.storage.citizen_tables import ratings
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer


def rating(scores: dict[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "service": "surat",
        "agency": "kelurahan",
        "hour": "2026-11-24T02:00:00+00:00",
        "scores": scores or {"overall": 3},
        **changes,
    }


def full(score: int) -> dict[str, int]:
    return {element.value: score for element in Element}


def kept(server: RunningServer, kiosk: TestKiosk) -> list[Any]:
    with server.deps.engine.connect() as connection:
        return list(connection.execute(select(ratings).where(ratings.c.kiosk_id == kiosk.id)).all())


def test_a_rating_is_kept_with_its_hour_and_nothing_of_anybody(server: RunningServer, kiosk: TestKiosk) -> None:
    answer = kiosk.post("/v1/ratings", {"items": [rating(full(4), hour="2026-11-24T02:47:11+00:00", nik="357801")]})
    assert answer.json() == {"stored": 1, "refused": 0}
    (row,) = kept(server, kiosk)
    assert (row.hour.minute, row.hour.second) == (0, 0)
    assert (row.overall, row.requirements, row.facilities) == (None, 4, 4)
    assert "357801" not in str(row)


def test_the_same_rating_twice_is_one(server: RunningServer, kiosk: TestKiosk) -> None:
    once = rating()
    for _ in range(2):
        assert kiosk.post("/v1/ratings", {"items": [once]}).json()["stored"] == 1
    assert len(kept(server, kiosk)) == 1


def test_a_bad_one_costs_the_others_nothing(server: RunningServer, kiosk: TestKiosk) -> None:
    items = [rating({"overall": 9}), rating(), {"id": "?"}, rating(agency="nowhere")]
    assert kiosk.post("/v1/ratings", {"items": items}).json() == {"stored": 1, "refused": 3}
    assert len(kept(server, kiosk)) == 1


@pytest.mark.parametrize(("number", "status"), [(0, 422), (RATINGS_AT_ONCE, 200), (RATINGS_AT_ONCE + 1, 422)])
def test_a_batch_has_a_limit(sqlite_server: RunningServer, number: int, status: int) -> None:
    kiosk = sqlite_server.kiosk()
    assert kiosk.post("/v1/ratings", {"items": [rating() for _ in range(number)]}).status_code == status


def put(server: RunningServer, kiosk: TestKiosk, *several: dict[str, Any]) -> None:
    for first in range(0, len(several), RATINGS_AT_ONCE):
        assert kiosk.post("/v1/ratings", {"items": list(several[first : first + RATINGS_AT_ONCE])}).ok


def found(server: RunningServer, by: tuple[By, ...], key: tuple[str | int, ...], **limits: Any) -> Rated:
    with server.deps.engine.connect() as connection:
        return next(one for one in server.deps.ratings.rated(connection, by, **limits) if one.key == key)


def test_they_are_added_up_by_service_and_by_kiosk(server: RunningServer, kiosk: TestKiosk) -> None:
    service = f"s{uuid.uuid4().hex[:8]}"
    half = LEAST_RESPONDENTS // 2
    put(server, kiosk, *(rating(full(score), service=service) for score in (4, 3) for _ in range(half)))
    put(server, kiosk, *(rating({"overall": 2}, service=service) for _ in range(LEAST_RESPONDENTS)))
    for one in (
        found(server, (By.AGENCY, By.SERVICE), ("kelurahan", service)),
        found(server, (By.KIOSK,), (kiosk.id,)),
    ):
        assert one.index is not None
        assert (one.index.value, one.index.grade, one.respondents) == (Decimal("87.50"), "B", LEAST_RESPONDENTS)
        assert (one.quick, one.quick_count) == (Decimal("50.00"), LEAST_RESPONDENTS)


def test_a_month_is_the_citys_not_the_worlds(server: RunningServer, kiosk: TestKiosk) -> None:
    """The last hour of October in Surabaya is 16:00 of the 31st in London."""
    agency, hours = "kominfo", ("2026-10-31T16:00:00+00:00", "2026-10-31T17:00:00+00:00")
    put(server, kiosk, *(rating(full(4), agency=agency, service="s", hour=hour) for hour in hours))
    months = last_months(datetime(2026, 11, 24, tzinfo=UTC), ZoneInfo("Asia/Jakarta"))
    assert [one.name for one in months[-2:]] == ["2026-10", "2026-11"]
    with server.deps.engine.connect() as connection:
        rated = server.deps.ratings.rated(connection, (By.KIOSK, By.MONTH), months=months, agency=agency)
    assert [one.key[1] for one in rated if one.key[0] == kiosk.id] == [10, 11]


@pytest.mark.parametrize(("respondents", "few"), [(LEAST_RESPONDENTS - 1, True), (LEAST_RESPONDENTS, False)])
def test_of_too_few_no_index_is_told(server: RunningServer, kiosk: TestKiosk, respondents: int, few: bool) -> None:
    service = f"s{uuid.uuid4().hex[:8]}"
    put(server, kiosk, *(rating(full(4), service=service) for _ in range(respondents)))
    one = found(server, (By.AGENCY, By.SERVICE), ("kelurahan", service))
    assert (one.few, one.index is None, one.respondents) == (few, few, respondents)


#: The sums of forty citizens' scores by element; nine different means: 3.15, 3.60, 2.90, 4.00, 3.475, 3.525, 3.70, 2.75, 3.05.
BY_HAND = {
    Element.REQUIREMENTS: 126,
    Element.PROCEDURE: 144,
    Element.TIME: 116,
    Element.FEE: 160,
    Element.PRODUCT: 139,
    Element.COMPETENCE: 141,
    Element.BEHAVIOUR: 148,
    Element.COMPLAINTS: 110,
    Element.FACILITIES: 122,
}


@pytest.mark.parametrize(
    ("weight", "value"),
    [
        # The means' sum is 1206 / 40 = 30.15.
        (Weight.NINTH, "83.75"),  # 30.15 / 9 × 25 = 3.35 × 25
        (Weight.THREE_DIGITS, "83.67"),  # 30.15 × 0.111 = 3.34665; × 25 = 83.66625
        (Weight.TWO_DIGITS, "82.91"),  # 30.15 × 0.11 = 3.3165; × 25 = 82.9125
    ],
)
def test_the_index_is_what_a_hand_works_out_with_each_weight(weight: Weight, value: str) -> None:
    index = index_of(Sums(40, BY_HAND), weight)
    assert index is not None
    assert (index.value, index.grade, index.means[Element.PRODUCT]) == (Decimal(value), "B", Decimal("3.48"))


def sums(total: int, count: int) -> Sums:
    return Sums(count, {element: total for element in Element})


@pytest.mark.parametrize(
    ("weight", "value"), [(Weight.NINTH, "100.00"), (Weight.THREE_DIGITS, "99.90"), (Weight.TWO_DIGITS, "99.00")]
)
def test_the_weight_is_a_setting_because_it_changes_the_index(weight: Weight, value: str) -> None:
    index = index_of(sums(4, 1), weight)
    assert index is not None
    assert index.value == Decimal(value)


def test_two_weights_give_two_grades_for_the_same_answers() -> None:
    answers = sums(354, 100)
    ninth, short = index_of(answers, Weight.NINTH), index_of(answers, Weight.TWO_DIGITS)
    assert ninth is not None and short is not None
    assert [(ninth.value, ninth.grade), (short.value, short.grade)] == [
        (Decimal("88.50"), "A"),
        (Decimal("87.62"), "B"),
    ]


def test_the_index_is_rounded_once_at_the_end() -> None:
    """Means of 10/3 in nine elements: 83.33; from means rounded to 3.33 it would be 83.25."""
    index = index_of(sums(10, 3), Weight.NINTH)
    assert index is not None
    assert index.value == Decimal("83.33")


@pytest.mark.parametrize(
    ("value", "grade"),
    [("88.31", "A"), ("88.30", "B"), ("76.61", "B"), ("76.60", "C"), ("65.00", "C"), ("64.99", "D"), ("25.00", "D")],
)
def test_grades_begin_where_the_regulation_says(value: str, grade: str) -> None:
    assert grade_of(Decimal(value)) == grade


def test_nobody_rated_is_no_index() -> None:
    assert index_of(sums(0, 0), Weight.NINTH) is None


def test_the_chosen_method_holds_from_then_on(server: RunningServer) -> None:
    chosen = Method(Weight.TWO_DIGITS, FEWEST_ALLOWED)
    server.deps.ratings.set_method(OPERATOR, chosen)
    with server.deps.engine.connect() as connection:
        assert method_of(connection) == chosen
    server.deps.ratings.set_method(OPERATOR, Method())


@pytest.mark.parametrize(
    ("least", "allowed"),
    [(FEWEST_ALLOWED, True), (FEWEST_ALLOWED - 1, False), (MOST_ALLOWED, True), (MOST_ALLOWED + 1, False)],
)
def test_the_least_number_has_limits(sqlite_server: RunningServer, least: int, allowed: bool) -> None:
    with nullcontext() if allowed else pytest.raises(ValueError, match="least number"):
        sqlite_server.deps.ratings.set_method(OPERATOR, Method(least=least))
    sqlite_server.deps.ratings.set_method(OPERATOR, Method())
