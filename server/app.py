"""Builds the server, once: everything that ``Deps`` holds, the API, the pages, and what runs beside them."""

import contextlib
import time
from collections.abc import AsyncIterator

import structlog
from fastapi import FastAPI

from runtime.files import make_folder
from runtime.private_files import private_folder
from server.api import (
    citizen_drafts,
    citizens,
    description,
    errors,
    health,
    kiosks,
    metrics,
    open_city,
    operator,
    programs,
    submissions,
)
from server.api import feed as feed_api
from server.api.bodies import BodyRoom
from server.api.groups.admission import AT_ONCE as REQUESTS_AT_ONCE
from server.api.groups.admission import Admission
from server.api.groups.intake_line import IntakeLine
from server.api.groups.together import Together
from server.api.proofs import AnswerProofs
from server.api.standstill import Standstill, bare_app
from server.api.streams import Streams
from server.api.telling import Telling
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
from server.catalogue.pack_content import city_of
from server.catalogue.packs import PackRepository
from server.catalogue.schedule import Schedule
from server.catalogue.services import Catalogue
from server.catalogue.shared_files import SharedFiles
from server.catalogue.tuf import TufRepository
from server.deps import Deps
from server.fleet.alarms import Alarms
from server.fleet.city_map import CityMap
from server.fleet.device_commands import DeviceCommands
from server.fleet.enrolment import Enrolment
from server.fleet.field_work.photos import VisitPhotos
from server.fleet.field_work.readiness import ReadinessReports
from server.fleet.groups import KioskGroups
from server.fleet.heartbeats import AT_ONCE as HEARTBEATS_AT_ONCE
from server.fleet.heartbeats import Heartbeats
from server.fleet.help_calls import HelpCalls
from server.fleet.history import History
from server.fleet.kiosk_settings import KioskSettings
from server.fleet.listing import Listing
from server.fleet.pace import Pace
from server.fleet.presence import Presence
from server.fleet.profiles import Profiles
from server.fleet.quotas import Quotas
from server.fleet.releases.program_files import ProgramFiles
from server.fleet.releases.releases import Releases
from server.fleet.releases.rollout import Rollout
from server.fleet.sealing_rotation import SealingRotation
from server.fleet.work_orders import WorkOrders
from server.foundation import texts
from server.foundation.actors import SYSTEM
from server.foundation.bus import Bus
from server.foundation.clock import Clock, SystemClock
from server.foundation.failpoints import Failpoints
from server.foundation.keys import KeyMissing, load_keys
from server.foundation.meters import Meters
from server.foundation.vault import Vault
from server.front_door.signing_clock import SigningClock
from server.front_door.slots import Slots
from server.keeper.client import Keeper
from server.open_city.budget import Budgets
from server.open_city.city_calendar import CityCalendar
from server.open_city.notices import Notices
from server.open_city.overview import Overview
from server.open_city.publications import Publications
from server.open_city.ratings import Ratings
from server.open_city.transparency import TransparencyReport
from server.operator import key_marks
from server.operator.attachment_stores import store_of
from server.operator.chores import at_work
from server.operator.measures import Measures
from server.operator.readiness import Readiness
from server.operator.seeding import city_name, seed
from server.people import identity
from server.people.agencies import Agencies
from server.people.agency_heads import AgencyHeads
from server.people.field_staff import Staff
from server.people.first_administrator import FirstAdministrator
from server.people.officers import Officers
from server.people.passwords import Passwords
from server.settings import ServerSettings
from server.storage import StorageDamaged, open_storage
from server.storage.integrity import Integrity
from server.submissions.attachments import AttachmentStore
from server.submissions.case_opening import CaseOpening
from server.submissions.citizen_drafts import CitizenDrafts
from server.submissions.complaint_topics import ComplaintTopics
from server.submissions.intake import Intake
from server.submissions.opened_apart import OpenedApart
from server.submissions.outbox_import import OutboxImport
from server.submissions.picture_marks import PictureMarks
from server.submissions.pictures import Pictures
from server.submissions.quarantine import Quarantine
from server.web import install as install_pages
from server.work.leases import leases_of
from server.work.servers import Servers
from server.work.unit_of_work import UnitsOfWork

