"""docs/grow.md, walked: a city of one box goes to PostgreSQL and S3 and comes back, by the page's own commands, with kiosks sending."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import requests
from typer.testing import CliRunner

from server.__main__ import cli
from server.settings import ServerSettings
from tests.server.engines import in_bucket
from tests.server.kiosk_client import Envelope, TestKiosk
from tests.server.operator.test_server_command import ROOT
from tests.server.operator.test_server_database_copy import empty
from tests.server.running import running

__all__ = ["empty"]

_PLACE = "EKIOS_SERVER_ATTACHMENTS"
_COMMAND = re.compile(
    r"^(?:\.venv/bin/python -m server (?P<server>.+)|(?P<other>cp .+)"
    r"|export (?P<name>\w+)=(?P<value>\S+).*|unset (?P<unset>\w+))$",
    re.MULTILINE,
)


class Walk:
    """Where the page's places lie in the test, and what the kiosk has sent so far."""

    def __init__(self, settings: ServerSettings, bucket: ServerSettings, database: str, folder: Path) -> None:
        self.settings = settings
        self.bucket = bucket
        self.places = {
            "postgresql+psycopg://ekios@/ekios": database,
            "s3://ekios": bucket.attachments,
            "/var/lib/ekios-small": str(folder / "small"),
            "/var/lib/ekios/8700": str(settings.data),
            "/var/lib/ekios": str(settings.data),
            "/mnt/backup": str(folder / "backups"),
        }
        self.kiosk: TestKiosk | None = None
        self.sent: list[Envelope] = []

    def here(self, line: str) -> str:
        for said, place in self.places.items():
            line = line.replace(said, place)
        return line

    def serve(self, words: list[str]) -> None:
        """A kiosk sends something with a picture, and finds all that it ever sent."""
        options = dict(zip(words[::2], words[1::2], strict=True))
        in_s3 = _PLACE in os.environ
        base = self.bucket if in_s3 else self.settings
        changes = {"data": Path(options["--data"]), "database": options.get("--database", ""), "port": 0}
        with running(base.model_copy(update=changes)) as server:
            if self.kiosk is None:
                self.kiosk = server.kiosk()
            kiosk = self.kiosk
            kiosk.base, kiosk.http = server.base, requests.Session()
            attachment = kiosk.attachment(os.urandom(500))
            envelope = kiosk.envelope(server.service(), [attachment])
            assert kiosk.statuses(envelope) == ["missing_attachments"]
            kiosk.upload(attachment)
            self.sent.append(envelope)
            assert kiosk.statuses(*self.sent) == ["duplicate"] * len(self.sent)
            assert all(self.opened(server, one) for one in self.sent)

    def opened(self, server: object, envelope: Envelope) -> bool:
        (attachment,) = envelope.attachments
        assert self.kiosk is not None
        found = server.deps.attachments.open(self.kiosk.id, envelope.id, attachment.sha256)  # type: ignore[attr-defined]
        return found is not None and found.data == attachment.plain


def test_the_page_is_walked_from_one_box_to_many_and_back(
    sqlite_settings: ServerSettings,
    s3: dict[str, object],
    empty: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in s3.items():
        monkeypatch.setenv(f"EKIOS_SERVER_{name.upper()}", str(value))
    walk = Walk(sqlite_settings, in_bucket(sqlite_settings, s3), empty, tmp_path)
    walk.serve(["--data", str(sqlite_settings.data)])
    page = (ROOT / "docs" / "grow.md").read_text()
    walked = []
    for command in _COMMAND.finditer(page):
        if command["name"]:
            # The address and the keys of the store are those of the test.
            if command["name"] == _PLACE:
                monkeypatch.setenv(_PLACE, walk.here(command["value"]))
            continue
        if command["unset"]:
            monkeypatch.delenv(command["unset"])
            continue
        if command["other"]:
            subprocess.run(shlex.split(walk.here(command["other"])), check=True)
            continue
        words = [walk.here(word) for word in command["server"].split()]
        walked.append(words[0])
        if words[0] == "serve":
            walk.serve(words[1:])
        else:
            done = CliRunner().invoke(cli, words)
            assert done.exit_code == 0, (words, done.output)
    assert walked == [
        *("backup", "verify-audit", "copy-database", "serve"),
        *("attachments", "serve", "attachments", "attachments"),
        *("attachments", "copy-database", "serve"),
    ]
    assert len(walk.sent) == 4
