"""The messages of the line, version 1, as pydantic models. JSON; times are RFC 3339 with an offset.

The paths, and which message goes where, stand in the server's OpenAPI (``/v1/openapi.json``) and in docs/protocol-messages.md.

An error is ``{"error": {"code": "...", "message": "..."}}``; 401 for a signature that does not hold, 403 with code
``waiting`` for a kiosk that the office has not approved yet and ``revoked`` for one that was shut out, 426 for a version that
is not understood, 429 and 503 with ``Retry-After``. Each answer to a signed request proves that it is ours: see ``answers``.
"""

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, Base64Bytes, BeforeValidator, ConfigDict, Field, StringConstraints

from protocol.checkpoints import Offer, Witnessed
from protocol.components import Availability, Condition
from protocol.field.roles import StaffRole
from protocol.limits import ATTACHMENT_BYTES, ATTACHMENTS_PER_SUBMISSION, BATCH_ITEMS, Rupiah
from protocol.line.base import Code as Code
from protocol.line.base import Message as Message
from protocol.line.base import Name as Name
from protocol.line.base import Sha256 as Sha256
from protocol.line.base import Short as Short
from protocol.line.base import Uuid as Uuid
from protocol.line.cases import CaseMessage as CaseMessage
from protocol.line.cases import CasePublicState as CasePublicState
from protocol.line.cases import CaseState as CaseState
from protocol.line.cases import CaseStep as CaseStep
from protocol.line.cases import Contest as Contest
from protocol.line.cases import MessageKind as MessageKind
from protocol.line.releases import ProgramState, ReleaseOffer

# --- enrolment -----------------------------------------------------------------------------------------------------


class EnrolRequest(Message):
    code: Short
    #: The kiosk's Ed25519 public key, 32 bytes.
    public_key: Base64Bytes
    software: Short
    hardware: dict[str, Short] = Field(default_factory=dict)


class SealingKey(Message):
    key_id: Short
    #: X25519, 32 bytes.
    public_key: Base64Bytes


class City(Message):
    name: Short
    #: Where citizens' phones find ``/t/<code>``.
    tracking_base: Short
    time_zone: Short = "Asia/Jakarta"
    #: Submissions are sealed to the first; older ones stay listed until no outbox holds theirs.
    sealing_keys: tuple[SealingKey, ...]
    #: Ed25519, 32 bytes: verifies staff badges.
    badge_key: Base64Bytes


class EnrolResponse(Message):
    kiosk_id: Uuid
    #: Four characters, see ``tracking``.
    kiosk_part: Short
    name: Short
    ring: Literal["test", "early", "all"]
    city: City
    #: TUF root metadata, the root of trust for packs.
    tuf_root: Base64Bytes
    server_time: AwareDatetime


# --- up: submissions -----------------------------------------------------------------------------------------------


class ItemKind(StrEnum):
    SUBMISSION = "SUBMISSION"
    #: A citizen's answer to an officer's question; belongs to the case of ``tracking_code``.
    ANSWER = "ANSWER"
    #: A citizen contests what became of the case; sent where its server said that it may be.
    OBJECTION = "OBJECTION"
    REOPENING = "REOPENING"


class AttachmentRef(Message):
    """An attachment as the server may know it before opening: the hash and size of the *sealed* blob."""

    sha256: Sha256
    size: Annotated[int, Field(gt=0, le=ATTACHMENT_BYTES)]


class SubmissionItem(Message):
    """A sealed envelope on its way. ``sealed`` opens to :class:`Content`."""

    id: Uuid
    kind: ItemKind = ItemKind.SUBMISSION
    kiosk_seq: Annotated[int, Field(ge=1)]
    tracking_code: Code
    service: Name
    form_version: Short
    pack_version: Annotated[int, Field(ge=0)]
    key_id: Short
    #: Of ``sealed``.
    sha256: Sha256
    sealed: Base64Bytes
    attachments: Annotated[tuple[AttachmentRef, ...], Field(max_length=ATTACHMENTS_PER_SUBMISSION)] = ()
    device_time: AwareDatetime
    boot_id: Short


class SubmissionBatch(Message):
    items: Annotated[tuple[SubmissionItem, ...], Field(min_length=1, max_length=BATCH_ITEMS)]


