"""What administrators set for the city: days off, and notices on the kiosks' screens."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from starlette.responses import Response

from protocol.languages import LANGUAGES
from protocol.limits import NOTICE_CHARACTERS
from server.foundation.actors import Role
from server.foundation.joint_leave import source_of
from server.foundation.texts import citizens_text
from server.open_city.audiences import EVERYBODY, Audience, Reach
from server.open_city.city_calendar import DayOutcome
from server.open_city.notices import NoticeOutcome
from server.web.admin import audience_field
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries

ADMINS: Final = only(Role.ADMIN)
TABS: Final = {
    "calendar": "/admin/city",
    "notices": "/admin/city/notices",
    "settings": "/admin/city/settings",
    "groups": "/admin/city/groups",
    "agencies": "/admin/city/agencies",
    "texts": "/admin/city/texts",
}
#: A notice ends with its last day, not in the middle of it.
_END_OF_DAY: Final = time(23, 59)

pages = Pages()


# --- days off -------------------------------------------------------------------------------------------------------


@pages.get("/admin/city", ADMINS)
def calendar(visitor: Visit) -> Response:
    return _calendar_page(visitor)


@pages.post("/admin/city/days", ADMINS)
def put_day(visitor: Visit) -> Response:
    day, name = _day(visitor.text("day", 10)), visitor.text("name", 300)
    working = visitor.text("kind", 10) == "working"
    outcome = visitor.deps.city_calendar.put(visitor.signed_in.actor, day, name, working=working)
    if outcome is DayOutcome.DONE:
        return visitor.go(f"/admin/city?year={day.year}" if day else "/admin/city", "good/calendar.done")
    typed = {"day": visitor.text("day", 10), "name": name, "kind": "working" if working else "off"}
    return _calendar_page(visitor, visitor.say(f"calendar.problem.{outcome.value.lower()}"), typed)


@pages.post("/admin/city/days/{day}/remove", ADMINS)
def remove_day(visitor: Visit, day: date) -> Response:
    if visitor.deps.city_calendar.remove(visitor.signed_in.actor, day) is DayOutcome.NOT_FOUND:
        raise not_found()
    return visitor.go(f"/admin/city?year={day.year}", "good/calendar.removed")


def _calendar_page(visitor: Visitor, problem: str = "", typed: Mapping[str, str] | None = None) -> Response:
    this_year = visitor.deps.clock.now().astimezone(visitor.site.zone).year
    asked = visitor.request.query_params.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this_year
    year = min(max(year, this_year - 1), this_year + 1)
    return visitor.render(
        "admin/city_calendar.html",
        400 if problem else 200,
        **frame("calendar"),
        year=year,
        years=(this_year - 1, this_year, this_year + 1),
        joint_leave=source_of(year),
        days=[
            {
                "key": one.day.isoformat(),
                "when": visitor.formatting.weekday(one.day),
                "name": one.name,
                "working": one.working,
                "national": one.national,
                "source": one.source,
            }
            for one in visitor.deps.city_calendar.days(year)
        ],
        problem=problem,
        typed={"day": "", "name": "", "kind": "off", **(typed or {})},
    )


# --- notices --------------------------------------------------------------------------------------------------------


@pages.get("/admin/city/notices", ADMINS)
def notices(visitor: Visit) -> Response:
    return _notices_page(visitor)


@pages.post("/admin/city/notices", ADMINS)
def send_notice(visitor: Visit) -> Response:
    text = {language: visitor.text(f"text.{language}", NOTICE_CHARACTERS + 1) for language in LANGUAGES}
    day = _day(visitor.text("until", 10))
    until = datetime.combine(day, _END_OF_DAY, visitor.site.zone) if day else None
    typed = {**text, "until": visitor.text("until", 10)}
    audience, problem = audience_field.sent(visitor)
    if audience is None:
        return _notices_page(visitor, problem, typed)
    outcome = visitor.deps.notices.send(visitor.signed_in.actor, text, until, audience)
    if outcome is NoticeOutcome.DONE:
        return visitor.go("/admin/city/notices", "good/notice.done")
    problem = visitor.say(f"notice.problem.{outcome.value.lower()}", n=NOTICE_CHARACTERS)
    return _notices_page(visitor, problem, typed, audience)


@pages.post("/admin/city/notices/{notice_id}/end", ADMINS)
def end_notice(visitor: Visit, notice_id: str) -> Response:
    if visitor.deps.notices.end(visitor.signed_in.actor, notice_id) is NoticeOutcome.NOT_FOUND:
        raise not_found()
    return visitor.go("/admin/city/notices", "good/notice.ended")


def _notices_page(
    visitor: Visitor,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
    audience: Audience | None = None,
) -> Response:
    language, now = visitor.language, visitor.deps.clock.now()
    rows = visitor.deps.notices.rows()
    with visitor.deps.engine.connect() as connection:
        names = queries.officer_names(connection, [row.sent_by for row in rows])
        audiences = audience_field.names(
            visitor, connection, [Audience(Reach(row.reach), row.reach_id) for row in rows if row.reach_id]
        )
    chosen = audience or audience_field.asked(visitor) or EVERYBODY
    return visitor.render(
        "admin/city_notices.html",
        400 if problem else 200,
        **frame("notices"),
        notices=[
            {
                "id": row.id,
                "text": citizens_text(row.text, language),
                "by": names.get(row.sent_by, row.sent_by),
                "when": visitor.formatting.short_moment(row.sent_at),
                "until": visitor.formatting.short_moment(row.until),
                "standing": row.until > now,
                "audience": audiences.get(f"{row.reach}:{row.reach_id}", visitor.say("audience.all")),
            }
            for row in rows
        ],
        **audience_field.values(visitor, chosen),
        four=LANGUAGES,
        limit=NOTICE_CHARACTERS,
        problem=problem,
        typed={**dict.fromkeys(LANGUAGES, ""), "until": "", **(typed or {})},
    )


# --- shared ---------------------------------------------------------------------------------------------------------


def frame(tab: str) -> dict[str, Any]:
    """What the city's pages share."""
    return {"tabs": [{"key": key, "path": path, "current": key == tab} for key, path in TABS.items()]}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
