"""What citizens think of the service: the satisfaction index by agency, service, kiosk and month, as a page and as a table to
take along. Each says how it was worked out: the weight of an element, and from how many respondents on an index is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.responses import Response

from protocol.reports import Element
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.open_city.months import Month, last_months
from server.open_city.ratings import By, Method, Rated, method_of
from server.open_city.skm import FEWEST_ALLOWED, MOST_ALLOWED, Weight
from server.web.frame.access import Pages, Rule, Visit, not_found, only
from server.web.frame.csv_file import csv_answer
from server.web.frame.visitor import Visitor
from server.web.office import queries

READERS: Final = Rule(frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMIN, Role.COMMAND}))
ADMINS: Final = only(Role.ADMIN)
#: Of ten thousand kiosks nobody reads more on a page; the file has them all.
LINES_SHOWN: Final = 200
#: A mean of four points is the whole width of its bar.
_PER_POINT: Final = 25
_DIGITS_MOST: Final = 6

pages = Pages()


@dataclass(frozen=True)
class Line:
    name: str
    #: With fewer respondents than needed empty, as ``quick`` is.
    index: str
    grade: str
    respondents: int
    few: bool
    quick: str
    quick_count: int
    means: tuple[str, ...]
    #: Under its column of a plot.
    label: str = ""
    share: int = 0

    @property
    def value(self) -> str:
        """What a plot shows."""
        return self.index


@dataclass(frozen=True)
class Mean:
    """Of one element, as a plot shows it; ``share``: of the four points, in per cent."""

    name: str
    value: str
    share: int


@dataclass(frozen=True)
class Report:
    by: By
    agency: str | None
    #: By id, what each is called.
    agencies: Mapping[str, str]
    months: tuple[Month, ...]
    method: Method
    #: None when nobody rated.
    total: Line | None
    elements: tuple[Mean, ...]
    lines: tuple[Line, ...]


@pages.get("/satisfaction", READERS)
def satisfaction(visitor: Visit) -> Response:
    return _page(visitor)


@pages.get("/satisfaction/export", READERS)
def export(visitor: Visit) -> Response:
    """All lines; weight and least number stand in each, so that no line is read without them."""
    found = _report(visitor)
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
        work.audit("satisfaction.export", "ratings", {"by": found.by.value, "agency": found.agency or ""})
    say = visitor.say
    head = [
        say(f"satisfaction.by.{found.by}"),
        *(say(f"satisfaction.{name}") for name in ("full", "index", "grade")),
        *(say(f"satisfaction.element.{element.value}") for element in Element),
        *(say(f"satisfaction.{name}") for name in ("quick", "quick_count", "weight", "least", "range")),
    ]
    method = (found.method.weight.value, found.method.least, _period(visitor, found.months))
    lines = [*found.lines, *([found.total] if found.total else [])]
    rows = (
        [
            line.name,
            line.respondents,
            _few(visitor, found.method) if line.few else line.index,
            line.grade,
            *(line.means or [""] * len(Element)),
            line.quick,
            line.quick_count,
            *method,
        ]
        for line in lines
    )
    return csv_answer(f"{say('satisfaction.file')}-{found.by}", head, rows)


@pages.post("/satisfaction/weight", ADMINS)
def set_weight(visitor: Visit) -> Response:
    weight, least = visitor.text("weight", 10), visitor.text("least", _DIGITS_MOST).strip()
    if weight not in set(Weight):
        raise not_found()
    try:
        method = Method(Weight(weight), int(least))
        visitor.deps.ratings.set_method(visitor.signed_in.actor, method)
    except ValueError:
        wrong = visitor.say("satisfaction.least.wrong", least=FEWEST_ALLOWED, most=MOST_ALLOWED)
        return _page(visitor, 400, wrong=wrong, written={"weight": weight, "least": least})
    return visitor.go("/satisfaction", "good/satisfaction.weight.done")


def _page(
    visitor: Visitor, status: int = 200, *, wrong: str = "", written: Mapping[str, Any] | None = None
) -> Response:
    found = _report(visitor)
    return visitor.render(
        "office/satisfaction.html",
        status,
        report=found,
        few=_few(visitor, found.method),
        shown=found.lines[:LINES_SHOWN],
        lines_shown=LINES_SHOWN,
        period=_period(visitor, found.months),
        by=list(By),
        agencies=list(found.agencies.items()),
        own_agency=citizens_text(visitor.signed_in.agency_name, visitor.language),
        may_choose=visitor.signed_in.agency_id is None,
        query=f"by={found.by}" + (f"&agency={found.agency}" if found.agency else ""),
        weights=[one.value for one in Weight],
        least_allowed=FEWEST_ALLOWED,
        most_allowed=MOST_ALLOWED,
        wrong=wrong,
        written=written or {"weight": found.method.weight.value, "least": found.method.least},
        may_set=visitor.signed_in.role is Role.ADMIN,
    )


def _report(visitor: Visitor) -> Report:
    asked, deps = visitor.request.query_params, visitor.deps
    own = visitor.signed_in.agency_id
    given = asked.get("by", "")
    by = By(given) if given in set(By) else By.SERVICE if own else By.AGENCY
    months = last_months(deps.clock.now(), ZoneInfo(deps.settings.time_zone))
    with deps.engine.connect() as connection:
        agencies = {one.id: citizens_text(one.name, visitor.language) for one in queries.agencies(connection)}
        agency = own or (asked.get("agency", "") if asked.get("agency", "") in agencies else None)
        total = deps.ratings.rated(connection, (), months=months, agency=agency)
        rated = deps.ratings.rated(connection, _keys(by), months=months, agency=agency)
        names = _names(visitor, connection, by, rated, agencies, months)
        method = method_of(connection)
    somebody = [one for one in total if one.respondents or one.quick_count]
    return Report(
        by=by,
        agency=agency,
        agencies=agencies,
        months=months,
        method=method,
        total=_line(visitor, visitor.say("satisfaction.total"), somebody[0]) if somebody else None,
        elements=_elements(visitor, somebody[0]) if somebody else (),
        lines=_by_month(visitor, rated, months)
        if by is By.MONTH
        else tuple(_line(visitor, names[one.key], one) for one in rated),
    )


def _keys(by: By) -> tuple[By, ...]:
    """Two agencies may have a service of the same name."""
    return (By.AGENCY, By.SERVICE) if by is By.SERVICE else (by,)


def _names(
    visitor: Visitor,
    connection: Connection,
    by: By,
    rated: Sequence[Rated],
    agencies: Mapping[str, str],
    months: tuple[Month, ...],
) -> dict[tuple[str | int, ...], str]:
    if by is By.MONTH:
        return {(place,): _month_name(visitor, one) for place, one in enumerate(months)}
    if by is By.KIOSK:
        kiosks = queries.kiosk_names(connection, [str(one.key[0]) for one in rated])
        return {one.key: kiosks.get(str(one.key[0]), str(one.key[0])) for one in rated}
    if by is By.AGENCY:
        return {one.key: agencies.get(str(one.key[0]), str(one.key[0])) for one in rated}
    services = {name: one.name for name, one in visitor.deps.catalogue.newest(connection).items()}

    def service(agency: str, name: str) -> str:
        own = citizens_text(services.get(name), visitor.language) or name
        # Of one agency alone, its name says nothing.
        return own if visitor.signed_in.agency_id else f"{own} · {agencies.get(agency, agency)}"

    return {one.key: service(str(one.key[0]), str(one.key[1])) for one in rated}


def _by_month(visitor: Visitor, rated: Sequence[Rated], months: tuple[Month, ...]) -> tuple[Line, ...]:
    """Every month, also one in which nobody rated."""
    found = {one.key: one for one in rated}
    nobody = Rated((), 0, None, None, 0)
    return tuple(
        _line(visitor, _month_name(visitor, month), found.get((place,), nobody), _month_name(visitor, month)[:3])
        for place, month in enumerate(months)
    )


def _line(visitor: Visitor, name: str, one: Rated, label: str = "") -> Line:
    language = visitor.language
    return Line(
        name=name,
        index=decimal(one.index.value, language) if one.index else "",
        grade=one.index.grade if one.index else "",
        respondents=one.respondents,
        few=one.few,
        quick=decimal(one.quick, language) if one.quick is not None else "",
        quick_count=one.quick_count,
        means=tuple(decimal(one.index.means[element], language) for element in Element) if one.index else (),
        label=label,
        share=round(one.index.value) if one.index else 0,
    )


def _elements(visitor: Visitor, whole: Rated) -> tuple[Mean, ...]:
    if whole.index is None:
        return ()
    return tuple(
        Mean(
            visitor.say(f"satisfaction.element.{element.value}"),
            decimal(whole.index.means[element], visitor.language),
            round(whole.index.means[element] * _PER_POINT),
        )
        for element in Element
    )


def _few(visitor: Visitor, method: Method) -> str:
    return visitor.say("satisfaction.few", n=method.least)


def _month_name(visitor: Visitor, month: Month) -> str:
    return f"{visitor.formatting.month_names()[month.month - 1]} {month.year}"


def _period(visitor: Visitor, months: tuple[Month, ...]) -> str:
    return f"{_month_name(visitor, months[0])} – {_month_name(visitor, months[-1])}"


def decimal(value: Decimal, language: str) -> str:
    """``88,31`` in Indonesian."""
    return str(value) if language == "en" else str(value).replace(".", ",")