class ItemStatus(StrEnum):
    #: Durable, and every attachment is there.
    STORED = "stored"
    #: The same id and hash were stored before.
    DUPLICATE = "duplicate"
    #: Durable; the listed attachments are still to come.
    MISSING_ATTACHMENTS = "missing_attachments"
    #: Will never be accepted; the kiosk parks it and shows the reason.
    REJECTED = "rejected"
    #: The id is taken by other content, which stays untouched.
    CONFLICT = "conflict"


class ItemAnswer(Message):
    id: Uuid
    status: ItemStatus
    #: Hashes of attachments that the server still wants (also for ``duplicate``).
    missing: tuple[Sha256, ...] = ()
    reason: Short = ""
    received_at: AwareDatetime | None = None


class BatchAnswer(Message):
    answers: tuple[ItemAnswer, ...]
    #: Highest kiosk_seq up to which the server holds everything; audits gaps, is no condition.
    ack_through: int
    #: Items without an answer because a quota is used up: seconds after which each is welcome again.
    later: dict[Uuid, float] = Field(default_factory=dict)


class Identity(Message):
    """Who the citizen said they are, and how."""

    model_config = ConfigDict(hide_input_in_errors=True)

    nik: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")]
    how: Literal["typed", "scanned"]


class ContentAttachment(Message):
    """An attachment as its form names it; ``sha256`` and ``size`` are of the sealed blob."""

    name: Short
    media_type: Short
    sha256: Sha256
    size: int
    plain_sha256: Sha256


class Content(Message):
    """What a sealed envelope holds, as UTF-8 JSON. Kiosk, sequence and versions are bound in here."""

    #: An error must not tell who the citizen is.
    model_config = ConfigDict(hide_input_in_errors=True)

    id: Uuid
    kind: ItemKind = ItemKind.SUBMISSION
    kiosk_id: Uuid
    kiosk_seq: int
    tracking_code: Code
    service: Name
    form_id: Short
    form_version: Short
    pack_version: int
    #: Of the citizen: id, jv, mad or en.
    language: Short
    made_at: AwareDatetime
    identity: Identity | None = None
    #: Of a complaint: what the citizen chose; "" of anything else.
    privacy: Literal["", "anonymous", "secret"] = ""
    #: When the citizen agreed, and to which version of the text; None when nothing personal is asked.
    consent_at: AwareDatetime | None = None
    consent_version: Short = ""
    #: What the citizen was told that it costs, in rupiah; None where nobody could say, and of older kiosks.
    fee_rupiah: Rupiah | None = None
    #: The ODK instance; the empty string for all but a SUBMISSION.
    instance: str
    #: The questions whose answers the scanner read, as they were sent; all others were typed or chosen. None: of a kiosk
    #: that does not tell.
    scanned: tuple[str, ...] | None = None
    #: What the citizen says, of all but a SUBMISSION.
    text: str = ""
    attachments: tuple[ContentAttachment, ...] = ()


# --- down: the feed ------------------------------------------------------------------------------------------------


class FeedType(StrEnum):
    PACK = "pack"
    CASE = "case"
    STAFF = "staff"
    SETTINGS = "settings"
    COMMAND = "command"
    NOTICE = "notice"
    HELP = "help"
    CHECKPOINT = "checkpoint"  # of older servers; see HeartbeatAnswer


class FeedEvent(Message):
    """One entry of a kiosk's feed. ``data`` by type:

    pack: PackAnnouncement; case: CaseState; staff: StaffRoster; settings: dict of names to values, see
    ``kiosk_settings``, KioskProfile and ``sealing_keys``; command: Command;
    notice: {"text": {language: text}, "until": time | null}; help: HelpComing.
    """

    n: Annotated[int, Field(ge=1)]
    #: Of a newer server it may be another: the kiosk passes it over.
    type: Annotated[FeedType | Short, Field(union_mode="left_to_right")]
    at: AwareDatetime
    data: dict[str, Any]


class FeedPage(Message):
    events: tuple[FeedEvent, ...]
    #: The newest cursor that the server has for this kiosk.
    head: int


#: Among the values of a ``settings`` event: a KioskProfile.
KIOSK_PROFILE: Final = "kiosk"


class KioskProfile(Message):
    """What the office calls a kiosk, and which packs it gets. It stands in the answer to the enrolment first; an event that
    brings it outranks that for good, and one without it changes nothing of it."""

    name: Short
    ring: Literal["test", "early", "all"]


