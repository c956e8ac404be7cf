"""What citizens think of the service: the satisfaction index by agency and service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from starlette.responses import Response

from protocol.reports import Element
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.open_city.ratings import Satisfaction, weight_of
from server.open_city.skm import Weight
from server.web.frame.access import Pages, Rule, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

READERS: Final = Rule(frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMIN, Role.COMMAND}))
ADMINS: Final = only(Role.ADMIN)
#: A survey is read for the last year.
PERIOD: Final = timedelta(days=365)

pages = Pages()


@dataclass(frozen=True)
class Line:
    name: str
    index: str
    grade: str
    full: int
    quick: str
    quick_count: int


@dataclass(frozen=True)
class AgencyView:
    name: str
    lines: tuple[Line, ...]
    #: (name, mean, share of the four points in per cent)
    elements: tuple[tuple[str, str, int], ...]


@pages.get("/satisfaction", READERS)
def satisfaction(visitor: Visit) -> Response:
    since = visitor.deps.clock.now() - PERIOD
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
        names = {name: one.name for name, one in visitor.deps.catalogue.newest(connection).items()}
        rated = visitor.deps.ratings.satisfaction(connection, since)
        weight = weight_of(connection)
    own = visitor.signed_in.actor.agency_id
    views = [
        agency_view(visitor, citizens_text(agency.name, visitor.language), names, mine)
        for agency in agencies
        if own in (None, agency.id) and (mine := [one for one in rated if one.agency == agency.id])
    ]
    return visitor.render(
        "office/satisfaction.html",
        agencies=views,
        since=visitor.formatting.day(since),
        weight=weight.value,
        weights=[one.value for one in Weight],
        may_set=visitor.signed_in.role is Role.ADMIN,
    )


@pages.post("/satisfaction/weight", ADMINS)
def set_weight(visitor: Visit) -> Response:
    wanted = visitor.text("weight", 10)
    if wanted not in set(Weight):
        raise not_found()
    visitor.deps.ratings.set_weight(visitor.signed_in.actor, Weight(wanted))
    return visitor.go("/satisfaction", "good/satisfaction.weight.done")


def agency_view(
    visitor: Visitor, name: str, services: dict[str, dict[str, str]], rated: Sequence[Satisfaction]
) -> AgencyView:
    whole = next(one for one in rated if not one.service)
    return AgencyView(
        name=name,
        lines=tuple(
            _line(
                visitor,
                citizens_text(services.get(one.service), visitor.language) or one.service
                if one.service
                else visitor.say("satisfaction.all"),
                one,
            )
            for one in rated
        ),
        elements=tuple(
            (
                visitor.say(f"satisfaction.element.{element.value}"),
                decimal(whole.index.means[element], visitor.language),
                round(whole.index.means[element] * 25),
            )
            for element in Element
        )
        if whole.index
        else (),
    )


def decimal(value: Decimal, language: str) -> str:
    """``88,31`` in Indonesian."""
    return str(value) if language == "en" else str(value).replace(".", ",")


def _line(visitor: Visitor, name: str, one: Satisfaction) -> Line:
    return Line(
        name=name,
        index=decimal(one.index.value, visitor.language) if one.index else "",
        grade=one.index.grade if one.index else "",
        full=one.index.count if one.index else 0,
        quick=decimal(one.quick, visitor.language) if one.quick is not None else "",
        quick_count=one.quick_count,
    )
