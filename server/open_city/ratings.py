"""What citizens say of their session: kept without anything that tells whose it is, and added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from protocol.reports import OVERALL, Element, Rating, RatingAnswer
from server.foundation.actors import Actor, kiosk_actor
from server.open_city.months import Month, month_of
from server.open_city.skm import (
    FEWEST_ALLOWED,
    LEAST_RESPONDENTS,
    MOST_ALLOWED,
    Index,
    Sums,
    Weight,
    index_of,
    quick_index_of,
)
from server.storage import tables
from server.storage.citizen_tables import ratings
from server.storage.named_settings import read_setting, write_setting
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

WEIGHT_SETTING: Final = "skm_weight"
LEAST_SETTING: Final = "skm_least_respondents"


class By(StrEnum):
    """What ratings are added up by."""

    AGENCY = "agency"
    SERVICE = "service"
    KIOSK = "kiosk"
    MONTH = "month"


@dataclass(frozen=True)
class Method:
    """How the index is worked out and from how many on: settings of the city, which every report prints."""

    weight: Weight = Weight.NINTH
    least: int = LEAST_RESPONDENTS


@dataclass(frozen=True)
class Rated:
    """Of everybody who rated one thing."""

    #: The values of what it was added up by, in that order; of a month its place among those asked for.
    key: tuple[str | int, ...]
    #: Who answered all nine questions.
    respondents: int
    #: None with fewer respondents than the method asks for.
    index: Index | None
    #: Of quick ratings, 25 to 100; None where they are too few.
    quick: Decimal | None
    quick_count: int

    @property
    def few(self) -> bool:
        """Somebody rated, but not enough to say how."""
        return self.index is None and self.respondents > 0


class Ratings:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def take(self, kiosk_id: str, items: Sequence[dict[str, object]]) -> RatingAnswer:
        """Keeps what can be read; the same id again changes nothing."""
        good = [one for item in items if (one := _read(item)) is not None]

        def keep(work: UnitOfWork) -> int:
            known = set(work.connection.execute(select(tables.agencies.c.id)).scalars())
            kept = [one for one in good if one.agency in known]
            for one in kept:
                insert_new(work.connection, ratings, _row(kiosk_id, one))
            return len(kept)

        stored = self._units.run(kiosk_actor(kiosk_id), keep)
        return RatingAnswer(stored=stored, refused=len(items) - stored)

    def rated(
        self,
        connection: Connection,
        by: Sequence[By],
        *,
        months: tuple[Month, ...] = (),
        since: datetime | None = None,
        agency: str | None = None,
    ) -> list[Rated]:
        """A row for whatever was rated, in the order of the keys; without ``by`` one for all together.

        ``months`` are needed to add up by them; they, or ``since``, bound the hour. ``agency`` None: of all.
        """
        method = method_of(connection)
        single = select(ratings, *(_column(one, months) for one in by))
        begin = months[0].begins if months else since
        if begin is not None:
            single = single.where(ratings.c.hour >= begin)
        if agency is not None:
            single = single.where(ratings.c.agency_id == agency)
        of = single.subquery().c
        keys = [of[f"by_{one.value}"] for one in by]
        query = select(*keys, *_sums(of)).group_by(*keys).order_by(*keys)
        return [_rated(row, len(keys), method) for row in connection.execute(query)]

    def set_method(self, actor: Actor, method: Method) -> None:
        """How the index is worked out from now on, for past ratings as well. Raises ValueError for a least number that is
        not allowed."""
        if not FEWEST_ALLOWED <= method.least <= MOST_ALLOWED:
            raise ValueError(f"the least number of respondents is from {FEWEST_ALLOWED} to {MOST_ALLOWED}")
        with self._units.begin(actor) as work:
            write_setting(work.connection, WEIGHT_SETTING, method.weight.value, actor.id, work.now)
            write_setting(work.connection, LEAST_SETTING, method.least, actor.id, work.now)
            work.audit("skm.weight", "settings:skm", {"weight": method.weight.value, "least": method.least})


def method_of(connection: Connection) -> Method:
    weight, least = read_setting(connection, WEIGHT_SETTING), read_setting(connection, LEAST_SETTING)
    return Method(
        Weight(weight) if weight in set(Weight) else Weight.NINTH,
        least if isinstance(least, int) and FEWEST_ALLOWED <= least <= MOST_ALLOWED else LEAST_RESPONDENTS,
    )


def _column(by: By, months: tuple[Month, ...]) -> ColumnElement[Any]:
    columns: dict[By, ColumnElement[Any]] = {
        By.AGENCY: ratings.c.agency_id,
        By.SERVICE: ratings.c.service_id,
        By.KIOSK: ratings.c.kiosk_id,
        By.MONTH: month_of(ratings.c.hour, months),
    }
    return columns[by].label(f"by_{by.value}")


def _sums(of: ReadOnlyColumnCollection[str, Any]) -> list[ColumnElement[Any]]:
    """``of``: columns of ratings."""
    return [
        func.count(of.requirements).label("full"),
        func.count(of.overall).label("quick"),
        func.coalesce(func.sum(of.overall), 0).label("quick_sum"),
        *(func.coalesce(func.sum(of[element.value]), 0).label(f"sum_{element.value}") for element in Element),
    ]


def _rated(row: Row[Any], keys: int, method: Method) -> Rated:
    sums = Sums(row.full, {element: int(getattr(row, f"sum_{element.value}")) for element in Element})
    return Rated(
        key=tuple(row[:keys]),
        respondents=row.full,
        index=index_of(sums, method.weight) if row.full >= method.least else None,
        quick=quick_index_of(row.quick, int(row.quick_sum)) if row.quick >= method.least else None,
        quick_count=row.quick,
    )


def _read(item: dict[str, object]) -> Rating | None:
    try:
        return Rating.model_validate(item)
    except ValidationError:
        return None


def _row(kiosk_id: str, rating: Rating) -> dict[str, Any]:
    return {
        "kiosk_id": kiosk_id,
        "id": rating.id,
        "agency_id": rating.agency,
        "service_id": rating.service,
        # Whatever a kiosk says, no more than the hour is kept.
        "hour": rating.hour.replace(minute=0, second=0, microsecond=0),
        OVERALL: rating.scores.get(OVERALL),
        **{element.value: rating.scores.get(element.value) for element in Element},
    }
