"""Packs: publishing them, taking them back, and what the server itself reads from them.

A pack is written as a file first, then committed as a row, then listed in the TUF metadata (``server.catalogue.tuf``), which
are made from the rows, and at last announced to the kiosks. A crash between two of these steps is made good by
:meth:`PackRepository.reconcile` at the next start.
"""

import contextlib
import fcntl
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, func, select, update
from tuf.api.serialization.json import JSONSerializer

from protocol.messages import FeedType, PackAnnouncement
from protocol.packs import PACK_BYTES, Manifest, PackCustom, build, target_name, unpack
from runtime.files import make_folder
from server.catalogue.pack_content import PackContent, PackService, read_content
from server.catalogue.pack_rows import listed_releases, release_path, write_rows
from server.catalogue.pauses import with_pauses
from server.catalogue.services import Catalogue
from server.catalogue.shared_files import SharedFiles
from server.catalogue.tuf import Listed, RoleState, TufRepository
from server.catalogue.tuf_offline import NewKeys, Unacceptable, check, request_root
from server.foundation import bus
from server.foundation.actors import SYSTEM, Actor
from server.foundation.failpoints import Failpoints
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

#: Unpacked packs that are kept in memory, so that cases of older forms can be opened.
PACKS_IN_MEMORY: Final = 4
RINGS: Final = ("test", "early", "all")

_log = structlog.get_logger("server.catalogue.packs")


class PackOutcome(StrEnum):
    PUBLISHED = "PUBLISHED"
    NO_SUCH_PACK = "NO_SUCH_PACK"
    #: It was taken back before.
    TAKEN_BACK_ALREADY = "TAKEN_BACK_ALREADY"
    #: No older pack stands that its content could be replaced by.
    NOTHING_BEFORE = "NOTHING_BEFORE"
    TOO_LARGE = "TOO_LARGE"
    NO_SERVICES = "NO_SERVICES"
    NO_SUCH_RING = "NO_SUCH_RING"


@dataclass(frozen=True)
class PackResult:
    outcome: PackOutcome
    #: The new pack's number; 0 when refused.
    number: int = 0

    @property
    def ok(self) -> bool:
        return self.outcome is PackOutcome.PUBLISHED


