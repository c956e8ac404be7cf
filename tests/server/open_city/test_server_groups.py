"""Notices and settings for one kiosk, for a group, for all: who hears what, and what counts where."""

from datetime import timedelta

import pytest

from protocol.messages import FeedType
from server.deps import Deps
from server.fleet.groups import GroupOutcome
from server.foundation.actors import OPERATOR, Actor, Role
from server.open_city.audiences import EVERYBODY, Audience, Reach
from server.open_city.notices import NoticeOutcome
from tests.server.case_kit import enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.open_city.test_server_city import events

ADMIN = Actor("admin-1", Role.ADMIN)


def group(deps: Deps, name: str, *kiosks: str) -> Audience:
    outcome, group_id = deps.kiosk_groups.add(ADMIN, name)
    assert outcome is GroupOutcome.DONE
    assert deps.kiosk_groups.join(ADMIN, group_id, kiosks) is GroupOutcome.DONE
    return Audience(Reach.GROUP, group_id)


def shown(deps: Deps, kiosk_id: str, clock: FakeClock) -> list[str]:
    """What a kiosk shows by what its feed told it: a text once more takes the place of the one before."""
    texts: dict[str, str] = {}
    for one in events(deps, kiosk_id, FeedType.NOTICE):
        texts.pop(str(one["text"]["id"]), None)  # type: ignore[index]
        if str(one["until"]) > clock.now().isoformat():
            texts[str(one["text"]["id"])] = str(one["until"])  # type: ignore[index]
    return list(texts)


def set_(deps: Deps, kiosk_id: str) -> dict[str, object]:
    return next(iter(reversed(events(deps, kiosk_id, FeedType.SETTINGS))), {})


def test_a_notice_is_told_to_those_it_is_for_and_several_stand_together(deps: Deps, clock: FakeClock) -> None:
    one, two, three = (enrolled_kiosk(deps, name).id for name in ("A", "B", "C"))
    malls = group(deps, "Mal", one, two)
    day = clock.now() + timedelta(days=1)
    for text, audience in (("semua", EVERYBODY), ("mal", malls), ("satu", Audience(Reach.KIOSK, one))):
        assert deps.notices.send(ADMIN, {"id": text}, day, audience) is NoticeOutcome.DONE
    assert [shown(deps, kiosk, clock) for kiosk in (one, two, three)] == [
        ["semua", "mal", "satu"],
        ["semua", "mal"],
        ["semua"],
    ]
    ending = {row.text["id"]: row.id for row in deps.notices.rows()}["mal"]
    assert deps.notices.end(ADMIN, ending) is NoticeOutcome.DONE
    assert [shown(deps, kiosk, clock) for kiosk in (one, two, three)] == [["semua", "satu"], ["semua"], ["semua"]]
    for nobody in (Audience(Reach.GROUP, "none"), Audience(Reach.KIOSK, "none")):
        assert deps.notices.send(ADMIN, {"id": "x"}, day, nobody) is NoticeOutcome.BAD_AUDIENCE


def test_the_same_words_for_others_stay_where_they_are_still_in_force(sqlite_deps: Deps, clock: FakeClock) -> None:
    deps = sqlite_deps
    one, two = (enrolled_kiosk(deps, name).id for name in ("A", "B"))
    day = clock.now() + timedelta(days=1)
    deps.notices.send(ADMIN, {"id": "tutup"}, day, Audience(Reach.KIOSK, one))
    clock.pass_time(seconds=1)
    deps.notices.send(ADMIN, {"id": "tutup"}, day + timedelta(days=1))
    newest = deps.notices.rows()[0]
    assert newest.reach == "all" and deps.notices.end(ADMIN, newest.id) is NoticeOutcome.DONE
    assert (shown(deps, one, clock), shown(deps, two, clock)) == (["tutup"], [])


