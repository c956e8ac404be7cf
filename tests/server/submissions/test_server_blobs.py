"""Where attachments lie, in a folder and in S3: whole only when read back, the same from any server, and copied between them."""

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import obstore
import pytest
import requests

from server.operator.attachment_stores import missing, store_of
from server.operator.backup import back_up
from server.operator.restore import lay_out
from server.settings import ServerSettings
from server.submissions.blobs import Blob, BlobStore, FolderBlobs, Kept, StoreAway, hash_of
from server.submissions.blobs_s3 import S3Blobs, S3Settings, StoreRefused
from tests.server.engines import in_bucket
from tests.server.running import running

CHUNK = 60_000


@pytest.fixture
def bucket(s3: dict[str, object], sqlite_settings: ServerSettings) -> ServerSettings:
    """A server's settings with a bucket of its own."""
    return in_bucket(sqlite_settings, s3)


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "folder":
        return FolderBlobs(tmp_path / "blobs")
    return store_of(in_bucket(ServerSettings(), request.getfixturevalue("s3"), "/a/prefix"))


def blob_of(content: bytes) -> Blob:
    return Blob(str(uuid.uuid4()), hash_of(content))


def sent(store: BlobStore, blob: Blob, content: bytes) -> list[Kept]:
    found = []
    for start in range(0, len(content), CHUNK):
        with store.turn(blob):
            found.append(store.append(blob, start, content[start : start + CHUNK], len(content)))
    return found


def test_a_blob_in_pieces_is_there_when_the_last_one_has_come(store: BlobStore) -> None:
    content = os.urandom(2 * CHUNK + 1)
    blob = blob_of(content)
    with store.turn(blob):
        assert store.append(blob, 0, content[:CHUNK], len(content)) is Kept.PIECE
    assert (store.whole(blob), store.read(blob), list(store.blobs())) == (False, None, [])
    assert sent(store, blob, content) == [Kept.PIECE, Kept.PIECE, Kept.WHOLE]
    store.tidy(blob)
    assert (store.whole(blob), store.read(blob), list(store.blobs())) == (True, content, [blob])


def test_other_bytes_are_dropped_and_the_right_ones_taken_afterwards(store: BlobStore) -> None:
    content = os.urandom(CHUNK + 500)
    blob = blob_of(content)
    assert sent(store, blob, os.urandom(len(content))) == [Kept.PIECE, Kept.OTHER_BYTES]
    assert not store.whole(blob)
    assert sent(store, blob, content) == [Kept.PIECE, Kept.WHOLE]
    assert store.read(blob) == content


def test_what_is_put_at_once_must_have_its_hash(store: BlobStore) -> None:
    content = os.urandom(500)
    blob = blob_of(content)
    assert not store.put(blob, content + b"x")
    assert (store.read(blob), store.put(blob, content), store.read(blob)) == (None, True, content)


def test_two_servers_that_are_sent_pieces_which_overlap_make_one_blob(
    s3: dict[str, object], sqlite_settings: ServerSettings
) -> None:
    settings = in_bucket(sqlite_settings, s3)
    one, other = store_of(settings), store_of(settings)
    content = os.urandom(1_000)
    blob = blob_of(content)
    # The first one's was written down; so the kiosk went on at 250, while the other's larger piece lies there, too.
    one.append(blob, 0, content[:250], 1_000)
    other.append(blob, 0, content[:600], 1_000)
    one.append(blob, 250, content[250:700], 1_000)
    assert other.append(blob, 700, content[700:], 1_000) is Kept.WHOLE
    assert one.read(blob) == content


