"""Public pages of an open city: how long its offices really take, and its budget."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from protocol.documents import BUDGET, TRANSPARENCY, AgencyTimes, Budget, ServiceTimes, Transparency
from protocol.formats import Formatting
from server.foundation.texts import citizens_text
from server.web.frame.access import EVERYBODY, Pages, Visit
from server.web.frame.visitor import Visitor

pages = Pages()


@dataclass(frozen=True)
class BudgetRow:
    name: str
    planned: str
    spent: str
    #: None: nothing was planned, of which a part could be spent.
    percent: int | None
    #: Share of the largest plan, in per cent.
    share: int


@dataclass(frozen=True)
class BudgetView:
    year: int
    source: str
    rows: tuple[BudgetRow, ...]
    planned: str
    spent: str


@pages.get("/transparency", EVERYBODY)
def times(visitor: Visit) -> Response:
    document = visitor.deps.publications.get(TRANSPARENCY)
    report = Transparency.model_validate_json(document.body) if document is not None else None
    return visitor.render(
        "public/times.html",
        public=True,
        agencies=[_agency(visitor, one) for one in report.agencies] if report else [],
        weight=report.weight if report else "",
        when=_moment(visitor, document.made_at) if document else "",
    )


@pages.get("/budget", EVERYBODY)
def budget(visitor: Visit) -> Response:
    document = visitor.deps.publications.get(BUDGET)
    found = Budget.model_validate_json(document.body) if document is not None else None
    return visitor.render(
        "public/budget.html",
        public=True,
        shown=budget_view(found, visitor.public_language, visitor.public_formatting) if found else None,
        when=_moment(visitor, document.made_at) if document else "",
    )


def budget_view(budget: Budget, language: str, formatting: Formatting) -> BudgetView:
    largest = max(line.planned_rupiah for line in budget.lines)
    return BudgetView(
        year=budget.year,
        source=budget.source,
        rows=tuple(
            BudgetRow(
                name=citizens_text(line.name, language),
                planned=formatting.rupiah(line.planned_rupiah),
                spent=formatting.rupiah(line.spent_rupiah),
                percent=line.spent_rupiah * 100 // line.planned_rupiah if line.planned_rupiah else None,
                share=line.planned_rupiah * 100 // largest if largest else 0,
            )
            for line in budget.lines
        ),
        planned=formatting.rupiah(sum(line.planned_rupiah for line in budget.lines)),
        spent=formatting.rupiah(sum(line.spent_rupiah for line in budget.lines)),
    )


def _agency(visitor: Visitor, agency: AgencyTimes) -> dict[str, Any]:
    language = visitor.public_language
    return {
        "name": citizens_text(agency.name, language),
        "times": _times(visitor, agency),
        "complaints": visitor.site.texts.say(
            language,
            "open.complaints",
            answered=agency.complaints_answered,
            open=agency.complaints_open,
            late=agency.complaints_late,
        )
        if agency.complaints_answered or agency.complaints_open
        else "",
        "services": [
            {
                "name": citizens_text(one.name, language),
                "promised": _days(visitor, one.promised_days),
                "times": _times(visitor, one),
            }
            for one in agency.services
        ],
    }


def _times(visitor: Visitor, of: AgencyTimes | ServiceTimes) -> dict[str, Any]:
    few = of.median_days is None or of.ninetieth_days is None
    index = of.index if visitor.public_language == "en" else of.index.replace(".", ",")
    return {
        "few": few,
        "decided": of.decided,
        "median": "" if of.median_days is None else _days(visitor, of.median_days),
        "ninetieth": "" if of.ninetieth_days is None else _days(visitor, of.ninetieth_days),
        "percent": of.in_time_percent,
        "index": index,
        "grade": of.grade,
    }


def _days(visitor: Visitor, days: int) -> str:
    key = "open.days" if days else "open.same_day"
    return visitor.site.texts.say(visitor.public_language, key, n=days)


def _moment(visitor: Visitor, at: Any) -> str:
    return visitor.public_formatting.short_moment(at)
