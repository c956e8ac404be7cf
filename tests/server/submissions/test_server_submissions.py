"""Submissions: each id once, for ever, with the same answer; one bad item costs no other."""

import base64
import gzip
import json
import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from protocol.limits import BATCH_BYTES, BATCH_ITEMS, SEALED_BYTES
from protocol.sealing import digest, seal
from protocol.tracking import check_character
from server.storage import tables
from tests.server.kiosk_client import Envelope, TestKiosk
from tests.server.running import RunningServer


def rows(server: RunningServer, kiosk: TestKiosk, table: Any) -> int:
    """How many came from this kiosk."""
    query = select(func.count()).select_from(table).where(table.c.kiosk_id == kiosk.id)
    with server.deps.engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def only_answer(kiosk: TestKiosk, envelope: Envelope) -> dict[str, Any]:
    answer = kiosk.send(envelope)
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["answers"]
    return dict(one)


def test_a_submission_is_stored_and_opens_a_case(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    assert kiosk.statuses(envelope) == ["stored"]
    state = kiosk.get(f"/v1/cases/{envelope.code}").json()
    assert (state["state"], state["service"]) == ("received", "surat")


def test_the_kiosk_hears_of_the_case_through_its_feed(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    kiosk.send(envelope)
    events = kiosk.get("/v1/feed?after=0").json()["events"]
    assert events[-1]["type"] == "case"
    assert events[-1]["data"]["tracking_code"] == envelope.code


def test_g3_same_id_same_answer_with_the_first_time(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    first = only_answer(kiosk, envelope)
    again = only_answer(kiosk, envelope)
    assert (again["status"], again["received_at"]) == ("duplicate", first["received_at"])


def test_g3_sixteen_equal_posts_at_once_make_one_row_and_one_case(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: only_answer(kiosk, envelope)["status"], range(16)))
    assert sorted(answers) == ["duplicate"] * 15 + ["stored"]
    assert (rows(server, kiosk, tables.submissions), rows(server, kiosk, tables.cases)) == (1, 1)
    events = kiosk.get("/v1/feed?after=0").json()["events"]
    assert [one["data"]["tracking_code"] for one in events if one["type"] == "case"] == [envelope.code]


def test_g3_sixteen_batches_with_attachments_at_once_get_the_same_answer(
    server: RunningServer, kiosk: TestKiosk
) -> None:
    """Each from a connection of its own, the items in another order each time."""
    service = server.service()
    envelopes = [kiosk.envelope(service, [kiosk.attachment(bytes([number]) * 99)]) for number in range(4)]

    def send(number: int) -> dict[str, Any]:
        again = TestKiosk(server.base, kiosk.key, enrolment=kiosk.enrolment)
        answer = again.send(*random.Random(number).sample(envelopes, 4))
        answer.raise_for_status()
        return {one["id"]: (one["missing"], one["received_at"]) for one in answer.json()["answers"]}

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    assert all(answer == answers[0] for answer in answers)
    assert (rows(server, kiosk, tables.submissions), rows(server, kiosk, tables.cases)) == (4, 4)
    assert (rows(server, kiosk, tables.attachments), rows(server, kiosk, tables.submission_attachments)) == (4, 4)


def test_g3_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(
    server: RunningServer, kiosk: TestKiosk
) -> None:
    envelope = kiosk.envelope(server.service())
    kiosk.send(envelope)
    other = kiosk.envelope(server.service(), outside={"id": envelope.id}, inside={"id": envelope.id, "language": "en"})
    assert only_answer(kiosk, other)["status"] == "conflict"
    with server.deps.engine.connect() as connection:
        kept = connection.execute(
            select(tables.submissions.c.sha256).where(tables.submissions.c.id == envelope.id)
        ).scalar_one()
    assert kept == envelope.item["sha256"]


def test_items_may_come_in_any_order_and_the_gap_is_audited(server: RunningServer, kiosk: TestKiosk) -> None:
    envelopes = [kiosk.envelope(server.service()) for _ in range(6)]
    mixed = random.Random(7).sample(envelopes[1:], 5)
    for envelope in mixed:
        kiosk.send(envelope)
    assert kiosk.send(mixed[0]).json()["ack_through"] == 0
    assert kiosk.send(envelopes[0]).json()["ack_through"] == 6


def test_a_batch_with_one_id_twice_stores_it_once(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    assert kiosk.statuses(envelope, envelope) == ["stored", "duplicate"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_poison_item_is_rejected_and_delays_no_other(server: RunningServer, kiosk: TestKiosk, place: int) -> None:
    good = [kiosk.envelope(server.service()) for _ in range(2)]
    poison = kiosk.envelope(server.service(), outside={"sealed": base64.b64encode(b"\x01junk").decode()})
    batch = [*good[:place], poison, *good[place:]]
    expected = ["stored"] * 2
    expected.insert(place, "rejected")
    assert kiosk.statuses(*batch) == expected


def test_a_rejected_item_gets_the_same_answer_again(server: RunningServer, kiosk: TestKiosk) -> None:
    poison = kiosk.envelope(server.service(), inside={"kiosk_seq": 99})
    assert only_answer(kiosk, poison) == only_answer(kiosk, poison)
    assert rows(server, kiosk, tables.rejections) == 1


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", "00000000-0000-7000-8000-000000000000"),
        ("kiosk_id", "00000000-0000-4000-8000-000000000000"),
        ("kiosk_seq", 77),
        ("tracking_code", "000000000000"),
        ("service", "aduan"),
        ("form_version", "2"),
        ("pack_version", 9),
        ("kind", "ANSWER"),
    ],
)
def test_what_is_inside_must_equal_what_is_outside(
    server: RunningServer, kiosk: TestKiosk, member: str, value: Any
) -> None:
    answer = only_answer(kiosk, kiosk.envelope(server.service(), inside={member: value}))
    assert answer["status"] == "rejected"
    assert member in answer["reason"]


def test_attachments_outside_must_be_those_inside(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service(), [kiosk.attachment(b"one")], outside={"attachments": []})
    assert "attachments" in only_answer(kiosk, envelope)["reason"]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"pack_version": 41}, "pack 41"),
        ({"service": "hantu"}, "no service"),
        ({"form_version": "0"}, "not the one that was published"),
        ({"tracking_code": "ZZZZ00000001"}, "check character"),
        ({"tracking_code": "00090000000" + check_character("00090000000")}, "another kiosk's"),
    ],
)
def test_what_was_never_published_or_made_is_rejected(
    server: RunningServer, kiosk: TestKiosk, change: dict[str, Any], word: str
) -> None:
    answer = only_answer(kiosk, kiosk.envelope(server.service(), outside=change, inside=change))
    assert answer["status"] == "rejected"
    assert word in answer["reason"]


