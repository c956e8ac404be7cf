"""The kiosk's own program: which release shall run, fetched, verified by TUF, and ordered from the launcher while idle.

What is signed says what may run, the answer to a heartbeat which of it this kiosk shall take now. To a lower number it goes
only when the signed targets list its own no more: no server alone can lead it back to an old fault.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import requests
from pydantic import ValidationError
from tuf.api.exceptions import DownloadError, DownloadHTTPError, DownloadLengthMismatchError, RepositoryError
from tuf.api.metadata import Metadata, TargetFile, Targets
from tuf.ngclient import Updater

from kiosk.events import RestartAsked, Step
from kiosk.kiosk import Kiosk
from kiosk.machine.line_state import LineCondition
from launcher.disk import Disk, RealDisk, free
from launcher.slots import BAD, INSTALLED, TRYING, Order, Slots
from protocol.components import Availability
from protocol.line.releases import FILES, MANIFEST_BYTES, ProgramState, ReleaseCustom, ReleaseManifest, manifest_name
from runtime.files import make_folder
from sync.backoff import tries
from sync.client import Client, Outcome
from sync.down.as_one import note
from sync.down.packs import SignedFetcher
from sync.down.slot_filling import FileAltered, SlotFiller
from sync.down.trusted import refreshed, updater_of

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 3_600.0
#: How often it looks whether the kiosk is idle, once something is ordered.
IDLE_LOOK_S: Final = 10.0
#: Nobody has touched the screen for so long.
IDLE: Final = timedelta(minutes=2)
#: Among the troubles that a new program must not bring.
LINE: Final = "line"
_PIECE: Final = 65_536


def troubles(kiosk: Kiosk) -> tuple[str, ...]:
    """What cannot be used now; a new program must not add to it."""
    now = kiosk.snapshot()
    found = {name for name, state in now.components.items() if state.availability is Availability.UNAVAILABLE}
    return tuple(sorted(found | ({LINE} if now.line.condition is not LineCondition.ONLINE else set())))


class ProgramDuty:
    """Belongs to its loop's thread, except for ``wanted`` and ``state``."""

    def __init__(
        self,
        kiosk: Kiosk,
        client: Client,
        folder: Path,
        programs: Path,
        *,
        tuf_root: bytes,
        stopping: Callable[[], bool] = lambda: False,
        wake: Callable[[], None] = lambda: None,
        disk: Disk | None = None,
    ) -> None:
        """``folder`` is for metadata, ``programs`` the one of the slots."""
        self._kiosk = kiosk
        self._client = client
        self._metadata = folder / "program-metadata"
        self._manifests = folder / "program-manifests"
        self._tuf_root = tuf_root
        self._fetcher = SignedFetcher(client)
        self._slots = Slots(disk or RealDisk(), programs)
        self._filler = SlotFiller(self._slots, self._bytes, stopping)
        self._wake = wake
        self._backoff = tries()
        self._lock = threading.Lock()
        self._wanted: int | None = None
        self._ordered: Order | None = None
        self.problem = ""

    def wanted(self, number: int | None) -> None:
        """What the server said, None: nothing. Any thread."""
        with self._lock:
            new = self._wanted != number
            self._wanted = number
        if new:
            self._wake()

    def state(self) -> ProgramState:
        """For the heartbeat. Any thread."""
        noted = self._slots.state()
        bad = noted.phase == BAD
        return ProgramState(
            number=self._runs(),
            trying=noted.phase == TRYING,
            bad=noted.number if bad else 0,
            reason=noted.reason if bad else "",
        )

    def turn(self) -> float | None:
        if self._slots.state().phase == TRYING:
            # The other slot is the way back.
            return IDLE_LOOK_S
        if self._ordered is None:
            problem = self.look()
            self._note(problem)
            if problem:
                return self._backoff.failed()
            self._backoff.succeeded()
        if self._ordered is None:
            return LOOK_EVERY_S
        if self._is_idle():
            self._give(self._ordered)
        return IDLE_LOOK_S

    def setup(self) -> None:
        """The client connects when it is asked something."""

    def teardown(self) -> None:
        self._client.close()

    def look(self) -> str:
        """Makes ready what shall run; why that could not be done, "" when all is well."""
        with self._lock:
            wanted = self._wanted
        runs = self._runs()
        if runs == 0 and wanted is None:
            return ""
        try:
            make_folder(self._metadata)
            make_folder(self._manifests)
            updater = refreshed(self._kiosk.clock, self._updater)
            listed = self._listed()
            return self._make_ready(updater, listed, runs, wanted)
        except DownloadHTTPError as error:
            return "" if error.status_code == requests.codes.not_found else f"status {error.status_code}"
        except (RepositoryError, DownloadLengthMismatchError, DownloadError, FileAltered, OSError) as error:
            return f"{type(error).__name__}: {error}"

    def _make_ready(self, updater: Updater, listed: dict[int, TargetFile], runs: int, wanted: int | None) -> str:
        may_go_back = runs != 0 and runs not in listed
        if wanted is None:
            if may_go_back:
                self._ordered = Order(0, INSTALLED, troubles(self._kiosk))
            return ""
        if wanted == runs or (wanted < runs and not may_go_back):
            return ""
        noted = self._slots.state()
        if noted.phase == BAD and noted.number == wanted:
            return ""
        target = listed.get(wanted)
        if target is None:
            return f"release {wanted} is not signed"
        return self._fill(updater, target, wanted)

    def _fill(self, updater: Updater, target: TargetFile, wanted: int) -> str:
        path = self._manifests / manifest_name(wanted)
        updater.download_target(target, str(path))
        manifest = path.read_bytes()
        try:
            release = ReleaseManifest.model_validate_json(manifest)
        except ValidationError as error:
            return f"release {wanted}: its list of files is wrong ({error.error_count()} faults)"
        if release.number != wanted:
            return f"release {wanted}: says that it is {release.number}"
        needs = 2 * self._filler.needs(release)
        if free(self._slots.root) - needs < int(self._kiosk.settings.number("disk_reserve_bytes")):
            return f"release {wanted}: the disk has no room for its {needs} bytes"
        slot = self._filler.fill(manifest, release)
        if slot:
            logger.info("release %d is ready in slot %s", wanted, slot)
            self._ordered = Order(wanted, slot, troubles(self._kiosk))
        return ""

    def _is_idle(self) -> bool:
        now = self._kiosk.snapshot()
        rests = now.last_touch_at is None or now.at - now.last_touch_at >= IDLE
        return now.step is Step.START and now.staff_id is None and rests

    def _give(self, order: Order) -> None:
        """The launcher does it as soon as this program has ended."""
        with self._lock:
            wanted = self._wanted
        if wanted != (order.number or None):
            # Paused or taken back while it waited.
            self._ordered = None
            return
        clock, store = self._kiosk.clock, self._kiosk.store
        note(store, now=clock.now(), runs=self._runs(), next_one=order.number, pack=self._kiosk.pack_in_force.version)
        self._slots.give_order(Order(order.number, order.slot, troubles(self._kiosk)))
        logger.info("release %d is ordered; this program ends", order.number)
        self._ordered = None
        self._kiosk.bus.publish(RestartAsked())

    def _runs(self) -> int:
        return self._slots.number(self._slots.current())

    def _updater(self) -> Updater:
        return updater_of(self._kiosk.clock, self._metadata, self._manifests, self._fetcher, self._tuf_root)

    def _listed(self) -> dict[int, TargetFile]:
        """Releases of this city that are signed, by number."""
        targets = Metadata[Targets].from_file(str(self._metadata / "targets.json")).signed
        found = {}
        for name, target in targets.targets.items():
            try:
                custom = ReleaseCustom.model_validate(target.unrecognized_fields.get("custom"))
            except ValidationError:
                continue
            ours = custom.city == self._kiosk.identity.city and name == manifest_name(custom.number)
            if ours and target.length <= MANIFEST_BYTES:
                found[custom.number] = target
        return found

    def _bytes(self, sha256: str, offset: int) -> Iterator[bytes]:
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        with self._client.open("GET", f"{FILES}{sha256}", headers=headers) as stream:
            if stream.response is None or stream.answer.outcome is Outcome.FOREIGN:
                raise DownloadError(stream.answer.detail)
            if stream.answer.outcome is not Outcome.OK:
                raise DownloadHTTPError(stream.answer.detail, stream.answer.status)
            if offset and stream.answer.status != requests.codes.partial_content:
                raise DownloadError("the server does not go on in the middle of a file")
            try:
                yield from stream.response.iter_content(_PIECE)
            except requests.RequestException as error:
                raise DownloadError(type(error).__name__) from error

    def _note(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            if problem:
                logger.warning("no other program: %s", problem)
            else:
                logger.info("programs can be looked for again")
