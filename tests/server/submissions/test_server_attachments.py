"""Attachments: resumable at the last durable byte, verified, and only then is a case complete."""

import os
import random

import pytest
from sqlalchemy import select, update

from protocol.limits import ATTACHMENT_BYTES
from protocol.sealing import OVERHEAD
from server.storage import tables
from server.submissions.attachments import PATCH_BYTES
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer


def test_g4_a_case_is_complete_when_the_last_attachment_is_there(server: RunningServer, kiosk: TestKiosk) -> None:
    attachments = [kiosk.attachment(os.urandom(1000), f"foto{number}.jpg") for number in range(3)]
    envelope = kiosk.envelope(server.service(), attachments)
    assert kiosk.statuses(envelope) == ["missing_attachments"]
    seen = []
    for attachment in attachments:
        seen.append(kiosk.get(f"/v1/cases/{envelope.code}").json()["state"])
        kiosk.upload(attachment)
    assert seen == ["incomplete"] * 3
    assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_g4_without_any_one_of_them_it_stays_incomplete(server: RunningServer, kiosk: TestKiosk, dropped: int) -> None:
    attachments = [kiosk.attachment(os.urandom(100), f"foto{number}.jpg") for number in range(3)]
    envelope = kiosk.envelope(server.service(), attachments)
    kiosk.send(envelope)
    for attachment in attachments[:dropped] + attachments[dropped + 1 :]:
        kiosk.upload(attachment)
    assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "incomplete"
    (answer,) = kiosk.send(envelope).json()["answers"]
    assert answer["missing"] == [attachments[dropped].sha256]


def test_g7_an_upload_cut_at_random_bytes_goes_on_where_it_was(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(300_000))
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    chance = random.Random(11)
    while (offset := kiosk.offset(attachment)) < len(attachment.sealed):
        size = chance.randint(1, 60_000)
        assert kiosk.patch(attachment, offset, attachment.sealed[offset : offset + size]).status_code == 204
    kept = server.deps.attachments.sealed(kiosk.id, attachment.sha256)
    assert kept == attachment.sealed


def test_bytes_at_the_wrong_place_are_409_with_the_right_one(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(1000))
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    kiosk.patch(attachment, 0, attachment.sealed[:400])
    for wrong in (0, 399, 401, len(attachment.sealed)):
        answer = kiosk.patch(attachment, wrong, attachment.sealed[400:410])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "400")


def test_g4_a_flipped_byte_is_found_and_the_upload_begins_anew(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(1000))
    envelope = kiosk.envelope(server.service(), [attachment])
    kiosk.send(envelope)
    flipped = bytearray(attachment.sealed)
    flipped[500] ^= 1
    answer = kiosk.patch(attachment, 0, bytes(flipped))
    assert (answer.status_code, answer.json()["error"]["code"], answer.headers["Upload-Offset"]) == (409, "hash", "0")
    assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "incomplete"
    kiosk.upload(attachment)
    assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


def test_a_complete_attachment_cannot_be_overwritten(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(1000))
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    kiosk.upload(attachment)
    answer = kiosk.patch(attachment, 0, os.urandom(1000))
    assert (answer.status_code, answer.headers["Upload-Complete"]) == (204, "?1")
    assert server.deps.attachments.sealed(kiosk.id, attachment.sha256) == attachment.sealed


