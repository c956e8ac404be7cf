"""What a release's kiosk and server say to each other, written down for the releases after it.

``python -m tools.release record`` runs this file as it is in that release, with its packages and kits, and keeps in ``released``:

``server.zip``     the data folder of a small city before its kiosk says anything, keys included (nobody else's)
``kiosk.zip``      that kiosk's folder, its enrolment included, with a full outbox and no line ever
``exchanges.json`` each request of such a kiosk as it was sent, byte for byte, and the answer that it got
``schemas.json``   all messages of the protocol as JSON schemas
"""

import json
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from pydantic.json_schema import models_json_schema

from kiosk.store.journal import Visit, VisitAction
from server.foundation.actors import OPERATOR
from server.operator.chores import publish_times
from server.settings import ServerSettings
from server.storage import tables
from sync import enrolment as enrolments
from tests.kiosk.kiosk_kit import CITY
from tests.protocol.schema_kit import messages
from tests.server import running as running_server
from tests.server.conftest import FakeClock
from tests.sync.line_kit import OnLine, count, enrolled, kiosk_on_line, publish, until

#: The server's time while all of it happens.
AT = datetime(2026, 11, 30, 8, tzinfo=UTC)
BORN = date(1990, 8, 17)
QUEUED = 5
VISIT = "0190f3a0-0000-7000-8000-0000000000aa"
#: Of what comes again and again only the first few are kept.
KEPT_OF_A_KIND = 3
REPEATED = ("/v1/heartbeat", "/v1/feed", "/v1/feed/live", "/v1/feed/applied", "/v1/packs/metadata/timestamp.json")
#: Two pieces of an upload.
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1_030
SMALL_PICTURE = PICTURE[:5_000]


class Recorder:
    """Outermost, as plain ASGI; an exchange is written down when its answer is whole, or cut."""

    kept: ClassVar[list[dict[str, Any]]] = []

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        body, answer = bytearray(), bytearray()
        query = scope["query_string"].decode()
        made: dict[str, Any] = {
            "method": scope["method"],
            "target": scope["raw_path"].decode() + (f"?{query}" if query else ""),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
        }

        async def hear() -> Any:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def say(message: Any) -> None:
            if message["type"] == "http.response.start":
                made["status"] = message["status"]
                made["answer_headers"] = {name.decode(): value.decode() for name, value in message["headers"]}
            answer.extend(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, hear, say)
        finally:
            if "status" in made:
                self.kept.append({**made, "body": readable(body), "answer": readable(answer)})


def readable(content: bytes) -> Any:
    """As text where it is one, for whoever looks at what changed from release to release; else as base64 in a list."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return [encoded(content)]


def encoded(content: bytes) -> str:
    return b64encode(content).decode()


@contextmanager
def city(data: Path, *, recorded: bool = False) -> Iterator[Any]:
    made = running_server.create_app

    def recording(*arguments: Any, **named: Any) -> Any:
        app = made(*arguments, **named)
        app.add_middleware(Recorder)
        return app

    running_server.create_app = recording if recorded else made
    settings = ServerSettings(data=data, port=0, city=CITY.name, heartbeat_s=1.0, quotas=running_server.ONE_PERSON)
    try:
        with running_server.running(settings, clock=FakeClock(AT)) as server:
            yield server
    finally:
        running_server.create_app = made


def whole_day(made: OnLine) -> None:
    """All that a kiosk says, but for what it says when something went wrong."""
    line, kiosk = made.line, made.at.kiosk
    for photo in (PICTURE, None):
        made.send(photo)
    kiosk.ratings.rate(kiosk.catalogue.services[0], 4)
    kiosk.help_calls.call("form")
    made.at.store.visits.add(Visit(VISIT, "ani", AT, AT, (VisitAction("roll_changed", AT),)))
    line.start()
    until(made.all_acknowledged)
    until(lambda: made.at.store.packs.newest_first())
    until(kiosk.open_city.transparency)
    code = made.send(None).code
    until(made.all_acknowledged)
    kept = answer(lambda done: line.keep_draft(b"sealed at the kiosk", BORN, done))
    assert answer(lambda done: line.open_draft(kept.code, BORN, done)).plain == b"sealed at the kiosk"
    line.erase_draft(kept.code, BORN)
    answer(lambda done: line.ask_case(code, done))
    until(
        lambda: {"/v1/logs", "/v1/ratings", "/v1/help-calls", "/v1/visits"} <= {one["target"] for one in Recorder.kept}
    )
    until(lambda: any(one["method"] == "DELETE" for one in Recorder.kept))
    made.stop()


def answer(ask: Any) -> Any:
    come, found = threading.Event(), []

    def done(result: Any) -> None:
        found.append(result)
        come.set()

    ask(done)
    assert come.wait(20)
    return found[0]


def pack_up(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_LZMA) as written:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            written.writestr(zipfile.ZipInfo(str(path.relative_to(folder))), path.read_bytes(), zipfile.ZIP_LZMA)


def thinned(exchanges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for one in exchanges:
        kind = one["method"], one["target"].partition("?")[0]
        seen[kind] = seen.get(kind, 0) + 1
        if kind[1] not in REPEATED or seen[kind] <= KEPT_OF_A_KIND:
            kept.append(one)
    return kept


def main(work: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with city(work / "server") as server:
        deps = server.deps
        publish(deps)
        enrolment = enrolled(server)
        enrolments.save(enrolment, work / "queue")
        deps.kiosk_settings.change(OPERATOR, {"idle_s": 100})
        deps.notices.send(OPERATOR, {"id": "Tutup pukul 15"}, AT + timedelta(days=1))
        for name in ("test_slip", "log"):
            deps.device_commands.send(OPERATOR, enrolment.kiosk_id, name)
        publish_times(deps)
        made = kiosk_on_line(work / "queue", enrolment)
        for number in range(QUEUED):
            made.send(SMALL_PICTURE if number % 2 else None)
        assert made.at.store.outbox.counts().waiting == QUEUED
        made.at.close()
    pack_up(work / "server", out / "server.zip")
    pack_up(work / "queue", out / "kiosk.zip")
    with city(work / "server", recorded=True) as server:
        whole_day(kiosk_on_line(work / "kiosk", enrolments.Enrolment(**{**vars_of(enrolment), "server": server.base})))
        assert count(server.deps, tables.submissions) == 3
    kept = {"at": AT.isoformat(), "kiosk_id": enrolment.kiosk_id, "badge_key": encoded(enrolment.city.badge_key)}
    kept |= {"exchanges": thinned(Recorder.kept)}
    (out / "exchanges.json").write_text(json.dumps(kept, indent=0) + "\n")
    _, schemas = models_json_schema([(one, "validation") for one in messages()], ref_template="#/$defs/{model}")
    (out / "schemas.json").write_text(json.dumps(schemas["$defs"], indent=1, sort_keys=True) + "\n")


def vars_of(enrolment: Any) -> dict[str, Any]:
    return {name: getattr(enrolment, name) for name in enrolment.__dataclass_fields__}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