@pytest.mark.parametrize(
    "instance", ["", "not xml", "<data", '<data id="other"/>', '<!DOCTYPE a [<!ENTITY b "c">]><a/>']
)
def test_answers_that_are_no_instance_of_the_form_are_rejected(
    server: RunningServer, kiosk: TestKiosk, instance: str
) -> None:
    assert only_answer(kiosk, kiosk.envelope(server.service(), inside={"instance": instance}))["status"] == "rejected"


def test_answers_that_break_the_forms_rules_open_a_case_that_says_so(server: RunningServer, kiosk: TestKiosk) -> None:
    service = server.service()
    empty = f'<data id="{service["form_id"]}" version="{service["form_version"]}"><nama/></data>'
    envelope = kiosk.envelope(service, inside={"instance": empty})
    assert only_answer(kiosk, envelope)["status"] == "stored"
    assert violations(server, envelope) == [("required", "/data/nama")]


@pytest.mark.parametrize(("begins", "found"), [("2026-03-05", []), ("2026-03-04", [("constraint", "/data/mulai")])])
def test_answers_are_held_to_the_day_and_the_place_they_were_given(
    server: RunningServer, kiosk: TestKiosk, begins: str, found: list[tuple[str, str]]
) -> None:
    """What waited for a line is not wrong because it is late. 18 o'clock UTC is the next day here."""
    service = server.service()
    instance = (
        f'<data id="{service["form_id"]}" version="{service["form_version"]}">'
        f"<nama>Siti Aminah</nama><foto/><mulai>{begins}</mulai></data>"
    )
    envelope = kiosk.envelope(service, inside={"instance": instance, "made_at": "2026-03-04T18:00:00Z"})
    assert only_answer(kiosk, envelope)["status"] == "stored"
    assert violations(server, envelope) == found


def violations(server: RunningServer, envelope: Envelope) -> list[tuple[str, str]]:
    """What the officer reads about the answers: kind and place."""
    with server.deps.engine.connect() as connection:
        reported = connection.execute(
            select(tables.cases.c.violations).where(tables.cases.c.tracking_code == envelope.code)
        ).scalar_one()
    return [(one["kind"], one["ref"]) for one in reported]


def test_an_envelope_to_a_foreign_key_is_rejected(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service(), outside={"key_id": "0123456789abcdef"})
    assert "key" in only_answer(kiosk, envelope)["reason"]


def test_a_tracking_code_stands_on_one_submission_only(server: RunningServer, kiosk: TestKiosk) -> None:
    first = kiosk.envelope(server.service())
    second = kiosk.envelope(
        server.service(), outside={"tracking_code": first.code}, inside={"tracking_code": first.code}
    )
    assert kiosk.statuses(first, second) == ["stored", "rejected"]
    assert rows(server, kiosk, tables.submissions) == 1


