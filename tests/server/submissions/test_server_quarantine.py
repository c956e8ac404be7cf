"""What was refused is kept, bounded, and can be tried again or thrown away; junk keeps nobody honest out."""

from typing import Any

import pytest
from sqlalchemy import select

from protocol.limits import BATCH_ITEMS
from protocol.messages import ItemStatus
from server.deps import Deps
from server.fleet.quotas import Allowance
from server.foundation.actors import OPERATOR
from server.settings import ServerSettings
from server.storage import tables
from server.submissions import quarantine
from server.submissions.quarantine import ITEMS_OF_KIOSK, Entry
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.front_door.test_server_quotas import _deps as with_quotas
from tests.server.front_door.test_server_quotas import junk, sender
from tests.server.kiosk_client import TestKiosk


@pytest.fixture
def office(deps: Deps) -> Office:
    return Office(deps, enrolled_kiosk(deps))


def come(deps: Deps, kiosk: TestKiosk, items: list[dict[str, Any]]) -> list[str]:
    """A batch as the API takes it; the statuses."""
    answer = deps.intake.take(sender(kiosk), items)
    deps.quarantine.keep(kiosk.id, items, answer)
    return [one.status.value for one in answer.answers]


def kept(deps: Deps) -> list[Entry]:
    return [one.entry for one in deps.quarantine.entries(1_000)]


def of_tomorrow(kiosk: TestKiosk) -> dict[str, Any]:
    """An item of a pack that this server does not have yet."""
    return kiosk.envelope({**SERVICE, "pack": "2"}).item


def test_what_was_refused_is_kept_and_taken_once_its_cause_is_mended(deps: Deps, office: Office) -> None:
    item = of_tomorrow(office.kiosk)
    assert come(deps, office.kiosk, [item]) == ["rejected"]
    (one,) = deps.quarantine.entries(10)
    assert (one.kiosk, one.service, one.tried_at) == ("Kios", SERVICE["id"], None)
    assert "pack 2" in one.reason
    assert deps.quarantine.try_again(OPERATOR, one.entry) is ItemStatus.REJECTED
    assert deps.quarantine.entries(10)[0].tried_at is not None
    assert office.changed_service()["pack"] == "2"
    assert deps.quarantine.try_again(OPERATOR, one.entry) is ItemStatus.STORED
    assert kept(deps) == []
    assert deps.quarantine.try_again(OPERATOR, one.entry) is None
    assert come(deps, office.kiosk, [item]) == ["duplicate"], "the kiosk that sends it again hears that it is here"


def test_what_arrives_by_the_kiosk_itself_leaves_the_quarantine(sqlite_deps: Deps) -> None:
    deps, office = sqlite_deps, Office(sqlite_deps, enrolled_kiosk(sqlite_deps))
    item = of_tomorrow(office.kiosk)
    come(deps, office.kiosk, [item])
    office.changed_service()
    assert come(deps, office.kiosk, [item]) == ["stored"]
    assert (kept(deps), deps.quarantine.count()) == ([], 0)
    assert (deps.quarantine.sweep(), deps.quarantine.sweep()) == (1, 0)


def test_what_was_thrown_away_is_logged_with_its_reason_and_does_not_come_back(sqlite_deps: Deps) -> None:
    deps, office = sqlite_deps, Office(sqlite_deps, enrolled_kiosk(sqlite_deps))
    (item,) = junk(1)
    come(deps, office.kiosk, [item])
    (entry,) = kept(deps)
    for reason in ("junk", "x" * 201):
        with pytest.raises(ValueError, match="reason"):
            deps.quarantine.discard(OPERATOR, entry, reason)
    assert kept(deps) == [entry]
    assert deps.quarantine.discard(OPERATOR, entry, "coba-coba anak sekolah")
    assert not deps.quarantine.discard(OPERATOR, entry, "once more")
    come(deps, office.kiosk, [item])
    assert kept(deps) == []
    log = tables.audit_log.c
    with deps.engine.connect() as connection:
        details = connection.execute(select(log.details).where(log.action == "quarantine.discard")).scalar_one()
    assert details == {"item": entry.submission_id, "reason": "coba-coba anak sekolah"}


def test_the_quarantine_of_a_kiosk_is_bounded_and_keeps_no_other_out(
    sqlite_deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = enrolled_kiosk(sqlite_deps), enrolled_kiosk(sqlite_deps, "Kios Lain")
    for _ in range(ITEMS_OF_KIOSK // BATCH_ITEMS + 1):
        come(sqlite_deps, first, junk(BATCH_ITEMS))
    assert sqlite_deps.quarantine.count() == ITEMS_OF_KIOSK
    come(sqlite_deps, second, junk(1))
    assert sqlite_deps.quarantine.count() == ITEMS_OF_KIOSK + 1
    for bound in ("BYTES_OF_ALL", "BYTES_OF_KIOSK"):
        with monkeypatch.context() as patch:
            patch.setattr(quarantine, bound, 1)
            come(sqlite_deps, second, junk(1))
        assert sqlite_deps.quarantine.count() == ITEMS_OF_KIOSK + 1


@pytest.mark.parametrize("entries", [1_000, pytest.param(10_000, marks=pytest.mark.soak)])
def test_after_ten_thousand_junk_entries_an_honest_one_goes_through_within_seconds(
    sqlite_deps: Deps, clock: FakeClock, entries: int
) -> None:
    """As slowly as the quotas let all of them through: what is kept stays bounded, and nobody is shut out afterwards."""
    deps, kiosk = sqlite_deps, enrolled_kiosk(sqlite_deps)
    taken = 0
    for number in range(entries // BATCH_ITEMS):
        if number % 10 == 0:
            clock.pass_time(hours=1)
        taken += len(come(deps, kiosk, junk(BATCH_ITEMS)))
    assert taken == entries
    assert deps.quarantine.count() == ITEMS_OF_KIOSK
    honest = kiosk.envelope(SERVICE)
    clock.pass_time(seconds=6)
    assert come(deps, kiosk, [honest.item]) == ["stored"]


def test_what_a_person_has_taken_in_is_not_rationed_and_uses_no_quota(
    sqlite_settings: ServerSettings, clock: FakeClock
) -> None:
    one = Allowance(burst=1, an_hour=1)
    with with_quotas(sqlite_settings, clock, submissions=one, nik=one) as deps:
        kiosk = enrolled_kiosk(deps)
        items = [kiosk.envelope(SERVICE).item for _ in range(3)]
        answer = deps.intake.take(sender(kiosk), items, rationed=False)
        assert [each.status for each in answer.answers] == ["stored"] * 3
        assert come(deps, kiosk, [kiosk.envelope(SERVICE).item]) == ["stored"], "the kiosk's own share is untouched"
