"""The tables, as SQLAlchemy Core metadata.

Two conventions: times are aware UTC (``UtcDateTime``); ids of people and things are text. A column whose comment
is ``personal`` holds what a citizen told us, sealed with the server's vault (``server.vault``); nothing else may.

=======================  =============================================================================================
agencies                 offices that serve citizens
officers                 who signs in to the back office; ``role``: officer, supervisor, admin, staff_manager, command
web_sessions             signed-in browsers, by the hash of their cookie's token
packs                    published packs by number; ``content_of`` names the pack whose content a taking-back repeated
service_versions         the service documents of each pack, as published
form_drafts              uploaded XLSForms on their way to a pack, with the problems found
kiosks                   the fleet: key, place, ring, feed counter, and the newest heartbeat
enrolment_codes          one-time codes, hashed
enrolment_attempts       for the rate limit of enrolment
submissions              sealed envelopes as they came, one row an id for ever; ``kind`` SUBMISSION or ANSWER
rejections               items that were answered ``rejected`` or ``conflict``, for the office to see
attachments              sealed blobs by hash: how many bytes are durable, whether verified
submission_attachments   which envelope names which blob, and how its form calls it
cases                    what the server makes of a submission: state, stage, officer, clock, sealed content
case_steps               a case's history, one row a step, never changed
case_messages            what officers asked and citizens answered
feed                     each kiosk's gapless feed
commands                 device commands sent to kiosks, and their results
nonces                   signatures seen, until they expire
visits                   what field staff did at kiosks
heartbeats               a short history of heartbeats
component_history        changes of devices' states
alarms                   what the command centre must look at; open while ``cleared_at`` is null
staff                    field staff: roster, PIN, badge
settings                 settings by name that administrators change at run time
notices                  what the kiosks' start screens tell, and until when
holidays                 days on which offices rest, beyond the national calendar; ``working`` lifts one
audit_log                every read and write of people, append-only, leaves of an RFC 6962 tree
audit_tree               one row: size of the log and the roots of its perfect subtrees
checkpoints              signed heads of the log
=======================  =============================================================================================
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from server.storage.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- who works here ------------------------------------------------------------------------------------------------

agencies = Table(
    "agencies",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", JSON, nullable=False),  # text by language
    Column("position", Integer, nullable=False, default=0),
)

officers = Table(
    "officers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_name", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("role", String(20), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), index=True),  # null: all agencies (admin, command, staff_manager)
    Column("active", Boolean, nullable=False, default=True),
    Column("failed_sign_ins", Integer, nullable=False, default=0),
    Column("blocked_until", UtcDateTime),
    Column("last_sign_in_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # SHA-256 hex of the cookie's token
    Column("officer_id", ForeignKey("officers.id"), nullable=False, index=True),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

# --- what is published ---------------------------------------------------------------------------------------------

packs = Table(
    "packs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rings", JSON, nullable=False),  # list of test, early, all
    Column("made_by", String(64), nullable=False),  # officer id, or "seed"
    Column("made_at", UtcDateTime, nullable=False),
    Column("path", String(200), nullable=False),  # of the zip, under the packs folder
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("note", String(500), nullable=False, default=""),
    Column("content_of", Integer),
    Column("announced_at", UtcDateTime),  # null: a crash came between the files and the kiosks' feeds
    Column("taken_back_at", UtcDateTime),
    Column("taken_back_by", String(64)),
)

service_versions = Table(
    "service_versions",
    metadata,
    Column("pack_number", ForeignKey("packs.number"), primary_key=True),
    Column("service_id", String(64), primary_key=True),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", JSON, nullable=False),  # sync.protocol.packs.ServiceDocument
)

form_drafts = Table(
    "form_drafts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("service_id", String(64), nullable=False),
    Column("file_name", String(200), nullable=False),
    Column("file_type", String(8), nullable=False),  # xlsx, csv, md
    Column("source", LargeBinary, nullable=False),
    Column("document", JSON, nullable=False),  # members of ServiceDocument, possibly incomplete
    Column("form_xml", Text),  # null while the form has errors
    Column("resources", LargeBinary),  # zip of the files that the form names
    Column("problems", JSON, nullable=False),  # list of {severity, sheet, row, column, message}
    Column("state", String(16), nullable=False),  # draft, published, discarded
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("published_pack", Integer),
)

# --- the fleet -----------------------------------------------------------------------------------------------------

kiosks = Table(
    "kiosks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("kiosk_part", String(4), nullable=False, unique=True),
    Column("public_key", LargeBinary(32), nullable=False),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 hex of the key; officers compare its beginning
    Column("name", String(200), nullable=False),
    Column("place", String(200), nullable=False, default=""),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("ring", String(8), nullable=False, default="all"),
    Column("enrolled_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("revoked_by", String(64)),
    Column("hardware", JSON, nullable=False, default=dict),
    Column("feed_seq", Integer, nullable=False, default=0),  # newest cursor of the feed
    Column("feed_applied", Integer, nullable=False, default=0),  # as the kiosk reported
    Column("ack_through", Integer, nullable=False, default=0),
    # the newest heartbeat
    Column("last_heartbeat_at", UtcDateTime),
    Column("device_time", UtcDateTime),
    Column("boot_id", String(200)),
    Column("uptime_s", Float),
    Column("software", String(200), nullable=False, default=""),
    Column("protocol", Integer),
    Column("pack_version", Integer),
    Column("in_service", Boolean),
    Column("components", JSON, nullable=False, default=list),  # list of messages.Component
    Column("outbox_waiting", Integer),
    Column("outbox_parked", Integer),
    Column("outbox_oldest_at", UtcDateTime),
    Column("sessions_today", Integer),
    Column("last_touch_at", UtcDateTime),
    Column("disk_free_bytes", BigInteger),
)

enrolment_codes = Table(
    "enrolment_codes",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("place", String(200), nullable=False, default=""),
    Column("ring", String(8), nullable=False, default="all"),
    Column("created_by", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Column("kiosk_id", String(36)),
)

enrolment_attempts = Table(
    "enrolment_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("address", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
)

# --- up ------------------------------------------------------------------------------------------------------------

submissions = Table(
    "submissions",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("kiosk_seq", Integer, nullable=False),
    Column("tracking_code", String(12), nullable=False, index=True),
    Column("service_id", String(64), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),  # of the sealed envelope
    Column("sealed", LargeBinary, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("device_time", UtcDateTime, nullable=False),
    Column("boot_id", String(200), nullable=False),
    Column("complete", Boolean, nullable=False, default=False),  # every attachment is there and verified
    Index(None, "kiosk_id", "kiosk_seq"),
)

rejections = Table(
    "rejections",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("submission_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("status", String(16), nullable=False),  # rejected, conflict
    Column("reason", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("sha256", String(64), primary_key=True),  # of the sealed blob
    Column("size", Integer, nullable=False),
    Column("offset", Integer, nullable=False, default=0),  # durable bytes, as last written down
    Column("complete", Boolean, nullable=False, default=False),
    Column("completed_at", UtcDateTime),
)

submission_attachments = Table(
    "submission_attachments",
    metadata,
    Column("kiosk_id", String(36), primary_key=True),
    Column("submission_id", String(36), primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", String(200), nullable=False),  # file name in the instance
    Column("media_type", String(200), nullable=False),
    Column("plain_sha256", String(64), nullable=False),
    ForeignKeyConstraint(["kiosk_id", "submission_id"], ["submissions.kiosk_id", "submissions.id"]),
    ForeignKeyConstraint(["kiosk_id", "sha256"], ["attachments.kiosk_id", "attachments.sha256"]),
    Index(None, "kiosk_id", "sha256"),
)

# --- cases ---------------------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    Column("tracking_code", String(12), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False, index=True),
    Column("submission_id", String(36), nullable=False),
    Column("service_id", String(64), nullable=False),
    Column("agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("form_id", String(200), nullable=False),
    Column("form_version", String(200), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # messages.CasePublicState
    Column("stage", String(64), nullable=False),  # id of a stage of the service's workflow
    Column("officer_id", ForeignKey("officers.id"), index=True),
    Column("opened_at", UtcDateTime, nullable=False),  # received
    Column("made_at", UtcDateTime, nullable=False),  # by the kiosk's clock
    Column("updated_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # null while paused and when closed
    Column("stage_due_at", UtcDateTime),
    Column("paused_at", UtcDateTime),  # since when the clock stands
    Column("escalated_at", UtcDateTime),  # since when its supervisors know that it is late
    Column("closed_at", UtcDateTime),
    Column("complete", Boolean, nullable=False, default=False),
    Column("note", String(2000), nullable=False, default=""),  # what the office tells the citizen; public
    Column("violations", JSON, nullable=False, default=list),  # list of {ref, kind, message} of forms' check
    Column("content", LargeBinary, nullable=False, comment="personal"),  # messages.Content, sealed with the vault
    Column("nik_index", String(64), index=True),  # HMAC of the NIK; null where nobody may search for it
    Column("privacy", String(16), nullable=False, default="", server_default=""),  # anonymous, secret: of a complaint
    Column("steps", Integer, nullable=False, default=0),  # rows in case_steps; also the version for locking
    ForeignKeyConstraint(["kiosk_id", "submission_id"], ["submissions.kiosk_id", "submissions.id"]),
    Index(None, "agency_id", "state", "opened_at"),
)

case_steps = Table(
    "case_steps",
    metadata,
    Column("tracking_code", ForeignKey("cases.tracking_code"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("action", String(20), nullable=False),  # open, take, ask, answer, approve, reject, advance, ready, ...
    Column("state", String(16), nullable=False),  # after the step
    Column("stage", String(64), nullable=False),
    Column("actor", String(64), nullable=False),  # officer id, "kiosk:<id>", "system"
    Column("note", String(2000), nullable=False, default=""),  # public
)

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", String(36), primary_key=True),  # of an answer: its submission's id
    Column("tracking_code", ForeignKey("cases.tracking_code"), nullable=False, index=True),
    Column("direction", String(8), nullable=False),  # ask, answer
    Column("at", UtcDateTime, nullable=False),
    Column("officer_id", String(36)),
    Column("kiosk_id", String(36)),  # where it was answered
    Column("submission_id", String(36)),  # of an answer: its attachments hang there
    Column("body", LargeBinary, nullable=False, comment="personal"),  # UTF-8 text, sealed with the vault
)

# --- down ----------------------------------------------------------------------------------------------------------

feed = Table(
    "feed",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("type", String(16), nullable=False),  # messages.FeedType
    Column("at", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("issued_by", String(64), nullable=False),
    Column("issued_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("result_ok", Boolean),  # null until the kiosk reported
    Column("result_message", String(200)),
    Column("result_at", UtcDateTime),
)

nonces = Table(
    "nonces",
    metadata,
    Column("kiosk_id", String(36), primary_key=True),
    Column("nonce", String(100), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

# --- presence ------------------------------------------------------------------------------------------------------

visits = Table(
    "visits",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("staff_id", String(64), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("actions", JSON, nullable=False),  # list of messages.VisitAction
    Column("note", String(2000), nullable=False, default=""),
    Column("received_at", UtcDateTime, nullable=False),
)

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("kiosk_id", ForeignKey("kiosks.id"), primary_key=True),
    Column("received_at", UtcDateTime, primary_key=True),
    Column("device_time", UtcDateTime, nullable=False),
    Column("boot_id", String(200), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("in_service", Boolean, nullable=False),
    Column("outbox_waiting", Integer, nullable=False),
    Column("outbox_parked", Integer, nullable=False),
    Column("sessions_today", Integer, nullable=False),
    Column("paper_mm", Float),
)

component_history = Table(
    "component_history",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("component", String(64), nullable=False),
    Column("availability", String(16), nullable=False),
    Column("conditions", JSON, nullable=False),
    Column("detail", String(200), nullable=False, default=""),
    Column("since", UtcDateTime, nullable=False),  # by the kiosk's clock
    Column("at", UtcDateTime, nullable=False),  # when the server heard of it
    Index(None, "kiosk_id", "at"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kiosk_id", ForeignKey("kiosks.id"), nullable=False),
    Column("kind", String(32), nullable=False),  # alarms.AlarmKind
    Column("detail", String(200), nullable=False, default=""),
    Column("raised_at", UtcDateTime, nullable=False, index=True),
    Column("cleared_at", UtcDateTime),
    Column("acknowledged_at", UtcDateTime),
    Column("acknowledged_by", String(64)),
    # one open alarm of a kind for a kiosk
    Index(
        "uq_alarms_open",
        "kiosk_id",
        "kind",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=False, default="staff"),  # staff, supervisor
    Column("pin_hash", String(200), nullable=False),  # argon2id
    Column("badge_expires", Date),
    Column("active", Boolean, nullable=False, default=True),
)

# --- settings and the log ------------------------------------------------------------------------------------------

settings = Table(
    "settings",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", String(64), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("text", JSON, nullable=False),  # by language
    Column("until", UtcDateTime, nullable=False),
    Column("sent_by", String(64), nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)

holidays = Table(
    "holidays",
    metadata,
    Column("day", Date, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("working", Boolean, nullable=False, default=False),  # true: worked although the calendar says holiday
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),  # from 0, gapless: the leaf's index
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(64), nullable=False, index=True),  # officer id, "kiosk:<id>", "system", "operator"
    Column("action", String(64), nullable=False),  # "case.take", "case.read", "pack.publish", ...
    Column("object", String(100), nullable=False, index=True),  # "case:<code>", "kiosk:<id>", ...
    Column("details", JSON, nullable=False),  # without personal data
    Column("leaf_hash", LargeBinary(32), nullable=False),
)

audit_tree = Table(
    "audit_tree",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("size", Integer, nullable=False),
    Column("peaks", LargeBinary, nullable=False),  # 32 bytes each, largest subtree first
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(200), nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),  # Ed25519 over audit.checkpoint_text
)
