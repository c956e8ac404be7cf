"""Sign-language clips: of the service's pages from its pack, of the others from the kiosk's own folder."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forms.limits import MAX_MEDIA_BYTES
from forms.media import begins_as_clip
from kiosk.kiosk import Kiosk
from kiosk.machine.content import MediaFault
from protocol.packs import clip_names

_PREFIX = "signing-"


@dataclass(frozen=True)
class Clip:
    """``service_id`` is "" where it is the kiosk's own."""

    name: str
    data: bytes
    service_id: str = ""


class Clips:
    """``place`` gives the name of the page in sight, and which one it is."""

    def __init__(self, kiosk: Kiosk, place: Callable[[], tuple[str, str]]) -> None:
        self._kiosk = kiosk
        self._place = place
        self._folder: Path | None = None
        self._there: frozenset[str] = frozenset()

    def look_in(self, folder: Path) -> None:
        """The kiosk's own are in this folder (``assets/signing``). Looked up once: they do not come and go."""
        self._folder = folder
        self._there = frozenset(path.name for path in folder.iterdir()) if folder.is_dir() else frozenset()

    def there(self) -> bool:
        """Whether the page in sight has one, and something here can play it."""
        return self._kiosk.ports.play_clip is not None and self._has()

    def _has(self) -> bool:
        return self._of_service() is not None or self._own_name() is not None

    def open(self) -> Clip | None:
        """The clip of the page in sight; None, with the office informed, where it is none."""
        clip = self._of_service() or self._own()
        if clip is None:
            return None
        if len(clip.data) > MAX_MEDIA_BYTES:
            self.failed(clip, MediaFault.TOO_LARGE)
            return None
        if not begins_as_clip(clip.name, clip.data):
            self.failed(clip, MediaFault.BROKEN)
            return None
        return clip

    def failed(self, clip: Clip, fault: MediaFault) -> None:
        """It cannot be played: the office is informed of what came with a pack."""
        if clip.service_id:
            self._kiosk.content.failed(clip.service_id, clip.name, fault)

    def _of_service(self) -> Clip | None:
        session, (page, detail) = self._kiosk.session, self._place()
        service_id = session.service.id if session is not None and session.service is not None else detail
        catalogue = session.catalogue if session is not None else self._kiosk.catalogue
        if catalogue.get(service_id) is None:
            return None
        for name in clip_names(page):
            data = catalogue.media(service_id, name)
            if data is not None:
                return Clip(name, data, service_id)
        return None

    def _own(self) -> Clip | None:
        name = self._own_name()
        return Clip(name, (self._folder / name).read_bytes()) if name is not None and self._folder is not None else None

    def _own_name(self) -> str | None:
        names = (name.removeprefix(_PREFIX) for name in clip_names(self._place()[0]))
        return next((name for name in names if name in self._there), None)
