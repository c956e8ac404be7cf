"""A form that somebody will finish another day: what is kept of it, and how it goes on, also in a newer form.

A draft never touches this kiosk's disk. It is handed to the line as plain bytes in memory, sealed there under the
citizen's code and birth date, and lies at the server, which cannot open it.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from forms import FormError, FormSession, Kind
from kiosk.drafts.draft_words import DraftProblem
from kiosk.machine.health import Reason
from kiosk.session.attachments import Attachment
from kiosk.session.citizen import Citizen, HowIdentified
from kiosk.session.fewer import answered
from kiosk.session.nik import NikProblem, check
from kiosk.session.privacy import Privacy
from kiosk.session.session import Session
from protocol.limits import DRAFT_PLAIN_BYTES

FORMAT: Final = 1
#: Plain bytes, photos included; sealed it stays within what the line carries.
#: First characters of a draft's code.
DRAFT_PART: Final = "DRAF"
OLDEST_YEARS: Final = 130
_REPEAT: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Resumed:
    """The form is open again. ``dropped``: answers that the newer form has no place for."""

    service: str
    kept: int
    dropped: int
    #: The form was changed since.
    changed: bool


def is_draft(code: str) -> bool:
    return code.startswith(DRAFT_PART)


def birth_date(digits: str, today: date) -> date | None:
    """``17081990`` as a date somebody alive can be born on, or None."""
    try:
        born = date(int(digits[4:8]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
    return born if today.year - OLDEST_YEARS <= born.year and born <= today and len(digits) == 8 else None


def write(session: Session) -> bytes | DraftProblem:
    """All that was entered, to be sealed at once; also of members whom a lower number set aside."""
    service, form = session.service, session.form
    if service is None or form is None:
        raise RuntimeError("no form is open")
    citizen = session.citizen
    page = session.page
    document = {
        "format": FORMAT,
        "service": service.id,
        "form_version": service.form_version,
        "nik": citizen.nik.digits if citizen is not None else "",
        "how": citizen.how.value if citizen is not None else "",
        "privacy": session.privacy.value if session.privacy is not None else "",
        "page": page.ref if page is not None else "",
        "instance": form.to_draft().decode(),
        "answers": [[node.ref, node.value] for node in answered(form.root)],
        "scanned": list(session.answering.marks.held(form)),
        "attachments": [
            {
                "ref": attachment.ref,
                "name": attachment.name,
                "media_type": attachment.media_type,
                "data": base64.b64encode(attachment.data).decode(),
            }
            for attachment in _attachments(session, form)
        ],
    }
    plain = json.dumps(document, ensure_ascii=False).encode()
    return DraftProblem.TOO_LARGE if len(plain) > DRAFT_PLAIN_BYTES else plain


def resume(session: Session, plain: bytes) -> Resumed | DraftProblem | Reason:
    """Open the form again where it was left. The session must be at SERVICES. A Reason: why the service cannot be begun
    now; the draft stays where it is."""
    try:
        document = json.loads(plain)
        service = session.catalogue.get(str(document["service"]))
        if document["format"] != FORMAT or service is None or not session.catalogue.form_is_good(service.id):
            return DraftProblem.GONE
        blocked = session.ability_of(service).blocked
        if blocked:
            return blocked[0]
        attachments = [_attachment(one) for one in document["attachments"]]
        answers = [(str(ref), str(value)) for ref, value in document["answers"]]
        privacy = Privacy(document["privacy"]) if document["privacy"] else None
        citizen = _citizen(document)
        scanned = frozenset(str(ref) for ref in document.get("scanned", ()))
        page, instance = str(document["page"]), str(document["instance"]).encode()
        changed = str(document["form_version"]) != service.form_version
    except (KeyError, TypeError, ValueError, binascii.Error):
        return DraftProblem.GONE
    if not changed:
        try:
            session.reopen(service.id, citizen, privacy, instance)
            session.give_back(attachments)
            _mark(session, answers, scanned)
        except (FormError, ValueError):
            changed = True
        else:
            session.go_to(page)
            return Resumed(service.id, len(answers), 0, changed=False)
    form = session.reopen(service.id, citizen, privacy, None)
    by_name = {attachment.name: attachment for attachment in attachments}
    carried = [_carry(form, ref, value, by_name) for ref, value in answers]
    session.give_back([one for one in attachments if one.ref in form.nodes and form.nodes[one.ref].value == one.name])
    _mark(session, answers, scanned)
    session.go_to("")
    return Resumed(service.id, sum(carried), len(carried) - sum(carried), changed=True)


def _attachments(session: Session, form: FormSession) -> Iterator[Attachment]:
    """What the instance names: also what was photographed for somebody who is set aside."""
    for top in (form.root, *form.aside()):
        for node in answered(top):
            attachment = session.attachment(node.ref) if node.kind is Kind.UPLOAD else None
            if attachment is not None:
                yield attachment


def _carry(form: FormSession, ref: str, value: str, attachments: Mapping[str, Attachment]) -> bool:
    """Whether the answer has a place in a newer form, and fits there."""
    _make_room(form, ref)
    node = form.nodes.get(ref)
    if node is None or node.readonly or node.kind in (Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE, Kind.MODEL_VALUE):
        return False
    if node.kind is Kind.UPLOAD:
        if value not in attachments:
            return False
        form.attach(ref, value)
        return True
    if node.choices:
        chosen = {value} if node.kind is Kind.SELECT1 else set(value.split())
        if not chosen <= {choice.value for choice in node.choices}:
            return False
    try:
        form.set(ref, value)
    except ValueError:
        return False
    return True


def _mark(session: Session, answers: Iterable[tuple[str, str]], scanned: frozenset[str]) -> None:
    """What the scanner read is known as that again."""
    for ref, value in answers:
        if ref in scanned:
            session.answering.marks.put(ref, value)


def _make_room(form: FormSession, ref: str) -> None:
    """As many instances of each repeat on the way as the answer needs, where the form allows them."""
    for match in _REPEAT.finditer(ref):
        repeat, instance = ref[: match.start()], ref[: match.end()]
        for _ in range(int(match[1])):
            if instance in form.nodes or repeat not in form.nodes or not form.nodes[repeat].can_add:
                break
            form.add_repeat(repeat)


def _attachment(document: Mapping[str, Any]) -> Attachment:
    data = bytearray(base64.b64decode(document["data"], validate=True))
    return Attachment(str(document["ref"]), str(document["name"]), str(document["media_type"]), data)


def _citizen(document: Mapping[str, Any]) -> Citizen | None:
    if not document["nik"]:
        return None
    nik = check(str(document["nik"]))
    return None if isinstance(nik, NikProblem) else Citizen(nik, HowIdentified(document["how"]))
