"""Sending: one transaction, sealed, with a code that nobody had before; refusals lose nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.cases.case import CaseStateName
from kiosk.events import Received, SlipDue, Step, Stored
from kiosk.session.outcomes import Refused, RefusedReason, Saved
from protocol import sealing, tracking
from protocol.limits import ANSWER_CHARACTERS
from protocol.messages import Content, ItemKind
from sync.city import KioskCodes
from tests.kiosk.kiosk_kit import BEGIN, CITY, NAME, NIK, PHOTO, Bench, bench, fill


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def send(made: Bench) -> Saved:
    fill(made.kiosk)
    result = made.kiosk.send()
    assert isinstance(result, Saved)
    return result


def opened(made: Bench, seq: int = 1) -> Content:
    envelope = made.store.outbox.get(seq)
    assert envelope is not None
    assert sealing.digest(envelope.sealed) == envelope.sha256
    return Content.model_validate_json(CITY.unseal(envelope.sealed))


def test_what_is_sealed_is_what_the_protocol_says(at: Bench) -> None:
    saved = send(at)
    content = opened(at)
    assert content.id == saved.id
    assert (content.kiosk_seq, content.tracking_code) == (1, saved.code)
    assert (content.form_id, content.form_version, content.pack_version) == ("letter", "3", 1)
    assert content.identity is not None
    assert (content.identity.nik, content.identity.how) == (NIK, "typed")
    assert (content.consent_at, content.consent_version) == (BEGIN, "2")
    assert NAME in content.instance


def test_attachments_are_sealed_and_bound_by_their_hashes(at: Bench) -> None:
    send(at)
    (bound,) = opened(at).attachments
    (kept,) = at.store.outbox.attachments_of(1)
    sealed = at.store.outbox.attachment_bytes(kept.sha256)
    assert sealed is not None
    assert CITY.unseal(sealed) == PHOTO
    assert (bound.sha256, bound.size) == (kept.sha256, len(sealed))
    assert bound.sha256 == sealing.digest(sealed)
    assert bound.name in opened(at).instance


def test_a_photo_that_is_no_longer_relevant_is_not_sent(at: Bench) -> None:
    fill(at.kiosk)
    assert at.kiosk.session is not None
    at.kiosk.session.detach("/data/photo")
    at.kiosk.send()
    assert opened(at).attachments == ()


def test_the_code_is_of_this_kiosk_and_checks(at: Bench) -> None:
    saved = send(at)
    assert saved.code.startswith("K7M2")
    assert tracking.parse(tracking.display(saved.code)) == saved.code


def test_the_receipt_holds_no_personal_data(at: Bench) -> None:
    saved = send(at)
    receipt = at.store.receipts.get(saved.code)
    assert receipt is not None
    assert (receipt.state, receipt.received_at) == (CaseStateName.STORED_HERE, None)
    reported = repr(receipt)
    assert NIK not in reported
    assert NAME not in reported


def test_stored_is_reported_only_once_it_is_durable(tmp_path: Path) -> None:
    reached: list[tuple[str, int]] = []
    made = bench(tmp_path, failpoint=lambda name: reached.append((name, len(made.of(Stored)))))
    send(made)
    assert reached == [
        ("send.validated", 0),
        ("send.sealed", 0),
        ("send.before_commit", 0),
        ("send.after_commit", 0),
    ]
    assert len(made.of(Stored)) == 1
    made.close()


def test_an_incomplete_form_is_refused_and_leads_to_the_question(at: Bench) -> None:
    fill(at.kiosk)
    session = at.kiosk.session
    assert session is not None
    session.answer("/data/name", "")
    result = at.kiosk.send()
    assert isinstance(result, Refused)
    assert (result.reason, [one.ref for one in result.violations]) == (RefusedReason.INVALID, ["/data/name"])
    assert session.page is not None
    assert (session.step, session.page.ref) == (Step.FORM, "/data/name")
    assert at.store.outbox.counts().waiting == 0


def test_without_consent_nothing_is_kept(at: Bench) -> None:
    fill(at.kiosk)
    assert at.kiosk.session is not None
    at.kiosk.session.disagree()
    assert at.kiosk.send() == Refused(RefusedReason.NO_CONSENT)
    assert at.kiosk.step is Step.CONSENT


def test_a_full_disk_refuses_and_loses_nothing(at: Bench) -> None:
    fill(at.kiosk, photo=bytes(200_000))
    with at.store.transaction() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    with at.store.transaction() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    assert at.kiosk.send() == Refused(RefusedReason.DISK_FULL)
    session = at.kiosk.session
    assert session is not None
    assert session.form is not None
    assert session.form.nodes["/data/name"].value == NAME
    with at.store.transaction() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert isinstance(at.kiosk.send(), Saved)


def test_below_the_reserve_no_form_is_begun_but_an_open_one_is_sent(at: Bench) -> None:
    fill(at.kiosk)
    at.disk.bytes_free = 100_000_000
    assert isinstance(at.kiosk.send(), Saved)
    at.kiosk.end()
    session = at.kiosk.begin("id")
    assert not session.choose("letter").possible


@pytest.mark.parametrize(("above", "taken"), [(0, True), (1, False)])
def test_content_has_a_largest_size(at: Bench, monkeypatch: pytest.MonkeyPatch, above: int, taken: bool) -> None:
    send(at)
    envelope = at.store.outbox.get(1)
    assert envelope is not None
    monkeypatch.setattr("kiosk.submissions.submissions.SEALED_BYTES", len(envelope.sealed) - above)
    fill(at.kiosk)
    result = at.kiosk.send()
    assert isinstance(result, Saved) if taken else result == Refused(RefusedReason.TOO_LARGE)
    assert at.store.outbox.counts().waiting == 1 + taken


def test_a_code_that_was_given_out_before_is_not_given_out_again(tmp_path: Path) -> None:
    made = bench(tmp_path)
    numbers = iter([0] * 7 + [0] * 7 + [1] * 7)
    made.kiosk._submissions._codes = KioskCodes("K7M2", CITY.tracking_base, lambda _below: next(numbers))
    first = send(made)
    second = send(made)
    assert (first.code[4:11], second.code[4:11]) == ("0000000", "1111111")
    made.close()


def test_ten_thousand_codes_are_unique_and_check(at: Bench) -> None:
    codes = {at.kiosk.codes.mint() for _ in range(10_000)}
    assert len(codes) == 10_000
    assert all(tracking.parse(code) == code for code in codes)


def test_an_answer_belongs_to_its_case(at: Bench) -> None:
    at.kiosk.begin("en")
    result = at.kiosk.send_answer("K7M200000000", "letter", "Yes, that is my address")
    assert isinstance(result, Saved)
    content = opened(at)
    assert (content.kind, content.tracking_code) == (ItemKind.ANSWER, "K7M200000000")
    assert (content.text, content.instance, content.language) == ("Yes, that is my address", "", "en")


@pytest.mark.parametrize(
    ("text", "reason"), [("  ", RefusedReason.INVALID), ("x" * (ANSWER_CHARACTERS + 1), RefusedReason.TOO_LARGE)]
)
def test_an_answer_has_limits(at: Bench, text: str, reason: RefusedReason) -> None:
    assert at.kiosk.send_answer("K7M200000000", "letter", text) == Refused(reason)


def test_an_answer_of_the_longest_length_is_taken(at: Bench) -> None:
    assert isinstance(at.kiosk.send_answer("K7M200000000", "letter", "x" * ANSWER_CHARACTERS), Saved)


# --- the two seconds -----------------------------------------------------------------------------------------------


def test_the_slip_says_received_when_the_answer_comes_in_time(at: Bench) -> None:
    saved = send(at)
    at.bus.publish(Received(saved.code, BEGIN))
    at.clock.advance(5)
    at.kiosk.tick()
    assert at.of(SlipDue) == [SlipDue(saved.code, BEGIN)]


def test_after_two_seconds_the_slip_says_stored(at: Bench) -> None:
    saved = send(at)
    at.clock.advance(1.9)
    at.kiosk.tick()
    assert at.of(SlipDue) == []
    at.clock.advance(0.1)
    at.kiosk.tick()
    at.bus.publish(Received(saved.code, BEGIN))
    assert at.of(SlipDue) == [SlipDue(saved.code, None)]


def test_an_answer_that_was_faster_than_the_screen_is_not_missed(at: Bench) -> None:
    class QuickLine:
        def kick(self) -> None: ...

    def receive(event: object) -> None:
        if isinstance(event, Stored):
            at.store.receipts.received(
                event.code, BEGIN, waiting_state=CaseStateName.STORED_HERE, state=CaseStateName.RECEIVED
            )

    at.bus.subscribe(receive)
    saved = send(at)
    assert at.of(SlipDue) == [SlipDue(saved.code, BEGIN)]


# --- a stolen disk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", [False, True])
def test_no_file_of_the_kiosk_holds_anything_of_a_citizen(at: Bench, ended: bool) -> None:
    for _ in range(3):
        send(at)
    if ended:
        at.kiosk.end()
        at.close()
    files = [path for path in at.folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for canary in (NIK.encode(), b"Canary", PHOTO[4:16], NAME.encode("utf-16-le")):
            assert canary not in content, path.name


def test_the_device_time_is_the_devices_and_the_time_made_is_corrected(at: Bench) -> None:
    at.kiosk.clock.learn(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    send(at)
    envelope = at.store.outbox.get(1)
    assert envelope is not None
    assert (envelope.device_time.hour, opened(at).made_at.hour) == (8, 9)


def test_content_is_plain_json(at: Bench) -> None:
    send(at)
    envelope = at.store.outbox.get(1)
    assert envelope is not None
    assert set(json.loads(CITY.unseal(envelope.sealed))) <= set(Content.model_fields)
