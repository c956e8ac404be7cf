"""What is noted in a visit, and what goes to the office with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.journal import StaffMember
from protocol.field import visits
from protocol.field.orders import ORDERS_MOST, SETTING, read
from protocol.field.visits import CHECKLISTS, USED_MOST, CheckStep, Consumable, VisitKind
from protocol.limits import NOTE_CHARACTERS
from tests.kiosk.kiosk_kit import Bench, bench
from tests.kiosk.test_kiosk_staff import PIN, PIN_HASH, badge

ORDERS = [{"number": 7, "task": "Kaca retak", "staff_id": "budi"}, {"number": 9, "alarm": "PAPER_LOW"}]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    made.store.roster.replace([StaffMember("budi", "Budi", "staff", PIN_HASH)])
    made.kiosk.settings.store_new({SETTING: ORDERS})
    made.kiosk.settings.reload()
    made.kiosk.staff.sign_in(badge(), PIN)
    yield made
    made.close()


def told(at: Bench) -> list[tuple[str, str]]:
    visit = at.kiosk.staff.sign_out()
    assert visit is not None
    return [(one.kind, one.detail) for one in visit.actions]


def test_a_visit_tells_its_kind_its_list_what_was_used_and_each_order(at: Bench) -> None:
    draft = at.kiosk.staff.draft
    draft.kind = VisitKind.CLEANING
    draft.tick(CheckStep.GLASS_WIPED)
    draft.tick(CheckStep.SCREEN_WIPED)
    draft.tick(CheckStep.SCREEN_WIPED)
    draft.use(Consumable.CLOTH, 2)
    draft.toggle_order(7)
    assert told(at) == [
        ("visit_kind", "cleaning"),
        ("checked", "glass_wiped"),
        ("used", "cloth 2"),
        ("order_done", "7"),
        ("order_open", "9"),
    ]


def test_what_was_done_at_the_kiosk_ticks_itself(at: Bench) -> None:
    at.kiosk.staff.draft.kind = VisitKind.RESTOCK
    at.kiosk.staff.record("roll_changed", "80 m")
    assert ("checked", "roll_changed") in told(at)


def test_steps_of_another_kind_are_not_told(at: Bench) -> None:
    draft = at.kiosk.staff.draft
    draft.kind = VisitKind.CLEANING
    draft.tick(CheckStep.AROUND)
    draft.kind = VisitKind.REPAIR
    assert ("checked", "around") not in told(at)


def test_nothing_of_one_visit_is_in_the_next(at: Bench) -> None:
    at.kiosk.staff.draft.write("Kunci macet")
    first = at.kiosk.staff.sign_out()
    at.kiosk.staff.sign_in(badge(), PIN)
    second = at.kiosk.staff.sign_out()
    assert first is not None
    assert second is not None
    assert (first.note, second.note) == ("Kunci macet", "")


def test_a_note_and_what_is_used_have_limits(at: Bench) -> None:
    draft = at.kiosk.staff.draft
    draft.write("x" * (NOTE_CHARACTERS + 1))
    draft.use(Consumable.CABLE, USED_MOST + 1)
    draft.use(Consumable.CLOTH, -1)
    assert (len(draft.note), draft.used(Consumable.CABLE), draft.used(Consumable.CLOTH)) == (
        NOTE_CHARACTERS,
        USED_MOST,
        0,
    )


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("cloth 1", ("cloth", 1)),
        (f"cable {USED_MOST}", ("cable", USED_MOST)),
        (f"cable {USED_MOST + 1}", None),
        ("cloth 0", None),
        ("gold 1", None),
        ("cloth ²", None),
        ("", None),
    ],
)
def test_what_was_used_is_read_or_passed_over(detail: str, said: tuple[str, int] | None) -> None:
    assert visits.used(detail) == said


@pytest.mark.parametrize("value", [None, "x", [{"number": 0}], [{"task": "no number"}], 7])
def test_orders_that_cannot_be_read_are_none(value: object) -> None:
    assert read(value) == ()


def test_every_kind_of_visit_has_a_list_without_repetition() -> None:
    assert set(CHECKLISTS) == set(VisitKind)
    assert all(len(set(steps)) == len(steps) > 2 for steps in CHECKLISTS.values())
    assert len(ORDERS) <= ORDERS_MOST
