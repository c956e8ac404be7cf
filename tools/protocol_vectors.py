"""``docs/protocol-vectors.json``: what goes in and what has to come out, for whoever writes a kiosk in another language."""

import base64
import hashlib
import json
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Final

from nacl.public import Box, PrivateKey, PublicKey
from nacl.signing import SigningKey

from protocol import (
    PROTOCOL_VERSION,
    VERSION_HEADER,
    answers,
    badges,
    documents,
    drafts,
    fingerprints,
    sealing,
    tracking,
)
from protocol.messages import City, SealingKey
from protocol.signing import COMPONENTS, sign

#: Seeds of keys that nobody has.
KIOSK_KEY: Final = bytes(range(32))
CITY_KEY: Final = bytes(range(32, 64))
SEALING_KEY: Final = bytes(range(64, 96))
_EPHEMERAL_KEY: Final = bytes(range(96, 128))
_NONCE_BYTES: Final = 24
AT: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
KIOSK_ID: Final = "0190f3a0-0000-7000-8000-000000000001"


def vectors() -> dict[str, Any]:
    """The same for ever, as long as the protocol is the same."""
    return {
        "signing": [_signed("POST", "/v1/heartbeat", b'{"uptime_s": 60.0}'), _signed("GET", "/v1/feed?after=7", b"")],
        "answers": [_proof(200), _proof(503)],
        "sealing": [_sealed(b""), _sealed(b"Siti Aminah, Jalan Pahlawan 1")],
        "tracking_codes": _codes(),
        "fingerprint": _fingerprint(),
        "drafts": _draft(),
        "documents": _document(),
        "badges": {"city_key": CITY_KEY.hex(), "staff_id": "ani", "expires": "2026-12-31",
                   "token": badges.issue("ani", date(2026, 12, 31), CITY_KEY)},
    }  # fmt: skip


def text() -> str:
    """The file."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


def _signed(method: str, target: str, body: bytes) -> dict[str, Any]:
    headers = sign(
        method,
        f"https://server.example.id{target}",
        {VERSION_HEADER: str(PROTOCOL_VERSION)},
        body,
        kiosk_id=KIOSK_ID,
        private_key=KIOSK_KEY,
        nonce="q8mW5bQy0u3m3J3n3q0zZQ",
        now=AT,
    )
    label, _, parameters = headers["Signature-Input"].partition("=")
    values = {"@method": method, "@request-target": target, **{name.lower(): value for name, value in headers.items()}}
    base = [f'"{name}": {values[name]}' for name in (*COMPONENTS, "content-digest")]
    return {
        "private_key": KIOSK_KEY.hex(),
        "public_key": bytes(SigningKey(KIOSK_KEY).verify_key).hex(),
        "method": method,
        "target": target,
        "body": body.decode(),
        "headers": headers,
        "signature_base": "\n".join([*base, f'"@signature-params": {parameters}']),
        "label": label,
    }


def _proof(status: int) -> dict[str, Any]:
    signature = "pyhms=:" + base64.b64encode(bytes(64)).decode() + ":"
    return {
        "city_key": CITY_KEY.hex(),
        "city_public_key": bytes(SigningKey(CITY_KEY).verify_key).hex(),
        "request_signature": signature,
        "status": status,
        "at_ms": int(AT.timestamp() * 1000),
        "judged_ms": int(AT.timestamp() * 1000),
        "header": answers.prove(signature, status, answers.Proof(AT, AT), CITY_KEY),
    }


def _sealed(plain: bytes) -> dict[str, str]:
    """As libsodium's sealed box makes it, with an ephemeral key that is known: each sealing has another one."""
    ephemeral, city = PrivateKey(_EPHEMERAL_KEY), PrivateKey(SEALING_KEY).public_key
    both = bytes(ephemeral.public_key) + bytes(city)
    nonce = hashlib.blake2b(both, digest_size=_NONCE_BYTES).digest()
    box = Box(ephemeral, PublicKey(bytes(city))).encrypt(plain, nonce).ciphertext
    sealed = sealing.SEALED_BOX + bytes(ephemeral.public_key) + box
    return {
        "city_private_key": SEALING_KEY.hex(),
        "city_public_key": bytes(city).hex(),
        "key_id": sealing.key_id(bytes(city)),
        "ephemeral_private_key": _EPHEMERAL_KEY.hex(),
        "nonce": nonce.hex(),
        "plain": plain.decode(),
        "sealed": sealed.hex(),
        "sha256": sealing.digest(sealed),
    }


def _typed() -> tuple[str, ...]:
    """Ways in which people and scanners bring a code, and what is none."""
    payload = "K7M29QXF4TR"
    code, lookalikes = (one + tracking.check_character(one) for one in (payload, "00119QXF4TR"))
    address = tracking.address("https://kota.example.id", code)
    return (
        code,
        tracking.display(code).lower(),
        f" {code} ",
        address,
        lookalikes.replace("0011", "Ooil"),
        payload,
        f"{payload}0",
        "",
    )


def _codes() -> dict[str, Any]:
    made = [tracking.mint("K7M2", partial(min, digit)) for digit in (0, 9, 31)]
    return {
        "kiosk_parts": {str(number): tracking.kiosk_part(number) for number in (0, 1, 32, 1_048_575)},
        "check_characters": {code[:-1]: code[-1] for code in made},
        "read_as": {typed: tracking.parse(typed) for typed in _typed()},
    }


def _fingerprint() -> dict[str, Any]:
    sealing_public = bytes(PrivateKey(SEALING_KEY).public_key)
    city = City.model_construct(
        name="Kota Uji",
        tracking_base="https://kota.example.id",
        sealing_keys=(SealingKey.model_construct(key_id=sealing.key_id(sealing_public), public_key=sealing_public),),
        badge_key=bytes(SigningKey(CITY_KEY).verify_key),
    )
    public, root = bytes(SigningKey(KIOSK_KEY).verify_key), b'{"signed": {"_type": "root"}}'
    digest = fingerprints.fingerprint(public, city, root)
    return {
        "kiosk_public_key": public.hex(),
        "city_name": city.name,
        "tracking_base": city.tracking_base,
        "badge_key": city.badge_key.hex(),
        "sealing_keys": [[key.key_id, key.public_key.hex()] for key in city.sealing_keys],
        "tuf_root": root.decode(),
        "digest": digest,
        "shown": fingerprints.shown(digest),
    }


def _draft() -> dict[str, str]:
    code, born = drafts.mint(lambda below: 5 % below), date(1990, 8, 17)
    keys = drafts.derive(code, born)
    return {
        "code": code,
        "birth_date": born.isoformat(),
        "lookup": keys.lookup,
        "proof": keys.proof.hex(),
        "proof_header": drafts.proof_hash(keys.proof),
        "key": keys.key.hex(),
    }


def _document() -> dict[str, Any]:
    body = '{"year":2026,"lines":[]}'
    return {
        "city_key": CITY_KEY.hex(),
        "name": "budget",
        "version": 3,
        "made_at": AT.isoformat(),
        "body": body,
        "signature": documents.sign("budget", 3, AT, body, CITY_KEY).hex(),
    }
