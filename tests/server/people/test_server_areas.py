"""Areas: where kiosks stand, what follows for their cases, and whom it limits."""

import pytest

from server.cases.states import CaseOutcome
from server.deps import Deps
from server.foundation.actors import OPERATOR, Actor
from server.people.areas import NAME_CHARACTERS, AreaOutcome
from server.web.office import inbox_queries
from server.web.office.filters import Filters
from tests.server.case_kit import Office, enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.web.people_kit import area, officer_id, session


@pytest.fixture
def deps(sqlite_deps: Deps) -> Deps:
    return sqlite_deps


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


def limited(deps: Deps, user_name: str, *areas: str) -> Actor:
    """The officer as their next request has them."""
    assert deps.identity.areas.limit(OPERATOR, officer_id(deps, user_name), areas) is AreaOutcome.DONE
    found = deps.identity.sessions.find(session(deps, officer_id(deps, user_name)))
    assert found is not None
    return found.actor


def seen(deps: Deps, actor: Actor, clock: FakeClock) -> set[str]:
    with deps.engine.connect() as connection:
        return {row.tracking_code for row in inbox_queries.page(connection, actor, Filters("open"), clock.now()).rows}


def test_an_officer_sees_the_cases_of_their_areas(office: Office, deps: Deps, clock: FakeClock) -> None:
    north, south = area(deps, "Utara"), area(deps, "Selatan")
    deps.identity.areas.place(OPERATOR, office.kiosk.id, north)
    code = office.case()
    assert seen(deps, limited(deps, "kelurahan"), clock) == {code}
    assert seen(deps, limited(deps, "kelurahan", north, south), clock) == {code}
    outside = limited(deps, "kelurahan", south)
    assert seen(deps, outside, clock) == set()
    assert deps.case_files.read(outside, code) is CaseOutcome.OUT_OF_SCOPE
    assert deps.cases.take(outside, code).outcome is CaseOutcome.OUT_OF_SCOPE


def test_a_case_of_no_area_is_for_those_who_are_not_limited(office: Office, deps: Deps, clock: FakeClock) -> None:
    code = office.case()
    assert seen(deps, limited(deps, "kelurahan"), clock) == {code}
    assert seen(deps, limited(deps, "kelurahan", area(deps, "Utara")), clock) == set()


def test_cases_join_the_first_area_of_their_kiosk_and_stay_when_it_moves(
    office: Office, deps: Deps, clock: FakeClock
) -> None:
    north, south = area(deps, "Utara"), area(deps, "Selatan")
    before = office.case()
    deps.identity.areas.place(OPERATOR, office.kiosk.id, north)
    deps.identity.areas.place(OPERATOR, office.kiosk.id, south)
    after = office.case()
    assert seen(deps, limited(deps, "kelurahan", north), clock) == {before}
    assert seen(deps, limited(deps, "kelurahan", south), clock) == {after}


def test_a_case_is_given_only_to_whom_it_is_in_scope(office: Office, deps: Deps) -> None:
    north, south = area(deps, "Utara"), area(deps, "Selatan")
    deps.identity.areas.place(OPERATOR, office.kiosk.id, north)
    code, supervisor = office.case(), office.officer("penyelia")
    limited(deps, "kelurahan", south)
    assert deps.cases.assign(supervisor, code, officer_id(deps, "kelurahan")).outcome is CaseOutcome.NO_SUCH_OFFICER
    limited(deps, "kelurahan", north)
    assert deps.cases.assign(supervisor, code, officer_id(deps, "kelurahan")).ok


def test_only_who_decides_is_limited_and_only_to_areas_that_exist(deps: Deps) -> None:
    areas, north = deps.identity.areas, area(deps, "Utara")
    assert areas.limit(OPERATOR, officer_id(deps, "admin"), [north]) is AreaOutcome.BAD_ROLE
    assert areas.limit(OPERATOR, officer_id(deps, "kelurahan"), [north, "nowhere"]) is AreaOutcome.NOT_FOUND
    assert areas.limit(OPERATOR, "nobody", [north]) is AreaOutcome.NOT_FOUND
    assert areas.limits(officer_id(deps, "kelurahan")) == set()


def test_who_decides_no_more_is_limited_no_more(deps: Deps) -> None:
    someone = officer_id(deps, "kelurahan")
    limited(deps, "kelurahan", area(deps, "Utara"))
    deps.officers.change(OPERATOR, someone, "Petugas", "command", None)
    assert deps.identity.areas.limits(someone) == set()


@pytest.mark.parametrize("using", ["kiosk", "case", "officer"])
def test_an_area_that_something_belongs_to_is_not_removed(office: Office, deps: Deps, using: str) -> None:
    """Else an officer's limit would fall away, and the whole city be theirs."""
    north = area(deps, "Utara")
    if using == "officer":
        limited(deps, "kelurahan", north)
    else:
        deps.identity.areas.place(OPERATOR, office.kiosk.id, north)
        if using == "case":
            office.case()
            deps.identity.areas.place(OPERATOR, office.kiosk.id, None)
    assert deps.identity.areas.remove(OPERATOR, north) is AreaOutcome.IN_USE


def test_an_area_is_named_once_and_briefly(deps: Deps) -> None:
    areas, north = deps.identity.areas, area(deps, "Utara")
    assert areas.add(OPERATOR, " Utara ") is AreaOutcome.EXISTS
    assert areas.add(OPERATOR, " ") is AreaOutcome.BAD_NAME
    assert areas.add(OPERATOR, "a" * (NAME_CHARACTERS + 1)) is AreaOutcome.BAD_NAME
    assert areas.add(OPERATOR, "a" * NAME_CHARACTERS) is AreaOutcome.DONE
    assert areas.rename(OPERATOR, north, "Lor") is AreaOutcome.DONE
    assert areas.remove(OPERATOR, north) is AreaOutcome.DONE
    assert areas.remove(OPERATOR, north) is AreaOutcome.NOT_FOUND


def test_kiosks_are_found_by_name_place_and_number(office: Office, deps: Deps) -> None:
    areas = deps.identity.areas
    number = areas.kiosks("", "Kios")[0].number
    assert [one.id for one in areas.kiosks("", str(number))] == [office.kiosk.id]
    assert areas.kiosks("", "%") == areas.kiosks("", "tidak ada") == []
    north = area(deps, "Utara")
    assert areas.kiosks(north) == []
    assert areas.place(OPERATOR, office.kiosk.id, north) is AreaOutcome.DONE
    assert [one.id for one in areas.kiosks(north)] == [office.kiosk.id]
    assert areas.place(OPERATOR, "none", north) is areas.place(OPERATOR, office.kiosk.id, "x") is AreaOutcome.NOT_FOUND
