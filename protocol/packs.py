"""Packs: a signed, numbered set of services that kiosks run.

A pack is a zip file, the TUF target ``pack-<version>.zip`` with the custom members of :class:`PackCustom`.
Versions only rise: taking a pack back means publishing the former content under a new number. Inside::

    pack.json                          Manifest
    services/<id>/service.json         ServiceDescription
    services/<id>/form.xml             the ODK XForm
    services/<id>/<file>               what the form refers to: pictures, sounds, CSV, GeoJSON

A text that citizens read is a mapping of language (id, jv, mad, en) to text; ``id`` is always there and stands in for a
missing one.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, Field, StringConstraints, ValidationError, field_validator

from protocol.limits import Rupiah
from protocol.line.base import ServiceKind
from protocol.messages import Message, Name, Short

PACK_TYPE: Final = "ekios-pack"
PACK_BYTES: Final = 64_000_000
PACK_FILES: Final = 5_000
#: Unpacked; a zip that claims more is refused before it is read.
UNPACKED_BYTES: Final = 256_000_000
#: What a QR on the slip still holds legibly; EMVCo codes are shorter than 512.
PAYMENT_CODE_CHARACTERS: Final = 512

#: Answers that a slip repeats.
SLIP_ANSWERS: Final = 8
#: An expression that works out a fee.
FEE_RULE_CHARACTERS: Final = 500

#: The entry that tells what the pack is.
MANIFEST: Final = "pack.json"
_FILE: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}"
_PATH: Final = re.compile(rf"pack\.json|services/[a-z0-9][a-z0-9_.-]{{0,63}}/{_FILE}")


class PackRefused(ValueError):
    """The file is not a pack, or breaks a limit; the message says which."""


#: Lines of a service standard that have a pictogram.
PICTOGRAM_LINES: Final = 100

Text = dict[str, str]
Texts = dict[str, tuple[str, ...]]
Pictograms = Annotated[tuple[Name, ...], Field(max_length=PICTOGRAM_LINES)]


class PackCustom(Message):
    """``custom`` of the TUF target: what else the signature binds."""

    type: Literal["ekios-pack"] = "ekios-pack"
    city: Short
    version: Annotated[int, Field(ge=1)]
    rings: tuple[Literal["test", "early", "all"], ...]


class Manifest(Message):
    format: Literal[1] = 1
    version: Annotated[int, Field(ge=1)]
    city: Short
    made_at: AwareDatetime
    #: Ids in the order in which kiosks list them.
    services: tuple[Name, ...]
    #: Life events that services refer to, in order: id to text.
    life_events: dict[str, Text] = {}
    #: By life event, a name of ``protocol.pictograms``.
    life_event_pictograms: dict[str, Name] = {}
    consent_version: Short = "1"
    consent: Text = {}


class Agency(Message):
    id: Name
    name: Text


class Payment(Message):
    """How a fee is paid: at a bank or with a phone, never at the kiosk."""

    #: The regulation that asks for the fee.
    basis: Text
    #: Where and when to pay.
    how: Text
    #: The account or virtual account, as it is to be copied.
    account: Short = ""
    #: What a payment app scans (QRIS), printed as a QR; issued by a licensed provider.
    payment_code: Annotated[str, StringConstraints(max_length=PAYMENT_CODE_CHARACTERS)] = ""


class Standard(Message):
    """The six published parts of a service standard (UU 25/2009, PermenPANRB 15/2014)."""

    requirements: Texts
    procedure: Texts
    #: Names of ``protocol.pictograms``, one for each line from the first on; an older pack has none.
    requirement_pictograms: Pictograms = ()
    procedure_pictograms: Pictograms = ()
    #: Working days; 0 means while you wait.
    working_days: Annotated[int, Field(ge=0, le=365)]
    time: Text
    #: Rupiah; free services say 0, which is shown as "Rp 0". With ``fee_from`` or ``fee_rule``: what it costs at least.
    fee_rupiah: Rupiah
    #: It costs at least that, and only the office can say how much; ``fee`` tells what comes on top.
    fee_from: bool = False
    #: An expression of the form that gives the amount, such as ``${area} * 2500``; empty: it is ``fee_rupiah``.
    fee_rule: Annotated[str, StringConstraints(strip_whitespace=True, max_length=FEE_RULE_CHARACTERS)] = ""
    fee: Text
    #: Of a service that costs something; shown before consent and on the slip.
    payment: Payment | None = None
    product: Text
    complaints: Text


class StageWork(StrEnum):
    """What is done at a stage."""

    #: The case is looked at; nothing is decided.
    CHECK = "check"
    #: It is approved or rejected, here and at no other stage.
    DECIDE = "decide"
    #: It was approved: what comes of it is made, printed, registered.
    MAKE = "make"
    #: The citizen can have it.
    HAND_OUT = "hand_out"


class StageWorkers(StrEnum):
    """Who of the agency may work at a stage."""

    OFFICERS = "officers"
    SUPERVISORS = "supervisors"


class Stage(Message):
    """A stage of the workflow, in the order given: CHECK and DECIDE, then MAKE, then HAND_OUT."""

    id: Name
    name: Text
    working_days: Annotated[int, Field(ge=0, le=365)]
    #: None: of a pack that does not say; its place tells what it means, see ``server.catalogue.workflow``.
    does: StageWork | None = None
    by: StageWorkers = StageWorkers.OFFICERS
    #: Not by whoever brought the case to this stage.
    four_eyes: bool = False


class SlipText(Message):
    title: Text
    #: Shown to the citizen under the code: what happens next.
    next_step: Text
    #: Questions of the form whose answers the slip repeats, in this order: choices, dates and times. Nobody's name or number.
    answers: Annotated[tuple[Short, ...], Field(max_length=SLIP_ANSWERS)] = ()


class ServiceDescription(Message):
    id: Name
    agency: Agency
    name: Text
    summary: Text
    #: A name of ``protocol.pictograms``.
    icon: Name
    life_events: tuple[Name, ...] = ()
    #: Words people search by, by language.
    keywords: Texts = {}
    standard: Standard
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    slip: SlipText
    #: Whether the citizen is asked for the NIK before the form, and the form's question that it fills.
    identification: Literal["nik", "none"] = "nik"
    nik_question: str = ""
    consent: bool = True
    #: Devices without which the service cannot be used: "camera".
    needs: tuple[Name, ...] = ()
    #: A complaint lets the citizen choose, before anything is asked, to stay anonymous or to be known to one officer.
    kind: ServiceKind = ServiceKind.SERVICE
    #: The form's question that this choice fills: ``anonymous`` or ``secret``.
    privacy_question: str = ""
    #: The form's group of answers that tell who complains; of a secret one only its officer sees it.
    identity_group: str = ""
    #: Of a complaint, the form's choices that say what kind of report it is and what it is about: lists and counts go by them.
    classification_question: str = ""
    topic_question: str = ""
    #: Why nobody can begin it for now; None: it can be begun. An older kiosk offers it all the same.
    paused: Text | None = None
    form_id: Short
    form_version: Short

    @field_validator("name", "summary")
    @classmethod
    def _indonesian_is_there(cls, text: Text) -> Text:
        if not text.get("id", "").strip():
            raise ValueError("the Indonesian text is missing")
        return text


FileName = Annotated[str, StringConstraints(pattern=_PATH.pattern)]


def is_file_name(name: str) -> bool:
    """Whether a file of a service can be called so: letters, digits, ``.``, ``_`` and ``-``; at most 100."""
    return re.fullmatch(_FILE, name) is not None


def clip_names(page: str) -> tuple[str, ...]:
    """What the sign-language clip of a page may be called, among a service's files; the first one that is there is shown."""
    return tuple(f"signing-{page.lower().replace('_', '-')}.{ending}" for ending in ("webm", "mp4"))


