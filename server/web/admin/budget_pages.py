"""Administrators fill the city's budget: typed or as a CSV file, checked line by line."""

from typing import Final

from starlette.datastructures import UploadFile
from starlette.responses import Response

from protocol.documents import BUDGET, Budget
from server.foundation.actors import Role
from server.open_city.budget import CSV_BYTES, SOURCE_CHARACTERS, Problem, read_budget, write_rows
from server.web.frame.access import Pages, Visit, only
from server.web.frame.visitor import Visitor
from server.web.public import transparency_pages

ADMINS: Final = only(Role.ADMIN)

pages = Pages()


@pages.get("/admin/budget", ADMINS)
def budget(visitor: Visit) -> Response:
    return _page(visitor)


@pages.post("/admin/budget", ADMINS)
def publish(visitor: Visit) -> Response:
    year, source = visitor.text("year", 10), visitor.text("source", SOURCE_CHARACTERS)
    rows = _file(visitor)
    if rows is None:
        return _page(visitor, (Problem("encoding", {}),), year, source, visitor.text("rows", CSV_BYTES))
    rows = rows or visitor.text("rows", CSV_BYTES)
    read = read_budget(year, source, rows)
    if not isinstance(read, Budget):
        return _page(visitor, read, year, source, rows)
    visitor.deps.budget.publish(visitor.signed_in.actor, read)
    return visitor.go("/admin/budget", "good/budget.done")


def _file(visitor: Visitor) -> str | None:
    """The text of the uploaded file, "" when there is none, None when it is not text."""
    upload = visitor.form.get("file")
    if not isinstance(upload, UploadFile):
        return ""
    try:
        return upload.file.read(CSV_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _page(
    visitor: Visitor,
    problems: tuple[Problem, ...] = (),
    year: str | None = None,
    source: str | None = None,
    rows: str | None = None,
) -> Response:
    document = visitor.deps.publications.get(BUDGET)
    now = Budget.model_validate_json(document.body) if document is not None else None
    today = visitor.deps.clock.now().astimezone(visitor.site.zone)
    return visitor.render(
        "admin/budget.html",
        400 if problems else 200,
        problems=[visitor.say(f"budget.problem.{one.kind}", **one.values) for one in problems],
        year=year if year is not None else str(now.year if now else today.year),
        source=source if source is not None else (now.source if now else ""),
        rows=rows if rows is not None else (write_rows(now) if now else ""),
        shown=transparency_pages.budget_view(now, visitor.language, visitor.formatting) if now else None,
        version=document.version if document else 0,
        when=visitor.formatting.short_moment(document.made_at) if document else "",
    )
