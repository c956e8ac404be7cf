"""A city's new sealing key: kiosks take it from their feed between two citizens, when the city itself signed it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey
from nacl.signing import SigningKey

from kiosk.events import SettingsChanged
from protocol import sealing, sealing_keys
from protocol.documents import DocumentRefused
from protocol.messages import FeedType, SealingKey
from server.foundation import bus, feed
from server.foundation.actors import OPERATOR
from server.foundation.keys import load_keys
from server.keeper.sealing_keys import PrivateSealingKeys
from server.storage import tables
from tests.kiosk.kiosk_kit import PHOTO, fill
from tests.server.running import RunningServer
from tests.sync.line_kit import OnLine, city_server, count, enrolled, kiosk_on_line, stored, until

BADGE = bytes(SigningKey.generate())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with city_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def made(server: RunningServer, tmp_path: Path) -> Iterator[OnLine]:
    on_line = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
    yield on_line
    on_line.stop()


def rotated(server: RunningServer, made: OnLine) -> str:
    """A new key, and the kiosk has heard of it."""
    heard = len(made.at.of(SettingsChanged))
    key_id = server.deps.sealing_rotation.rotate(OPERATOR)
    until(lambda: len(made.at.of(SettingsChanged)) > heard)
    return key_id


def written(key: bytes = BADGE, made_keys: int = 2) -> dict[str, Any]:
    keys = []
    for _ in range(made_keys):
        public = bytes(PrivateKey.generate().public_key)
        keys.append(SealingKey.model_construct(key_id=sealing.key_id(public), public_key=public))
    return sealing_keys.write(tuple(keys), datetime.now(UTC), key)


def test_what_is_sent_after_a_rotation_is_sealed_to_the_new_key_and_opened(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    made.send()
    new = rotated(server, made)
    made.send()
    until(made.all_acknowledged)
    rows = stored(server.deps)
    assert [row.key_id for row in rows] == [made.enrolment.city.sealing_keys[0].key_id, new]
    assert all(row.complete for row in rows) and count(server.deps, tables.cases) == 2


def test_the_officer_opens_pictures_of_both_keys(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    made.send(PHOTO)
    rotated(server, made)
    made.send(PHOTO)
    until(made.all_acknowledged)
    with server.deps.engine.connect() as connection:
        links = connection.execute(tables.submission_attachments.select()).all()
    opened = [server.deps.attachments.open(one.kiosk_id, one.submission_id, one.sha256) for one in links]
    assert [one.data for one in opened if one is not None] == [PHOTO, PHOTO]


def test_an_envelope_that_waited_through_the_rotation_is_still_taken(server: RunningServer, made: OnLine) -> None:
    made.send()
    server.deps.sealing_rotation.rotate(OPERATOR)
    made.line.start()
    until(made.all_acknowledged)
    assert count(server.deps, tables.cases) == 1


def test_a_citizen_under_way_keeps_the_key_they_began_with(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    before = made.at.kiosk.ports.sealer.key_id
    fill(made.at.kiosk)
    new = rotated(server, made)
    assert made.at.kiosk.ports.sealer.key_id == before
    made.at.kiosk.end()
    made.at.kiosk.begin("id")
    assert made.at.kiosk.ports.sealer.key_id == new


def test_after_a_restart_the_new_key_is_still_in_use(server: RunningServer, made: OnLine, tmp_path: Path) -> None:
    made.line.start()
    new = rotated(server, made)
    made.stop()
    again = kiosk_on_line(tmp_path / "kiosk", made.enrolment)
    assert again.at.kiosk.ports.sealer.key_id == new
    again.at.close()


def test_keys_that_the_city_did_not_sign_are_not_taken(server: RunningServer, made: OnLine) -> None:
    made.line.start()
    until(lambda: made.line.state().online)
    with server.deps.engine.begin() as connection:
        data = {sealing_keys.SETTING: written()}
        feed.append(connection, made.enrolment.kiosk_id, FeedType.SETTINGS, data, server.deps.clock.now())
    server.deps.bus.publish_now(bus.feed_topic(made.enrolment.kiosk_id))
    until(lambda: made.at.of(SettingsChanged))
    made.at.kiosk.begin("id")
    assert made.at.kiosk.ports.sealer.key_id == made.enrolment.city.sealing_keys[0].key_id


@pytest.mark.parametrize("change", [{"version": 9}, {"body": "[]"}, {"name": "budget"}, {"signature": "AAAA"}])
def test_an_altered_document_is_refused(change: dict[str, Any]) -> None:
    good = written()
    verify_key = bytes(SigningKey(BADGE).verify_key)
    assert sealing_keys.read(good, verify_key)[0] == 2
    with pytest.raises(DocumentRefused):
        sealing_keys.read({**good, **change}, verify_key)


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"name": "sealing-keys"}])
def test_what_is_no_document_is_refused(value: Any) -> None:
    with pytest.raises(DocumentRefused):
        sealing_keys.read(value, bytes(SigningKey(BADGE).verify_key))


def test_a_key_made_by_another_process_of_the_server_is_found(tmp_path: Path) -> None:
    here, there = PrivateSealingKeys(tmp_path), PrivateSealingKeys(tmp_path)
    new = there.make()
    assert here.get(new) == there.get(new) is not None
    assert next(one.key_id for one in load_keys(tmp_path).public_sealing_keys()) == new


@pytest.mark.parametrize("name", ["", "../badge", "x" * 64, "\0"])
def test_a_key_that_nobody_made_is_not_found(tmp_path: Path, name: str) -> None:
    assert PrivateSealingKeys(tmp_path).get(name) is None
