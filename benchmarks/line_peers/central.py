"""ODK Central from its own source, for a measure: migrated, with one form, and a session that may send to it."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import requests
from uuid_utils import uuid7

from benchmarks.line_peers import (
    ENVELOPE_CHARACTERS,
    FILE_BYTES,
    Row,
    install,
    known,
    node_of_central,
    plain_request,
    rate,
    source_of_central,
)
from benchmarks.serving import free_port
from tests.server import postgres

EMAIL: Final = "measure@example.org"
PASSWORD: Final = "a-measure-of-the-line"
STARTS_WITHIN_S: Final = 120.0
FORM: Final = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:orx="http://openrosa.org/xforms"><h:head><h:title>Surat</h:title><model>
<instance><data id="surat" version="1"><sealed/><foto/><orx:meta><orx:instanceID/></orx:meta></data></instance>
<bind nodeset="/data/sealed" type="string"/><bind nodeset="/data/foto" type="binary"/>
</model></h:head><h:body><input ref="/data/sealed"><label>S</label></input>
<upload ref="/data/foto" mediatype="image/*"><label>F</label></upload></h:body></h:html>
"""


def central() -> Row:
    source, programs = source_of_central(), postgres.binaries()
    if source is None or not (source / "node_modules").is_dir():
        return known("ODK Central", "EKIOS_ODK_CENTRAL names no source with its packages")
    if programs is None or not install():
        return known("ODK Central", "no PostgreSQL, or no Node as it asks for")
    with postgres.running(programs) as cluster:
        cluster.execute("CREATE DATABASE central")
        cluster.execute("ALTER SYSTEM SET fsync = on")
        cluster.execute("SELECT pg_reload_conf()")
        with _served(source, cluster) as base:
            headers = _prepared(base)

            def make(file: bool) -> list[bytes]:
                return _submission(base, headers, file)

            return Row(
                "ODK Central",
                rate(base, make, file=False, expected=200),
                rate(base, make, file=True, expected=200),
                "its own source, PostgreSQL",
            )


@contextmanager
def _served(source: Path, cluster: postgres.Cluster) -> Iterator[str]:
    port = free_port()
    database = {"host": "127.0.0.1", "port": cluster.port, "user": "ekios", "password": "x", "database": "central"}
    settings = {"default": {"database": database, "server": {"port": port}}}
    environment = {**os.environ, "NODE_CONFIG": json.dumps(settings), "NODE_ENV": "production"}
    node = str(node_of_central())

    def run(script: str, *arguments: str, given: str = "") -> None:
        command = [node, f"lib/bin/{script}.js", *arguments]
        subprocess.run(
            command, cwd=source, env=environment, input=given, text=True, check=True, stdout=subprocess.DEVNULL
        )

    run("run-migrations")
    run("cli", "--email", EMAIL, "user-create", given=f"{PASSWORD}\n")
    run("cli", "--email", EMAIL, "user-promote")
    process = subprocess.Popen(
        [node, "lib/bin/run-server.js"],
        cwd=source,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                requests.get(f"{base}/v1/config/public", timeout=5)
                break
            except requests.ConnectionError:
                if process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield base
    finally:
        process.kill()
        process.wait()


def _prepared(base: str) -> dict[str, str]:
    """A project with the form; headers of somebody who may send to it."""

    def post(path: str, **options: Any) -> dict[str, Any]:
        answer = requests.post(f"{base}/v1{path}", timeout=60, **options)
        answer.raise_for_status()
        return dict(answer.json())

    token = post("/sessions", json={"email": EMAIL, "password": PASSWORD})["token"]
    headers = {"Authorization": f"Bearer {token}"}
    project = post("/projects", json={"name": "Line"}, headers=headers)["id"]
    assert project == 1
    post(
        "/projects/1/forms",
        data=FORM.encode(),
        params={"publish": "true"},
        headers={**headers, "Content-Type": "application/xml"},
    )
    return headers


def _submission(base: str, headers: dict[str, str], file: bool) -> list[bytes]:
    instance, name = f"uuid:{uuid7()}", "foto.jpg" if file else ""
    xml = (
        '<data id="surat" version="1" xmlns:orx="http://openrosa.org/xforms">'
        f"<sealed>{'x' * ENVELOPE_CHARACTERS}</sealed><foto>{name}</foto>"
        f"<orx:meta><orx:instanceID>{instance}</orx:instanceID></orx:meta></data>"
    )
    path = "/v1/projects/1/forms/surat/submissions"
    sent = [plain_request(base, "POST", path, xml.encode(), {**headers, "Content-Type": "application/xml"})]
    if file:
        to = f"{path}/{instance}/attachments/{name}"
        content = secrets.token_bytes(FILE_BYTES)
        sent.append(plain_request(base, "POST", to, content, {**headers, "Content-Type": "image/jpeg"}))
    return sent