@pytest.mark.parametrize(
    ("outside", "inside"),
    [
        ({"kiosk_seq": 2**31}, {"kiosk_seq": 2**31}),
        ({"kiosk_seq": 10**30}, {"kiosk_seq": 10**30}),
        ({"device_time": "0001-01-01T00:00:00+07:00"}, {}),
        ({}, {"made_at": "0001-01-01T00:00:00+07:00"}),
    ],
)
def test_a_value_that_cannot_be_stored_is_rejected_beside_a_good_one(
    server: RunningServer, kiosk: TestKiosk, outside: dict[str, Any], inside: dict[str, Any]
) -> None:
    good = kiosk.envelope(server.service())
    assert kiosk.statuses(kiosk.envelope(server.service(), outside=outside, inside=inside), good) == [
        "rejected",
        "stored",
    ]


def test_a_nul_in_a_text_costs_no_other_item(server: RunningServer, kiosk: TestKiosk) -> None:
    good = kiosk.envelope(server.service())
    assert kiosk.statuses(kiosk.envelope(server.service(), outside={"boot_id": "a\0b"}), good)[1] == "stored"


def test_a_malformed_item_with_an_id_is_rejected_beside_a_good_one(server: RunningServer, kiosk: TestKiosk) -> None:
    good = kiosk.envelope(server.service())
    broken = {**kiosk.envelope(server.service()).item, "kiosk_seq": "many"}
    answers = kiosk.post("/v1/submissions", {"items": [broken, good.item]}).json()["answers"]
    assert [one["status"] for one in answers] == ["rejected", "stored"]
    assert "kiosk_seq" in answers[0]["reason"]


@pytest.mark.parametrize("item", [None, 7, "x", [], {}, {"id": None}, {"id": "1"}])
def test_an_item_without_an_id_is_passed_over(server: RunningServer, kiosk: TestKiosk, item: Any) -> None:
    good = kiosk.envelope(server.service())
    answers = kiosk.post("/v1/submissions", {"items": [item, good.item]}).json()["answers"]
    assert [one["id"] for one in answers] == [good.id]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"items": 3}', b'{"items": []}', b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_batch_is_422(sqlite_server: RunningServer, body: bytes) -> None:
    answer = sqlite_server.kiosk().call("POST", "/v1/submissions", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


def test_a_batch_has_at_most_fifty_items(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    envelopes = [kiosk.envelope(sqlite_server.service()) for _ in range(BATCH_ITEMS)]
    assert set(kiosk.statuses(*envelopes)) == {"stored"}
    one_more = [one.item for one in envelopes] + [{}]
    assert kiosk.post("/v1/submissions", {"items": one_more}).status_code == 413


def test_a_body_is_read_up_to_its_limit(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    assert kiosk.call("POST", "/v1/submissions", b" " * BATCH_BYTES).status_code == 422
    assert kiosk.call("POST", "/v1/submissions", b" " * (BATCH_BYTES + 1)).status_code == 413


def test_an_envelope_is_accepted_at_its_limit_and_rejected_above(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    service = sqlite_server.service()
    assert only_answer(kiosk, _padded(kiosk, service, SEALED_BYTES))["status"] == "stored"
    above = only_answer(kiosk, _padded(kiosk, service, SEALED_BYTES + 1))
    assert above["status"] == "rejected"
    assert str(SEALED_BYTES) in above["reason"]


def test_gzip_is_understood(server: RunningServer, kiosk: TestKiosk) -> None:
    envelope = kiosk.envelope(server.service())
    body = gzip.compress(json.dumps({"items": [envelope.item]}).encode())
    answer = kiosk.call("POST", "/v1/submissions", body, {"Content-Encoding": "gzip"})
    assert answer.json()["answers"][0]["status"] == "stored"


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b" " * (BATCH_BYTES + 1), mtime=0), "gzip", 413),
        (gzip.compress(b"{}", mtime=0)[:-1], "gzip", 400),
        (b"plain", "gzip", 400),
        (b"{}", "br", 415),
    ],
)
def test_a_bad_encoding_is_refused(sqlite_server: RunningServer, body: bytes, encoding: str, status: int) -> None:
    answer = sqlite_server.kiosk().call("POST", "/v1/submissions", body, {"Content-Encoding": encoding})
    assert answer.status_code == status


def test_a_device_clock_ten_years_off_changes_no_order(server: RunningServer, kiosk: TestKiosk) -> None:
    past, future = "2016-01-01T00:00:00+00:00", "2036-01-01T00:00:00+00:00"
    service = server.service()
    first = kiosk.envelope(service, outside={"device_time": future}, inside={"made_at": future})
    second = kiosk.envelope(service, outside={"device_time": past}, inside={"made_at": past})
    answers = [only_answer(kiosk, one) for one in (first, second)]
    assert answers[0]["received_at"] < answers[1]["received_at"]


def _padded(kiosk: TestKiosk, service: dict[str, str], size: int) -> Envelope:
    """An envelope whose sealed blob has exactly ``size`` bytes: JSON may end in blanks."""
    envelope = kiosk.envelope(service)
    key = kiosk.city.sealing_keys[0].public_key
    plain = envelope.content.model_dump_json().encode()
    overhead = len(seal(b"", key))
    sealed = seal(plain.ljust(size - overhead), key)
    envelope.item.update(sealed=base64.b64encode(sealed).decode(), sha256=digest(sealed))
    return envelope