_log = structlog.get_logger("server.app")


def build_deps(settings: ServerSettings, *, clock: Clock | None = None, failpoints: Failpoints | None = None) -> Deps:
    """Opens the data folder. ``close_deps`` closes it. Raises StorageBusy, StorageDamaged, StorageRefused and KeyMissing."""
    make_folder(settings.data)
    private_folder(settings.data)
    clock = clock or SystemClock()
    failpoints = failpoints or Failpoints()
    keys_folder = settings.data / "keys"
    keeper = Keeper(keys_folder, settings.keeper)
    engine = open_storage(settings.database_url)
    try:
        key_marks.refuse_missing(engine, keys_folder, settings.audit_key, sealing=not keeper.elsewhere)
        keys = load_keys(keys_folder, settings.audit_key, keeper)
    except KeyMissing:
        engine.dispose()
        raise
    vault = Vault(keys.vault, keys.nik)
    units = UnitsOfWork(engine, clock, Bus(settings.nats))
    servers = Servers(units, settings.port)
    key_marks.agree(units, keys)
    catalogue = Catalogue()
    zone = settings.time_zone
    files = SharedFiles(settings.data / "packs", units)
    files.begin()
    city = settings.city or _city_of(settings)
    tuf = TufRepository(settings.data / "packs" / "metadata", keys_folder, files.write)
    packs = PackRepository(settings.data / "packs", tuf, units, catalogue, city, failpoints, files)
    passwords = Passwords()
    journal = CaseJournal(vault, catalogue, zone, settings.pauses)
    said = texts.load()
    pace = Pace(settings.heartbeat_s)
    alarms = Alarms(units, zone, pace)
    quotas = Quotas(units, alarms, settings.quotas)
    ratings = Ratings(units)
    publications = Publications(units, keys.badge)
    witnesses = Witnesses(engine, keys.audit_public, keys.badge)
    officers = Officers(units, passwords)
    attachments = AttachmentStore(store_of(settings, failpoints), units, journal, keeper, failpoints)
    signing_clock = SigningClock(clock)
    opener, opening = OpenedApart(keeper, packs, zone), CaseOpening(journal, vault, zone)
    intake = Intake(units, opener, opening, quotas, vault, signing_clock, failpoints)
    quarantine = Quarantine(units, intake)
    commands = DeviceCommands(units)
    pictures = Pictures()
    authoring = Authoring(units, packs)
    rollout = Rollout(units)
    releases = Releases(units, packs, ProgramFiles(settings.data / "packs" / "programs", units), rollout)
    deps = Deps(
        settings=settings,
        texts=said,
        engine=engine,
        integrity=Integrity(engine),
        clock=clock,
        bus=units.bus,
        units=units,
        keys=keys,
        keeper=keeper,
        signing_clock=signing_clock,
        vault=vault,
        catalogue=catalogue,
        cases=Cases(units, vault, journal, said, zone, failpoints),
        complaints=ComplaintActions(units, journal, failpoints),
        complaint_topics=ComplaintTopics(packs),
        case_files=CaseFiles(units, vault, journal, packs),
        case_journal=journal,
        reindexing=Reindexing(units, vault),
        search=CaseSearch(units, vault),
        look_alikes=LookAlikes(vault),
        topics=TopicWords(packs),
        saved_views=SavedViews(units),
        attachments=attachments,
        pictures=pictures,
        picture_marks=PictureMarks(units, vault, attachments, pictures),
        intake=intake,
        quarantine=quarantine,
        outbox_import=OutboxImport(units, keys, keeper.unseal, city, intake, attachments, quarantine, commands, alarms),
        packs=packs,
        authoring=authoring,
        city_map=CityMap(units),
        work_orders=WorkOrders(units),
        history=History(units, zone),
        profiles=Profiles(units),
        presence=Presence(units),
        readiness=ReadinessReports(units),
        visit_photos=VisitPhotos(units),
        heartbeats=Heartbeats(units, zone, alarms, witnesses, publications, signing_clock, rollout, pace),
        releases=releases,
        offers=Offers(units, packs),
        schedule=Schedule(units, authoring),
        alarms=alarms,
        listing=Listing(units),
        witnesses=witnesses,
        device_commands=commands,
        enrolment=Enrolment(units, keys, packs, city, settings.address, zone, failpoints),
        staff=Staff(units, keys.badge, passwords),
        passwords=passwords,
        officers=officers,
        identity=identity.build(units, vault, keys.vault, settings.address, city, settings.provider),
        agencies=Agencies(units),
        first_administrator=FirstAdministrator(units, passwords, officers, keys.vault),
        city_calendar=CityCalendar(units),
        notices=Notices(units),
        kiosk_settings=KioskSettings(units),
        kiosk_groups=KioskGroups(units),
        escalation=Escalation(units, journal),
        agency_heads=AgencyHeads(units),
        questions=Questions(units, journal, said, zone, settings.pauses),
        sealing_rotation=SealingRotation(units, keys),
        quotas=quotas,
        ratings=ratings,
        publications=publications,
        help_calls=HelpCalls(units),
        citizen_drafts=CitizenDrafts(units, quotas),
        budget=Budgets(units, publications),
        overview=Overview(units, zone, catalogue, publications),
        transparency=TransparencyReport(units, zone, catalogue, ratings, publications, settings.pauses),
        servers=servers,
        meters=Meters(),
        leases=leases_of(units, servers.id),
        failpoints=failpoints,
    )
    key_marks.refuse_without_pack_keys(packs.signing_roles())
    packs.reconcile()
    deps.offers.reconcile(SYSTEM)
    return deps


