"""Signed requests: RFC 9421 with Ed25519, over method, target, version and the body's digest.

The authority is left out of what is signed: a proxy in front of the server may rewrite it, and each kiosk has a key
of its own. The library accepts replays; the server must remember each nonce until ``Verified.until``.

A signature is good from CLOCK_SKEW before it was made to CLOCK_SKEW after its life, by the server's time: a kiosk that is
minutes off is heard at once, one that is further off learns the time from the refusal (see ``answers``).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from protocol import VERSION_HEADER
from protocol.line import plain_signature

SIGNATURE_LIFE: Final = timedelta(minutes=5)
#: What the clocks of a kiosk and the server may differ by. More than the tolerance of five minutes that the fleet's alarm has
#: (a clock that nobody is called for must not cut its kiosk off).
CLOCK_SKEW: Final = timedelta(minutes=6)
TAG: Final = "ekios"
#: One digest, of RFC 9530's active algorithms; the signer sends sha-256.
_DIGEST: Final = re.compile(r"(sha-256|sha-512)=:([A-Za-z0-9+/]{43,88}={0,2}):")
COMPONENTS: Final = ("@method", "@request-target", VERSION_HEADER.lower())


class SignatureRefused(ValueError):
    """The request is not signed as it must be; the message says why, without secrets."""


@dataclass(frozen=True)
class Verified:
    kiosk_id: str
    nonce: str
    created: datetime
    #: The field that covers the body, when it was signed.
    content_digest: str | None = None

    @property
    def until(self) -> datetime:
        """After this, by the server's time, the signature is refused for its age."""
        return self.created + SIGNATURE_LIFE + CLOCK_SKEW


@dataclass
class _Request:
    method: str
    url: str
    headers: MutableMapping[str, str] = field(default_factory=dict)


class _PrivateKey:
    def __init__(self, key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's interface
        return self._key

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 - the library's interface
        return self._key.public_key()


class _PublicKeys:
    def __init__(self, find: Callable[[str], bytes | None]) -> None:
        self._find = find

    def resolve_public_key(self, key_id: str) -> Any:
        key = self._find(key_id)
        if key is None:
            raise SignatureRefused("no such kiosk")
        return Ed25519PublicKey.from_public_bytes(key)

    def resolve_private_key(self, key_id: str) -> Any:
        raise LookupError(key_id)


class _Verifier(HTTPMessageVerifier):  # type: ignore[misc] # the library is not typed
    """Judges times by the clock that it is given; the library's own way asks the machine's and allows five seconds."""

    def __init__(self, now: datetime, keys: _PublicKeys) -> None:
        super().__init__(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        self._now = now

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:  # noqa: ARG002
        times = {
            name: self._parse_integer_timestamp(sig_input.params[name], field_name=name)
            for name in ("created", "expires")
            if name in sig_input.params
        }
        created = times.get("created")
        if created is None:
            raise SignatureRefused("created is needed")
        _judge(created, times.get("expires"), self._now)


def _judge(created: datetime, expires: datetime | None, now: datetime) -> None:
    """Raises SignatureRefused for a signature that is not good at this time."""
    if created > now + CLOCK_SKEW:
        raise SignatureRefused("made in the future")
    if min(expires or created + SIGNATURE_LIFE, created + SIGNATURE_LIFE) < now - CLOCK_SKEW:
        raise SignatureRefused("too old")


def public_key(private_key: bytes) -> bytes:
    """The 32 bytes that a kiosk tells of its key when it enrols. ``private_key``: the 32-byte Ed25519 seed."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def sign(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    kiosk_id: str,
    private_key: bytes,
    nonce: str,
    now: datetime,
) -> dict[str, str]:
    """``headers`` with signature, digest of ``body`` and signature input added.

    ``private_key`` is the 32-byte Ed25519 seed; ``nonce`` is new for each sending, also when one is repeated;
    ``now`` is the server's time as the kiosk knows it (its own clock plus the offset from the last answer).
    """
    request = _Request(method.upper(), url, dict(headers))
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_PrivateKey(private_key)).sign(
        request,
        key_id=kiosk_id,
        created=now,
        expires=now + SIGNATURE_LIFE,
        nonce=nonce,
        tag=TAG,
        covered_component_ids=COMPONENTS,
        body=body,
    )
    return dict(request.headers)


def verify(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    *,
    public_key_of: Callable[[str], bytes | None],
    now: datetime,
) -> Verified:
    """Who signed, once everything holds. ``public_key_of(kiosk_id)`` gives the 32-byte key or None; ``now`` is the time by
    which the server judges signatures.

    ``body`` None: it has not come yet, and is for the caller to compare by ``BodyDigest``. Raises SignatureRefused. Whether the nonce is new, and whether the kiosk is revoked, is the caller's to check.
    """
    if body is None and (verified := _verify_plain(method, url, headers, public_key_of, now)) is not None:
        return verified
    request = _Request(method.upper(), url, dict(headers))
    verifier = _Verifier(now, _PublicKeys(public_key_of))
    try:
        (result,) = verifier.verify(
            request, max_age=SIGNATURE_LIFE, expect_tag=TAG, require_components=COMPONENTS, body=body
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise SignatureRefused(str(error)) from error
    parameters = result.parameters
    if not result.nonce or "created" not in parameters or "keyid" not in parameters:
        raise SignatureRefused("keyid, created and nonce are needed")
    return Verified(
        kiosk_id=str(parameters["keyid"]),
        nonce=result.nonce,
        created=datetime.fromtimestamp(int(parameters["created"]), UTC),
        content_digest=result.covered_components.get('"content-digest"'),
    )


def _verify_plain(
    method: str, url: str, headers: Mapping[str, str], public_key_of: Callable[[str], bytes | None], now: datetime
) -> Verified | None:
    """As :func:`verify`; None for what it has to judge."""
    found = plain_signature.read(method, url, headers)
    key = None if found is None else public_key_of(found.kiosk_id)
    if found is None or key is None or not found.holds(key):
        return None
    created = datetime.fromtimestamp(found.created, UTC)
    _judge(created, None if found.expires is None else datetime.fromtimestamp(found.expires, UTC), now)
    return Verified(found.kiosk_id, found.nonce, created, found.content_digest)


class BodyDigest:
    """Whether a body is the one that was signed, found out while it comes in pieces."""

    def __init__(self, verified: Verified) -> None:
        """Raises SignatureRefused for a digest that cannot be read."""
        self._expected: bytes | None = None
        self._hash = hashlib.sha256()
        self._size = 0
        if verified.content_digest is None:
            return
        found = _DIGEST.fullmatch(verified.content_digest.strip())
        if found is None:
            raise SignatureRefused("Content-Digest is sha-256=:…: or sha-512=:…:")
        self._hash = hashlib.new(found[1].replace("-", ""))
        try:
            self._expected = base64.b64decode(found[2], validate=True)
        except binascii.Error as error:
            raise SignatureRefused("Content-Digest is no base64") from error

    def update(self, piece: bytes) -> None:
        self._size += len(piece)
        self._hash.update(piece)

    @property
    def holds(self) -> bool:
        """Also when nothing came and nothing was said of it."""
        if self._expected is None:
            return not self._size
        return hmac.compare_digest(self._hash.digest(), self._expected)
