"""The search: posted, so that no name and no number stands in an address, a history or a proxy's log."""

from starlette.responses import Response

from protocol import tracking
from server.cases.finding.terms import LEAST_LETTERS
from server.web.frame.access import Pages, Rule, Visit
from server.web.frame.visitor import OFFICE
from server.web.office import inbox, inbox_queries, inbox_rows

TYPED_CHARACTERS = 100

pages = Pages()


@pages.post("/office/search", Rule(OFFICE))
def search(visitor: Visit) -> Response:
    typed = visitor.text("q", TYPED_CHARACTERS).strip()
    if tracking.parse(typed) is not None:
        return inbox.by_code(visitor, typed)
    found = visitor.deps.search.find(visitor.signed_in.actor, typed)
    if found.too_short:
        return inbox.wrong(visitor, typed, "inbox.find.short", 400, n=LEAST_LETTERS)
    with visitor.deps.engine.connect() as connection:
        rows = inbox_queries.light_rows(connection, found.codes)
        shown = inbox_rows.views(visitor, connection, rows)
    return visitor.render("office/found.html", typed=typed, rows=shown, more=found.more, colleagues=())
