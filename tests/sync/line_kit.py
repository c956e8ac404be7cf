"""A real server in a thread, and kiosks with a real line to it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import func, select

from kiosk.catalogue.catalogue import Catalogue
from kiosk.ports import Failpoint, no_failpoint
from kiosk.session.identity import KioskIdentity
from kiosk.session.outcomes import Saved
from runtime.workers import SystemClock
from server.catalogue.pack_content import PackContent, PackService
from server.deps import Deps
from server.fleet.enrolment import ApproveOutcome
from server.foundation.actors import OPERATOR
from server.foundation.failpoints import Failpoints
from server.settings import ServerSettings
from server.storage import tables
from sync.city import CityBadges, FollowingSealer, KioskCodes, KioskSigner
from sync.enrolment import Enrolment, enrol
from sync.line import Line, LineOptions
from tests.kiosk.kiosk_kit import CITY, FORM, PHOTO, Bench, SimplePrinter, bench, fill, service_document
from tests.server.running import ONE_PERSON, RunningServer, running

WITHIN_S = 20.0
OPTIONS = LineOptions(connect_timeout_s=2.0, read_timeout_s=5.0)
_LOOK_S = 0.01


def until(condition: Callable[[], Any], what: str = "") -> Any:
    """What ``condition`` gives once it is true. Fails after WITHIN_S."""
    waiting = threading.Event()
    for _ in range(int(WITHIN_S / _LOOK_S)):
        found = condition()
        if found:
            return found
        waiting.wait(_LOOK_S)
    raise AssertionError(f"did not come about: {what or condition}")


@contextmanager
def city_server(
    data: Path, *, port: int = 0, failpoints: Failpoints | None = None, **settings: Any
) -> Iterator[RunningServer]:
    """With one pack published, unless the folder has one already."""
    given = {"quotas": ONE_PERSON, **settings}
    chosen = ServerSettings(data=data, port=port, city=CITY.name, heartbeat_s=1.0, **given)
    with running(chosen, failpoints=failpoints) as server:
        if not server.deps.packs.rows():
            publish(server.deps)
        yield server


def publish(deps: Deps, form: str = FORM, rings: tuple[str, ...] = ("test", "early", "all"), **changes: Any) -> int:
    """A pack with the one service of the kit; its number."""
    content = PackContent(
        services=(PackService(service_document(**changes), {"form.xml": form.encode()}),),
        life_events={"moving": {"id": "Pindah"}},
        consent={"id": "Saya setuju"},
        consent_version="2",
    )
    result = deps.packs.publish(content, OPERATOR, rings=rings)
    assert result.ok, result
    return result.number


def enrolled(
    server: RunningServer, name: str = "Kios Uji", ring: str = "all", address: str = "", *, approved: bool = True
) -> Enrolment:
    code = server.deps.enrolment.new_code(OPERATOR, name, ring=ring).code
    made = enrol(address or server.base, code, software="0.1.0", hardware={"model": "test"})
    assert isinstance(made, Enrolment), made
    if approved:
        outcome = server.deps.enrolment.approve(OPERATOR, made.kiosk_id, made.fingerprint)
        assert outcome is ApproveOutcome.DONE, outcome
    return made


@dataclass
class OnLine:
    """A kiosk and its line."""

    at: Bench
    line: Line
    enrolment: Enrolment

    def send(self, photo: bytes | None = PHOTO) -> Saved:
        fill(self.at.kiosk, photo=photo)
        result = self.at.kiosk.send()
        assert isinstance(result, Saved), result
        self.at.kiosk.end()
        return result

    def all_acknowledged(self) -> bool:
        return self.at.store.outbox.counts().waiting == 0

    def stop(self) -> None:
        self.line.stop()
        self.at.close()


def kiosk_on_line(
    folder: Path,
    enrolment: Enrolment,
    *,
    failpoint: Failpoint = no_failpoint,
    clock: Any = None,
    options: LineOptions = OPTIONS,
    pack: Catalogue | None = None,
    printer: SimplePrinter | None = None,
) -> OnLine:
    """Built as ``main.py`` does, not started."""
    sealer = FollowingSealer(enrolment.city)
    at = bench(
        folder,
        clock=clock or SystemClock(),
        identity=KioskIdentity(
            kiosk_id=enrolment.kiosk_id,
            name=enrolment.name,
            city=enrolment.city.name,
            time_zone=enrolment.city.time_zone,
            software="0.1.0",
            boot_id=str(uuid4()),
            fingerprint=enrolment.fingerprint,
        ),
        failpoint=failpoint,
        sealer=sealer,
        codes=KioskCodes(enrolment.kiosk_part, enrolment.city.tracking_base),
        badges=CityBadges(enrolment.city.badge_key),
        pack=pack,
        printer=printer,
        sign=KioskSigner(enrolment.private_key),
    )
    sealer.follow(at.kiosk.settings, at.bus)
    line = Line(enrolment, at.kiosk, folder, options)
    at.kiosk.connect(line)
    return OnLine(at, line, enrolment)


def stored(deps: Deps) -> list[Any]:
    """Rows of submissions at the server."""
    with deps.engine.connect() as connection:
        return list(connection.execute(select(tables.submissions).order_by(tables.submissions.c.kiosk_seq)).all())


def count(deps: Deps, table: Any) -> int:
    with deps.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
