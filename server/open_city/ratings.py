"""What citizens say of their session: kept without anything that tells whose it is, and added up per agency and service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Row, func, select

from protocol.reports import OVERALL, Element, Rating, RatingAnswer
from server.foundation.actors import Actor, kiosk_actor
from server.open_city.skm import Index, Sums, Weight, index_of, quick_index_of
from server.storage import tables
from server.storage.citizen_tables import ratings
from server.storage.named_settings import read_setting, write_setting
from server.storage.transactions import insert_new
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

WEIGHT_SETTING: Final = "skm_weight"


@dataclass(frozen=True)
class Satisfaction:
    """Of one agency (``service`` is "") or one service of it."""

    agency: str
    service: str
    #: None until somebody answered the nine questions.
    index: Index | None
    #: Of quick ratings, 25 to 100.
    quick: Decimal | None
    quick_count: int


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

    def satisfaction(self, connection: Connection, since: datetime | None = None) -> list[Satisfaction]:
        """Every agency that was rated, each followed by its services; ``since`` bounds the hour."""
        weight = weight_of(connection)
        found = []
        for columns in ((ratings.c.agency_id,), (ratings.c.agency_id, ratings.c.service_id)):
            query = select(*columns, *_SUMS).group_by(*columns)
            if since is not None:
                query = query.where(ratings.c.hour >= since)
            found += [_satisfaction(row, weight) for row in connection.execute(query)]
        return sorted(found, key=lambda one: (one.agency, one.service))

    def set_weight(self, actor: Actor, weight: Weight) -> None:
        """Which weight the index is worked out with from now on, for past ratings as well."""
        with self._units.begin(actor) as work:
            write_setting(work.connection, WEIGHT_SETTING, weight.value, actor.id, work.now)
            work.audit("skm.weight", "settings:skm", {"weight": weight.value})


def weight_of(connection: Connection) -> Weight:
    kept = read_setting(connection, WEIGHT_SETTING)
    return Weight(kept) if kept in set(Weight) else Weight.NINTH


_SUMS: Final = (
    func.count(ratings.c.requirements).label("full"),
    func.count(ratings.c.overall).label("quick"),
    func.coalesce(func.sum(ratings.c.overall), 0).label("quick_sum"),
    *(func.coalesce(func.sum(ratings.c[element.value]), 0).label(f"sum_{element.value}") for element in Element),
)


def _satisfaction(row: Row[Any], weight: Weight) -> Satisfaction:
    sums = Sums(row.full, {element: int(getattr(row, f"sum_{element.value}")) for element in Element})
    return Satisfaction(
        agency=row.agency_id,
        service=getattr(row, "service_id", ""),
        index=index_of(sums, weight),
        quick=quick_index_of(row.quick, int(row.quick_sum)),
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