class PackRepository:
    def __init__(
        self,
        folder: Path,
        tuf: TufRepository,
        units: UnitsOfWork,
        catalogue: Catalogue,
        city: str,
        failpoints: Failpoints,
        files: SharedFiles,
    ) -> None:
        self._folder = folder
        self._files = files
        self._tuf = tuf
        self._units = units
        self._engine = units.engine
        self._clock = units.clock
        self._catalogue = catalogue
        self._city = city
        self._failpoints = failpoints
        self._lock = threading.Lock()
        self._contents: OrderedDict[int, PackContent] = OrderedDict()
        make_folder(folder)

    # --- publishing ---------------------------------------------------------------------------------------------

    def publish(
        self,
        content: PackContent,
        actor: Actor,
        *,
        rings: Sequence[str] = RINGS,
        note: str = "",
        content_of: int | None = None,
        ahead: int = 1,
    ) -> PackResult:
        """Makes ``content`` the newest pack of the ``rings`` and tells their kiosks; ``ahead`` numbers further on."""
        if not content.services:
            return PackResult(PackOutcome.NO_SERVICES)
        if not rings or any(ring not in RINGS for ring in rings):
            return PackResult(PackOutcome.NO_SUCH_RING)
        with self._one_at_a_time():
            with self._engine.connect() as connection:
                content = with_pauses(connection, content)
                number = (connection.execute(select(func.max(tables.packs.c.number))).scalar() or 0) + ahead
            archive = self._build(number, content)
            if len(archive) > PACK_BYTES:
                return PackResult(PackOutcome.TOO_LARGE)
            self._files.write(self._folder / target_name(number), archive)
            self._failpoints.reach("pack.files_written")
            with self._units.begin(actor) as work:
                write_rows(work, number, content, archive, tuple(rings), note, content_of)
            self._failpoints.reach("pack.committed")
            self._list_and_announce()
        _log.info("pack.published", number=number, services=len(content.services), rings=list(rings))
        return PackResult(PackOutcome.PUBLISHED, number)

    def take_back(self, number: int, actor: Actor, reason: str = "") -> PackResult:
        """Publishes again, under a new number, what was in force before ``number``."""
        with self._engine.connect() as connection:
            pack = self._row(connection, number)
            if pack is None:
                return PackResult(PackOutcome.NO_SUCH_PACK)
            if pack.taken_back_at is not None:
                return PackResult(PackOutcome.TAKEN_BACK_ALREADY)
            older = connection.execute(
                select(tables.packs.c.number, tables.packs.c.rings)
                .where(tables.packs.c.number < number, tables.packs.c.taken_back_at.is_(None))
                .order_by(tables.packs.c.number.desc())
            ).all()
        # What only test kiosks had is nothing that all can go back to.
        before = next((row.number for row in older if set(row.rings) >= set(pack.rings)), None)
        if before is None:
            return PackResult(PackOutcome.NOTHING_BEFORE)
        content = self.content(before)
        if content is None:
            return PackResult(PackOutcome.NOTHING_BEFORE)
        with self._units.begin(actor) as work:
            work.connection.execute(
                update(tables.packs)
                .where(tables.packs.c.number == number)
                .values(taken_back_at=work.now, taken_back_by=actor.id)
            )
            work.audit("pack.take_back", f"pack:{number}", {"reason": reason})
        return self.publish(content, actor, rings=pack.rings, note=reason, content_of=before)

    def promote(self, number: int, actor: Actor, rings: Sequence[str], note: str = "") -> PackResult:
        """Publishes what a pack of fewer rings holds, under a new number, to more of them."""
        with self._engine.connect() as connection:
            pack = self._row(connection, number)
        content = None if pack is None else self.content(number)
        if pack is None or content is None:
            return PackResult(PackOutcome.NO_SUCH_PACK)
        if pack.taken_back_at is not None:
            return PackResult(PackOutcome.TAKEN_BACK_ALREADY)
        return self.publish(content, actor, rings=rings, note=note, content_of=number)

    def change_each(self, change: Callable[[PackContent], PackContent], actor: Actor, note: str) -> int:
        """``change`` in what each ring has, so that what some try out stays with them; the newest pack's number.

        0: it changed nothing anywhere.
        """
        published = 0
        for number, rings in self._in_force():
            content = self.content(number)
            if content is None:
                continue
            changed = change(content)
            with self._engine.connect() as connection:
                if with_pauses(connection, changed) == content:
                    continue
            result = self.publish(changed, actor, rings=rings, note=note)
            published = result.number or published
        return published

    def leap(self, ahead: int, actor: Actor, note: str) -> None:
        """After a restore: what is in force goes out again, beyond all numbers and versions that kiosks may have seen."""
        with self._one_at_a_time():
            self._tuf.leap(ahead, self._clock.now())
        for place, (number, rings) in enumerate(self._in_force()):
            content = self.content(number)
            if content is not None:
                self.publish(content, actor, rings=rings, note=note, content_of=number, ahead=1 if place else ahead)

    @contextlib.contextmanager
    def publishing(self) -> Iterator[Callable[[str, bytes], None]]:
        """For what is signed beside packs: nobody else publishes meanwhile. Gives how a file of it is written; at the end
        everything that is to be signed is listed."""
        with self._one_at_a_time():
            yield lambda name, content: self._files.write(self._folder / name, content)
            self._list_and_announce()

    def reconcile(self) -> None:
        """At start: lists and announces what a crash left undone, and renews the metadata."""
        with self._one_at_a_time():
            self._list_and_announce()

    def refresh(self) -> None:
        """Renews metadata that are near their end; call it at least once an hour."""
        with self._one_at_a_time():
            self._tuf.renew(self._clock.now())
        for role in self._tuf.ending(self._clock.now()):
            _log.error("tuf.sign_elsewhere", role=role.role, expires=str(role.expires))

    # --- keys that lie elsewhere --------------------------------------------------------------------------------

    def signing_roles(self) -> list[RoleState]:
        self._files.pull()
        return self._tuf.roles()

    def ending(self) -> list[RoleState]:
        """Roles that must be signed elsewhere soon."""
        self._files.pull()
        return self._tuf.ending(self._clock.now())

    def unsigned(self) -> bool:
        """Whether what is announced to kiosks differs from what was published, for want of a signature from elsewhere."""
        rows = self.rows()
        self._files.pull()
        return bool(rows) and not self._tuf.lists(self._listed(rows))

    def signing_request(self, role: str, changes: Sequence[NewKeys] = ()) -> bytes:
        """Metadata to be signed elsewhere. Raises Unacceptable."""
        self._files.pull()
        now = self._clock.now()
        if role == "root":
            return request_root(self._tuf, changes, now).to_bytes(JSONSerializer())
        if role != "targets" or changes:
            raise Unacceptable("root and targets can be signed elsewhere; keys change with a new root")
        return self._tuf.unsigned_targets(self._listed(self.rows()), now).to_bytes(JSONSerializer())

    def install_signed(self, contents: Sequence[bytes], actor: Actor) -> list[str]:
        """Puts metadata that were signed elsewhere in force, and announces what they list. Raises Unacceptable."""
        with self._one_at_a_time():
            checked = check(self._tuf, contents)
            self._tuf.install(checked, self._clock.now())
            installed = [f"{role} {one.signed.version}" for role, one in sorted(checked.items())]
            with self._units.begin(actor) as work:
                work.audit("tuf.install", "packs", {"metadata": installed})
            self._list_and_announce()
        return installed

    # --- reading ------------------------------------------------------------------------------------------------

    def rows(self) -> Sequence[Row[Any]]:
        """Rows of ``packs``, the newest first."""
        with self._engine.connect() as connection:
            return connection.execute(select(tables.packs).order_by(tables.packs.c.number.desc())).all()

    def newest(self, connection: Connection, ring: str = "all") -> int:
        """The number of the pack in force for ``ring``; 0 when there is none."""
        rows = connection.execute(
            select(tables.packs.c.number, tables.packs.c.rings)
            .where(tables.packs.c.taken_back_at.is_(None))
            .order_by(tables.packs.c.number.desc())
        )
        return next((number for number, rings in rows if ring in rings), 0)

    def content(self, number: int) -> PackContent | None:
        """What the pack holds, or None when there is no such pack."""
        with self._lock:
            if number in self._contents:
                self._contents.move_to_end(number)
                return self._contents[number]
        archive = self.archive(number)
        if archive is None:
            return None
        content = read_content(*unpack(archive))
        with self._lock:
            self._contents[number] = content
            while len(self._contents) > PACKS_IN_MEMORY:
                self._contents.popitem(last=False)
        return content

    def service(self, number: int, service_id: str) -> PackService | None:
        content = self.content(number)
        return None if content is None else content.service(service_id)

    def archive(self, number: int) -> bytes | None:
        """A pack as it is published."""
        path = self._folder / target_name(number)
        if number < 1:
            return None
        if not path.exists():
            self._files.pull()
        return path.read_bytes() if path.exists() else None

    def root_metadata(self) -> bytes:
        """The TUF root that kiosks trust from their enrolment on."""
        self._files.pull()
        return self._tuf.root()

    def metadata_path(self, name: str) -> Path | None:
        # Also one that is there: the timestamp is written anew under its name.
        self._files.pull()
        return self._tuf.metadata_path(name)

    def target_path(self, name: str) -> Path | None:
        """The file of ``<sha256>.pack-<n>.zip``, or of a release's manifest, as a TUF client asks for it with consistent snapshots."""
        digest, _, target = name.partition(".")
        with self._engine.connect() as connection:
            path = connection.execute(select(tables.packs.c.path).where(tables.packs.c.sha256 == digest)).scalar()
            path = path or release_path(connection, digest)
        if path is None or path != target:
            return None
        if not (self._folder / target).exists():
            self._files.pull()
        return self._folder / target

    # --- inside -------------------------------------------------------------------------------------------------

    def _in_force(self) -> list[tuple[int, tuple[str, ...]]]:
        """Packs that rings run, the oldest first, each with its rings."""
        with self._engine.connect() as connection:
            newest = {ring: self.newest(connection, ring) for ring in RINGS}
        numbers = sorted(set(newest.values()) - {0})
        return [(number, tuple(ring for ring in RINGS if newest[ring] == number)) for number in numbers]

    def _build(self, number: int, content: PackContent) -> bytes:
        manifest = Manifest(
            version=number,
            city=self._city,
            made_at=self._clock.now(),
            services=tuple(one.description.id for one in content.services),
            life_events=dict(content.life_events),
            life_event_pictograms=dict(content.life_event_pictograms),
            consent_version=content.consent_version,
            consent=dict(content.consent),
        )
        descriptions = {one.description.id: one.description for one in content.services}
        files = {
            f"services/{one.description.id}/{name}": data
            for one in content.services
            for name, data in one.files.items()
        }
        return build(manifest, descriptions, files)

    def _listed(self, rows: Sequence[Row[Any]]) -> list[Listed]:
        with self._engine.connect() as connection:
            releases = listed_releases(connection, self._city)
        return releases + [
            Listed(
                name=row.path,
                sha256=row.sha256,
                size=row.size,
                custom=PackCustom(city=self._city, version=row.number, rings=tuple(row.rings)).model_dump(mode="json"),
            )
            for row in rows
            if row.taken_back_at is None
        ]

    def _list_and_announce(self) -> None:
        with self._engine.connect() as connection:
            rows = connection.execute(select(tables.packs).order_by(tables.packs.c.number)).all()
        listed = self._listed(rows)
        self._tuf.publish(listed, self._clock.now())
        signed = self._tuf.names()
        for row in rows:
            # What waits for a signature from elsewhere is announced when that has come.
            if row.announced_at is None and (row.path in signed or row.taken_back_at is not None):
                self._failpoints.reach("pack.listed")
                self._announce(row)

    def _announce(self, pack: Row[Any]) -> None:
        with self._units.begin(SYSTEM) as work:
            work.after_commit(lambda: self._failpoints.reach("pack.announced"))
            notice = PackAnnouncement(version=pack.number).model_dump(mode="json")
            work.to_kiosks(FeedType.PACK, notice, tuple(pack.rings))
            work.connection.execute(
                update(tables.packs).where(tables.packs.c.number == pack.number).values(announced_at=work.now)
            )
            work.hint(bus.PACKS, str(pack.number))

    def _row(self, connection: Connection, number: int) -> Row[Any] | None:
        return connection.execute(select(tables.packs).where(tables.packs.c.number == number)).first()

    @contextlib.contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """One publisher at a time, of all threads, processes that share the folder, and servers."""
        with (self._folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            with self._files.one_at_a_time():
                yield
