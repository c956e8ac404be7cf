"""Another program can be a kiosk: the protocol's own example, as a process, at a real server."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from protocol.example.__main__ import ExampleKiosk
from protocol.messages import BatchAnswer, ItemStatus
from server.fleet.enrolment import ApproveOutcome
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.server.running import RunningServer

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "protocol" / "example" / "__main__.py"


def test_the_example_enrols_and_sends_one_submission(sqlite_server: RunningServer) -> None:
    deps = sqlite_server.deps
    code = deps.enrolment.new_code(OPERATOR, "Kios Lain").code
    command = [sys.executable, "-m", "protocol.example", sqlite_server.base, code]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as example:
        assert example.stdout is not None
        fingerprint = example.stdout.readline().rpartition(":")[2].strip()
        with deps.engine.connect() as connection:
            named = select(tables.kiosks.c.id).where(tables.kiosks.c.fingerprint.like(f"{_digits(fingerprint)}%"))
            kiosk_id = connection.execute(named).scalar_one()
        assert deps.enrolment.approve(OPERATOR, kiosk_id, fingerprint) is ApproveOutcome.DONE
        printed, _ = example.communicate(timeout=60)
    (answer,) = BatchAnswer.model_validate_json(printed).answers
    assert answer.status is ItemStatus.STORED
    with deps.engine.connect() as connection:
        sent = select(tables.submissions.c.id).where(tables.submissions.c.kiosk_id == kiosk_id)
        assert connection.execute(sent).scalars().all() == [answer.id]


def _digits(fingerprint: str) -> str:
    return "".join(fingerprint.split()).lower()


def test_a_code_that_is_not_good_is_said_in_words(sqlite_server: RunningServer) -> None:
    with pytest.raises(SystemExit, match="ask the office for a new one"):
        ExampleKiosk(sqlite_server.base, "ABCDEF-GHJKMN")


def test_the_example_has_under_a_hundred_lines_and_stands_on_the_protocol_and_requests_alone() -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    assert len(source.splitlines()) < 100
    imported = set(re.findall(r"^(?:from|import) ([a-z_0-9]+)", source, re.MULTILINE))
    assert imported - set(sys.stdlib_module_names) == {"protocol", "requests"}
