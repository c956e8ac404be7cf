"""A case beside one that looks like it: the answers of both, line by line, with what differs marked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from forms import Environment
from protocol import tracking
from server.cases.finding.look_alikes import LookAlike
from server.cases.states import CaseFile, CaseOutcome
from server.web.frame.access import Pages, Rule, Visit, not_found
from server.web.frame.visitor import OFFICE, Visitor
from server.web.office import answers, inbox_queries, inbox_rows, queries

pages = Pages()


@dataclass(frozen=True)
class Beside:
    """One line of both cases; "" where a case has none."""

    label: str
    own: str
    other: str

    @property
    def differs(self) -> bool:
        return self.own.casefold() != self.other.casefold()


@pages.get("/office/cases/{code}/alike/{other}", Rule(OFFICE))
def beside(visitor: Visit, code: str, other: str) -> Response:
    """Both are opened, and both openings are in the log; numbers and pictures stay masked."""
    one, another = _read(visitor, code), _read(visitor, other)
    deps, actor = visitor.deps, visitor.signed_in.actor
    with deps.engine.connect() as connection:
        alike = {found.code: found for found in deps.look_alikes.of(connection, actor, one.row, one.content)}
        if other not in alike:
            raise not_found()
        rows = inbox_rows.views(visitor, connection, inbox_queries.light_rows(connection, [code, other]))
        pictures = [_pictures(visitor, connection, each) for each in (code, other)]
    lines = _besides(_filled(visitor, one), _filled(visitor, another))
    return visitor.render(
        "office/beside.html",
        code=code,
        shown_code=tracking.display(code),
        cases=rows,
        likenesses=alike[other].likenesses,
        lines=lines,
        pictures=pictures,
        others=[found for found in alike.values() if found.code != other],
        display=tracking.display,
    )


def views(visitor: Visitor, connection: Connection, found: Iterable[LookAlike]) -> list[dict[str, Any]]:
    """How look-alikes are listed beside a case."""
    likenesses = {one.code: one.likenesses for one in found}
    rows = inbox_rows.views(visitor, connection, inbox_queries.light_rows(connection, list(likenesses)))
    return [{"row": row, "likenesses": likenesses[row.code]} for row in rows]


def _read(visitor: Visitor, code: str) -> CaseFile:
    found = visitor.deps.case_files.read(visitor.signed_in.actor, code, "compared")
    if isinstance(found, CaseOutcome):
        raise not_found()
    return found


def _filled(visitor: Visitor, file: CaseFile) -> list[tuple[str, str]]:
    service = visitor.deps.packs.service(file.row.pack_version, file.row.service_id)
    world = Environment(now=lambda: file.content.made_at, device_id=file.row.kiosk_id, zone=visitor.site.zone)
    filled = answers.read(service, file.content, visitor.language, environment=world)
    return [] if filled is None else list(_plain(filled.lines))


def _plain(lines: Iterable[answers.Answer]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.kind == "group":
            yield from _plain(line.lines)
        else:
            yield line.label, line.value


def _besides(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> list[Beside]:
    """In the order of the first; of equal labels the first goes with the first."""
    own, others = _by_label(one), _by_label(other)
    return [
        Beside(label, left, right)
        for label in dict.fromkeys((*own, *others))
        for left, right in zip_longest(own.get(label, ()), others.get(label, ()), fillvalue="")
    ]


def _by_label(lines: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for label, value in lines:
        found.setdefault(label, []).append(value)
    return found


def _pictures(visitor: Visitor, connection: Connection, code: str) -> list[dict[str, str]]:
    found = queries.documents(connection, visitor.signed_in.actor, code)
    return [
        {"path": f"/office/cases/{code}/pictures/{one.sha256}", "source": f"/office/cases/{code}/masked/{one.sha256}"}
        for one in found
        if one.complete and one.is_picture
    ]
