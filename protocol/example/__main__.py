"""A kiosk in under a hundred lines: ``python -m protocol.example https://server.example.id ABCDEF-GHJKMN``.

Enrols with the one-time code, waits for its approval, fills in the first service of the newest pack with nothing at all, sends
that signed and sealed, and prints the answer. docs/protocol.md goes through it step by step. A real kiosk keeps its key and its
numbers, and verifies packs with a TUF client; this one forgets itself, and looks at the hash only.
"""

import hashlib
import json
import secrets
import sys
import time
import uuid
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import requests

from protocol import PROTOCOL_VERSION, VERSION_HEADER, answers, fingerprints, packs, sealing, signing, tracking
from protocol.messages import BatchAnswer, Content, EnrolRequest, EnrolResponse, ErrorAnswer, SubmissionItem

POLL_S = 1.0
XFORMS = "{http://www.w3.org/2002/xforms}"


class ExampleKiosk:
    def __init__(self, server: str, code: str) -> None:
        self.server, self.key, public = server, (key := secrets.token_bytes(32)), signing.public_key(key)
        message = EnrolRequest(code=code, public_key=b64encode(public), software="protocol.example")
        body = message.model_dump_json()
        answer = requests.post(f"{server}/v1/enrol", body, headers={VERSION_HEADER: str(PROTOCOL_VERSION)}, timeout=30)
        if not answer.ok:
            raise SystemExit(ErrorAnswer.model_validate_json(answer.content).error.message)
        self.me = EnrolResponse.model_validate_json(answer.content)
        shown = fingerprints.shown(fingerprints.fingerprint(public, self.me.city, self.me.tuf_root))
        print(f"enrolled as {self.me.name}; compare and approve in the back office: {shown}", flush=True)
        while self.call("GET", "/v1/feed").status_code == requests.codes.forbidden:
            time.sleep(POLL_S)

    def call(self, method: str, path: str, body: bytes = b"") -> requests.Response:
        """A signed request, and its answer once that proved to be the city's."""
        signed = signing.sign(
            method,
            self.server + path,
            {VERSION_HEADER: str(PROTOCOL_VERSION), "Content-Type": "application/json"},
            body,
            kiosk_id=self.me.kiosk_id,
            private_key=self.key,
            nonce=secrets.token_urlsafe(16),
            now=datetime.now(UTC),
        )
        answer = requests.request(method, self.server + path, data=body, headers=signed, timeout=30)
        proof = answer.headers.get(answers.HEADER)
        if answers.read(proof, signed["Signature"], answer.status_code, self.me.city.badge_key) is None:
            raise SystemExit(f"status {answer.status_code}, and not from this city's server")
        return answer

    def newest_pack(self) -> tuple[packs.Manifest, dict[str, bytes]]:
        """From the timestamp to the snapshot, the targets and the file itself, each named by the one before."""
        snapshot = self.metadata("timestamp.json")["meta"]["snapshot.json"]["version"]
        targets = self.metadata(f"{snapshot}.snapshot.json")["meta"]["targets.json"]["version"]
        listed = self.metadata(f"{targets}.targets.json")["targets"]
        name, target = max(listed.items(), key=lambda one: one[1]["custom"]["version"])
        content = self.call("GET", f"/v1/packs/targets/{target['hashes']['sha256']}.{name}").content
        if hashlib.sha256(content).hexdigest() != target["hashes"]["sha256"]:
            raise SystemExit("the pack is not the one that was signed")
        return packs.unpack(content)

    def metadata(self, name: str) -> dict[str, Any]:
        return dict(json.loads(self.call("GET", f"/v1/packs/metadata/{name}").content)["signed"])

    def submit(self, pack: packs.Manifest, files: dict[str, bytes]) -> BatchAnswer:
        """An empty form of the pack's first service: the case opens, and its officer sees what is missing."""
        folder, now = f"services/{pack.services[0]}", datetime.now(UTC)
        service = packs.ServiceDescription.model_validate_json(files[f"{folder}/service.json"])
        form = ElementTree.fromstring(files[f"{folder}/form.xml"])
        instance = ElementTree.tostring(next(form.iter(f"{XFORMS}instance"))[0], encoding="unicode")
        both: dict[str, Any] = {"id": str(uuid.uuid4()), "kiosk_seq": 1, "pack_version": pack.version}
        both |= {"service": service.id, "form_version": service.form_version}
        both |= {"tracking_code": tracking.mint(self.me.kiosk_part, secrets.randbelow)}
        inside = {"kiosk_id": self.me.kiosk_id, "form_id": service.form_id, "language": "id", "made_at": now}
        content = Content(**both, **inside, instance=instance)
        key = self.me.city.sealing_keys[0]
        sealed = sealing.seal(content.model_dump_json().encode(), key.public_key)
        outside = {"key_id": key.key_id, "sha256": sealing.digest(sealed), "sealed": b64encode(sealed)}
        item = SubmissionItem(**both, **outside, device_time=now, boot_id="example")
        body = json.dumps({"items": [item.model_dump(mode="json")]}).encode()
        return BatchAnswer.model_validate_json(self.call("POST", "/v1/submissions", body).content)


if __name__ == "__main__":
    kiosk = ExampleKiosk(sys.argv[1].rstrip("/"), sys.argv[2])
    print(kiosk.submit(*kiosk.newest_pack()).model_dump_json(indent=1))
