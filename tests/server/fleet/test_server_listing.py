"""Lists of the fleet: what a query finds, in which order, and that a page costs the same whatever the fleet's size."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from protocol.messages import FeedType
from server.deps import Deps
from server.fleet.alarms import AlarmKind
from server.fleet.listing import PAGE_KIOSKS, FleetQuery
from server.fleet.profiles import ChangeOutcome, Profile, profile_of
from server.fleet.states import KioskState
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_alarms import fall_silent, many, statements
from tests.server.fleet.test_server_fleet import beat, enrolled
from tests.server.kiosk_client import component


def names(deps: Deps, **query: object) -> list[str]:
    return [row.name for row in deps.listing.page(FleetQuery(**query)).rows]  # type: ignore[arg-type]


def put(deps: Deps, kiosk_id: str, **values: object) -> None:
    with deps.engine.begin() as connection:
        connection.execute(update(tables.kiosks).where(tables.kiosks.c.id == kiosk_id).values(**values))


def test_a_page_costs_as_many_statements_whatever_the_fleets_size(deps: Deps) -> None:
    enrolled(deps)
    with statements(deps) as few:
        deps.listing.page(FleetQuery())
        deps.listing.counts()
        deps.listing.alarms(standing=True)
    many(deps, 3 * PAGE_KIOSKS)
    with statements(deps) as more:
        found = deps.listing.page(FleetQuery(page=2))
        deps.listing.counts()
        deps.listing.alarms(standing=True)
    assert len(more) == len(few)
    assert (len(found.rows), found.total, found.pages) == (PAGE_KIOSKS, 3 * PAGE_KIOSKS + 2, 4)


def test_every_kiosk_is_on_one_page(deps: Deps) -> None:
    fleet = {*many(deps, 2 * PAGE_KIOSKS)}
    seen = [row.id for page in (1, 2, 3) for row in deps.listing.page(FleetQuery(page=page)).rows]
    assert (len(seen), set(seen)) == (len(fleet), fleet)
    assert deps.listing.page(FleetQuery(page=99)).page == 3


def test_the_worst_come_first_and_each_state_is_counted(deps: Deps, clock: FakeClock) -> None:
    fleet = many(deps, 3)
    for place, kiosk_id in enumerate(fleet):
        put(deps, kiosk_id, name=f"Kios {place}")
    beat(deps, fleet[0])
    fall_silent(deps, clock)
    deps.alarms.check_all()
    beat(deps, fleet[1])
    beat(deps, fleet[2], components=[component("scanner", "UNAVAILABLE", ["NOT_REACHABLE"])])
    beat(deps, fleet[3], in_service=False)
    assert names(deps) == ["Kios 0", "Kios 2", "Kios 3", "Kios 1"]
    counts = {state: number for state, number in deps.listing.counts().items() if number}
    assert counts == {KioskState.SILENT: 1, KioskState.TROUBLE: 1, KioskState.OUT: 1, KioskState.FINE: 1}
    assert names(deps, state="trouble") == ["Kios 2"]
    assert names(deps, alarm=AlarmKind.SILENT.value) == ["Kios 0"]
    assert set(names(deps, alarm="any")) == {"Kios 0", "Kios 2"}
    deps.enrolment.revoke(OPERATOR, fleet[0], "moved away")
    assert "Kios 0" not in names(deps)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "TAMBAK sari"}, ["Balai RW 5"]),
        ({"text": "balai"}, ["Balai RW 5", "Balai RW 9"]),
        ({"text": "rw 5 wonokromo"}, []),
        ({"text": "100%"}, ["Diskon 100%"]),
        ({"text": "_"}, []),
        ({"ring": "test"}, ["Balai RW 9"]),
        ({"agency": "kelurahan"}, ["Diskon 100%"]),
        ({"agency": "kelurahan", "ring": "test"}, []),
    ],
)
def test_a_list_is_searched_by_words_of_name_and_place_by_ring_and_agency(
    sqlite_deps: Deps, query: dict[str, str], found: list[str]
) -> None:
    deps = sqlite_deps
    one, two, three = many(deps, 2)
    put(deps, one, name="Balai RW 5", place="Tambaksari")
    put(deps, two, name="Balai RW 9", place="Wonokromo", ring="test")
    put(deps, three, name="Diskon 100%", agency_id="kelurahan")
    assert names(deps, **query) == found


def test_the_history_of_alarms_keeps_what_is_over(deps: Deps, clock: FakeClock) -> None:
    kiosk_id = enrolled(deps)
    beat(deps, kiosk_id, outbox={"waiting": 0, "parked": 1})
    clock.pass_time(minutes=1)
    beat(deps, kiosk_id)
    assert deps.listing.alarms(standing=True).total == 0
    (past,) = deps.listing.alarms(standing=False, kiosk_id=kiosk_id).rows
    assert (past.kind, past.cleared_at - past.raised_at) == (AlarmKind.PARKED, timedelta(minutes=1))
    assert deps.listing.alarms(standing=False, kind=AlarmKind.SILENT.value).total == 0


# --- what is changed of a kiosk ------------------------------------------------------------------------------------


def test_a_change_is_kept_logged_and_told_to_the_kiosk(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    new = Profile("Balai RW 5", "Jalan Melati", "early", "kelurahan", -7.25, 112.75)
    assert deps.profiles.change(OPERATOR, kiosk_id, new) is ChangeOutcome.DONE
    assert deps.profiles.change(OPERATOR, kiosk_id, new) is ChangeOutcome.SAME
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None and profile_of(view.row) == new
    with deps.engine.connect() as connection:
        feed, log = tables.feed.c, tables.audit_log.c
        told = connection.scalars(
            select(feed.data).where(feed.kiosk_id == kiosk_id, feed.type == FeedType.SETTINGS)
        ).all()
        logged = connection.scalars(select(log.details).where(log.action == "kiosk.edit")).all()
    assert [one["kiosk"] for one in told] == [{"name": "Balai RW 5", "ring": "early"}]
    assert [one["was"]["ring"] for one in logged] == ["all"]


def test_what_only_the_office_knows_is_not_told_to_the_kiosk(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    view = deps.presence.kiosk(kiosk_id)
    assert view is not None
    before = view.row.feed_seq
    deps.profiles.change(OPERATOR, kiosk_id, replace(profile_of(view.row), place="Lantai 2"))
    after = deps.presence.kiosk(kiosk_id)
    assert after is not None and (after.row.place, after.row.feed_seq) == ("Lantai 2", before)


@pytest.mark.parametrize(
    ("values", "outcome"),
    [
        ({"name": "x" * 200, "place": "y" * 200, "latitude": 90.0, "longitude": -180.0}, ChangeOutcome.DONE),
        ({"name": "x" * 201}, ChangeOutcome.BAD_NAME),
        ({"name": " "}, ChangeOutcome.BAD_NAME),
        ({"ring": "beta"}, ChangeOutcome.BAD_NAME),
        ({"place": "y" * 201}, ChangeOutcome.BAD_PLACE),
        ({"latitude": 1.0}, ChangeOutcome.BAD_POSITION),
        ({"latitude": 90.1, "longitude": 0.0}, ChangeOutcome.BAD_POSITION),
        ({"latitude": float("nan"), "longitude": 0.0}, ChangeOutcome.BAD_POSITION),
        ({"agency_id": "nowhere"}, ChangeOutcome.NO_SUCH_AGENCY),
    ],
)
def test_what_cannot_be_is_refused(sqlite_deps: Deps, values: dict[str, object], outcome: ChangeOutcome) -> None:
    kiosk_id = enrolled(sqlite_deps)
    new = replace(Profile("Kios", "", "all"), **values)  # type: ignore[arg-type]
    assert sqlite_deps.profiles.change(OPERATOR, kiosk_id, new) is outcome


def test_a_revoked_or_waiting_kiosk_is_not_changed(deps: Deps) -> None:
    kiosk_id = enrolled(deps)
    deps.enrolment.revoke(OPERATOR, kiosk_id, "moved away")
    new = Profile("Kios Lain", "", "all")
    assert deps.profiles.change(OPERATOR, kiosk_id, new) is ChangeOutcome.NO_SUCH_KIOSK


# --- states that were there before they were kept ------------------------------------------------------------------


def test_an_older_database_gets_the_states_of_its_kiosks(deps: Deps, clock: FakeClock) -> None:
    """The migration's own words, over rows as an older server left them."""
    import importlib

    fleet = many(deps, 2)
    beat(deps, fleet[0])
    beat(deps, fleet[1], in_service=False)
    fall_silent(deps, clock)
    deps.alarms.check_all()
    beat(deps, fleet[1], in_service=False)
    migration = importlib.import_module("server.storage.migrations.versions.0069_kiosk_states")
    with deps.engine.begin() as connection:
        before = connection.execute(
            select(tables.kiosks.c.id, tables.kiosks.c.state).order_by(tables.kiosks.c.id)
        ).all()
        connection.execute(update(tables.kiosks).values(state="unapproved"))
        connection.exec_driver_sql(migration._STATES)
        after = connection.execute(select(tables.kiosks.c.id, tables.kiosks.c.state).order_by(tables.kiosks.c.id)).all()
    assert {row.state for row in before} == {"silent", "out", "waiting"}
    assert after == before
