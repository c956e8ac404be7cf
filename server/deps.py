"""What ``create_app`` built, in one place: ``app.state.deps``; in a handler, ``deps = get_deps(request)``."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from server.alarms import Alarms
from server.attachments import AttachmentStore
from server.authoring import Authoring
from server.budget import BudgetDesk
from server.bus import Bus
from server.case_files import CaseFiles
from server.case_journal import CaseJournal
from server.cases import Cases
from server.catalogue import Catalogue
from server.citizen_drafts import CitizenDrafts
from server.city_calendar import CityCalendar
from server.clock import Clock
from server.device_commands import DeviceCommands
from server.enrolment import Enrolment
from server.escalation import Escalation
from server.failpoints import Failpoints
from server.help_calls import HelpCalls
from server.intake import Intake
from server.keys import CityKeys
from server.kiosk_settings import KioskSettings
from server.notices import Notices
from server.officers import Officers
from server.packs import PackRepository
from server.passwords import Passwords
from server.presence import Presence
from server.publications import Publications
from server.quotas import Quotas
from server.ratings import Ratings
from server.sealing_rotation import SealingRotation
from server.settings import ServerSettings
from server.signing_clock import SigningClock
from server.staff import Staff
from server.storage.integrity import Integrity
from server.transparency import TransparencyReport
from server.vault import Vault
from server.witnesses import Witnesses


@dataclass(frozen=True)
class Deps:
    settings: ServerSettings
    engine: Engine
    integrity: Integrity
    clock: Clock
    bus: Bus
    keys: CityKeys
    signing_clock: SigningClock
    vault: Vault
    catalogue: Catalogue
    cases: Cases
    case_files: CaseFiles
    case_journal: CaseJournal
    attachments: AttachmentStore
    intake: Intake
    packs: PackRepository
    authoring: Authoring
    presence: Presence
    alarms: Alarms
    witnesses: Witnesses
    device_commands: DeviceCommands
    enrolment: Enrolment
    staff: Staff
    passwords: Passwords
    officers: Officers
    city_calendar: CityCalendar
    notices: Notices
    kiosk_settings: KioskSettings
    escalation: Escalation
    sealing_rotation: SealingRotation
    quotas: Quotas
    ratings: Ratings
    publications: Publications
    transparency: TransparencyReport
    budget: BudgetDesk
    citizen_drafts: CitizenDrafts
    help_calls: HelpCalls
    failpoints: Failpoints


def get_deps(request: HTTPConnection) -> Deps:
    return cast(Deps, request.app.state.deps)