def close_deps(deps: Deps) -> None:
    deps.pictures.close()
    deps.keeper.close()
    deps.engine.dispose()


def create_app(
    settings: ServerSettings, *, clock: Clock | None = None, failpoints: Failpoints | None = None
) -> FastAPI:
    """The application; its data folder is opened now and closed when its lifespan ends.

    With a damaged database it is one that says so and does nothing else.
    """
    try:
        deps = build_deps(settings, clock=clock, failpoints=failpoints)
    except StorageDamaged as damaged:
        _log.error("storage.damaged", found=str(damaged), hint="python -m server restore")
        return bare_app(settings)
    if settings.trial:
        seed(deps, settings.services, trial=True)
    if deps.first_administrator.wanted:
        code, page = deps.first_administrator.code, f"{settings.address}/first"
        _log.warning("first_administrator.code", code=code, page=page, hint="or python -m server add-admin NAME")
    app = FastAPI(title="eKios", lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    app.state.settings = settings
    app.state.deps = deps
    app.state.batches = Slots(time.monotonic)
    app.state.admission = Together(Admission(deps.units, deps.signing_clock).judge_all, id, REQUESTS_AT_ONCE)
    app.state.intake = IntakeLine(deps.intake)
    app.state.bodies = BodyRoom()
    app.state.readiness = Readiness(deps)
    app.state.meters = deps.meters
    app.state.measures = Measures(deps)
    deps.meters.registry.register(app.state.measures)
    app.state.heartbeats = Together(deps.heartbeats.take, lambda beat: beat.kiosk_id, HEARTBEATS_AT_ONCE)
    app.state.streams = Streams(deps.engine, deps.bus, settings.live_ping_s)
    for router in (
        submissions.router,
        feed_api.router,
        kiosks.router,
        programs.router,
        operator.router,
        health.router,
        open_city.router,
        citizens.router,
        citizen_drafts.router,
        metrics.router,
    ):
        app.include_router(router)
    errors.install(app)
    description.install(app)
    install_pages(app, deps)
    app.add_middleware(Standstill, damage=lambda: deps.integrity.damage)
    app.state.wake = deps.bus.wake
    app.add_middleware(AnswerProofs, clock=deps.signing_clock, key=deps.keys.badge)
    app.add_middleware(Telling, meters=deps.meters)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    deps: Deps = app.state.deps
    await deps.bus.start()
    app.state.streams.start()
    try:
        async with at_work(deps):
            yield
    finally:
        await deps.bus.stop()
        await app.state.streams.stopped()
        close_deps(deps)


def _city_of(settings: ServerSettings) -> str:
    """Of the packs that kiosks have; the operator's commands may be called without the folder of services."""
    if city := city_of(settings.data / "packs"):
        return city
    return city_name(settings.services) if (settings.services / "city.toml").exists() else "eKios"