def test_whoever_joins_hears_it_and_whoever_leaves_lets_go(sqlite_deps: Deps, clock: FakeClock) -> None:
    deps = sqlite_deps
    one, two = (enrolled_kiosk(deps, name).id for name in ("A", "B"))
    malls = group(deps, "Mal", one)
    deps.notices.send(ADMIN, {"id": "mal"}, clock.now() + timedelta(days=1), malls)
    deps.kiosk_settings.change(ADMIN, {"volume": 0.2}, malls)
    assert (shown(deps, two, clock), set_(deps, two)) == ([], {})
    deps.kiosk_groups.join(ADMIN, malls.id, [two, one, "none"])
    assert (shown(deps, two, clock), set_(deps, two)) == (["mal"], {"volume": 0.2})
    assert len(events(deps, one, FeedType.NOTICE)) == 1
    assert deps.kiosk_groups.leave(ADMIN, malls.id, two) is GroupOutcome.DONE
    assert (shown(deps, two, clock), set_(deps, two)) == ([], {})
    assert deps.kiosk_groups.remove(ADMIN, malls.id) is GroupOutcome.DONE
    assert (shown(deps, one, clock), set_(deps, one)) == ([], {})
    assert deps.kiosk_settings.own() == [] and deps.kiosk_groups.rows() == []
    for gone in (deps.kiosk_groups.remove(ADMIN, malls.id), deps.kiosk_groups.leave(ADMIN, malls.id, one)):
        assert gone is GroupOutcome.NOT_FOUND


def test_what_is_set_for_one_counts_before_its_groups_and_those_before_all(deps: Deps) -> None:
    one, two, three = (enrolled_kiosk(deps, name).id for name in ("A", "B", "C"))
    malls, quiet = group(deps, "A mal", one, two), group(deps, "B sunyi", two)
    for values, audience in (
        ({"volume": 0.1, "idle_s": 60.0}, EVERYBODY),
        ({"volume": 0.2}, malls),
        ({"volume": 0.3}, quiet),
        ({"idle_s": 120.0}, Audience(Reach.KIOSK, one)),
    ):
        assert deps.kiosk_settings.change(ADMIN, values, audience) == ()
    assert [set_(deps, kiosk) for kiosk in (one, two, three)] == [
        {"volume": 0.2, "idle_s": 120.0},
        {"volume": 0.3, "idle_s": 60.0},
        {"volume": 0.1, "idle_s": 60.0},
    ]
    assert deps.kiosk_settings.inherited(Audience(Reach.KIOSK, two)) == {"volume": 0.3, "idle_s": 60.0}
    # Only who has something else afterwards hears of a change.
    heard = len(events(deps, one, FeedType.SETTINGS))
    deps.kiosk_settings.change(ADMIN, {"volume": 0.1, "idle_s": 90.0})
    assert len(events(deps, one, FeedType.SETTINGS)) == heard
    assert set_(deps, three) == {"volume": 0.1, "idle_s": 90.0}
    # Groups count in the order of their names.
    assert deps.kiosk_groups.rename(ADMIN, quiet.id, "0 sunyi") is GroupOutcome.DONE
    assert set_(deps, two) == {"volume": 0.2, "idle_s": 90.0}


def test_the_citys_new_key_keeps_what_is_set_for_one(sqlite_deps: Deps) -> None:
    deps = sqlite_deps
    one, two = (enrolled_kiosk(deps, name).id for name in ("A", "B"))
    deps.kiosk_settings.change(ADMIN, {"volume": 0.4}, Audience(Reach.KIOSK, one))
    deps.sealing_rotation.rotate(OPERATOR)
    told = [set_(deps, kiosk) for kiosk in (one, two)]
    assert [one.get("volume") for one in told] == [0.4, None] and all(len(one) > 0 for one in told)


def test_a_group_needs_a_name_of_its_own(sqlite_deps: Deps) -> None:
    deps = sqlite_deps
    malls = group(deps, "Mal")
    other = group(deps, "a" * 200)
    for name in ("", " ", "a" * 201, "Mal"):
        assert deps.kiosk_groups.add(ADMIN, name)[0] is GroupOutcome.BAD_NAME
        assert deps.kiosk_groups.rename(ADMIN, other.id, name) is GroupOutcome.BAD_NAME
    assert deps.kiosk_groups.rename(ADMIN, malls.id, "Mal") is GroupOutcome.DONE


@pytest.mark.parametrize("text", ["", "all:x", "group:", "kiosk", "city:1"])
def test_what_is_no_audience(text: str) -> None:
    assert Audience.read(text) is None


@pytest.mark.parametrize("audience", [EVERYBODY, Audience(Reach.GROUP, "g"), Audience(Reach.KIOSK, "k")])
def test_an_audience_is_read_as_it_is_written(audience: Audience) -> None:
    assert Audience.read(str(audience)) == audience