def test_one_blob_may_belong_to_two_submissions(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(os.urandom(1000))
    first, second = (kiosk.envelope(server.service(), [attachment]) for _ in range(2))
    kiosk.send(first)
    kiosk.upload(attachment)
    assert kiosk.statuses(second) == ["stored"]


def test_an_attachment_that_no_submission_names_is_404(server: RunningServer, kiosk: TestKiosk) -> None:
    stray = kiosk.attachment(b"stray")
    assert kiosk.patch(stray, 0, stray.sealed).status_code == 404
    assert kiosk.call("HEAD", f"/v1/attachments/{stray.sha256}").status_code == 404


def test_another_kiosks_attachment_is_404(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(b"mine")
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    assert server.kiosk("Kios Lain").patch(attachment, 0, attachment.sealed).status_code == 404


@pytest.mark.parametrize("extra", [-1, 1])
def test_another_length_than_was_said_is_400(server: RunningServer, kiosk: TestKiosk, extra: int) -> None:
    attachment = kiosk.attachment(b"length")
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    answer = kiosk.patch(attachment, 0, attachment.sealed[:10], len(attachment.sealed) + extra)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "length")


def test_more_bytes_than_were_said_are_400(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(b"length")
    kiosk.send(kiosk.envelope(server.service(), [attachment]))
    answer = kiosk.patch(attachment, 0, attachment.sealed + b"x", len(attachment.sealed))
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upload-Offset": "0"},
        {"Upload-Length": "10"},
        {"Upload-Offset": "-1", "Upload-Length": "10"},
        {"Upload-Offset": "9" * 13, "Upload-Length": "10"},
    ],
)
def test_offset_and_length_are_needed(sqlite_server: RunningServer, headers: dict[str, str]) -> None:
    path = f"/v1/attachments/{'0' * 64}"
    assert sqlite_server.kiosk().call("PATCH", path, b"x", headers).status_code == 400


def test_a_patch_is_read_up_to_its_limit(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    attachment = kiosk.attachment(os.urandom(PATCH_BYTES + 100))
    kiosk.send(kiosk.envelope(sqlite_server.service(), [attachment]))
    assert kiosk.patch(attachment, 0, attachment.sealed[: PATCH_BYTES + 1]).status_code == 413
    assert kiosk.patch(attachment, 0, attachment.sealed[:PATCH_BYTES]).status_code == 204


def test_an_attachment_is_accepted_at_its_limit_and_rejected_above(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    at_limit = kiosk.attachment(bytes(ATTACHMENT_BYTES - OVERHEAD))
    above = kiosk.attachment(bytes(ATTACHMENT_BYTES - OVERHEAD + 1))
    envelopes = [
        kiosk.envelope(sqlite_server.service(), [at_limit]),
        kiosk.envelope(sqlite_server.service(), [above]),
    ]
    assert kiosk.statuses(*envelopes) == ["missing_attachments", "rejected"]


def test_an_attachment_opens_only_to_what_the_form_said(server: RunningServer, kiosk: TestKiosk) -> None:
    attachment = kiosk.attachment(b"\xff\xd8 a photo")
    envelope = kiosk.envelope(server.service(), [attachment])
    kiosk.send(envelope)
    assert server.deps.attachments.open(kiosk.id, envelope.id, attachment.sha256) is None
    kiosk.upload(attachment)
    opened = server.deps.attachments.open(kiosk.id, envelope.id, attachment.sha256)
    assert opened is not None
    assert (opened.name, opened.data) == ("foto.jpg", attachment.plain)
    with server.deps.engine.begin() as connection:
        link = tables.submission_attachments
        connection.execute(update(link).where(link.c.sha256 == attachment.sha256).values(plain_sha256="0" * 64))
    assert server.deps.attachments.open(kiosk.id, envelope.id, attachment.sha256) is None


def test_an_upload_survives_a_restart_of_the_server(sqlite_server: RunningServer) -> None:
    kiosk = sqlite_server.kiosk()
    attachment = kiosk.attachment(os.urandom(1000))
    kiosk.send(kiosk.envelope(sqlite_server.service(), [attachment]))
    kiosk.patch(attachment, 0, attachment.sealed[:300])
    # What a crash may leave beyond the durable offset was never promised.
    part = next(sqlite_server.deps.settings.data.glob(f"attachments/*/*/{attachment.sha256}.part"))
    with part.open("ab") as file:
        file.write(b"torn")
    assert kiosk.offset(attachment) == 300
    kiosk.upload(attachment)
    with sqlite_server.deps.engine.connect() as connection:
        blob = tables.attachments.c
        assert connection.execute(select(blob.complete).where(blob.sha256 == attachment.sha256)).scalar_one()
