"""Engines that several servers share, for tests: NATS and an S3 store (SeaweedFS), of their packages, on loopback."""

import json
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
import requests
from obstore.store import S3Store

from server.settings import ServerSettings
from tests.server.postgres import free_port

PROGRAMS = Path(sys.executable).parent
STARTS_WITHIN_S = 30.0
KEY_ID = "ekios"
SECRET = "of the tests"


@contextmanager
def nats() -> Iterator[str]:
    """Its address."""
    port = free_port()
    process = subprocess.Popen(
        [PROGRAMS / "nats-server", "-a", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    try:
        _until(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), process)
        yield f"nats://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def seaweed() -> Iterator[dict[str, object]]:
    """Settings of a server that keeps its attachments there, but for the bucket: see ``in_bucket``."""
    with tempfile.TemporaryDirectory(prefix="ekios-s3-") as name:
        folder = Path(name)
        (folder / "data").mkdir()
        identity = {
            "name": "ekios",
            "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
        (folder / "secret").write_text(SECRET)
        ports = {kind: free_port() for kind in ("master", "volume", "filer", "s3")}
        inner = {f"{kind}.port.grpc": free_port() for kind in ports}
        process = subprocess.Popen(
            [PROGRAMS / "weed", "server", f"-dir={folder / 'data'}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
            + ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-master.volumeSizeLimitMB=16", "-volume.max=2000"]
            # A bucket takes seven volumes with its first object. And it would tell its makers, and serve tables that nobody
            # has, at ports that are always the same.
            + ["-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"]
            + [f"-{kind}.port={port}" for kind, port in ports.items()]
            + [f"-{kind}={port}" for kind, port in inner.items()],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        endpoint = f"http://127.0.0.1:{ports['s3']}"
        try:
            _until(lambda: requests.get(endpoint, timeout=1), process)
            yield {"s3_endpoint": endpoint, "s3_key_id": KEY_ID, "s3_secret_file": folder / "secret"}
        finally:
            # Its own way to stop takes ten seconds.
            process.kill()
            process.wait()


def in_bucket(settings: ServerSettings, store: dict[str, object], prefix: str = "") -> ServerSettings:
    """A new bucket for the attachments."""
    bucket = f"t{uuid.uuid4().hex}"
    made = S3Store(
        bucket,
        endpoint=str(store["s3_endpoint"]),
        access_key_id=KEY_ID,
        secret_access_key=SECRET,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True},
    )
    # SeaweedFS makes a bucket with its first object, and remembers for a while that one was not there.
    obstore.put(made, "made", b"")
    return settings.model_copy(update={**store, "attachments": f"s3://{bucket}{prefix}"})


def _until(answers: object, process: "subprocess.Popen[bytes]") -> None:
    assert callable(answers)
    end = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            answers()
            return
        except (OSError, requests.RequestException):
            if process.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)
