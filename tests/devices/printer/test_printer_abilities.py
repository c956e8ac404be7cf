"""What printers can do is read quickly, is what python-escpos itself reads, and leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import yaml
from escpos import capabilities

from devices.printer.slips.abilities import abilities

#: A slow parser would be found: without it python-escpos cannot read its own file.
FIRST_SLIP = """
import yaml
yaml.safe_load = None
from devices.printer.slips.escpos import JobEncoder
JobEncoder()
"""


def test_they_are_what_python_escpos_reads_by_itself() -> None:
    assert abilities() == yaml.load(Path(capabilities.capabilities_path).read_text(), yaml.CSafeLoader)


def test_the_first_slip_waits_for_no_slow_parser_and_leaves_no_file(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[3]
    subprocess.run(
        [sys.executable, "-c", FIRST_SLIP],
        cwd=root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        timeout=60,
        check=True,
    )
    # The folder that it makes for nothing is its own.
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
