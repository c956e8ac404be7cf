"""The city's packs over the years, and signed with its own keys as a mistake or a thief would sign them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from sqlalchemy import select
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import Metadata, MetaFile, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient.fetcher import FetcherInterface

from kiosk.store.packs import UNVERIFIED
from protocol.packs import target_name
from server.catalogue.tuf_offline import NewKeys, public_document, sign
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.foundation.keys import keep_secret, random_key
from server.settings import ServerSettings
from server.storage import tables
from sync.down.packs import PackDuty
from tests.kiosk.kiosk_kit import CITY
from tests.server.conftest import FakeClock
from tests.server.running import RunningServer, running
from tests.sync.line_kit import OnLine, enrolled, kiosk_on_line, publish

LONG = timedelta(days=30)


class FolderFetcher(FetcherInterface):
    """The server's answers without its line, so that years pass for both sides."""

    def __init__(self, deps: Deps) -> None:
        super().__init__()
        self._deps = deps

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.rpartition("/")[2]
        packs = self._deps.packs
        path = packs.metadata_path(name) if "/metadata/" in url else packs.target_path(name)
        if path is None or not path.exists():
            raise DownloadHTTPError("not there", 404)
        return iter([path.read_bytes()])


class Years:
    """A server with a clock that is moved, and a kiosk whose time is the server's whenever it looks for packs."""

    def __init__(self, server: RunningServer, clock: FakeClock, made: OnLine, folder: Path) -> None:
        self.deps = server.deps
        self.clock = clock
        self.made = made
        self.duty = PackDuty(made.at.kiosk, made.line._client(), folder, ring="all", tuf_root=made.enrolment.tuf_root)
        self.duty._fetcher = FolderFetcher(server.deps)  # type: ignore[assignment]
        self.usb = folder.parent / "usb"
        self.usb.mkdir()

    @property
    def keys(self) -> Path:
        return self.deps.settings.data / "keys"

    def pass_days(self, days: float, *, in_service: bool = True) -> None:
        """With a server that runs meanwhile, its metadata are renewed as they are in service."""
        self.clock.pass_time(days=days)
        if in_service:
            self.deps.packs.refresh()

    def look(self) -> str:
        """As when the kiosk's loop comes round, after a heartbeat gave it the time."""
        self.made.at.kiosk.clock.learn(self.clock.now())
        return self.duty.update()

    @property
    def version(self) -> int:
        return self.made.at.kiosk.catalogue.version

    @property
    def unverified(self) -> str:
        return str(self.made.at.store.marks.get(UNVERIFIED, ""))

    def new_key(self, name: str) -> Path:
        path = self.usb / name
        keep_secret(path, random_key())
        return path

    def install(self, *contents: bytes) -> None:
        self.deps.packs.install_signed(contents, OPERATOR)

    def renew_root(self) -> None:
        """A new key for root, signed by the old and the new one; both roots' keys are then offline."""
        old = self.keys / "tuf-root.key"
        old = old if old.exists() else sorted(self.usb.glob("root-*"))[-1]
        new = self.new_key(f"root-{len(list(self.usb.glob('root-*')))}")
        asked = self.deps.packs.signing_request("root", [NewKeys("root", (public_document(new),))])
        self.install(sign(sign(asked, old), new))
        (self.keys / "tuf-root.key").unlink(missing_ok=True)


@contextmanager
def city_of_years(folder: Path) -> Iterator[Years]:
    """With one pack published."""
    clock = FakeClock()
    with running(ServerSettings(data=folder / "server", port=0, city=CITY.name), clock=clock) as server:
        publish(server.deps)
        made = kiosk_on_line(folder / "kiosk", enrolled(server))
        yield Years(server, clock, made, folder / "packs")
        made.at.close()


class Signer:
    """Signs what it is told to, with the keys of a running server's city."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._folder = deps.settings.data / "packs" / "metadata"
        self._keys = deps.settings.data / "keys"

    def list(self, *numbers: int, life: dict[str, timedelta] | None = None, **custom: Any) -> None:
        """Lists these packs and no others; ``custom`` is said of the newest, ``life`` is how long a role is good."""
        lives = {"targets": LONG, "snapshot": LONG, "timestamp": LONG, **(life or {})}
        now = self._deps.clock.now().replace(microsecond=0)
        version = 1 + max(int(path.name.partition(".")[0]) for path in self._folder.glob("*.targets.json"))
        listed = {
            target_name(number): self._target(number, custom if number == max(numbers) else {}) for number in numbers
        }
        self._write("targets", Targets(version=version, expires=now + lives["targets"], targets=listed))
        snapshot = 1 + max(int(path.name.partition(".")[0]) for path in self._folder.glob("*.snapshot.json"))
        meta = {"targets.json": MetaFile(version=version)}
        self._write("snapshot", Snapshot(version=snapshot, expires=now + lives["snapshot"], meta=meta))
        before = Metadata[Timestamp].from_file(str(self._folder / "timestamp.json")).signed.version
        self._write(
            "timestamp",
            Timestamp(version=before + 1, expires=now + lives["timestamp"], snapshot_meta=MetaFile(version=snapshot)),
        )

    def _target(self, number: int, custom: dict[str, Any]) -> TargetFile:
        with self._deps.engine.connect() as connection:
            row = connection.execute(select(tables.packs).where(tables.packs.c.number == number)).one()
        said = {"city": CITY.name, "version": number, "rings": list(row.rings), "type": "ekios-pack", **custom}
        return TargetFile(row.size, {"sha256": row.sha256}, row.path, {"custom": said})

    def _write(self, role: str, signed: Any) -> None:
        key = Ed25519PrivateKey.from_private_bytes((self._keys / f"tuf-{role}.key").read_bytes())
        metadata = Metadata(signed)
        metadata.sign(CryptoSigner(key))
        name = "timestamp.json" if role == "timestamp" else f"{signed.version}.{role}.json"
        metadata.to_file(str(self._folder / name))
