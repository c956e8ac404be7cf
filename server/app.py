"""Builds the server, once: everything that ``Deps`` holds, the API, the pages, and what runs beside them."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Final

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from runtime.files import make_folder
from runtime.private_files import private_folder
from server.api import citizen_drafts, citizens, description, errors, health, kiosks, open_city, operator, submissions
from server.api import feed as feed_api
from server.api.bodies import BodyRoom
from server.api.groups.admission import AT_ONCE as REQUESTS_AT_ONCE
from server.api.groups.admission import Admission
from server.api.groups.intake_line import IntakeLine
from server.api.groups.together import Together
from server.api.proofs import AnswerProofs
from server.api.standstill import Standstill, bare_app
from server.api.streams import Streams
from server.audit import audit
from server.audit.witnesses import Witnesses
from server.cases import lookups as case_lookups
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
from server.catalogue.tuf import TufRepository
from server.deps import Deps
from server.fleet.alarms import Alarms
from server.fleet.city_map import CityMap
from server.fleet.device_commands import DeviceCommands
from server.fleet.enrolment import Enrolment
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
from server.fleet.sealing_rotation import SealingRotation
from server.fleet.work_orders import WorkOrders
from server.foundation import texts
from server.foundation.actors import SYSTEM
from server.foundation.bus import Bus
from server.foundation.clock import Clock, SystemClock
from server.foundation.failpoints import Failpoints
from server.foundation.keys import load_keys
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
from server.submissions.picture_marks import PictureMarks
from server.submissions.pictures import Pictures
from server.web import install as install_pages
from server.work.unit_of_work import UnitsOfWork

#: How often each of the chores is done.
ALARMS_S: Final = 5.0
NONCES_S: Final = 60.0
ESCALATION_S: Final = 60.0
QUESTIONS_S: Final = 600.0
COMPLAINTS_S: Final = 600.0
INDEX_S: Final = 5.0
PICTURES_S: Final = 5.0
DRAFTS_S: Final = 3_600.0
SCHEDULE_S: Final = 20.0
TRANSPARENCY_S: Final = 900.0
#: The times that offices keep are worked out soon after a start, then every TRANSPARENCY_S.
FIRST_S: Final = 2.0
CHECKPOINT_S: Final = 300.0
METADATA_S: Final = 600.0
INTEGRITY_S: Final = 86_400.0

_log = structlog.get_logger("server.app")


def build_deps(settings: ServerSettings, *, clock: Clock | None = None, failpoints: Failpoints | None = None) -> Deps:
    """Opens the data folder. ``close_deps`` closes it. Raises StorageBusy, StorageDamaged, StorageRefused and KeyMissing."""
    make_folder(settings.data)
    private_folder(settings.data)
    clock = clock or SystemClock()
    failpoints = failpoints or Failpoints()
    keys_folder = settings.data / "keys"
    keeper = Keeper(keys_folder, settings.keeper)
    keys = load_keys(keys_folder, settings.audit_key, keeper)
    engine = open_storage(settings.database_url)
    vault = Vault(keys.vault, keys.nik)
    units = UnitsOfWork(engine, clock, Bus(settings.nats))
    catalogue = Catalogue()
    zone = settings.time_zone
    city = settings.city or _city_of(settings)
    tuf = TufRepository(settings.data / "packs" / "metadata", keys_folder)
    packs = PackRepository(settings.data / "packs", tuf, units, catalogue, city, failpoints)
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
    attachments = AttachmentStore(settings.data / "attachments", units, journal, keeper, failpoints)
    pictures = Pictures()
    signing_clock = SigningClock(clock)
    authoring = Authoring(units, packs)
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
        intake=Intake(
            units,
            OpenedApart(keeper, packs, zone),
            CaseOpening(journal, vault, zone),
            quotas,
            vault,
            signing_clock,
            failpoints,
        ),
        packs=packs,
        authoring=authoring,
        city_map=CityMap(units),
        work_orders=WorkOrders(units),
        history=History(units, zone),
        profiles=Profiles(units),
        presence=Presence(units),
        heartbeats=Heartbeats(units, zone, alarms, witnesses, publications, signing_clock, pace),
        offers=Offers(units, packs),
        schedule=Schedule(units, authoring),
        alarms=alarms,
        listing=Listing(units),
        witnesses=witnesses,
        device_commands=DeviceCommands(units),
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
        failpoints=failpoints,
    )
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
    app.state.heartbeats = Together(deps.heartbeats.take, lambda beat: beat.kiosk_id, HEARTBEATS_AT_ONCE)
    app.state.streams = Streams(deps.engine, deps.bus, settings.live_ping_s)
    for router in (
        submissions.router,
        feed_api.router,
        kiosks.router,
        operator.router,
        health.router,
        open_city.router,
        citizens.router,
        citizen_drafts.router,
    ):
        app.include_router(router)
    errors.install(app)
    description.install(app)
    install_pages(app, deps)
    app.add_middleware(Standstill, damage=lambda: deps.integrity.damage)
    app.state.wake = deps.bus.wake
    app.add_middleware(AnswerProofs, clock=deps.signing_clock, key=deps.keys.badge)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    deps: Deps = app.state.deps
    await deps.bus.start()
    app.state.streams.start()
    chores = [
        asyncio.create_task(_repeat(TRANSPARENCY_S, publish_times, deps, FIRST_S)),
        *(
            asyncio.create_task(_repeat(seconds, chore, deps))
            for seconds, chore in (
                (ALARMS_S, check_alarms),
                (NONCES_S, sweep_nonces),
                (ESCALATION_S, escalate),
                (QUESTIONS_S, look_at_questions),
                (COMPLAINTS_S, close_settled),
                (INDEX_S, index_older_cases),
                (PICTURES_S, look_at_pictures),
                (DRAFTS_S, sweep_drafts),
                (SCHEDULE_S, publish_due),
                (CHECKPOINT_S, make_checkpoint),
                (METADATA_S, renew_metadata),
                (INTEGRITY_S, look_through_storage),
            )
        ),
    ]
    try:
        yield
    finally:
        for chore in chores:
            chore.cancel()
        await asyncio.gather(*chores, return_exceptions=True)
        await deps.bus.stop()
        await app.state.streams.stopped()
        close_deps(deps)


def check_alarms(deps: Deps) -> None:
    deps.alarms.check_all()


def escalate(deps: Deps) -> None:
    deps.escalation.escalate_late()


def sweep_nonces(deps: Deps) -> None:
    with deps.units.begin(SYSTEM) as work:
        deps.signing_clock.sweep(work.connection)
    deps.presence.forget_history()


def look_at_questions(deps: Deps) -> None:
    deps.questions.look()


def close_settled(deps: Deps) -> None:
    deps.complaints.close_settled()


def index_older_cases(deps: Deps) -> None:
    deps.reindexing.some()


def look_at_pictures(deps: Deps) -> None:
    deps.picture_marks.look()


def sweep_drafts(deps: Deps) -> None:
    deps.citizen_drafts.sweep()
    deps.quotas.sweep()
    with deps.units.begin(SYSTEM) as work:
        case_lookups.forget(work.connection, work.now)


def publish_due(deps: Deps) -> None:
    deps.schedule.publish_due()


def publish_times(deps: Deps) -> None:
    deps.transparency.publish()


def renew_metadata(deps: Deps) -> None:
    deps.packs.refresh()


def look_through_storage(deps: Deps) -> None:
    deps.integrity.look()


def make_checkpoint(deps: Deps) -> None:
    """Signs the log's head; every kiosk is offered it in the answer to its next heartbeat."""
    with deps.units.begin(SYSTEM) as work:
        audit.checkpoint(work.connection, work.now, deps.settings.address, deps.keys.audit)


async def _repeat(seconds: float, chore: Callable[[Deps], None], deps: Deps, first: float | None = None) -> None:
    """A chore that fails is logged and tried again: the storage may be away for a while."""
    pause = seconds if first is None else first
    while True:
        await asyncio.sleep(pause)
        pause = seconds
        if deps.integrity.damage:
            continue
        try:
            await run_in_threadpool(chore, deps)
        except (SQLAlchemyError, OSError) as error:
            _log.error("chore.failed", chore=chore.__name__, error=type(error).__name__)


def _city_of(settings: ServerSettings) -> str:
    """Of the packs that kiosks have; the operator's commands may be called without the folder of services."""
    if city := city_of(settings.data / "packs"):
        return city
    return city_name(settings.services) if (settings.services / "city.toml").exists() else "eKios"
