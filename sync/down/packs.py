"""Packs: looked for, verified by TUF, unpacked, kept with the last good one, and handed to the kiosk.

What to run is the newest pack that the signed targets list for this city and this kiosk's ring. Metadata that have
expired, a file that was altered, an older version, another city or type: all leave the pack in force as it is.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import requests
from pydantic import ValidationError
from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    RepositoryError,
)
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from kiosk.catalogue.catalogue import Catalogue
from kiosk.catalogue.service import PackBroken
from kiosk.kiosk import Kiosk
from kiosk.store import Use
from kiosk.store.packs import HELD_BACK, PROBLEM, UNVERIFIED, InstalledPack
from protocol.packs import PACK_BYTES, PackCustom, PackRefused, target_name, unpack
from runtime.files import make_folder, sync_file
from sync.backoff import tries
from sync.client import Client, Outcome
from sync.down.as_one import may_run, noted_pack
from sync.down.trusted import refreshed, updater_of
from sync.enrolment import kept_profile

logger = logging.getLogger(__name__)

#: Look even when no notice came.
LOOK_EVERY_S: Final = 3_600.0
#: The pack in force and the one before it.
KEPT: Final = 2
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class _Offer:
    version: int
    target: TargetFile


class PackDuty:
    """Belongs to its loop's thread, except for ``load_kept``, which is called before it starts, and what field staff ask
    for (``take_newest``, ``go_back``), which the next turn does."""

    def __init__(self, kiosk: Kiosk, client: Client, folder: Path, *, ring: str, tuf_root: bytes) -> None:
        self._kiosk = kiosk
        self._client = client
        self._metadata = folder / "metadata"
        self._targets = folder / "packs"
        self._ring = ring
        self._tuf_root = tuf_root
        self._fetcher = SignedFetcher(client)
        self._backoff = tries()
        self._asked: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def take_newest(self) -> None:
        """Any thread."""
        self._asked.put(self._let_newest_in)

    def go_back(self) -> None:
        """Any thread."""
        self._asked.put(self._go_back)

    def load_kept(self) -> int:
        """Put the newest kept pack in force that is still whole and was not gone back from. Gives its version, 0 when
        there is none."""
        held_back = self._kiosk.store.marks.get(HELD_BACK)
        return self._install_first(
            pack for pack in self._kept() if pack.version != held_back and may_run(self._kiosk.store, pack.version)
        )

    def _kept(self) -> tuple[InstalledPack, ...]:
        return self._kiosk.store.packs.newest_first()

    def _install_first(self, packs: Iterable[InstalledPack]) -> int:
        for pack in packs:
            try:
                content = self._file(pack.version).read_bytes()
                if hashlib.sha256(content).hexdigest() != pack.sha256:
                    raise PackRefused("the file was altered")
                self._install(content)
            except (OSError, PackRefused, PackBroken) as error:
                logger.error("kept pack %d cannot be used: %s", pack.version, error)
                self._kiosk.store.packs.forget(pack.version)
            else:
                return pack.version
        return 0

    def turn(self) -> float | None:
        """Look for a newer pack and put it in force."""
        while not self._asked.empty():
            self._asked.get()()
        problem = self.update()
        self._note(problem)
        if problem:
            return self._backoff.failed()
        self._backoff.succeeded()
        return LOOK_EVERY_S

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()

    def update(self) -> str:
        """Why no newer pack could be looked for or taken, "" when all is well."""
        try:
            make_folder(self._metadata)
            make_folder(self._targets)
            updater = refreshed(self._kiosk.clock, self._updater)
            offer = self._best(Metadata[Targets].from_file(str(self._metadata / "targets.json")).signed)
            problem = "" if offer is None else self._take(updater, offer)
            self._verified(problem)
            return problem
        except DownloadHTTPError as error:
            # A city that has not published anything yet has no metadata.
            return "" if error.status_code == requests.codes.not_found else f"status {error.status_code}"
        except (RepositoryError, DownloadLengthMismatchError) as error:
            problem = f"{type(error).__name__}: {error}"
            self._verified(problem)
            return problem
        except (DownloadError, OSError) as error:
            return f"{type(error).__name__}: {error}"

    def _let_newest_in(self) -> None:
        self._kiosk.store.marks.remove(HELD_BACK)
        if any(pack.version > self._kiosk.pack_in_force.version for pack in self._kept()):
            self.load_kept()

    def _go_back(self) -> None:
        """A pack that was in force here before was verified then; going back needs no line."""
        left = self._kiosk.pack_in_force.version
        before = self._install_first(pack for pack in self._kept() if pack.version < left)
        if before:
            self._kiosk.store.marks.set(HELD_BACK, left)
            logger.warning("field staff went back from pack %d to pack %d", left, before)

    def _updater(self) -> Updater:
        return updater_of(self._kiosk.clock, self._metadata, self._targets, self._fetcher, self._tuf_root)

    def _best(self, targets: Targets) -> _Offer | None:
        """The newest target that is a pack of this city for this ring and newer than the one in force."""
        changed = kept_profile(self._kiosk.store)
        ring = self._ring if changed is None else changed.ring
        packs = self._kiosk.store.packs.newest_first()
        newest_kept = packs[0].version if packs else 0
        best: _Offer | None = None
        for name, target in targets.targets.items():
            try:
                custom = PackCustom.model_validate(target.unrecognized_fields.get("custom"))
            except ValidationError:
                continue
            fits = custom.city == self._kiosk.identity.city and ring in custom.rings
            named = name == target_name(custom.version) and target.length <= PACK_BYTES
            if fits and named and custom.version > newest_kept and (best is None or custom.version > best.version):
                best = _Offer(custom.version, target)
        return best

    def _take(self, updater: Updater, offer: _Offer) -> str:
        if not self._kiosk.room.has(Use.NEW, offer.target.length):
            return f"pack {offer.version}: the disk has no room for its {offer.target.length} bytes"
        path = self._file(offer.version)
        updater.download_target(offer.target, str(path))
        content = path.read_bytes()
        try:
            catalogue = self._read(content, offer.version)
        except (PackRefused, PackBroken) as error:
            path.unlink()
            return f"pack {offer.version}: {error}"
        sync_file(path)
        digest = hashlib.sha256(content).hexdigest()
        self._kiosk.ports.failpoint("packs.before_commit")
        self._kiosk.store.packs.add(InstalledPack(offer.version, digest, len(content), self._kiosk.clock.now()))
        self._kiosk.ports.failpoint("packs.after_commit")
        for service in catalogue.warm():
            logger.error("pack %d: the form of %s cannot be opened", offer.version, service)
        self._kiosk.install(catalogue)
        logger.info("pack %d was verified and comes into force", offer.version)
        self._clear_out()
        return ""

    def _install(self, content: bytes) -> None:
        catalogue = self._read(content, None)
        self._kiosk.install(catalogue)

    def _read(self, content: bytes, version: int | None) -> Catalogue:
        manifest, files = unpack(content)
        if manifest.city != self._kiosk.identity.city:
            raise PackRefused("of another city")
        if version is not None and manifest.version != version:
            raise PackRefused(f"says that it is version {manifest.version}")
        return Catalogue.read(files)

    def _clear_out(self) -> None:
        for pack in self._kiosk.store.packs.newest_first()[KEPT:]:
            if pack.version == noted_pack(self._kiosk.store):
                continue
            self._kiosk.store.packs.forget(pack.version)
            self._file(pack.version).unlink(missing_ok=True)

    def _file(self, version: int) -> Path:
        return self._targets / target_name(version)

    def _verified(self, problem: str) -> None:
        if problem != self._kiosk.store.marks.get(UNVERIFIED, ""):
            self._kiosk.store.marks.set(UNVERIFIED, problem)

    def _note(self, problem: str) -> None:
        """Logged once when it begins and once when it is over."""
        before = self._kiosk.store.marks.get(PROBLEM, "")
        if problem != before:
            self._kiosk.store.marks.set(PROBLEM, problem)
            if problem:
                logger.warning("no newer pack: %s", problem)
            else:
                logger.info("packs can be looked for again")


class SignedFetcher(FetcherInterface):
    """TUF's downloads over the kiosk's signed requests."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def _fetch(self, url: str) -> Iterator[bytes]:
        with self._client.open("GET", url) as stream:
            if stream.response is None or stream.answer.outcome is Outcome.FOREIGN:
                # A portal's 404 is not the end of the city's metadata.
                raise DownloadError(stream.answer.detail)
            if stream.answer.outcome is not Outcome.OK:
                raise DownloadHTTPError(stream.answer.detail, stream.answer.status)
            try:
                yield from stream.response.iter_content(_PIECE)
            except requests.RequestException as error:
                raise DownloadError(type(error).__name__) from error
