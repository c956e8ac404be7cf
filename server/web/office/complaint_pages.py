"""The trend of complaints, as plots with a table beneath each; and the complaints that one's agency forwarded."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, select
from starlette.responses import Response

from protocol import tracking
from server.foundation.actors import Actor, Role
from server.foundation.identity_numbers import mask
from server.foundation.texts import citizens_text
from server.open_city.complaint_trend import Figures, Topic, Trend, trend
from server.open_city.months import Month, last_months
from server.storage import tables
from server.web.frame.access import Pages, Rule, Visit
from server.web.frame.csv_file import csv_answer
from server.web.frame.visitor import OFFICE, Visitor
from server.web.office import queries

READERS: Final = Rule(frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMIN, Role.COMMAND}))
FORWARDED: Final = "/complaints/forwarded"
FORWARDED_SHOWN: Final = 200
_FIGURES: Final = tuple(one.name for one in fields(Figures))

pages = Pages()


@dataclass(frozen=True)
class Line:
    name: str
    figures: Figures
    #: Short, under a column of a plot.
    label: str = ""
    #: Of the largest number that was received, in per cent.
    share: int = 0

    @property
    def value(self) -> int:
        """What a plot shows."""
        return self.figures.received


@dataclass(frozen=True)
class Part:
    """A plot and its table."""

    key: str
    lines: tuple[Line, ...]
    columns: bool = False


@pages.get("/complaints", READERS)
def complaints(visitor: Visit) -> Response:
    agency, agencies, found = _asked(visitor)
    return visitor.render(
        "office/complaints.html",
        agency=agency or "",
        agencies=[(one.id, citizens_text(one.name, visitor.language)) for one in agencies],
        may_choose=visitor.signed_in.agency_id is None,
        forwards=visitor.signed_in.actor.decides,
        own_agency=citizens_text(visitor.signed_in.agency_name, visitor.language),
        total=found.total,
        figures=_FIGURES,
        since=visitor.formatting.day(found.months[0].begins),
        parts=_parts(visitor, found, agencies),
    )


@pages.get("/complaints/export", READERS)
def export(visitor: Visit) -> Response:
    """All parts in one table."""
    agency, agencies, found = _asked(visitor)
    with visitor.deps.units.begin(visitor.signed_in.actor) as work:
        work.audit("complaints.export", "complaints", {"agency": agency or ""})
    say = visitor.say
    head = [say("complaints.by"), say("complaints.what"), *(say(f"complaints.figure.{name}") for name in _FIGURES)]
    rows = [
        [say(f"complaints.by.{part.key}"), line.name, *(getattr(line.figures, name) for name in _FIGURES)]
        for part in _parts(visitor, found, agencies)
        for line in part.lines
    ]
    return csv_answer(say("complaints.file"), head, rows)


@pages.get(FORWARDED, Rule(OFFICE))
def forwarded(visitor: Visit) -> Response:
    actor = visitor.signed_in.actor
    with visitor.deps.engine.connect() as connection:
        rows = _forwarded(connection, actor)
        names = queries.officer_names(connection, [row.actor for row in rows])
        services = {
            (row.pack_version, row.service_id): visitor.deps.catalogue.description(
                connection, row.pack_version, row.service_id
            )
            for row in rows
        }
    lines = []
    for row in rows:
        service = services[(row.pack_version, row.service_id)]
        lines.append(
            {
                "code": row.tracking_code,
                "shown_code": tracking.display(row.tracking_code),
                "service": citizens_text(service.name, visitor.language) if service else row.service_id,
                "to": citizens_text(row.name, visitor.language),
                "when": visitor.formatting.short_moment(row.at),
                "who": names.get(row.actor, visitor.say("case.someone")),
                "why": mask(row.note),
            }
        )
    return visitor.render("office/forwarded.html", lines=lines)


def was_ours(connection: Connection, actor: Actor, code: str) -> bool:
    """Whether the actor's agency has forwarded the complaint and does not have it now."""
    case, forward = tables.cases.c, tables.complaint_forwards.c
    if not actor.decides:
        return False
    found = connection.execute(
        select(case.agency_id)
        .join(tables.complaint_forwards, forward.tracking_code == case.tracking_code)
        .where(case.tracking_code == code, forward.from_agency_id == actor.agency_id)
    ).first()
    return found is not None and found.agency_id != actor.agency_id


def _forwarded(connection: Connection, actor: Actor) -> Any:
    """What the agency forwarded, newest first, and nothing else of it: it is another agency's now."""
    case, forward, step, agency = tables.cases, tables.complaint_forwards, tables.case_steps, tables.agencies
    return connection.execute(
        select(
            forward.c.tracking_code,
            forward.c.at,
            agency.c.name,
            step.c.actor,
            step.c.note,
            case.c.pack_version,
            case.c.service_id,
        )
        .join(case, case.c.tracking_code == forward.c.tracking_code)
        .join(agency, agency.c.id == forward.c.to_agency_id)
        .join(step, and_(step.c.tracking_code == forward.c.tracking_code, step.c.n == forward.c.n))
        .where(forward.c.from_agency_id == actor.agency_id)
        .order_by(forward.c.at.desc(), forward.c.tracking_code)
        .limit(FORWARDED_SHOWN)
    ).all()


def _asked(visitor: Visitor) -> tuple[str | None, Any, Trend]:
    """The agency that is looked at (None: all), all agencies, and the trend."""
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
        wanted = visitor.request.query_params.get("agency", "")
        agency = visitor.signed_in.agency_id or next((one.id for one in agencies if one.id == wanted), None)
        now = visitor.deps.clock.now()
        months = last_months(now, ZoneInfo(visitor.deps.settings.time_zone))
        return agency, agencies, trend(connection, months, now, agency)


def _parts(visitor: Visitor, found: Trend, agencies: Any) -> list[Part]:
    names = {one.id: citizens_text(one.name, visitor.language) for one in agencies}
    month_names = visitor.formatting.month_names()

    def month(one: Month) -> str:
        return f"{month_names[one.month - 1]} {one.year}"

    def word(topic: Topic, which: int) -> str:
        words = visitor.deps.complaint_topics.words(found.pack_of(topic.service_id), topic.service_id, visitor.language)
        return words[which].get(topic.value) or topic.value or visitor.say("complaints.none_named")

    parts = [
        Part(
            "month",
            _lines((month(one), figures, month_names[one.month - 1][:3]) for one, figures in found.by_month()),
            columns=True,
        ),
        Part("agency", _lines((names.get(one, one), figures, "") for one, figures in found.by_agency().items())),
        Part("topic", _lines((word(one, 1), figures, "") for one, figures in found.by_topic().items())),
        Part("kind", _lines((word(one, 0), figures, "") for one, figures in found.by_classification().items())),
    ]
    return [one for one in parts if one.key != "agency" or len(one.lines) > 1]


def _lines(rows: Iterable[tuple[str, Figures, str]]) -> tuple[Line, ...]:
    listed = list(rows)
    most = max((figures.received for _, figures, _ in listed), default=0)
    return tuple(
        Line(name, figures, label, figures.received * 100 // most if most else 0) for name, figures, label in listed
    )
