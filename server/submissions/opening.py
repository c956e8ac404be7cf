"""Opening an envelope: unsealing, and proving that what is inside belongs to what is outside.

What is structurally wrong is refused with a reason, for good. Answers that the form's own rules do not allow are
not: the citizen holds a slip, so the case opens and its officer sees the violations. Whether this server's engine or
the kiosk's is mistaken, a person decides.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from lxml import etree
from pydantic import ValidationError

from forms import Environment, Form
from protocol.limits import ANSWER_CHARACTERS, SEALED_BYTES
from protocol.messages import Content, ItemKind, SubmissionItem
from protocol.packs import ServiceDescription
from protocol.sealing import SealBroken, digest, unseal
from protocol.tracking import KIOSK_LENGTH, parse
from server.cases import fees
from server.cases.complaint_topics import ComplaintTopics
from server.cases.filled_forms import form_language, form_of
from server.catalogue.pack_content import PackService
from server.catalogue.packs import PackRepository
from server.foundation.keys import CityKeys

#: Loaded forms that are kept in memory.
FORMS_IN_MEMORY: Final = 32
VIOLATIONS_KEPT: Final = 50
#: What a column holds; two hundred a day reach it in thirty thousand years.
HIGHEST_SEQ: Final = 2**31 - 1

_log = structlog.get_logger("server.submissions.opening")


@dataclass(frozen=True)
class Opened:
    item: SubmissionItem
    content: Content
    #: None for all but a SUBMISSION.
    description: ServiceDescription | None
    #: {ref, kind}
    violations: tuple[dict[str, str], ...] = ()
    #: What it costs; None where only the office can say.
    fee_rupiah: int | None = None
    #: Of a complaint: the choices that say what kind of report it is, and what it is about; "" where none was made.
    classification: str = ""
    topic: str = ""


@dataclass(frozen=True)
class Refused:
    """Will never be accepted; ``reason`` is shown to field staff and holds nothing personal."""

    reason: str


class Opener:
    """``zone``: the city's, which dates without an offset are meant in."""

    def __init__(self, keys: CityKeys, packs: PackRepository, zone: str) -> None:
        self._keys = keys
        self._packs = packs
        self._zone = ZoneInfo(zone)
        self._topics = ComplaintTopics(packs)
        self._lock = threading.Lock()
        self._forms: OrderedDict[tuple[int, str], Form | None] = OrderedDict()

    def open(self, kiosk_id: str, kiosk_part: str, item: SubmissionItem) -> Opened | Refused:
        if len(item.sealed) > SEALED_BYTES:
            return Refused(f"the envelope is larger than {SEALED_BYTES} bytes")
        if item.kiosk_seq > HIGHEST_SEQ:
            return Refused(f"kiosk_seq is above {HIGHEST_SEQ}")
        if digest(item.sealed) != item.sha256:
            return Refused("the envelope does not have the hash it says")
        if parse(item.tracking_code) != item.tracking_code:
            return Refused("the tracking code's check character is wrong")
        key = self._keys.sealing_key(item.key_id)
        if key is None:
            return Refused("sealed to a key that this city does not have")
        try:
            content = Content.model_validate_json(unseal(item.sealed, key))
        except SealBroken as error:
            return Refused(str(error))
        except ValidationError as error:
            return Refused(f"the content is not as agreed: {error.error_count()} members are wrong")
        if differing := _differing(kiosk_id, item, content):
            return Refused(f"inside and outside differ: {', '.join(differing)}")
        if item.kind is not ItemKind.SUBMISSION:
            return _answer(item, content)
        if item.tracking_code[:KIOSK_LENGTH] != kiosk_part:
            return Refused("the tracking code is another kiosk's")
        service = self._packs.service(item.pack_version, item.service)
        if service is None:
            return Refused(f"pack {item.pack_version} has no service {item.service}")
        if (content.form_id, item.form_version) != (service.description.form_id, service.description.form_version):
            return Refused("the form is not the one that was published with this pack")
        if problem := _instance_problem(content):
            return Refused(problem)
        return self._judged(item, content, service)

    def _judged(self, item: SubmissionItem, content: Content, service: PackService) -> Opened:
        form = self._form((item.pack_version, item.service), service)
        # As at the kiosk: what waited for a line is held to the day it was given, not to the one it came.
        environment = Environment(now=lambda: content.made_at, device_id=content.kiosk_id, zone=self._zone)
        fee = self._fee(item, content, service, form, environment)
        violations = self._violations(item, content, form, environment)
        classification, topic = self._topics.chosen(item.pack_version, service.description, form, content)
        return Opened(item, content, service.description, violations, fee, classification, topic)

    def _fee(
        self, item: SubmissionItem, content: Content, service: PackService, form: Form | None, environment: Environment
    ) -> int | None:
        standard = service.description.standard
        try:
            language = None if form is None else form_language(form, content.language)
            fee = fees.worked_out(standard, form, content.instance.encode(), environment, language)
        except Exception as error:  # noqa: BLE001 - a fault of the engine must not cost a citizen's submission
            _log.error("opening.fee_failed", service=item.service, pack=item.pack_version, error=type(error).__name__)
            return None
        if content.fee_rupiah is not None and content.fee_rupiah != fee:
            _log.warning("opening.fee_differs", service=item.service, pack=item.pack_version)
        return fee

    def _violations(
        self, item: SubmissionItem, content: Content, form: Form | None, environment: Environment
    ) -> tuple[dict[str, str], ...]:
        if form is None:
            return ({"ref": "", "kind": "form"},)
        try:
            language = form_language(form, content.language)
            found = form.check(content.instance.encode(), environment, language=language)
        except Exception as error:  # noqa: BLE001 - a fault of the engine must not cost a citizen's submission
            _log.error("opening.check_failed", service=item.service, pack=item.pack_version, error=type(error).__name__)
            return ({"ref": "", "kind": "engine"},)
        # What is said of it is put together where it is read: it may hold answers, and officers have languages.
        return tuple({"ref": one.ref, "kind": one.kind.value} for one in found[:VIOLATIONS_KEPT])

    def _form(self, key: tuple[int, str], service: PackService) -> Form | None:
        with self._lock:
            if key in self._forms:
                self._forms.move_to_end(key)
                return self._forms[key]
        form = form_of(service)
        if form is None:
            _log.error("opening.form_refused", service=key[1], pack=key[0])
        with self._lock:
            self._forms[key] = form
            while len(self._forms) > FORMS_IN_MEMORY:
                self._forms.popitem(last=False)
        return form


