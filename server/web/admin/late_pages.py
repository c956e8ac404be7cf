"""Late cases of the whole city, and with whom they are: nothing of what citizens sent. Administrators name agencies' heads."""

from typing import Any, Final

from sqlalchemy import Connection, Row
from starlette.responses import Response

from protocol import tracking
from server.cases.escalation import Above, Rung, escalated_cases
from server.cases.rules import late
from server.foundation.actors import Role
from server.foundation.texts import citizens_text
from server.people.agency_heads import HeadOutcome
from server.web.frame.access import Pages, Visit, not_found, only
from server.web.frame.visitor import Visitor
from server.web.office import queries
from server.web.office.inbox import TONES

ADMINS: Final = only(Role.ADMIN)
CITY: Final = only(Role.ADMIN, Role.COMMAND)
#: The longest late first; with more than that nobody looks at the last.
SHOWN: Final = 200

pages = Pages()


@pages.get("/late", CITY)
def late_cases(visitor: Visit) -> Response:
    may_name = visitor.signed_in.role is Role.ADMIN
    return visitor.render("admin/late.html", **_cases(visitor), agencies=_agencies(visitor), may_name=may_name)


@pages.poll("/late/rows", CITY)
def rows(visitor: Visit) -> Response:
    return visitor.render("admin/late_rows.html", **_cases(visitor))


@pages.post("/late/heads/{agency_id}", ADMINS)
def appoint(visitor: Visit, agency_id: str) -> Response:
    officer_id = visitor.text("officer", 100)
    if visitor.deps.agency_heads.appoint(visitor.signed_in.actor, agency_id, officer_id) is not HeadOutcome.DONE:
        raise not_found()
    return visitor.go("/late", "good/late.head.done")


def _cases(visitor: Visitor) -> dict[str, Any]:
    with visitor.deps.engine.connect() as connection:
        found = escalated_cases(connection, visitor.deps.clock.now(), SHOWN + 1)
        above = Above.read(connection)
        agencies = {one.id: citizens_text(one.name, visitor.language) for one in queries.agencies(connection)}
        shown = [_row(visitor, connection, case, above, agencies) for case in found[:SHOWN]]
    return {"rows": shown, "more": len(found) > SHOWN, "shown": SHOWN}


def _row(
    visitor: Visitor, connection: Connection, case: Row[Any], above: Above, agencies: dict[str, str]
) -> dict[str, Any]:
    description = visitor.deps.catalogue.description(connection, case.pack_version, case.service_id)
    stages = {stage.id: stage.name for stage in description.stages} if description else {}
    rung, people = above.of(case.agency_id)
    names = queries.officer_names(connection, people) if rung is not Rung.CITY else {}
    whole = late(visitor.deps.clock.now()).holds(case)
    return {
        "code": case.tracking_code,
        "shown_code": tracking.display(case.tracking_code),
        "service": citizens_text(description.name, visitor.language) if description else case.service_id,
        "stage": citizens_text(stages.get(case.stage, {}), visitor.language) or case.stage,
        "agency": agencies.get(case.agency_id, case.agency_id),
        "state": case.state,
        "tone": TONES[case.state],
        "due": visitor.formatting.day(case.due_at if whole else case.stage_due_at),
        "of": "case" if whole else "stage",
        "since": visitor.formatting.short_moment(case.escalated_at if whole else case.stage_escalated_at),
        "officer": case.officer_name or "",
        "ours": rung is Rung.CITY,
        "people": ", ".join(names[one] for one in people if one in names),
    }


def _agencies(visitor: Visitor) -> list[dict[str, Any]]:
    with visitor.deps.engine.connect() as connection:
        above = Above.read(connection)
        return [
            {
                "id": one.id,
                "name": citizens_text(one.name, visitor.language),
                "head": one.head_id or "",
                "rung": above.of(one.id)[0].value,
                "people": queries.deciding(connection, one.id),
            }
            for one in queries.agencies(connection)
        ]
