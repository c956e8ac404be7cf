"""Ratings: anonymous, each once, and the index that PermenPANRB 14/2017 makes of them."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from protocol.reports import RATINGS_AT_ONCE, Element
from server.foundation.actors import OPERATOR
from server.open_city.skm import Sums, Weight, grade_of, index_of
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


def test_agency_and_service_are_added_up(server: RunningServer, kiosk: TestKiosk) -> None:
    service = f"s{uuid.uuid4().hex[:8]}"
    items = [
        rating(full(4), service=service),
        rating(full(3), service=service),
        rating({"overall": 2}, service=service),
    ]
    kiosk.post("/v1/ratings", {"items": items})
    with server.deps.engine.connect() as connection:
        found = {one.service: one for one in server.deps.ratings.satisfaction(connection) if one.agency == "kelurahan"}
        total = connection.execute(
            select(func.count(ratings.c.requirements)).where(ratings.c.agency_id == "kelurahan")
        ).scalar_one()
    assert found[service].index is not None
    assert (found[service].index.value, found[service].index.grade) == (Decimal("87.50"), "B")
    assert (found[service].quick, found[service].quick_count) == (Decimal("50.00"), 1)
    assert found[""].index is not None
    assert found[""].index.count == total


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


def test_the_chosen_weight_holds_from_then_on(server: RunningServer) -> None:
    from server.open_city.ratings import weight_of

    server.deps.ratings.set_weight(OPERATOR, Weight.TWO_DIGITS)
    with server.deps.engine.connect() as connection:
        assert weight_of(connection) is Weight.TWO_DIGITS
    server.deps.ratings.set_weight(OPERATOR, Weight.NINTH)