def _differing(kiosk_id: str, item: SubmissionItem, content: Content) -> list[str]:
    pairs: dict[str, tuple[Any, Any]] = {
        "id": (item.id, content.id),
        "kind": (item.kind, content.kind),
        "kiosk_id": (kiosk_id, content.kiosk_id),
        "kiosk_seq": (item.kiosk_seq, content.kiosk_seq),
        "tracking_code": (item.tracking_code, content.tracking_code),
        "service": (item.service, content.service),
        "form_version": (item.form_version, content.form_version),
        "pack_version": (item.pack_version, content.pack_version),
        "attachments": (
            sorted((one.sha256, one.size) for one in item.attachments),
            sorted((one.sha256, one.size) for one in content.attachments),
        ),
    }
    differing = [name for name, (outside, inside) in pairs.items() if outside != inside]
    if len({one.sha256 for one in content.attachments}) != len(content.attachments):
        differing.append("attachments named twice")
    return differing


def _answer(item: SubmissionItem, content: Content) -> Opened | Refused:
    if not content.text.strip() and (item.kind is not ItemKind.ANSWER or not content.attachments):
        return Refused("it says nothing")
    if len(content.text) > ANSWER_CHARACTERS:
        return Refused(f"the answer is longer than {ANSWER_CHARACTERS} characters")
    return Opened(item, content, None)


def _instance_problem(content: Content) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content.instance.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return "the answers are not XML"
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        return "the answers carry a document type"
    return "" if root.get("id") == content.form_id else "the answers are of another form"
