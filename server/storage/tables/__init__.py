"""The tables, as SQLAlchemy Core metadata.

Two conventions: times are aware UTC (``UtcDateTime``); ids of people and things are text. A column whose comment
is ``personal`` holds what a citizen told us, sealed with the server's vault (``server.foundation.vault``); nothing else may.

=======================  =============================================================================================
agencies                 offices that serve citizens
officers                 who signs in to the back office; ``role``: officer, supervisor, admin, staff_manager, command
web_sessions             signed-in browsers, by the hash of their cookie's token
sign_in_failures         wrong passwords of the last hour, for the limits of the sign-in
sign_in_steps            what waits between two requests of a sign-in, each once: a second step, a challenge, a provider
authenticators           secrets of TOTP
passkeys                 public keys that officers sign in with
recovery_codes           codes for whoever lost a device, hashed, each once
areas                    parts of the city: where a kiosk stands, and with it each case
officer_areas            to which areas an officer is limited; without a row to none
packs                    published packs by number; ``content_of`` names the pack whose content a taking-back repeated
service_versions         the service documents of each pack, as published
form_drafts              uploaded XLSForms on their way to a pack, with the problems found
paused_services          services that nobody can begin for a while, with the reason
kiosks                   the fleet: key, place, ring, feed counter, and the newest heartbeat
kiosk_groups             kiosks that are told and set something together
kiosk_group_members      which kiosks are in which groups
enrolment_codes          one-time codes, hashed
enrolment_attempts       for the rate limit of enrolment
submissions              sealed envelopes as they came, one row an id for ever; ``kind`` SUBMISSION or ANSWER
quarantine               items that were refused, as they came, bounded
rejections               items that were answered ``rejected`` or ``conflict``, for the office to see
attachments              sealed blobs by hash: how many bytes are durable, whether verified
submission_attachments   which envelope names which blob, and how its form calls it
cases                    what the server makes of a submission: state, stage, officer, clock, sealed content
case_steps               a case's history, one row a step, never changed
case_messages            what officers asked and citizens answered
case_terms               keyed terms under which the search finds cases; goes with its case
picture_marks            what like pictures have in common
saved_views              filters of the inbox that an officer has given a name
complaint_clocks         SP4N-LAPOR's clocks of complaints, one row for each time that one was begun
complaint_forwards       which agency forwarded a complaint to which
feed                     each kiosk's gapless feed
commands                 device commands sent to kiosks, and their results
nonces                   signatures seen, until they expire
visits                   what field staff did at kiosks
heartbeats               a short history of heartbeats
component_history        changes of devices' states
kiosk_logs               the last lines of kiosks' logs, as commands asked for them
readiness_reports        what kiosks found when everything was tested, as they signed it
visit_photos             photos of kiosks that field staff took
alarms                   what the command centre must look at; open while ``cleared_at`` is null
staff                    field staff: roster, PIN, badge
work_orders              what field staff are asked to do at kiosks, until a visit has done it
releases                 the kiosks' program by number, and how far its roll-out has come
release_kiosks           which kiosks were asked to take a release, and what came of it
release_files            the files of releases by their hash; their bytes here on PostgreSQL, else in the folder
quotas                   how much of a quota a kiosk or a NIK's HMAC has used
case_lookups             which cases a kiosk was shown, and may therefore answer for
settings                 settings by name that administrators change at run time
notices                  what the kiosks' start screens tell, and until when
holidays                 days on which offices rest, beyond the national calendar; ``working`` lifts one
servers                  processes of this server that are there
chores                   what one of them does for all, by whom and when last
shared_files             packs and their signed metadata, from which each server has its copies (PostgreSQL)
audit_log                every read and write of people, append-only, leaves of an RFC 6962 tree
audit_tree               one row: size of the log and the roots of its perfect subtrees
checkpoints              signed heads of the log
=======================  =============================================================================================
"""

from server.storage.tables.administration import audit_log, audit_tree, checkpoints, holidays, notices, settings
from server.storage.tables.areas import areas, officer_areas
from server.storage.tables.base import metadata
from server.storage.tables.cases import case_messages, case_steps, cases
from server.storage.tables.complaints import complaint_clocks, complaint_forwards
from server.storage.tables.feed import commands, feed, nonces
from server.storage.tables.finding import case_terms, picture_marks, saved_views
from server.storage.tables.fleet import (
    IN_FLEET,
    enrolment_attempts,
    enrolment_codes,
    kiosk_group_members,
    kiosk_groups,
    kiosks,
)
from server.storage.tables.people import agencies, officers, sign_in_failures, web_sessions
from server.storage.tables.presence import (
    alarms,
    component_history,
    heartbeats,
    kiosk_logs,
    readiness_reports,
    staff,
    visit_photos,
    visits,
)
from server.storage.tables.published import form_drafts, packs, paused_services, service_versions
from server.storage.tables.quotas import case_lookups, quotas
from server.storage.tables.releases import release_files, release_kiosks, releases
from server.storage.tables.several import chores, servers, shared_files
from server.storage.tables.sign_in import authenticators, passkeys, recovery_codes, sign_in_steps
from server.storage.tables.submissions import (
    attachments,
    quarantine,
    rejections,
    submission_attachments,
    submissions,
)
from server.storage.tables.work_orders import work_orders

__all__ = [
    "IN_FLEET",
    "agencies",
    "alarms",
    "areas",
    "attachments",
    "audit_log",
    "audit_tree",
    "authenticators",
    "case_lookups",
    "case_messages",
    "case_steps",
    "case_terms",
    "cases",
    "checkpoints",
    "chores",
    "commands",
    "complaint_clocks",
    "complaint_forwards",
    "component_history",
    "enrolment_attempts",
    "enrolment_codes",
    "feed",
    "form_drafts",
    "heartbeats",
    "holidays",
    "kiosk_group_members",
    "kiosk_groups",
    "kiosk_logs",
    "kiosks",
    "metadata",
    "nonces",
    "notices",
    "officer_areas",
    "officers",
    "packs",
    "passkeys",
    "paused_services",
    "picture_marks",
    "quarantine",
    "quotas",
    "readiness_reports",
    "recovery_codes",
    "rejections",
    "release_files",
    "release_kiosks",
    "releases",
    "saved_views",
    "servers",
    "service_versions",
    "settings",
    "shared_files",
    "sign_in_failures",
    "sign_in_steps",
    "staff",
    "submission_attachments",
    "submissions",
    "visit_photos",
    "visits",
    "web_sessions",
    "work_orders",
]
