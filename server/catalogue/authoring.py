"""What administrators do with forms: upload or begin with what is in force, read the problems, describe the service,
compare, publish.

A draft holds the spreadsheet as it was uploaded, what came of it, and the service description as far as it is filled
in. It can be published when neither has a problem of severity ``error``; nobody's kiosk sees it before.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Connection, Row, insert, select, update

from forms import Form
from forms.comparison import Difference
from protocol.packs import PACK_BYTES, ServiceDescription
from server.catalogue import comparison, description_problems
from server.catalogue.apart import OpenedServiceDraft, Opener, read_problem
from server.catalogue.form_conversion import FILE_TYPES, MEDIA_FILES, LoadedForms, unzipped, zipped
from server.catalogue.originals import FORM_FILE, Original, original_of, original_of_draft
from server.catalogue.pack_content import PackContent, PackService
from server.catalogue.packs import RINGS, PackOutcome, PackRepository
from server.catalogue.service_drafts import (
    Changes,
    Problem,
    ServiceDraft,
    ServiceDraftOutcome,
    ServiceDraftResult,
    TriedOut,
)
from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

UPLOAD_BYTES: Final = 10_000_000


class Authoring:
    def __init__(self, units: UnitsOfWork, packs: PackRepository) -> None:
        self._units = units
        self._engine = units.engine
        self._packs = packs
        self._opener = Opener()
        self._forms = LoadedForms()

    def upload(
        self,
        actor: Actor,
        service_id: str,
        file_name: str,
        source: bytes,
        description: Mapping[str, Any] | None = None,
        media: Mapping[str, bytes] | None = None,
    ) -> ServiceDraftResult:
        """A new draft. Without ``description`` it begins with the service's description in force, or empty."""
        file_type = file_name.rpartition(".")[2].lower()
        if file_type not in FILE_TYPES:
            return ServiceDraftResult(ServiceDraftOutcome.BAD_FILE_TYPE)
        if len(source) > UPLOAD_BYTES:
            return ServiceDraftResult(ServiceDraftOutcome.TOO_LARGE)
        if not _is_service_id(service_id):
            return ServiceDraftResult(ServiceDraftOutcome.BAD_SERVICE_ID)
        if len(media or {}) > MEDIA_FILES:
            return ServiceDraftResult(ServiceDraftOutcome.BAD_MEDIA)
        if sum(map(len, (media or {}).values())) > PACK_BYTES:
            return ServiceDraftResult(ServiceDraftOutcome.TOO_LARGE)
        converted = self._opener.draft(source, file_type, service_id, media or {})
        before = self.published(service_id)
        members = dict(description) if description is not None else _members(before)
        with self._units.begin(actor) as work:
            original = Original(file_name[-200:], file_type, source)
            draft_id = _insert(work, service_id, original, members, converted)
            work.audit("form.upload", f"service:{service_id}", {"draft": draft_id})
        return ServiceDraftResult(ServiceDraftOutcome.DONE, self.draft(draft_id))

    def begin(self, actor: Actor, service_id: str, ring: str = "") -> ServiceDraftResult:
        """A draft with all that is in force as :meth:`published`: to be changed without its form."""
        service = self.published(service_id, ring)
        if service is None:
            return ServiceDraftResult(ServiceDraftOutcome.NOT_FOUND)
        resources = {name: data for name, data in service.files.items() if name != FORM_FILE}
        opened = OpenedServiceDraft(service.files[FORM_FILE].decode(), resources, ())
        with self._units.begin(actor) as work:
            original = original_of(work.connection, service)
            draft_id = _insert(work, service_id, original, _members(service), opened)
            work.audit("form.begin", f"service:{service_id}", {"draft": draft_id})
        return ServiceDraftResult(ServiceDraftOutcome.DONE, self.draft(draft_id))

    def describe(self, actor: Actor, draft_id: str, description: Mapping[str, Any]) -> ServiceDraftResult:
        """Replaces the service description of an open draft; its problems are in the draft that comes back."""
        with self._units.begin(actor) as work:
            row = self._row(work.connection, draft_id)
            if row is None:
                return ServiceDraftResult(ServiceDraftOutcome.NOT_FOUND)
            if row.state != "draft":
                return ServiceDraftResult(ServiceDraftOutcome.NOT_OPEN)
            work.connection.execute(
                update(tables.form_drafts)
                .where(tables.form_drafts.c.id == draft_id)
                .values(document=dict(description), updated_at=work.now)
            )
            work.audit("form.describe", f"service:{row.service_id}", {"draft": draft_id})
        return ServiceDraftResult(ServiceDraftOutcome.DONE, self.draft(draft_id))

    def publish(self, actor: Actor, draft_id: str, rings: Sequence[str] = RINGS, note: str = "") -> ServiceDraftResult:
        """A new pack: the one in force with this service in its place."""
        return self._publish(actor, draft_id, rings, note, "draft")

    def publish_scheduled(self, actor: Actor, draft_id: str, rings: Sequence[str], note: str) -> ServiceDraftResult:
        """As :meth:`publish`, of a draft whose time has come."""
        return self._publish(actor, draft_id, rings, note, "publishing")

    def kept_from_publishing(self, draft_id: str) -> ServiceDraftOutcome:
        """What keeps the draft from being published now; DONE: nothing."""
        checked = self._checked(draft_id, "draft")
        return checked.outcome if isinstance(checked, ServiceDraftResult) else ServiceDraftOutcome.DONE

    def _publish(self, actor: Actor, draft_id: str, rings: Sequence[str], note: str, state: str) -> ServiceDraftResult:
        checked = self._checked(draft_id, state)
        if isinstance(checked, ServiceDraftResult):
            return checked
        draft, service = checked
        # The widest of the rings decides what else the pack holds: what others try out goes no further.
        widest = max((RINGS.index(ring) for ring in rings if ring in RINGS), default=0)
        result = self._packs.publish(self._base(RINGS[widest]).replacing(service), actor, rings=rings, note=note)
        if result.outcome is PackOutcome.NO_SUCH_RING:
            return ServiceDraftResult(ServiceDraftOutcome.NO_SUCH_RING, draft)
        if not result.ok:
            return ServiceDraftResult(ServiceDraftOutcome.TOO_LARGE, draft)
        with self._units.begin(actor) as work:
            _close(work, draft_id, "published", result.number)
        return ServiceDraftResult(ServiceDraftOutcome.DONE, self.draft(draft_id), result.number)

    def _checked(self, draft_id: str, state: str) -> tuple[ServiceDraft, PackService] | ServiceDraftResult:
        """What is to be published; or why it cannot be."""
        draft = self.draft(draft_id)
        if draft is None:
            return ServiceDraftResult(ServiceDraftOutcome.NOT_FOUND)
        if draft.state != state:
            return ServiceDraftResult(ServiceDraftOutcome.NOT_OPEN, draft)
        description, _ = self._check_description(draft)
        if not draft.sound or description is None or draft.form_xml is None:
            return ServiceDraftResult(ServiceDraftOutcome.HAS_PROBLEMS, draft)
        # Drafts from before files were opened are among them, too.
        if self._opener.problems({one: data for one, data in draft.resources.items() if one != FORM_FILE}):
            return ServiceDraftResult(ServiceDraftOutcome.BAD_MEDIA, draft)
        service = PackService(description, {FORM_FILE: draft.form_xml.encode(), **draft.resources})
        standing = (self._standing(ring, draft.service_id) for ring in RINGS)
        if any(before is not None and _same_version_other_content(before, service) for before in standing):
            return ServiceDraftResult(ServiceDraftOutcome.SAME_VERSION, draft)
        return draft, service

    def discard(self, actor: Actor, draft_id: str) -> ServiceDraftOutcome:
        draft = self.draft(draft_id)
        if draft is None:
            return ServiceDraftOutcome.NOT_FOUND
        if draft.state != "draft":
            return ServiceDraftOutcome.NOT_OPEN
        with self._units.begin(actor) as work:
            _close(work, draft_id, "discarded", None)
            work.audit("form.discard", f"service:{draft.service_id}", {"draft": draft_id})
        return ServiceDraftOutcome.DONE

    # --- reading ------------------------------------------------------------------------------------------------

    def drafts(self, state: str = "draft") -> list[ServiceDraft]:
        """Drafts in a state, the newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                select(tables.form_drafts)
                .where(tables.form_drafts.c.state == state)
                .order_by(tables.form_drafts.c.updated_at.desc())
            ).all()
        return [self._draft(row) for row in rows]

    def draft(self, draft_id: str) -> ServiceDraft | None:
        with self._engine.connect() as connection:
            row = self._row(connection, draft_id)
        return None if row is None else self._draft(row)

    def published(self, service_id: str, ring: str = "") -> PackService | None:
        """The service as it is in force for ``ring``; else for all, or for those that try it out when it is not."""
        rings = (ring,) if ring in RINGS else reversed(RINGS)
        found = (self._standing(one, service_id) for one in rings)
        return next((one for one in found if one is not None), None)

    def form(self, draft: ServiceDraft) -> Form | None:
        """The draft's form, to try it out; None while it has errors."""
        return None if draft.form_xml is None else self._forms.load(draft.form_xml.encode(), draft.resources)

    def published_form(self, service: PackService) -> Form | None:
        """None when this engine does not take it any more."""
        return self._forms.load(service.files[FORM_FILE], service.files)

    def description(self, draft: ServiceDraft) -> ServiceDescription | None:
        """As it would be published; None while it is not whole."""
        return self._check_description(draft)[0]

    def differences(self, draft: ServiceDraft) -> tuple[Difference, ...]:
        """What the draft's form changes in the one in force; empty when there is none."""
        changes = self.changes(draft)
        return () if changes is None else changes.form

    def changes(self, draft: ServiceDraft) -> Changes | None:
        """All that the draft changes in what is in force; None when nothing is."""
        before = self.published(draft.service_id)
        if before is None:
            return None
        old = _members(before)
        checked, _ = self._check_description(draft)
        new = {**old, **draft.description} if checked is None else checked.model_dump(mode="json")
        return Changes(
            comparison.of_descriptions(old, new),
            comparison.of_forms(self.published_form(before), self.form(draft)),
            comparison.of_files(before.files, draft.resources) if draft.form_xml is not None else (),
        )

    def tried_out(self) -> list[TriedOut]:
        """What test and early kiosks run that the others do not: new services, and other versions of those in force."""
        everywhere = {one.description.id: one for one in self._base().services}
        found: list[TriedOut] = []
        for ring in ("early", "test"):
            with self._engine.connect() as connection:
                pack = self._packs.newest(connection, ring)
            for one in (self._packs.content(pack) or PackContent(())).services:
                known = [everywhere.get(one.description.id), *(tried.service for tried in found)]
                if one not in known:
                    found.append(TriedOut(ring, pack, one))
        return found

    def original(self, service: PackService) -> Original:
        """What a published form was made from."""
        with self._engine.connect() as connection:
            return original_of(connection, service)

    def draft_original(self, draft_id: str) -> Original | None:
        with self._engine.connect() as connection:
            row = self._row(connection, draft_id)
        return None if row is None else original_of_draft(row)

    # --- inside -------------------------------------------------------------------------------------------------

    def _base(self, ring: str = "all") -> PackContent:
        with self._engine.connect() as connection:
            number = self._packs.newest(connection, ring)
        return self._packs.content(number) or PackContent(())

    def _standing(self, ring: str, service_id: str) -> PackService | None:
        return next((one for one in self._base(ring).services if one.description.id == service_id), None)

    def _row(self, connection: Connection, draft_id: str) -> Row[Any] | None:
        return connection.execute(select(tables.form_drafts).where(tables.form_drafts.c.id == draft_id)).first()

    def _draft(self, row: Row[Any]) -> ServiceDraft:
        bare = ServiceDraft(
            id=row.id,
            service_id=row.service_id,
            file_name=row.file_name,
            description=row.document,
            form_xml=row.form_xml,
            resources=unzipped(row.resources),
            problems=tuple(map(read_problem, row.problems)),
            state=row.state,
            created_by=row.created_by,
            created_at=row.created_at,
            updated_at=row.updated_at,
            published_pack=row.published_pack,
            publish_at=row.publish_at,
            publish_problem=row.publish_problem,
        )
        _, problems = self._check_description(bare)
        return ServiceDraft(**{**bare.__dict__, "problems": bare.problems + problems})

    def _check_description(self, draft: ServiceDraft) -> tuple[ServiceDescription | None, tuple[Problem, ...]]:
        """The description with what the form decides filled in, or what is wrong with it."""
        form = self.form(draft)
        members = {
            **draft.description,
            "id": draft.service_id,
            "form_id": form.id if form else "?",
            "form_version": form.version if form else "?",
        }
        try:
            description = ServiceDescription.model_validate(members)
        except ValidationError as error:
            return None, description_problems.of_error(error)
        return description, description_problems.of_description(description, form)


