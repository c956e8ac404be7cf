"""From a session's answers to a sealed envelope that no power cut can take."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import uuid_utils

from kiosk.cases.case import CaseStateName
from kiosk.catalogue.fee import fee_of
from kiosk.events import Bus, Stored
from kiosk.machine.health import Health
from kiosk.ports import Clock, Failpoint, Sealer, TrackingCodes
from kiosk.session.attachments import Attachment
from kiosk.session.identity import KioskIdentity
from kiosk.session.outcomes import Refused, RefusedReason, Saved
from kiosk.session.privacy import Privacy
from kiosk.session.session import Session
from kiosk.store import StorageFailed, StorageProblem, Store
from kiosk.store.outbox import Envelope, SealedAttachment
from kiosk.store.receipts import Receipt
from kiosk.submissions.slip_answers import answer_texts
from kiosk.submissions.slip_fee import fee_texts
from protocol.limits import ANSWER_CHARACTERS, ATTACHMENT_BYTES, ATTACHMENTS_PER_SUBMISSION, SEALED_BYTES
from protocol.line.base import ServiceKind
from protocol.messages import Content, ContentAttachment, Identity, ItemKind

logger = logging.getLogger(__name__)

#: Two equal codes in a row are a one in 34 thousand million; this many are a broken source of chance.
_MINT_TRIES: Final = 20


class Submissions:
    """Thread-safe; one transaction a submission."""

    def __init__(
        self,
        identity: KioskIdentity,
        store: Store,
        sealer: Sealer,
        codes: TrackingCodes,
        clock: Clock,
        device_clock: Clock,
        bus: Bus,
        health: Health,
        failpoint: Failpoint,
    ) -> None:
        self._identity = identity
        self._store = store
        self._sealer = sealer
        self._codes = codes
        self._clock = clock
        self._device_clock = device_clock
        self._bus = bus
        self._health = health
        self._failpoint = failpoint

    def send(self, session: Session) -> Saved | Refused:
        """Validate, seal, commit. The session itself is not changed."""
        service, form = session.service, session.form
        if service is None or form is None:
            raise RuntimeError("no form is open")
        if service.consent and session.consent_at is None:
            return Refused(RefusedReason.NO_CONSENT)
        violations = form.validate()
        if violations:
            return Refused(RefusedReason.INVALID, violations)
        self._failpoint("send.validated")
        made_at = self._clock.now()
        privacy = session.privacy if service.kind is ServiceKind.COMPLAINT else None
        attachments = session.attachments_in_use()
        if len(attachments) > ATTACHMENTS_PER_SUBMISSION:
            return Refused(RefusedReason.TOO_LARGE)
        fee = fee_of(service, form)
        compose = partial(
            Content,
            kind=ItemKind.SUBMISSION,
            kiosk_id=self._identity.kiosk_id,
            service=service.id,
            form_id=service.form_id,
            form_version=service.form_version,
            pack_version=session.catalogue.version,
            language=session.language,
            made_at=made_at,
            identity=None
            if session.citizen is None or privacy is Privacy.ANONYMOUS
            else Identity(nik=session.citizen.nik.digits, how=session.citizen.how.value),
            privacy=privacy.value if privacy is not None else "",
            consent_at=session.consent_at,
            consent_version=session.catalogue.consent_version if session.consent_at is not None else "",
            fee_rupiah=None if fee.least else fee.rupiah,
            instance=form.to_xml().decode(),
            scanned=tuple(session.answering.marks.held(form)),
        )
        receipt = Receipt(
            code="",
            service=service.id,
            pack_version=session.catalogue.version,
            texts={
                "service": service.name.by_language,
                "agency": service.agency.name.by_language,
                "title": service.slip.title.by_language,
                "next_step": service.slip.next_step.by_language,
                **fee_texts(service, fee),
                **answer_texts(service, form, session.language, self._identity.time_zone),
            },
            language=session.language,
            made_at=made_at,
            received_at=None,
            state=CaseStateName.STORED_HERE.value,
            state_at=made_at,
        )
        return self._store_sealed(compose, attachments, receipt, code=None)

    def send_answer(
        self,
        *,
        code: str,
        service: str,
        text: str,
        language: str,
        photos: Sequence[Attachment] = (),
        kind: ItemKind = ItemKind.ANSWER,
    ) -> Saved | Refused:
        """What a citizen says to the case of ``code``. To a question: words, photos of what was missing, or both; an
        objection and a wish to reopen it have words."""
        if not text.strip() and (kind is not ItemKind.ANSWER or not photos):
            return Refused(RefusedReason.INVALID)
        if len(text) > ANSWER_CHARACTERS:
            return Refused(RefusedReason.TOO_LARGE)
        compose = partial(
            Content,
            kind=kind,
            kiosk_id=self._identity.kiosk_id,
            service=service,
            form_id="",
            form_version="",
            pack_version=0,
            language=language,
            made_at=self._clock.now(),
            instance="",
            text=text,
        )
        return self._store_sealed(compose, photos, None, code=code)

    def _store_sealed(
        self,
        compose: Callable[..., Content],
        attachments: Sequence[Attachment],
        receipt: Receipt | None,
        code: str | None,
    ) -> Saved | Refused:
        """``compose`` lacks what is known here only: id, sequence, code and attachments."""
        submission_id = str(uuid_utils.uuid7())
        sealed_attachments: list[SealedAttachment] = []
        named: list[ContentAttachment] = []
        for attachment in attachments:
            plain = bytes(attachment.data)
            sealed = self._sealer.seal(plain)
            if len(sealed) > ATTACHMENT_BYTES:
                return Refused(RefusedReason.TOO_LARGE)
            digest = self._sealer.digest(sealed)
            sealed_attachments.append(SealedAttachment(digest, len(sealed), sealed))
            named.append(
                ContentAttachment(
                    name=attachment.name,
                    media_type=attachment.media_type,
                    sha256=digest,
                    size=len(sealed),
                    plain_sha256=hashlib.sha256(plain).hexdigest(),
                )
            )
        try:
            with self._store.transaction():
                code = code if code is not None else self._new_code()
                seq = self._store.outbox.next_seq()
                content = compose(id=submission_id, kiosk_seq=seq, tracking_code=code, attachments=tuple(named))
                sealed = self._sealer.seal(content.model_dump_json().encode())
                if len(sealed) > SEALED_BYTES:
                    raise _TooLarge
                self._failpoint("send.sealed")
                self._store.outbox.add(
                    Envelope(
                        kiosk_seq=seq,
                        id=submission_id,
                        kind=content.kind,
                        tracking_code=code,
                        service=content.service,
                        form_version=content.form_version,
                        pack_version=content.pack_version,
                        key_id=self._sealer.key_id,
                        sha256=self._sealer.digest(sealed),
                        sealed=sealed,
                        device_time=self._device_clock.now(),
                        boot_id=self._identity.boot_id,
                    ),
                    sealed_attachments,
                )
                if receipt is not None:
                    self._store.receipts.add(replace(receipt, code=code))
                self._failpoint("send.before_commit")
        except _TooLarge:
            return Refused(RefusedReason.TOO_LARGE)
        except StorageFailed as error:
            logger.error("a submission could not be stored: %s", error.problem)
            self._health.storage_failed(error.problem)
            full = error.problem is StorageProblem.FULL
            return Refused(RefusedReason.DISK_FULL if full else RefusedReason.STORAGE_BROKEN)
        self._failpoint("send.after_commit")
        self._health.storage_works()
        self._bus.publish(Stored(submission_id, code, content.made_at))
        return Saved(submission_id, code, content.service, content.made_at)

    def _new_code(self) -> str:
        for _ in range(_MINT_TRIES):
            code = self._codes.mint()
            if not self._store.receipts.has(code):
                return code
        raise RuntimeError("the source of random codes repeats itself")


class _TooLarge(Exception):
    pass