class PackAnnouncement(Message):
    """A hint to look; what to run is decided by the verified TUF targets."""

    version: int


class HelpComing(Message):
    """Somebody has seen these calls for help and goes there."""

    calls: tuple[Uuid, ...]


class StaffMember(Message):
    id: Name
    name: Short
    role: Short = StaffRole.FIELD
    #: argon2id in its standard encoding.
    pin_hash: Short


class StaffRoster(Message):
    """All who may open the staff screens; whoever is not listed may not."""

    staff: tuple[StaffMember, ...]
    #: Apart from the others: an older kiosk knows no helpers and would let them do everything, or none of the roster in.
    helpers: tuple[StaffMember, ...] = ()


class Command(Message):
    """``name``: out_of_service, in_service, restart, test_slip, report, retry_parked, log, lock. Of a newer server it may be another:
    the kiosk tells that it does not know it."""

    id: Uuid
    name: Name
    expires_at: AwareDatetime | None = None


class CommandResult(Message):
    id: Uuid
    ok: bool
    message: Short = ""


class AppliedReport(Message):
    cursor: int
    results: tuple[CommandResult, ...] = ()


# --- presence ------------------------------------------------------------------------------------------------------


def _known(availability: object) -> object:
    said = isinstance(availability, str) and availability not in set(Availability)
    return Availability.UNKNOWN if said else availability


class Component(Message):
    """A ``components.ComponentState`` on its way. A newer kiosk may say more: an availability that is not ours is UNKNOWN,
    a condition or a component that is not ours stays as it was said."""

    component: Name
    availability: Annotated[Availability, BeforeValidator(_known, json_schema_input_type=str)]
    conditions: tuple[Annotated[Condition | Short, Field(union_mode="left_to_right")], ...] = ()
    supplies: dict[str, float] = Field(default_factory=dict)
    since: AwareDatetime
    detail: Short = ""


#: More reasons than there are; a heartbeat is bounded.
REASONS_MOST: Final = 40


class OutboxState(Message):
    waiting: int
    parked: int
    oldest_at: AwareDatetime | None = None
    #: How many wait for which reason (``outbox.waiting.WaitReason``, or one of a newer kiosk); of an older kiosk empty.
    reasons: Annotated[dict[Name, int], Field(max_length=REASONS_MOST)] = Field(default_factory=dict)


class Heartbeat(Message):
    device_time: AwareDatetime
    boot_id: Short
    uptime_s: float
    software: Short
    protocol: int
    pack_version: int
    in_service: bool
    components: tuple[Component, ...]
    outbox: OutboxState
    #: Sessions begun since local midnight, and when the screen was last touched.
    sessions_today: int = 0
    last_touch_at: AwareDatetime | None = None
    disk_free_bytes: int | None = None
    pack_problem: Short = ""  # why the newest pack could not be verified
    #: What the kiosk has seen of the audit log; None of an older kiosk.
    witnessed: Witnessed | None = None
    program: ProgramState | None = None  # which release runs; None without a launcher


class HeartbeatAnswer(Message):
    server_time: AwareDatetime
    #: Seconds until the next one is expected.
    interval_s: float
    feed_head: int
    #: Newest versions of what the city publishes, by name; see ``documents``. A kiosk asks for what is new to it.
    documents: dict[str, int] = Field(default_factory=dict)
    #: The audit log's newest checkpoint, when it is not the one that the kiosk said it holds.
    checkpoint: Offer | None = None
    #: The id of the server's last restore: when it is another than before, a kiosk sends again all that it still keeps.
    restored: Short = ""
    #: The release that this kiosk shall run now; None: it stays with what it has, unless that was taken back.
    release: ReleaseOffer | None = None


class VisitAction(Message):
    kind: Name
    at: AwareDatetime
    detail: Short = ""


class Visit(Message):
    """What field staff did at a kiosk."""

    id: Uuid
    staff_id: Name
    began_at: AwareDatetime
    ended_at: AwareDatetime
    actions: tuple[VisitAction, ...]
    note: Annotated[str, StringConstraints(max_length=2000)] = ""


# --- errors --------------------------------------------------------------------------------------------------------


class ErrorBody(Message):
    code: Short
    message: str


class ErrorAnswer(Message):
    error: ErrorBody
