"""What ``create_app`` built, in one place: ``app.state.deps``; in a handler, ``deps = get_deps(request)``."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import Engine
from starlette.requests import HTTPConnection

from server.audit.witnesses import Witnesses
from server.cases.actions import Cases
from server.cases.complaint_actions import ComplaintActions
from server.cases.escalation import Escalation
from server.cases.files import CaseFiles
from server.cases.finding.index import Reindexing
from server.cases.finding.look_alikes import LookAlikes
from server.cases.finding.saved_views import SavedViews
from server.cases.finding.search import CaseSearch
from server.cases.finding.topics import TopicWords
from server.cases.journal import CaseJournal
from server.cases.questions import Questions
from server.catalogue.authoring import Authoring
from server.catalogue.offers import Offers
from server.catalogue.packs import PackRepository
from server.catalogue.schedule import Schedule
from server.catalogue.services import Catalogue
from server.fleet.alarms import Alarms
from server.fleet.city_map import CityMap
from server.fleet.device_commands import DeviceCommands
from server.fleet.enrolment import Enrolment
from server.fleet.field_work.photos import VisitPhotos
from server.fleet.field_work.readiness import ReadinessReports
from server.fleet.groups import KioskGroups
from server.fleet.heartbeats import Heartbeats
from server.fleet.help_calls import HelpCalls
from server.fleet.history import History
from server.fleet.kiosk_settings import KioskSettings
from server.fleet.listing import Listing
from server.fleet.presence import Presence
from server.fleet.profiles import Profiles
from server.fleet.quotas import Quotas
from server.fleet.releases.releases import Releases
from server.fleet.sealing_rotation import SealingRotation
from server.fleet.work_orders import WorkOrders
from server.foundation.bus import Bus
from server.foundation.clock import Clock
from server.foundation.failpoints import Failpoints
from server.foundation.keys import CityKeys
from server.foundation.meters import Meters
from server.foundation.texts import Texts
from server.foundation.vault import Vault
from server.front_door.signing_clock import SigningClock
from server.keeper.client import Keeper
from server.open_city.budget import Budgets
from server.open_city.city_calendar import CityCalendar
from server.open_city.notices import Notices
from server.open_city.overview import Overview
from server.open_city.publications import Publications
from server.open_city.ratings import Ratings
from server.open_city.transparency import TransparencyReport
from server.people.agencies import Agencies
from server.people.agency_heads import AgencyHeads
from server.people.field_staff import Staff
from server.people.first_administrator import FirstAdministrator
from server.people.identity import Identity
from server.people.officers import Officers
from server.people.passwords import Passwords
from server.settings import ServerSettings
from server.storage.integrity import Integrity
from server.submissions.attachments import AttachmentStore
from server.submissions.citizen_drafts import CitizenDrafts
from server.submissions.complaint_topics import ComplaintTopics
from server.submissions.intake import Intake
from server.submissions.outbox_import import OutboxImport
from server.submissions.picture_marks import PictureMarks
from server.submissions.pictures import Pictures
from server.submissions.quarantine import Quarantine
from server.work.leases import Leases
from server.work.servers import Servers
from server.work.unit_of_work import UnitsOfWork


@dataclass(frozen=True)
class Deps:
    settings: ServerSettings
    engine: Engine
    integrity: Integrity
    clock: Clock
    bus: Bus
    units: UnitsOfWork
    keys: CityKeys
    keeper: Keeper
    signing_clock: SigningClock
    vault: Vault
    texts: Texts
    catalogue: Catalogue
    cases: Cases
    complaints: ComplaintActions
    complaint_topics: ComplaintTopics
    case_files: CaseFiles
    case_journal: CaseJournal
    reindexing: Reindexing
    search: CaseSearch
    look_alikes: LookAlikes
    topics: TopicWords
    saved_views: SavedViews
    attachments: AttachmentStore
    pictures: Pictures
    picture_marks: PictureMarks
    intake: Intake
    quarantine: Quarantine
    outbox_import: OutboxImport
    packs: PackRepository
    authoring: Authoring
    city_map: CityMap
    work_orders: WorkOrders
    history: History
    profiles: Profiles
    releases: Releases
    offers: Offers
    schedule: Schedule
    presence: Presence
    readiness: ReadinessReports
    visit_photos: VisitPhotos
    heartbeats: Heartbeats
    alarms: Alarms
    listing: Listing
    witnesses: Witnesses
    device_commands: DeviceCommands
    enrolment: Enrolment
    staff: Staff
    passwords: Passwords
    officers: Officers
    identity: Identity
    agencies: Agencies
    first_administrator: FirstAdministrator
    city_calendar: CityCalendar
    notices: Notices
    kiosk_settings: KioskSettings
    kiosk_groups: KioskGroups
    escalation: Escalation
    agency_heads: AgencyHeads
    questions: Questions
    sealing_rotation: SealingRotation
    quotas: Quotas
    ratings: Ratings
    publications: Publications
    overview: Overview
    transparency: TransparencyReport
    budget: Budgets
    citizen_drafts: CitizenDrafts
    help_calls: HelpCalls
    servers: Servers
    leases: Leases
    meters: Meters
    failpoints: Failpoints

    @property
    def alone(self) -> bool:
        """No other process can work on this database."""
        return self.engine.dialect.name == "sqlite"


def get_deps(request: HTTPConnection) -> Deps:
    return cast(Deps, request.app.state.deps)
