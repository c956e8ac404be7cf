"""The page of what came on a stick and of what was refused and is kept."""

import json

import pytest
from nacl.signing import SigningKey

from protocol import sealing
from protocol.outbox.exports import ItemRecord, encode
from tests.server.web.conftest import Office


def test_administrators_see_it_and_nobody_else_does(office: Office) -> None:
    envelope = office.kiosk.envelope(office.server.service("surat"), outside={"key_id": "0123456789abcdef"})
    assert office.kiosk.statuses(envelope) == ["rejected"]
    admin = office.browser("admin")
    page = admin.get("/fleet/carried").text
    assert "sealed to a key that this city does not have" in page and office.kiosk.id in page
    assert office.browser("pusat").get("/fleet/carried").status_code == 403
    named = {"kiosk": office.kiosk.id, "item": envelope.id, "sha256": envelope.item["sha256"]}
    assert "Masih ditolak" in admin.post("/fleet/carried/again", named).text
    assert "Masih ditolak" in admin.post("/fleet/carried/again", {}).text
    assert "5 sampai 200" in admin.post("/fleet/carried/discard", {**named, "reason": "x"}).text
    assert "Kiriman dibuang" in admin.post("/fleet/carried/discard", {**named, "reason": "kunci uji coba"}).text
    assert "Tidak ada yang ditolak" in admin.get("/fleet/carried").text
    assert "sudah dibuang" in admin.post("/fleet/carried/again", named).text


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "Choose|Pilih"), (b"no file of ours", "bukan berkas kios"), (b"eKios outbox {", "rusak")],
)
def test_a_wrong_file_is_refused_with_what_to_do(office: Office, content: bytes, says: str) -> None:
    admin = office.browser("admin")
    admin.get("/fleet/carried")
    answer = admin.post("/fleet/carried", files={"file": ("kios.ekios" if content else "", content)})
    assert answer.status_code == 400
    assert any(one in answer.text for one in says.split("|"))


def test_a_file_is_taken_in_and_its_answers_are_told(office: Office) -> None:
    kiosk = office.kiosk
    good, bad = kiosk.envelope(office.server.service("surat")), kiosk.envelope(office.server.service("surat"))
    bad.item["tracking_code"] = "K7M2AAAAAAAA"
    city = kiosk.city
    pieces = encode(
        city=city.name,
        kiosk_id=kiosk.id,
        made_at=kiosk.now(),
        key_id=city.sealing_keys[0].key_id,
        seal=lambda plain: sealing.seal(plain, city.sealing_keys[0].public_key),
        sign=SigningKey(kiosk.key),
        records=[ItemRecord(json.dumps(one.item).encode()) for one in (good, bad)],
    )
    data = b"".join(pieces)
    admin = office.browser("admin")
    admin.get("/fleet/carried")
    page = admin.post("/fleet/carried", files={"file": ("kios.ekios", data)}).text
    assert "Baru: 1" in page and "Ditolak: 1" in page and "check character is wrong" in page
    again = admin.post("/fleet/carried", files={"file": ("kios.ekios", data)}).text
    assert "Baru: 0. Sudah ada: 1" in again
