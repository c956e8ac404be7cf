"""What is noted in a visit, and what goes to the office with it."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from uuid_utils import uuid7

from kiosk.field.visit_photo import photo_of
from kiosk.store.journal import StaffMember
from kiosk.store.reports import ReportKind
from protocol.field import visits
from protocol.field.orders import ORDERS_MOST, SETTING, read
from protocol.field.visits import CHECKLISTS, PHOTO_BYTES, USED_MOST, CheckStep, Consumable, VisitKind, VisitPhoto
from protocol.limits import NOTE_CHARACTERS
from rehearsal.devices import Frame
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


@pytest.mark.parametrize("size", [(1_920, 1_080), (640, 480), (48, 3_000)])
def test_a_photo_of_anything_fits_the_line(size: tuple[int, int]) -> None:
    noise = Frame(Random(1).randbytes(size[0] * size[1] * 4), *size, sequence=1)
    made = photo_of(noise)
    assert len(made) <= PHOTO_BYTES
    assert Image.open(BytesIO(made)).format == "JPEG"


def test_a_photo_waits_for_the_line_with_its_visit_and_none_without_one(at: Bench) -> None:
    at.kiosk.staff.draft.photo = b"\xff\xd8\xff small"
    visit = at.kiosk.staff.sign_out()
    assert visit is not None
    (kept,) = at.store.reports.waiting(ReportKind.VISIT_PHOTO, 5)
    sent = VisitPhoto.model_validate(kept.body)
    assert (sent.visit_id, bytes(sent.jpeg)) == (visit.id, b"\xff\xd8\xff small")
    at.kiosk.staff.sign_in(badge(), PIN)
    at.kiosk.staff.sign_out()
    assert len(at.store.reports.waiting(ReportKind.VISIT_PHOTO, 5)) == 1


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_a_photo_has_a_limit(more: int, fits: bool) -> None:
    sent = {"visit_id": str(uuid7()), "jpeg": base64.b64encode(b"x" * (PHOTO_BYTES + more)).decode()}
    try:
        VisitPhoto.model_validate(sent)
    except ValueError:
        assert not fits
    else:
        assert fits