def _insert(
    work: UnitOfWork,
    service_id: str,
    original: Original,
    description: Mapping[str, Any],
    opened: OpenedServiceDraft,
) -> str:
    """Gives the new draft's id."""
    draft_id = str(uuid.uuid4())
    work.connection.execute(
        insert(tables.form_drafts).values(
            id=draft_id,
            service_id=service_id,
            file_name=original.name,
            file_type=original.file_type,
            source=original.data,
            document=dict(description),
            form_xml=opened.xml,
            resources=zipped(opened.resources),
            problems=[asdict(one) for one in opened.problems],
            state="draft",
            created_by=work.actor.id,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    return draft_id


def _close(work: UnitOfWork, draft_id: str, state: str, pack: int | None) -> None:
    work.connection.execute(
        update(tables.form_drafts)
        .where(tables.form_drafts.c.id == draft_id)
        .values(state=state, published_pack=pack, updated_at=work.now)
    )


def _members(service: PackService | None) -> dict[str, Any]:
    return service.description.model_dump(mode="json") if service else {}


def _same_version_other_content(before: PackService, after: PackService) -> bool:
    return (
        before.description.form_version == after.description.form_version
        and before.description.form_id == after.description.form_id
        and dict(before.files) != dict(after.files)
    )


def _is_service_id(text: str) -> bool:
    allowed = "abcdefghijklmnopqrstuvwxyz0123456789_.-"
    return 0 < len(text) <= 64 and text[0] in allowed[:36] and all(character in allowed for character in text)