def is_clip_name(name: str) -> bool:
    """Whether a file of a service is the sign-language clip of one of its pages."""
    return re.fullmatch(r"signing-[a-z][a-z-]{0,30}\.(webm|mp4)", name) is not None


def target_name(version: int) -> str:
    return f"pack-{version}.zip"


def build(manifest: Manifest, services: Mapping[str, ServiceDescription], files: Mapping[str, bytes]) -> bytes:
    """A pack as zip bytes; the same input gives the same bytes. ``files`` by path (``services/<id>/form.xml`` …)."""
    entries = {MANIFEST: _json(manifest)}
    for name, service in services.items():
        entries[f"services/{name}/service.json"] = _json(service)
    for path, content in files.items():
        if path in entries or not _PATH.fullmatch(path):
            raise PackRefused(f"{path!r} cannot be a file of a pack")
        entries[path] = content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(entries):
            archive.writestr(zipfile.ZipInfo(path), entries[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(content: bytes) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and all files by path. What they hold is not looked into: a service that its reader does not
    understand, perhaps of a newer server, must not cost the others.

    Raises PackRefused: no zip, a foreign path, over a limit, no manifest or a wrong one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            if len(infos) > PACK_FILES:
                raise PackRefused(f"{len(infos)} files, more than {PACK_FILES}")
            total = sum(info.file_size for info in infos)
            if total > UNPACKED_BYTES:
                raise PackRefused(f"{total} bytes when unpacked, more than {UNPACKED_BYTES}")
            strange = [info.filename for info in infos if not _PATH.fullmatch(info.filename)]
            if strange:
                raise PackRefused(f"a file that no pack has: {strange[0]!r}")
            files = {info.filename: archive.read(info) for info in infos}
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise PackRefused(f"not a zip file: {error}") from error
    try:
        return Manifest.model_validate_json(files[MANIFEST]), files
    except KeyError as error:
        raise PackRefused(f"a file is missing: {error.args[0]}") from error
    except ValidationError as error:
        raise PackRefused(f"the manifest is wrong: {error}") from error


def _json(message: Message) -> bytes:
    return json.dumps(message.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
