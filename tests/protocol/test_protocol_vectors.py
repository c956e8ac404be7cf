"""The vectors for kiosks in other languages: they are what this code makes, and what their page says is enough to make them."""

import base64
import hashlib
import json
import struct
from datetime import date, datetime
from typing import Any, Final

import pytest
from nacl.public import Box, PrivateKey, PublicKey
from nacl.signing import VerifyKey

from protocol import badges, sealing, tracking
from tools.protocol_pages import VECTORS
from tools.protocol_vectors import text

GIVEN: Final = json.loads(VECTORS.read_text(encoding="utf-8"))


def test_the_file_is_in_step_with_the_code() -> None:
    """Else: ``python -m tools.protocol_pages``, and a new version of the protocol when others would misunderstand."""
    assert VECTORS.read_text(encoding="utf-8") == text()


# Below, each is made as docs/protocol.md says, without the code that made the file.


@pytest.mark.parametrize("vector", GIVEN["signing"], ids=lambda one: one["method"])
def test_a_request_is_signed_as_the_page_says(vector: dict[str, Any]) -> None:
    headers = vector["headers"]
    digest = base64.b64encode(hashlib.sha256(vector["body"].encode()).digest()).decode()
    assert headers["Content-Digest"] == f"sha-256=:{digest}:"
    label, _, parameters = headers["Signature-Input"].partition("=")
    base = "\n".join(
        (
            f'"@method": {vector["method"]}',
            f'"@request-target": {vector["target"]}',
            f'"ekios-protocol": {headers["Ekios-Protocol"]}',
            f'"content-digest": {headers["Content-Digest"]}',
            f'"@signature-params": {parameters}',
        )
    )
    assert base == vector["signature_base"]
    signature = base64.b64decode(headers["Signature"].removeprefix(f"{label}=:").removesuffix(":"))
    VerifyKey(bytes.fromhex(vector["public_key"])).verify(base.encode(), signature)


@pytest.mark.parametrize("vector", GIVEN["answers"], ids=lambda one: one["status"])
def test_an_answer_proves_itself_as_the_page_says(vector: dict[str, Any]) -> None:
    lines = ("ekios-answer 1", vector["request_signature"], vector["status"], vector["at_ms"], vector["judged_ms"])
    at, judged, proof = (part.partition("=")[2] for part in vector["header"].split(", "))
    assert (int(at), int(judged)) == (vector["at_ms"], vector["judged_ms"])
    signature = base64.urlsafe_b64decode(proof + "==")
    VerifyKey(bytes.fromhex(vector["city_public_key"])).verify("\n".join(map(str, lines)).encode(), signature)


@pytest.mark.parametrize("vector", GIVEN["sealing"], ids=lambda one: one["plain"][:5])
def test_a_blob_is_sealed_as_the_page_says(vector: dict[str, str]) -> None:
    sealed, city = bytes.fromhex(vector["sealed"]), bytes.fromhex(vector["city_private_key"])
    algorithm, ephemeral, box = sealed[:1], sealed[1:33], sealed[33:]
    nonce = hashlib.blake2b(ephemeral + bytes.fromhex(vector["city_public_key"]), digest_size=24).digest()
    assert (algorithm, nonce.hex()) == (b"\x01", vector["nonce"])
    assert Box(PrivateKey(city), PublicKey(ephemeral)).decrypt(box, nonce).decode() == vector["plain"]
    assert sealing.unseal(sealed, city).decode() == vector["plain"]
    assert vector["sha256"] == hashlib.sha256(sealed).hexdigest()
    assert vector["key_id"] == hashlib.sha256(bytes.fromhex(vector["city_public_key"])).hexdigest()[:16]


@pytest.mark.parametrize(("payload", "check"), GIVEN["tracking_codes"]["check_characters"].items())
def test_a_code_has_the_check_character_of_iso_7064(payload: str, check: str) -> None:
    """MOD 33,32: all characters with their check character leave one."""
    product = 32
    for character in payload:
        product = ((product + tracking.ALPHABET.index(character)) % 32 or 32) * 2 % 33
    assert (product + tracking.ALPHABET.index(check)) % 32 == 1


def test_codes_are_read_as_they_are_typed() -> None:
    read = GIVEN["tracking_codes"]["read_as"]
    assert {typed: tracking.parse(typed) for typed in read} == read
    assert [value for value in read.values() if value is None] == [None] * 3


def test_a_fingerprint_is_made_as_the_page_says() -> None:
    given, digest = GIVEN["fingerprint"], hashlib.sha256(b"ekios-enrolment 1")
    keys = [part for name, key in given["sealing_keys"] for part in (name.encode(), bytes.fromhex(key))]
    parts = [bytes.fromhex(given["kiosk_public_key"]), given["city_name"].encode(), given["tracking_base"].encode(),
             bytes.fromhex(given["badge_key"]), given["tuf_root"].encode(), *keys]  # fmt: skip
    for part in parts:
        digest.update(struct.pack(">I", len(part)) + part)
    assert digest.hexdigest() == given["digest"]
    assert given["shown"].replace(" ", "").lower() == given["digest"][:24]


def test_a_document_and_a_badge_are_signed_as_the_page_says() -> None:
    given = GIVEN["documents"]
    moment = datetime.fromisoformat(given["made_at"]).isoformat(timespec="microseconds")
    lines = ("ekios-document:1", given["name"], str(given["version"]), moment, given["body"])
    verify = VerifyKey(bytes.fromhex(GIVEN["answers"][0]["city_public_key"]))
    verify.verify("\n".join(lines).encode(), bytes.fromhex(given["signature"]))
    badge = GIVEN["badges"]
    head, _, signature = badge["token"].rpartition(".")
    verify.verify(head.encode(), base64.urlsafe_b64decode(signature + "=="))
    days = (date.fromisoformat(badge["expires"]) - date(1970, 1, 1)).days
    assert head == f"{badges.PREFIX}{badge['staff_id']}.{days}"
