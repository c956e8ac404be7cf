"""A kiosk as the server sees it: enrols, signs, seals. Made of the protocol alone, so that tests can also misbehave."""

import base64
import hashlib
import json
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
from nacl.signing import SigningKey
from uuid_utils import uuid7

from protocol import VERSION_HEADER
from protocol.fingerprints import fingerprint, shown
from protocol.messages import City, Content, EnrolResponse
from protocol.sealing import digest, seal
from protocol.signing import sign
from protocol.tracking import mint

NIK = "3578014107900003"
INSTANCE = '<data id="{id}" version="{version}"><nama>Siti Aminah</nama></data>'


@dataclass(frozen=True)
class Attachment:
    name: str
    plain: bytes
    sealed: bytes

    @property
    def sha256(self) -> str:
        return digest(self.sealed)


@dataclass(frozen=True)
class Envelope:
    """An item as it goes over the line, and what it holds."""

    item: dict[str, Any]
    content: Content
    attachments: tuple[Attachment, ...]

    @property
    def id(self) -> str:
        return str(self.item["id"])

    @property
    def code(self) -> str:
        return str(self.item["tracking_code"])


@dataclass
class TestKiosk:
    """Speaks to ``base`` (no slash at its end) with a session of its own."""

    __test__ = False

    base: str
    key: bytes = field(default_factory=lambda: bytes(SigningKey.generate()))
    http: requests.Session = field(default_factory=requests.Session)
    enrolment: EnrolResponse | None = None
    seq: int = 0
    #: By which it signs; a kiosk learns the server's.
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def public_key(self) -> bytes:
        return bytes(SigningKey(self.key).verify_key)

    @property
    def id(self) -> str:
        assert self.enrolment is not None
        return self.enrolment.kiosk_id

    @property
    def city(self) -> City:
        assert self.enrolment is not None
        return self.enrolment.city

    @property
    def fingerprint(self) -> str:
        """As a kiosk's screen shows it."""
        assert self.enrolment is not None
        return shown(fingerprint(self.public_key, self.city, self.enrolment.tuf_root))

    def enrol(self, code: str) -> requests.Response:
        answer = self.http.post(
            f"{self.base}/v1/enrol",
            json={
                "code": code,
                "public_key": base64.b64encode(self.public_key).decode(),
                "software": "test 1",
                "hardware": {"board": "none"},
            },
        )
        if answer.ok:
            self.enrolment = EnrolResponse.model_validate_json(answer.content)
        return answer

    # --- the line -----------------------------------------------------------------------------------------------

    def signed_headers(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        now: datetime | None = None,
        kiosk_id: str | None = None,
    ) -> dict[str, str]:
        return sign(
            method,
            f"{self.base}{path}",
            {VERSION_HEADER: "1", **(headers or {})},
            body,
            kiosk_id=kiosk_id or self.id,
            private_key=self.key,
            nonce=secrets.token_urlsafe(16),
            now=now or self.now(),
        )

    def call(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, **options: Any
    ) -> requests.Response:
        return self.http.request(
            method,
            f"{self.base}{path}",
            data=body or None,
            headers=self.signed_headers(method, path, body, headers),
            timeout=30,
            **options,
        )

    def get(self, path: str) -> requests.Response:
        return self.call("GET", path)

    def post(self, path: str, message: Any, headers: Mapping[str, str] | None = None) -> requests.Response:
        body = json.dumps(message).encode()
        return self.call("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def send(self, *envelopes: Envelope) -> requests.Response:
        return self.post("/v1/submissions", {"items": [one.item for one in envelopes]})

    def statuses(self, *envelopes: Envelope) -> list[str]:
        answer = self.send(*envelopes)
        answer.raise_for_status()
        return [one["status"] for one in answer.json()["answers"]]

    def patch(self, attachment: Attachment, offset: int, chunk: bytes, length: int | None = None) -> requests.Response:
        return self.call(
            "PATCH",
            f"/v1/attachments/{attachment.sha256}",
            chunk,
            {
                "Upload-Offset": str(offset),
                "Upload-Length": str(len(attachment.sealed) if length is None else length),
                "Content-Type": "application/octet-stream",
            },
        )

    def offset(self, attachment: Attachment) -> int:
        answer = self.call("HEAD", f"/v1/attachments/{attachment.sha256}")
        answer.raise_for_status()
        return int(answer.headers["Upload-Offset"])

    def upload(self, attachment: Attachment, chunk: int = 262_144) -> None:
        position = self.offset(attachment)
        while position < len(attachment.sealed):
            answer = self.patch(attachment, position, attachment.sealed[position : position + chunk])
            answer.raise_for_status()
            position = int(answer.headers["Upload-Offset"])

    # --- what is sent -------------------------------------------------------------------------------------------

    def attachment(self, plain: bytes, name: str = "foto.jpg") -> Attachment:
        return Attachment(name, plain, seal(plain, self.city.sealing_keys[0].public_key))

    def envelope(
        self,
        service: Mapping[str, str],
        attachments: Sequence[Attachment] = (),
        *,
        outside: Mapping[str, Any] | None = None,
        inside: Mapping[str, Any] | None = None,
        seq: int | None = None,
    ) -> Envelope:
        """A submission for ``service`` (id, form_id, form_version, pack); ``outside`` and ``inside`` overwrite."""
        assert self.enrolment is not None
        if seq is None:
            self.seq += 1
            seq = self.seq
        now = datetime.now(UTC).isoformat()
        common = {
            "id": str(uuid7()),
            "kind": "SUBMISSION",
            "kiosk_seq": seq,
            "tracking_code": mint(self.enrolment.kiosk_part, secrets.randbelow),
            "service": service["id"],
            "form_version": service["form_version"],
            "pack_version": int(service["pack"]),
        }
        content = Content.model_validate(
            {
                **common,
                "kiosk_id": self.id,
                "form_id": service["form_id"],
                "language": "id",
                "made_at": now,
                "identity": {"nik": NIK, "how": "typed"},
                "consent_at": now,
                "consent_version": "1",
                "instance": INSTANCE.format(id=service["form_id"], version=service["form_version"]),
                "attachments": [
                    {
                        "name": one.name,
                        "media_type": "image/jpeg",
                        "sha256": one.sha256,
                        "size": len(one.sealed),
                        "plain_sha256": hashlib.sha256(one.plain).hexdigest(),
                    }
                    for one in attachments
                ],
                **(inside or {}),
            }
        )
        key = self.city.sealing_keys[0]
        sealed = seal(content.model_dump_json().encode(), key.public_key)
        item = {
            **common,
            "key_id": key.key_id,
            "sha256": digest(sealed),
            "sealed": base64.b64encode(sealed).decode(),
            "attachments": [{"sha256": one.sha256, "size": len(one.sealed)} for one in attachments],
            "device_time": now,
            "boot_id": "boot-1",
            **(outside or {}),
        }
        return Envelope(item, content, tuple(attachments))

    def answer(
        self, case: str, text: str, service: Mapping[str, str], kind: str = "ANSWER", **inside: object
    ) -> Envelope:
        change = {"kind": kind, "tracking_code": case}
        return self.envelope(service, outside=change, inside={**change, "text": text, "instance": "", **inside})

    def heartbeat(self, **changes: Any) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat()
        return {
            "device_time": now,
            "boot_id": "boot-1",
            "uptime_s": 60.0,
            "software": "test 1",
            "protocol": 1,
            "pack_version": 1,
            "in_service": True,
            "components": [component("printer", supplies={"paper_mm": 60_000.0})],
            "outbox": {"waiting": 0, "parked": 0},
            "last_touch_at": now,
            **changes,
        }


def component(
    name: str,
    availability: str = "READY",
    conditions: Sequence[str] = (),
    supplies: Mapping[str, float] | None = None,
) -> dict[str, Any]:
    return {
        "component": name,
        "availability": availability,
        "conditions": list(conditions),
        "supplies": dict(supplies or {}),
        "since": datetime.now(UTC).isoformat(),
    }


def visit(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "id": str(uuid.uuid4()),
        "staff_id": "petugas-1",
        "began_at": now,
        "ended_at": now,
        "actions": [{"kind": "roll_changed", "at": now}],
        **changes,
    }
