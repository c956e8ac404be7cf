"""The city's offices today, for everybody: the command centre's figures without a person in them, as page and as CSV."""

from typing import Any, Final

from starlette.responses import Response

from server.foundation.texts import citizens_text
from server.open_city.overview import AgencyNow, CityNow
from server.web.frame import plots
from server.web.frame.access import EVERYBODY, Pages, Visit
from server.web.frame.csv_file import csv_answer
from server.web.frame.visitor import Visitor

#: Of the CSV.
COLUMNS: Final = (
    "rank",
    "agency_id",
    "agency",
    "received_today",
    "open",
    "waiting_for_citizen",
    "late",
    "in_time_percent",
    "index",
    "grade",
    "at",
)

pages = Pages()


@pages.get("/city", EVERYBODY)
def city(visitor: Visit) -> Response:
    found = visitor.deps.overview.recent()
    ranked = found.ranked()
    return visitor.render(
        "public/city.html",
        public=True,
        now=found,
        when=visitor.public_formatting.short_moment(found.at),
        agencies=[_agency(visitor, rank, one) for rank, one in enumerate(ranked, start=1)],
        hours=_hours(found),
        hour_rows=[(f"{hour:02}.00", number) for hour, number in enumerate(found.hours) if number],
        in_time=_in_time(visitor, ranked),
    )


@pages.get("/city.csv", EVERYBODY)
def city_csv(visitor: Visit) -> Response:
    """The agencies' rows, in the language of the page, under names that stay the same in each."""
    found = visitor.deps.overview.recent()
    rows = [
        (
            rank,
            one.id,
            citizens_text(one.name, visitor.public_language),
            one.today,
            one.running,
            one.waiting,
            one.late,
            "" if one.in_time_percent is None else one.in_time_percent,
            one.index,
            one.grade,
            found.at.isoformat(timespec="seconds"),
        )
        for rank, one in enumerate(found.ranked(), start=1)
    ]
    return csv_answer("city", COLUMNS, rows)


def _agency(visitor: Visitor, rank: int, agency: AgencyNow) -> dict[str, Any]:
    language = visitor.public_language
    return {
        "rank": rank,
        "name": citizens_text(agency.name, language),
        "today": agency.today,
        "running": agency.running,
        "late": agency.late,
        "percent": agency.in_time_percent,
        "index": agency.index if language == "en" else agency.index.replace(".", ","),
        "grade": agency.grade,
    }


def _hours(found: CityNow) -> plots.Bars:
    return plots.hours(found.hours, [f"{hour:02}.00: {number}" for hour, number in enumerate(found.hours)])


def _in_time(visitor: Visitor, ranked: list[AgencyNow]) -> plots.Bars:
    """In the order of the table, and numbered as there."""
    told = [(rank, one, one.in_time_percent) for rank, one in enumerate(ranked, start=1)]
    known = [(rank, one, percent) for rank, one, percent in told if percent is not None]
    return plots.bars(
        [percent for _, _, percent in known],
        [f"{citizens_text(one.name, visitor.public_language)}: {percent} %" for _, one, percent in known],
        [str(rank) for rank, _, _ in known],
        most=100,
    )
