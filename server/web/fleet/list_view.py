"""Lists of the fleet in words: kiosks that a query finds, and alarms, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import Row

from server.catalogue.packs import RINGS
from server.fleet.alarms import AlarmKind
from server.fleet.listing import SEARCH_CHARACTERS, FleetQuery
from server.fleet.states import SHOWN, KioskState
from server.foundation.texts import citizens_text
from server.web.fleet.view import KioskView, alarm_view, kiosk_view
from server.web.frame.visitor import Visitor
from server.web.frame.vocabulary import said
from server.web.office import queries

#: Of an alarm filter: any kind.
ANY: Final = "any"
#: Open alarms beside the list; the others are on their own page.
ALARMS_BESIDE: Final = 5
#: Which states each figure at the top counts.
FIGURES: Final[Mapping[str, tuple[KioskState, ...]]] = {
    "fine": (KioskState.FINE,),
    "warn": (KioskState.WARN, KioskState.UNAPPROVED),
    "trouble": (KioskState.SILENT, KioskState.TROUBLE),
    "off": (KioskState.OUT, KioskState.WAITING),
}


@dataclass(frozen=True)
class ListRow:
    kiosk: KioskView
    #: Words of its open alarms.
    alarms: tuple[str, ...]


@dataclass(frozen=True)
class Pager:
    page: int
    pages: int
    total: int
    #: Addresses; empty where there is none.
    before: str
    after: str


def board(visitor: Visitor) -> dict[str, Any]:
    """Everything that the fleet page shows and that changes by itself."""
    query = query_of(visitor)
    found = visitor.deps.listing.page(query)
    standing = visitor.deps.listing.alarms(standing=True)
    asked = _asked(query)
    return {
        "rows": [_row(visitor, row, found.alarms.get(row.id, ())) for row in found.rows],
        "pager": pager(f"/fleet?{urlencode(asked)}", found.page, found.pages, found.total),
        "figures": figures(visitor.deps.listing.counts()),
        "alarms": [alarm_view(visitor, alarm, alarm.kiosk_name) for alarm in standing.rows[:ALARMS_BESIDE]],
        "alarms_more": max(0, standing.total - ALARMS_BESIDE),
        "query": query,
        "query_path": urlencode({**asked, "page": found.page}),
        "filtered": bool(asked),
        "here": f"/fleet?{urlencode({**asked, 'page': found.page})}",
        "options": _options(visitor),
    }


def alarms(visitor: Visitor) -> dict[str, Any]:
    """The page of alarms: those that stand, or the history of all, of one kind or kiosk."""
    asked = visitor.request.query_params
    show = "past" if asked.get("show") == "past" else "open"
    kind = asked.get("kind", "") if asked.get("kind", "") in set(AlarmKind) else ""
    kiosk_id = asked.get("kiosk", "")[:36]
    found = visitor.deps.listing.alarms(
        standing=show == "open", kiosk_id=kiosk_id, kind=kind, page=number_of(asked.get("page", ""))
    )
    kept = {name: value for name, value in (("show", show), ("kind", kind), ("kiosk", kiosk_id)) if value}
    return {
        "alarms": [alarm_view(visitor, row, row.kiosk_name) for row in found.rows],
        "pager": pager(f"/fleet/alarms?{urlencode(kept)}", found.page, found.pages, found.total),
        "show": show,
        "kind": kind,
        "kiosk": kiosk_id,
        "kiosk_name": found.rows[0].kiosk_name if kiosk_id and found.rows else "",
        "kinds": _kinds(visitor),
        "here": f"/fleet/alarms?{urlencode({**kept, 'page': found.page})}",
    }


def query_of(visitor: Visitor) -> FleetQuery:
    asked = visitor.request.query_params
    return FleetQuery(
        text=asked.get("q", "").strip()[:SEARCH_CHARACTERS],
        state=asked.get("state", ""),
        ring=asked.get("ring", "") if asked.get("ring", "") in RINGS else "",
        agency=asked.get("agency", "")[:64],
        alarm=asked.get("alarm", "") if asked.get("alarm", "") in {ANY, *AlarmKind} else "",
        page=number_of(asked.get("page", "")),
    )


def figures(counts: Mapping[KioskState, int]) -> dict[str, int]:
    return {figure: sum(counts[state] for state in states) for figure, states in FIGURES.items()}


def pager(path: str, page: int, pages: int, total: int) -> Pager:
    """``path`` has a query already, be it empty."""

    def to(number: int) -> str:
        return f"{path}{'' if path.endswith('?') else '&'}page={number}"

    return Pager(page, pages, total, to(page - 1) if page > 1 else "", to(page + 1) if page < pages else "")


def _row(visitor: Visitor, row: Row[Any], raised: Any) -> ListRow:
    return ListRow(kiosk_view(visitor, row), tuple(said(visitor.say, "alarm", one.kind) for one in raised))


def _asked(query: FleetQuery) -> dict[str, str]:
    """What restricts the list, as its address says it."""
    said_so = {"q": query.text, "state": query.state, "ring": query.ring, "agency": query.agency, "alarm": query.alarm}
    return {name: value for name, value in said_so.items() if value}


def _options(visitor: Visitor) -> dict[str, list[tuple[str, str]]]:
    with visitor.deps.engine.connect() as connection:
        agencies = queries.agencies(connection)
    return {
        "state": [(state.value, visitor.say(f"kiosk.state.{state.value}")) for state in SHOWN],
        "ring": [(ring, visitor.say(f"ring.{ring}")) for ring in RINGS],
        "agency": [(row.id, citizens_text(row.name, visitor.language)) for row in agencies],
        "alarm": [(ANY, visitor.say("fleet.filter.any_alarm")), *_kinds(visitor)],
    }


def _kinds(visitor: Visitor) -> list[tuple[str, str]]:
    return sorted(((kind.value, said(visitor.say, "alarm", kind.value)) for kind in AlarmKind), key=lambda one: one[1])


def number_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
