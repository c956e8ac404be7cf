"""Opening an envelope: unsealing, and proving that what is inside belongs to what is outside.

What is structurally wrong is refused with a reason, for good. Answers that the form's own rules do not allow are
not: the citizen holds a slip, so the case opens and its officer sees the violations. Whether this server's engine or
the kiosk's is mistaken, a person decides.

All of it is done by the keeper (``keeper_child``): it alone has the keys, and what comes is anybody's.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree
from pydantic import ValidationError

from forms import Environment, Form
from protocol.limits import ANSWER_CHARACTERS, SEALED_BYTES
from protocol.messages import Content, ItemKind, SubmissionItem
from protocol.packs import ServiceDescription
from protocol.sealing import SealBroken, digest, unseal
from protocol.tracking import KIOSK_LENGTH, parse
from server.cases import anonymity, fees
from server.cases.filled_forms import form_language, form_of
from server.cases.finding.headlines import NOTHING, Headline, headline_of
from server.cases.finding.terms import terms_of
from server.catalogue.pack_content import PackService, Services
from server.submissions.complaint_topics import ComplaintTopics

#: Loaded forms that are kept in memory.
FORMS_IN_MEMORY: Final = 32
VIOLATIONS_KEPT: Final = 50
#: What a column holds; two hundred a day reach it in thirty thousand years.
HIGHEST_SEQ: Final = 2**31 - 1


@dataclass(frozen=True)
class Opened:
    item: SubmissionItem
    content: Content
    #: None for all but a SUBMISSION.
    description: ServiceDescription | None
    #: What the city keeps of the content, and what a case of it is found by.
    kept: Content
    headline: Headline = NOTHING
    terms: tuple[tuple[str, str], ...] = ()
    #: {ref, kind}
    violations: tuple[dict[str, str], ...] = ()
    #: What it costs; None where only the office can say.
    fee_rupiah: int | None = None
    #: Of a complaint: the choices that say what kind of report it is, and what it is about; "" where none was made.
    classification: str = ""
    topic: str = ""
    #: What the log should say of it: events, each with the name of an error or nothing.
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Refused:
    """Will never be accepted; ``reason`` is shown to field staff and holds nothing personal."""

    reason: str


class Opener:
    """One thread. ``private_key`` gives that of a key id, or None; ``zone``: the city's, which dates without an offset are meant
    in."""

    def __init__(self, private_key: Callable[[str], bytes | None], packs: Services, zone: str) -> None:
        self._private_key = private_key
        self._packs = packs
        self._zone = ZoneInfo(zone)
        self._topics = ComplaintTopics(packs)
        self._notes: list[tuple[str, str]] = []
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
        key = self._private_key(item.key_id)
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
        self._notes = []
        form = self._form((item.pack_version, item.service), service)
        # As at the kiosk: what waited for a line is held to the day it was given, not to the one it came.
        environment = Environment(now=lambda: content.made_at, device_id=content.kiosk_id, zone=self._zone)
        fee = self._fee(content, service, form, environment)
        violations = self._violations(content, form, environment)
        classification, topic = self._topics.chosen(item.pack_version, service.description, form, content)
        kept = anonymity.kept(content, service.description)
        return Opened(
            item,
            content,
            service.description,
            kept,
            headline_of(kept),
            tuple(terms_of(kept)),
            violations,
            fee,
            classification,
            topic,
            tuple(self._notes),
        )

    def _fee(self, content: Content, service: PackService, form: Form | None, environment: Environment) -> int | None:
        standard = service.description.standard
        try:
            language = None if form is None else form_language(form, content.language)
            fee = fees.worked_out(standard, form, content.instance.encode(), environment, language)
        except Exception as error:  # noqa: BLE001 - a fault of the engine must not cost a citizen's submission
            self._notes.append(("opening.fee_failed", type(error).__name__))
            return None
        if content.fee_rupiah is not None and content.fee_rupiah != fee:
            self._notes.append(("opening.fee_differs", ""))
        return fee

    def _violations(self, content: Content, form: Form | None, environment: Environment) -> tuple[dict[str, str], ...]:
        if form is None:
            return ({"ref": "", "kind": "form"},)
        try:
            language = form_language(form, content.language)
            found = form.check(content.instance.encode(), environment, language=language)
        except Exception as error:  # noqa: BLE001 - a fault of the engine must not cost a citizen's submission
            self._notes.append(("opening.check_failed", type(error).__name__))
            return ({"ref": "", "kind": "engine"},)
        # What is said of it is put together where it is read: it may hold answers, and officers have languages.
        return tuple({"ref": one.ref, "kind": one.kind.value} for one in found[:VIOLATIONS_KEPT])

    def _form(self, key: tuple[int, str], service: PackService) -> Form | None:
        if key in self._forms:
            self._forms.move_to_end(key)
            return self._forms[key]
        form = form_of(service)
        if form is None:
            self._notes.append(("opening.form_refused", ""))
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
    return Opened(item, content, None, content)


def _instance_problem(content: Content) -> str:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content.instance.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return "the answers are not XML"
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        return "the answers carry a document type"
    return "" if root.get("id") == content.form_id else "the answers are of another form"
