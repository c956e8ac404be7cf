"""Services paused, published on a day, withdrawn; texts of the city: in every ring's own pack."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.catalogue.offers import CONSENT_CHARACTERS, TextOutcome
from server.catalogue.packs import RINGS
from server.catalogue.pauses import REASON_CHARACTERS, PauseOutcome
from server.catalogue.schedule import GIVEN_UP, LONGEST
from server.catalogue.service_drafts import ServiceDraftOutcome
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.people.agencies import AgencyOutcome
from server.storage import tables
from tests.server.catalogue.authoring_kit import changed, services_of
from tests.server.conftest import FakeClock

ADMIN = Actor("admin-1", Role.ADMIN)
REASON = {"id": "Loket pindah sampai Jumat.", "en": ""}


@pytest.fixture
def deps(sqlite_deps: Deps) -> Deps:
    """On one database: these changes are few and plain, and a city on PostgreSQL takes two seconds to make."""
    return sqlite_deps


def paused(deps: Deps, ring: str, service: str = "surat") -> dict[str, str] | None:
    found = deps.authoring.published(service, ring)
    assert found is not None
    return found.description.paused


def begun(deps: Deps, fee: int) -> str:
    draft = deps.authoring.begin(ADMIN, "surat").draft
    assert draft is not None
    standard = {**draft.description["standard"], "fee_rupiah": fee}
    deps.authoring.describe(ADMIN, draft.id, {**draft.description, "standard": standard})
    return draft.id


def fee(deps: Deps, ring: str = "all") -> int:
    found = deps.authoring.published("surat", ring)
    assert found is not None
    return found.description.standard.fee_rupiah


# --- pauses ---------------------------------------------------------------------------------------------------------


def test_a_paused_service_stays_in_every_pack_with_its_reason_until_it_goes_on(deps: Deps) -> None:
    trial = changed(deps, "satu", "1", ("test",))
    assert deps.offers.pause(ADMIN, "surat", REASON) is PauseOutcome.DONE
    assert [paused(deps, ring) for ring in RINGS] == [{"id": REASON["id"]}] * 3
    assert paused(deps, "all", "aduan") is None
    # What is tried out at the test kiosks goes on there, and is no part of the others' pack.
    assert "satu" in services_of(deps, "test") - services_of(deps, "all")
    assert deps.authoring.tried_out()[0].pack > trial
    # Neither a new version nor taking a pack back ends it.
    deps.authoring.publish(ADMIN, begun(deps, 5_000))
    assert (fee(deps), paused(deps, "all")) == (5_000, {"id": REASON["id"]})
    deps.packs.take_back(deps.packs.rows()[0].number, ADMIN)
    assert (fee(deps), paused(deps, "all")) == (0, {"id": REASON["id"]})
    assert deps.offers.resume(ADMIN, "surat") is PauseOutcome.DONE
    assert [paused(deps, ring) for ring in RINGS] == [None] * 3
    assert deps.offers.resume(ADMIN, "surat") is PauseOutcome.NOT_FOUND


def test_a_pause_at_its_limits(deps: Deps) -> None:
    for reason in ({}, {"en": "Closed"}, {"id": " "}, {"id": "a" * (REASON_CHARACTERS + 1)}):
        assert deps.offers.pause(ADMIN, "surat", reason) is PauseOutcome.BAD_REASON
    assert deps.offers.pause(ADMIN, "tidak-ada", REASON) is PauseOutcome.NOT_FOUND
    assert deps.offers.pause(ADMIN, "surat", {"id": "a" * REASON_CHARACTERS}) is PauseOutcome.DONE
    assert deps.offers.pause(ADMIN, "surat", REASON) is PauseOutcome.NOT_FOUND


def test_a_pause_that_a_crash_kept_from_the_packs_comes_into_them_at_the_start(deps: Deps) -> None:
    with deps.engine.begin() as connection:
        row = {"service_id": "surat", "reason": {"id": "x"}, "paused_by": "a", "paused_at": deps.clock.now()}
        connection.execute(tables.paused_services.insert().values(**row))
    deps.offers.reconcile(ADMIN)
    assert paused(deps, "all") == {"id": "x"}
    before = len(deps.packs.rows())
    deps.offers.reconcile(ADMIN)
    assert len(deps.packs.rows()) == before


def test_withdrawing_keeps_what_others_try_out(deps: Deps) -> None:
    changed(deps, "satu", "1", ("test",))
    deps.offers.pause(ADMIN, "aduan", REASON)
    assert deps.offers.withdraw(ADMIN, "aduan") > 0
    assert services_of(deps, "test") == {"surat", "satu"} and services_of(deps, "all") == {"surat"}
    assert deps.offers.paused() == {}
    # The last one of a ring stays: a kiosk with nothing to offer is out of service, which is said elsewhere.
    assert deps.offers.withdraw(ADMIN, "surat") == deps.offers.withdraw(ADMIN, "aduan") == 0


# --- on a day -------------------------------------------------------------------------------------------------------


def test_a_draft_is_published_when_its_time_has_come_and_not_before(deps: Deps, clock: FakeClock) -> None:
    later, sooner = begun(deps, 9_000), begun(deps, 7_000)
    day = clock.now() + timedelta(days=2)
    assert deps.schedule.put(ADMIN, later, RINGS, "Perwali 12", day) is ServiceDraftOutcome.DONE
    assert deps.schedule.put(ADMIN, sooner, ("test",), "", day - timedelta(days=1)) is ServiceDraftOutcome.DONE
    assert [row.id for row in deps.schedule.rows()] == [sooner, later]
    # Until then it is nobody's to change, publish or throw away.
    assert deps.authoring.describe(ADMIN, later, {}).outcome is ServiceDraftOutcome.NOT_OPEN
    assert deps.authoring.publish(ADMIN, later).outcome is ServiceDraftOutcome.NOT_OPEN
    assert deps.authoring.discard(ADMIN, later) is ServiceDraftOutcome.NOT_OPEN
    assert deps.schedule.publish_due() == 0
    clock.pass_time(days=1)
    assert (deps.schedule.publish_due(), fee(deps, "test"), fee(deps)) == (1, 7_000, 0)
    clock.pass_time(days=1)
    assert (deps.schedule.publish_due(), fee(deps, "test"), fee(deps)) == (1, 9_000, 9_000)
    newest = deps.packs.rows()[0]
    assert (newest.note, newest.made_by) == ("Perwali 12", ADMIN.id)
    assert deps.schedule.publish_due() == 0


def test_a_schedule_is_cancelled_and_the_draft_is_open_again(deps: Deps, clock: FakeClock) -> None:
    draft = begun(deps, 9_000)
    deps.schedule.put(ADMIN, draft, RINGS, "", clock.now() + timedelta(days=1))
    assert deps.schedule.cancel(ADMIN, draft) is ServiceDraftOutcome.DONE
    assert deps.schedule.cancel(ADMIN, draft) is ServiceDraftOutcome.NOT_FOUND
    clock.pass_time(days=2)
    assert deps.schedule.publish_due() == 0
    assert deps.authoring.publish(ADMIN, draft).ok


def test_a_time_at_its_limits(deps: Deps, clock: FakeClock) -> None:
    draft, now = begun(deps, 1), clock.now()
    for at in (None, now, now + LONGEST + timedelta(seconds=1)):
        assert deps.schedule.put(ADMIN, draft, RINGS, "", at) is ServiceDraftOutcome.BAD_TIME
    for rings in ((), ("nobody",)):
        assert deps.schedule.put(ADMIN, draft, rings, "", now + LONGEST) is ServiceDraftOutcome.NO_SUCH_RING
    assert deps.schedule.put(ADMIN, "none", RINGS, "", now + LONGEST) is ServiceDraftOutcome.NOT_FOUND
    assert deps.schedule.put(ADMIN, draft, RINGS, "", now + LONGEST) is ServiceDraftOutcome.DONE


def test_what_cannot_be_published_when_it_is_due_is_open_again_and_says_why(deps: Deps, clock: FakeClock) -> None:
    draft = begun(deps, 9_000)
    deps.schedule.put(ADMIN, draft, RINGS, "", clock.now() + timedelta(hours=1))
    with deps.engine.begin() as connection:
        # The service's agency was taken out of the description by hand: nothing is published half.
        connection.execute(update(tables.form_drafts).where(tables.form_drafts.c.id == draft).values(document={}))
    clock.pass_time(hours=2)
    assert deps.schedule.publish_due() == 0
    found = deps.authoring.draft(draft)
    assert found is not None and (found.state, found.publish_problem) == ("draft", "HAS_PROBLEMS")


def test_one_that_a_crash_left_half_done_is_begun_again(deps: Deps, clock: FakeClock) -> None:
    draft = begun(deps, 9_000)
    deps.schedule.put(ADMIN, draft, RINGS, "", clock.now() + timedelta(hours=1))
    clock.pass_time(hours=2)
    with deps.engine.begin() as connection:
        values = {"state": "publishing", "updated_at": clock.now()}
        connection.execute(update(tables.form_drafts).where(tables.form_drafts.c.id == draft).values(**values))
    assert deps.schedule.publish_due() == 0
    clock.pass_time(seconds=GIVEN_UP.total_seconds() + 1)
    assert (deps.schedule.publish_due(), fee(deps)) == (1, 9_000)


# --- texts ----------------------------------------------------------------------------------------------------------


def test_a_new_consent_is_a_new_version_of_it(deps: Deps) -> None:
    before = deps.offers.content()
    assert deps.offers.consent(ADMIN, {"id": "Saya setuju.", "en": " "}) is TextOutcome.DONE
    after = deps.offers.content()
    assert after.consent == {"id": "Saya setuju."} and after.consent_version != before.consent_version
    assert deps.offers.consent(ADMIN, {"id": "Saya setuju."}) is TextOutcome.SAME
    assert deps.offers.consent(ADMIN, {"en": "I agree."}) is TextOutcome.TEXT_MISSING
    for characters, outcome in ((1, TextOutcome.TEXT_TOO_LONG), (0, TextOutcome.DONE)):
        assert deps.offers.consent(ADMIN, {"id": "a" * (CONSENT_CHARACTERS + characters)}) is outcome


def test_an_agencys_new_name_stands_in_its_services(deps: Deps) -> None:
    name = {"id": "Kelurahan Baru", "en": "New Village"}
    assert deps.agencies.rename(ADMIN, "kelurahan", name) is AgencyOutcome.DONE
    deps.offers.agency_called(ADMIN, "kelurahan", name)
    service = deps.authoring.published("surat")
    assert service is not None and service.description.agency.name == name
    with deps.engine.connect() as connection:
        kept = connection.execute(select(tables.agencies.c.name).where(tables.agencies.c.id == "kelurahan")).scalar()
    assert kept == name
    # One that is used stays, one that never was goes.
    assert deps.agencies.remove(ADMIN, "kelurahan") is AgencyOutcome.IN_USE
    assert deps.agencies.add(ADMIN, "baru", {"id": "Baru"}) is AgencyOutcome.DONE
    assert deps.agencies.remove(ADMIN, "baru") is AgencyOutcome.DONE
    assert deps.agencies.remove(ADMIN, "baru") is AgencyOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("agency", "name", "outcome"),
    [
        ("", "Baru", AgencyOutcome.BAD_ID),
        ("Besar", "Baru", AgencyOutcome.BAD_ID),
        ("a" * 65, "Baru", AgencyOutcome.BAD_ID),
        (".a", "Baru", AgencyOutcome.BAD_ID),
        ("kelurahan", "Baru", AgencyOutcome.ID_TAKEN),
        ("baru", " ", AgencyOutcome.BAD_NAME),
        ("baru", "a" * 201, AgencyOutcome.BAD_NAME),
    ],
)
def test_what_cannot_be_an_agency(deps: Deps, agency: str, name: str, outcome: AgencyOutcome) -> None:
    assert deps.agencies.add(ADMIN, agency, {"id": name}) is outcome
