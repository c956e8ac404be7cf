"""Releases of the kiosks' program: making them, letting them go on, and taking them back."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import Row, func, insert, select, update

from protocol.line.releases import (
    EXECUTABLE,
    FILE_BYTES,
    MANIFEST_BYTES,
    RELEASE_BYTES,
    RELEASE_FILES,
    ReleaseFile,
    ReleaseManifest,
    ReleaseRefused,
    checked_path,
    manifest_name,
)
from server.catalogue.packs import PackRepository
from server.fleet.releases.program_files import ProgramFiles
from server.fleet.releases.rollout import Counts, Rollout, counts
from server.fleet.releases.states import LIVE, ReleaseState
from server.foundation import bus
from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

VERSION_CHARACTERS: Final = 60
NOTE_CHARACTERS: Final = 500
#: Kiosks that a release's page names.
SHOWN: Final = 200


@dataclass(frozen=True)
class Source:
    """A file of a release to be."""

    path: str
    content: Path
    run: bool


class ReleaseOutcome(StrEnum):
    DONE = "DONE"
    NO_SUCH_RELEASE = "NO_SUCH_RELEASE"
    #: It is not in a state from which that can be done.
    NOT_NOW = "NOT_NOW"


def of_folder(folder: Path) -> list[Source]:
    """What a folder holds, as the packager left it; links are followed. Raises ReleaseRefused."""
    if not folder.is_dir():
        raise ReleaseRefused(f"there is no folder {folder}")
    return [
        Source(checked_path(path.relative_to(folder).as_posix()), path, bool(path.stat().st_mode & 0o100))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


class Releases:
    def __init__(self, units: UnitsOfWork, packs: PackRepository, files: ProgramFiles, rollout: Rollout) -> None:
        self._units = units
        self._packs = packs
        self.files = files
        self.rollout = rollout

    def publish(self, sources: Sequence[Source], version: str, actor: Actor, note: str = "") -> int:
        """Signs it and begins with the ring ``test``; its number. Raises ReleaseRefused, and then nothing has changed."""
        version = version.strip()
        _check(sources, version)
        listed = tuple(self._file(one) for one in sources)

        def make(number: int) -> tuple[bytes, str]:
            manifest = ReleaseManifest(number=number, version=version, files=listed).model_dump_json().encode()
            if len(manifest) > MANIFEST_BYTES:
                raise ReleaseRefused(f"its list of files is larger than {MANIFEST_BYTES:,} bytes")
            return manifest, hashlib.sha256(manifest).hexdigest()

        with self._packs.publishing() as write:
            with self._units.engine.connect() as connection:
                number = (connection.execute(select(func.max(tables.releases.c.number))).scalar() or 0) + 1
            manifest, sha256 = make(number)
            write(manifest_name(number), manifest)
            with self._units.begin(actor) as work:
                self._replace_live(work)
                work.connection.execute(
                    insert(tables.releases).values(
                        number=number,
                        version=version,
                        note=note[:NOTE_CHARACTERS],
                        path=manifest_name(number),
                        sha256=sha256,
                        size=len(manifest),
                        files=len(listed),
                        bytes=sum(one.size for one in listed),
                        made_by=work.actor.id,
                        made_at=work.now,
                        state=ReleaseState.ROLLING,
                        changed_at=work.now,
                        changed_by=work.actor.id,
                    )
                )
                # A ring without kiosks is passed at once.
                self.rollout.advance(work, number)
                work.audit("release.publish", f"release:{number}", {"version": version, "sha256": sha256})
                work.hint(bus.FLEET, "")
        return number

    def pause(self, number: int, actor: Actor) -> ReleaseOutcome:
        """Nobody else is asked until it goes on."""
        return self._move(number, actor, (ReleaseState.ROLLING,), ReleaseState.PAUSED, "release.pause")

    def go_on(self, number: int, actor: Actor) -> ReleaseOutcome:
        """Also after it stopped by itself: those that failed by now were looked at and count no more."""
        return self._move(
            number, actor, (ReleaseState.PAUSED, ReleaseState.STOPPED), ReleaseState.ROLLING, "release.go_on"
        )

    def take_back(self, number: int, actor: Actor, reason: str = "") -> ReleaseOutcome:
        """Kiosks that have it go back to the one before, with the pack and the settings that they had then."""
        states = (*LIVE, ReleaseState.DONE, ReleaseState.REPLACED)
        with self._packs.publishing():
            return self._move(number, actor, states, ReleaseState.TAKEN_BACK, "release.take_back", reason)

    def rows(self) -> Sequence[Row[Any]]:
        """The newest first."""
        with self._units.engine.connect() as connection:
            return connection.execute(select(tables.releases).order_by(tables.releases.c.number.desc())).all()

    def row(self, number: int) -> Row[Any] | None:
        with self._units.engine.connect() as connection:
            return connection.execute(select(tables.releases).where(tables.releases.c.number == number)).first()

    def counts(self, number: int) -> Counts:
        with self._units.engine.connect() as connection:
            return counts(connection, number)

    def running(self) -> dict[int | None, int]:
        """How many kiosks of the fleet run which release; None: those that do not say."""
        program = tables.kiosks.c.program
        with self._units.engine.connect() as connection:
            rows = connection.execute(select(program, func.count()).where(*tables.IN_FLEET).group_by(program)).all()
        return {number: count for number, count in rows}

    def kiosks(self, number: int) -> Sequence[Row[Any]]:
        """Those that were asked: failed ones first, then by what is newest; at most SHOWN."""
        step, kiosk = tables.release_kiosks.c, tables.kiosks.c
        with self._units.engine.connect() as connection:
            return connection.execute(
                select(tables.release_kiosks, kiosk.name, kiosk.place, kiosk.ring)
                .join(tables.kiosks, kiosk.id == step.kiosk_id)
                .where(step.release == number)
                .order_by((step.state != "failed"), step.offered_at.desc(), kiosk.name)
                .limit(SHOWN)
            ).all()

    def _file(self, one: Source) -> ReleaseFile:
        content = one.content.read_bytes()
        try:
            return ReleaseFile(path=one.path, sha256=self.files.keep(content), size=len(content), run=one.run)
        except ValidationError as error:
            raise ReleaseRefused(f"{one.path} cannot be a file of a release") from error

    def _replace_live(self, work: UnitOfWork) -> None:
        """What had not come through before a newer one gives way to it."""
        release = tables.releases.c
        work.connection.execute(
            update(tables.releases)
            .where(release.state.in_(LIVE))
            .values(state=ReleaseState.REPLACED, changed_at=work.now, changed_by=work.actor.id)
        )

    def _move(
        self,
        number: int,
        actor: Actor,
        before: Sequence[ReleaseState],
        after: ReleaseState,
        action: str,
        reason: str = "",
    ) -> ReleaseOutcome:
        release = tables.releases.c
        with self._units.begin(actor) as work:
            row = work.connection.execute(select(release.state).where(release.number == number)).first()
            if row is None:
                return ReleaseOutcome.NO_SUCH_RELEASE
            if row.state not in before:
                return ReleaseOutcome.NOT_NOW
            values: dict[str, Any] = {"state": after, "why": reason[:NOTE_CHARACTERS]}
            if after is ReleaseState.ROLLING:
                values["forgiven"] = counts(work.connection, number).failed
            work.connection.execute(
                update(tables.releases)
                .where(release.number == number)
                .values(changed_at=work.now, changed_by=work.actor.id, **values)
            )
            work.audit(action, f"release:{number}", {"reason": reason[:NOTE_CHARACTERS]})
            work.hint(bus.FLEET, "")
        return ReleaseOutcome.DONE


def _check(sources: Sequence[Source], version: str) -> None:
    if not 1 <= len(version) <= VERSION_CHARACTERS:
        raise ReleaseRefused(f"a release needs a version of at most {VERSION_CHARACTERS} characters, such as 1.4.0")
    if not any(one.path == EXECUTABLE and one.run for one in sources):
        raise ReleaseRefused(f"there is no program called {EXECUTABLE} at the top of it; give the folder dist/kiosk")
    if len(sources) > RELEASE_FILES:
        raise ReleaseRefused(f"it has {len(sources):,} files, more than {RELEASE_FILES:,}")
    sizes = {one.path: one.content.stat().st_size for one in sources}
    if len(sizes) != len(sources):
        raise ReleaseRefused("a file is in it twice")
    for path, size in sizes.items():
        if size > FILE_BYTES:
            raise ReleaseRefused(f"{path} has {size:,} bytes, more than {FILE_BYTES:,}")
    if sum(sizes.values()) > RELEASE_BYTES:
        raise ReleaseRefused(f"it has {sum(sizes.values()):,} bytes, more than {RELEASE_BYTES:,}")