class Fault:
    """Set while a store runs that misbehaves."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.flips = False


@contextmanager
def before(endpoint: str) -> Iterator[tuple[str, Fault]]:
    """A store before the store, which can give back other bytes than it was given."""
    fault = Fault(endpoint)

    class Between(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            # The signature names the host that was asked.
            answer = requests.request(
                self.command, f"{fault.endpoint}{self.path}", headers=dict(self.headers), data=body
            )
            content = answer.content
            if fault.flips and self.command == "GET" and answer.ok and "/whole/" in self.path:
                content = bytes([content[0] ^ 1]) + content[1:]
            self.send_response(answer.status_code)
            for name in ("ETag", "Last-Modified", "Content-Type"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            length = answer.headers.get("Content-Length", "0") if self.command == "HEAD" else str(len(content))
            self.send_header("Content-Length", length)
            self.end_headers()
            self.wfile.write(content if self.command != "HEAD" else b"")

        do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = _pass_on

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Between)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", fault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_kiosk_keeps_what_the_store_does_not_give_back_as_it_was(bucket: ServerSettings) -> None:
    with (
        before(bucket.s3_endpoint) as (endpoint, fault),
        running(bucket.model_copy(update={"s3_endpoint": endpoint})) as server,
    ):
        kiosk = server.kiosk()
        attachment = kiosk.attachment(os.urandom(500))
        envelope = kiosk.envelope(server.service(), [attachment])
        kiosk.send(envelope)
        fault.flips = True
        refused = kiosk.patch(attachment, 0, attachment.sealed)
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "storage_away")
        assert int(refused.headers["Retry-After"]) > 0
        assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "incomplete"
        fault.flips = False
        kiosk.upload(attachment)
        assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


def test_what_a_crash_left_in_the_store_counts_when_it_has_its_hash(bucket: ServerSettings) -> None:
    """Between the store and the row that says so, also before it was read back."""
    with running(bucket) as server:
        kiosk, store = server.kiosk(), server.deps.attachments.blobs
        attachments = [kiosk.attachment(os.urandom(500)) for _ in range(2)]
        envelope = kiosk.envelope(server.service(), attachments)
        kiosk.send(envelope)
        whole, spoilt = (Blob(kiosk.id, one.sha256) for one in attachments)
        assert store.put(whole, attachments[0].sealed)
        assert isinstance(store, S3Blobs)
        obstore.put(store._store, f"whole/{spoilt.path}", b"half of it")
        assert [kiosk.offset(one) for one in attachments] == [len(attachments[0].sealed), 0]
        kiosk.upload(attachments[1])
        assert store.read(spoilt) == attachments[1].sealed
        assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


def test_an_upload_that_was_under_way_when_the_store_changed_begins_anew_by_itself(
    bucket: ServerSettings, sqlite_settings: ServerSettings
) -> None:
    """As docs/grow.md has it: the pieces lie in the old place, and the row still counts them."""
    with running(sqlite_settings) as server:
        kiosk = server.kiosk()
        attachment = kiosk.attachment(os.urandom(500))
        envelope = kiosk.envelope(server.service(), [attachment])
        kiosk.send(envelope)
        kiosk.patch(attachment, 0, attachment.sealed[:200])
    with running(bucket) as server:
        kiosk.base, kiosk.http = server.base, requests.Session()
        assert kiosk.offset(attachment) == 200
        refused = kiosk.patch(attachment, 200, attachment.sealed[200:])
        assert (refused.json()["error"]["code"], refused.headers["Upload-Offset"]) == ("hash", "0")
        kiosk.upload(attachment)
        assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "received"


def test_without_the_store_nothing_is_called_there_and_nothing_else_stops(bucket: ServerSettings) -> None:
    with before(bucket.s3_endpoint) as (endpoint, _):
        away = bucket.model_copy(update={"s3_endpoint": endpoint})
    with running(away) as server:
        kiosk = server.kiosk()
        attachment = kiosk.attachment(os.urandom(500))
        envelope = kiosk.envelope(server.service(), [attachment])
        assert kiosk.statuses(envelope) == ["missing_attachments"]
        assert kiosk.patch(attachment, 0, attachment.sealed).status_code == 503
        assert kiosk.get(f"/v1/cases/{envelope.code}").json()["state"] == "incomplete"


def test_a_backup_of_s3_goes_into_a_folder_and_back_and_a_spoilt_one_is_named(
    bucket: ServerSettings, s3: dict[str, object], tmp_path: Path
) -> None:
    with running(bucket) as server:
        kiosk = server.kiosk()
        attachments = [kiosk.attachment(os.urandom(500)) for _ in range(3)]
        kiosk.statuses(kiosk.envelope(server.service(), attachments))
        for attachment in attachments:
            kiosk.upload(attachment)
        deps = server.deps
        folder = back_up(deps.engine, bucket.data, deps.attachments.blobs, tmp_path / "backups", deps.clock.now())
        sealed = {Blob(kiosk.id, one.sha256): one.sealed for one in attachments}
        kept = FolderBlobs(tmp_path / "backups" / "attachments")
        assert {blob: kept.read(blob) for blob in kept.blobs()} == sealed
        (tmp_path / "backups" / "attachments" / Blob(kiosk.id, attachments[0].sha256).path).write_bytes(b"other")
        fresh = in_bucket(bucket, s3).model_copy(update={"data": tmp_path / "fresh"})
        lay_out(folder, fresh)
        store = store_of(fresh)
        assert missing(deps.engine, store) == [attachments[0].sha256]
        del sealed[Blob(kiosk.id, attachments[0].sha256)]
        assert {blob: store.read(blob) for blob in store.blobs()} == sealed


@pytest.mark.parametrize("place", ["https://bucket", "s3://", "bucket"])
def test_a_place_that_is_no_bucket_is_refused_with_what_to_write(place: str) -> None:
    with pytest.raises(StoreRefused, match="s3://bucket"):
        S3Blobs(S3Settings(place))


def test_wrong_keys_are_told_without_telling_them(s3: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("a wrong secret")
    store = S3Blobs(S3Settings("s3://any", str(s3["s3_endpoint"]), key_id="ekios", secret_file=tmp_path / "wrong"))
    with pytest.raises(StoreAway) as told:
        store.look()
    assert "secret" not in str(told.value)
