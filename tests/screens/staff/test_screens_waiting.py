"""The field staff's page of what waits, by touch: the reason of each item, and the outbox on a stick."""

from collections.abc import Iterator

import pytest

from devices.stick import StickFault
from kiosk.machine.line_state import LineCondition
from protocol.outbox.waiting import WaitReason
from rehearsal.hands import Hands
from rehearsal.storage import FaultyStorage
from screens.navigation.appearance import Appearance
from screens.staff.waiting_model import SHOWN, WaitingModel
from tests.kiosk.store.test_kiosk_store import envelope
from tests.screens.staff.test_screens_staff import actions, park_one, sign_in


@pytest.fixture
def kiosk(citizens: Hands) -> Iterator[Hands]:
    citizens.dress(Appearance())
    yield citizens
    citizens.rehearsal.line.condition = LineCondition.ONLINE
    citizens.rehearsal.stick.pull_out()


def look(kiosk: Hands) -> None:
    sign_in(kiosk)
    kiosk.tap(kiosk.text("staff.open_outbox"))
    kiosk.tap(kiosk.text("staff.why.open"))


def test_each_item_says_in_one_sentence_why_it_waits_and_until_when(kiosk: Hands) -> None:
    park_one(kiosk)
    store = kiosk.rehearsal.store
    with store.transaction():
        store.outbox.add(envelope(store.outbox.next_seq()))
    kiosk.rehearsal.line.condition = LineCondition.OFFLINE
    kiosk.kiosk.outbox.waits.pause(90.0)
    look(kiosk)
    assert kiosk.place == "STAFF_WAITING"
    (parked, *_) = kiosk.kiosk.outbox.parked()
    kiosk.must_see(kiosk.text("staff.why.parked", reason=parked.reason))
    until = [one.until for one in kiosk.kiosk.outbox.waiting(SHOWN) if one.reason is WaitReason.NO_LINE]
    assert until and until[0] is not None
    when = kiosk.app.flow.formatting.moment(until[0])
    kiosk.must_see(kiosk.text("staff.why.until", why=kiosk.text("staff.why.no_line"), when=when))


#: What is said of a stick; None: there is none.
SAID = {
    None: "no_stick",
    StickFault.FULL: "full",
    StickFault.PULLED_OUT: "pulled_out",
    StickFault.READ_ONLY: "read_only",
    StickFault.WRONG_FORMAT: "wrong_format",
    StickFault.FORGETFUL: "fault",
}


def test_a_stick_that_does_not_do_says_what_to_do_and_then_a_good_one_does(kiosk: Hands) -> None:
    park_one(kiosk)
    look(kiosk)
    for fault, said in SAID.items():
        if fault is not None:
            kiosk.rehearsal.stick.insert(fault)
        kiosk.tap(kiosk.text("staff.carry.button"))
        kiosk.join()
        kiosk.must_see(kiosk.text(f"staff.carry.problem.{said}"))
    kiosk.rehearsal.stick.insert()
    kiosk.tap(kiosk.text("staff.carry.button"))
    kiosk.join()
    kiosk.must_see(kiosk.text("staff.carry.saved", n=3))
    assert ("outbox_saved", "SAVED: 3") in actions(kiosk)
    assert len(list(kiosk.rehearsal.stick.folder.iterdir())) >= 1


def test_a_kiosk_whose_storage_fails_says_that_it_is_not_the_stick(kiosk: Hands) -> None:
    look(kiosk)
    kiosk.rehearsal.stick.insert()
    storage = FaultyStorage(kiosk.rehearsal.store)
    storage.fail_writing()
    try:
        kiosk.tap(kiosk.text("staff.carry.button"))
        kiosk.join()
        kiosk.must_see(kiosk.text("staff.not_stored"))
    finally:
        storage.work()


def test_a_long_backlog_is_counted_and_not_listed(kiosk: Hands) -> None:
    store, flow = kiosk.rehearsal.store, kiosk.app.flow
    model = WaitingModel(flow)
    counts = kiosk.kiosk.outbox.counts()
    with store.transaction():
        for _ in range(SHOWN + 2):
            store.outbox.add(envelope(1_000_000 + store.outbox.next_seq()))
    try:
        assert len(model.items()) == SHOWN
        assert model.more() == flow.texts.count("staff.why.more", counts.waiting + counts.parked + 2)
    finally:
        with store.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM outbox WHERE kiosk_seq > 1000000")
    assert {f"staff.why.{one.value}" for one in WaitReason} <= kiosk_texts(kiosk)


def kiosk_texts(kiosk: Hands) -> set[str]:
    """Those of the reasons that have words."""
    keys = {f"staff.why.{one.value}" for one in WaitReason}
    return {key for key in keys if kiosk.text(key, n=1, reason="x") != key}
