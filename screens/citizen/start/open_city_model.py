"""What an open city shows: times that offices keep beside their promises, satisfaction, complaints, the budget."""

from dataclasses import dataclass
from typing import Final

from kiosk.city.open_city import AgencyTimes, ServiceTimes, Times
from screens.navigation.flow import Flow

_TRILLION: Final = 10**12
_BILLION: Final = 10**9
_MILLION: Final = 10**6


@dataclass(frozen=True)
class AgencyShown:
    key: str
    name: str
    summary: str


@dataclass(frozen=True)
class ServiceShown:
    name: str
    promised: str
    #: "" where too few were decided to say.
    median: str
    ninetieth: str
    summary: str
    #: Parts of the longest of the three times, for bars; there are none where too few were decided to say.
    bars: bool
    promised_part: float
    median_part: float
    ninetieth_part: float
    #: Nine of ten took no longer than promised.
    kept: bool


@dataclass(frozen=True)
class AgencyDetail:
    name: str
    index: str
    complaints: str
    services: tuple[ServiceShown, ...]


@dataclass(frozen=True)
class BudgetLineShown:
    name: str
    amounts: str
    #: None: nothing was planned, of which a part could be spent; ``percent`` is "" then.
    part: float | None
    percent: str


@dataclass(frozen=True)
class BudgetShown:
    title: str
    total: str
    source: str
    lines: tuple[BudgetLineShown, ...]


def as_of(flow: Flow) -> str:
    """When the figures were made; what stands there when there are none."""
    found = flow.context.open_city.transparency()
    if found is None:
        return _none(flow)
    return flow.texts("open.as_of", when=flow.formatting.moment(found.made_at))


def agencies(flow: Flow) -> tuple[AgencyShown, ...]:
    found = flow.context.open_city.transparency()
    if found is None:
        return ()
    return tuple(AgencyShown(one.id, one.name.get(flow.language), _summary(flow, one.times)) for one in found.agencies)


def agency(flow: Flow, agency_id: str) -> AgencyDetail | None:
    found = flow.context.open_city.transparency()
    if found is None:
        return None
    one = next((one for one in found.agencies if one.id == agency_id), None)
    return None if one is None else _detail(flow, one)


def budget(flow: Flow) -> BudgetShown:
    texts, formatting = flow.texts, flow.formatting
    found = flow.context.open_city.budget()
    if found is None:
        return BudgetShown(texts("open.budget.title_none"), _none(flow), "", ())
    when = formatting.moment(found.made_at)
    return BudgetShown(
        title=texts("open.budget.title", year=found.year),
        total=texts(
            "open.budget.total",
            spent=money(flow, found.spent_rupiah),
            planned=money(flow, found.planned_rupiah),
        ),
        source=texts("open.budget.source", source=found.source or "–", when=when),
        lines=tuple(
            BudgetLineShown(
                name=line.name.get(flow.language),
                amounts=texts(
                    "open.budget.total",
                    spent=money(flow, line.spent_rupiah),
                    planned=money(flow, line.planned_rupiah),
                ),
                part=line.part,
                percent="" if line.part is None else f"{round(line.part * 100)}%",
            )
            for line in found.lines
        ),
    )


def money(flow: Flow, rupiah: int) -> str:
    """Large amounts in words that people use: "Rp 2,5 triliun"."""
    # Written out, so that each key is found by name.
    if rupiah >= _TRILLION:
        return flow.texts("open.money.trillion", amount=_tenths(flow, rupiah, _TRILLION))
    if rupiah >= _BILLION:
        return flow.texts("open.money.billion", amount=_tenths(flow, rupiah, _BILLION))
    if rupiah >= _MILLION:
        return flow.texts("open.money.million", amount=_tenths(flow, rupiah, _MILLION))
    return flow.formatting.rupiah(rupiah)


def _none(flow: Flow) -> str:
    """Why there is nothing: the line is down, or the city has published nothing."""
    return flow.texts("open.none_published" if flow.context.online else "open.none")


def _few(flow: Flow, times: Times) -> str:
    return flow.texts("open.few", n=times.decided) if times.decided else flow.texts("open.no_cases")


def _tenths(flow: Flow, rupiah: int, of: int) -> str:
    return flow.formatting.number(round(rupiah / of, 1))


def _summary(flow: Flow, times: Times) -> str:
    summary = _few(flow, times) if times.ninetieth_days is None else _days(flow, times.ninetieth_days)
    index = _index(flow, times)
    return f"{summary} · {index}" if index else summary


def _detail(flow: Flow, one: AgencyTimes) -> AgencyDetail:
    counted = one.complaints_answered or one.complaints_open
    return AgencyDetail(
        name=one.name.get(flow.language),
        index=_index(flow, one.times),
        complaints=flow.texts(
            "open.complaints.counts",
            answered=one.complaints_answered,
            open=one.complaints_open,
            late=one.complaints_late,
        )
        if counted
        else "",
        services=tuple(_service(flow, service) for service in one.services),
    )


def _service(flow: Flow, service: ServiceTimes) -> ServiceShown:
    texts, times = flow.texts, service.times
    median, ninetieth = times.median_days, times.ninetieth_days
    longest = max(1, service.promised_days, ninetieth or 0)
    summary = _few(flow, times)
    if times.in_time_percent is not None:
        summary = texts("open.in_time", percent=times.in_time_percent, n=times.decided)
    return ServiceShown(
        name=service.name.get(flow.language),
        promised=texts("open.promised", days=_days(flow, service.promised_days)),
        median="" if median is None else texts("open.median", days=_days(flow, median)),
        ninetieth="" if ninetieth is None else texts("open.ninetieth", days=_days(flow, ninetieth)),
        summary=summary,
        bars=ninetieth is not None,
        promised_part=service.promised_days / longest,
        median_part=(median or 0) / longest,
        ninetieth_part=(ninetieth or 0) / longest,
        kept=ninetieth is None or ninetieth <= service.promised_days,
    )


def _days(flow: Flow, days: int) -> str:
    return flow.texts.count("open.days", days) if days else flow.texts("open.same_day")


def _index(flow: Flow, times: Times) -> str:
    if not times.grade:
        return ""
    index = times.index if flow.language == "en" else times.index.replace(".", ",")
    return flow.texts("open.index", index=index, grade=times.grade)
