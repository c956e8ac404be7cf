"""The screens' own times, beside the distribution's Chromium in kiosk mode with a plain page of the same content.

Drawn by software in the same run on the same machine: ratios count, not times. The browser's page has no logic behind it,
no form, no focus ring, no voice: it is what a plain page costs. The kiosk is measured three times: in memory, through an
X server, and with a quarter of one core, which is what a cheap kiosk's processor gives.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import Final

from benchmarks.slowly import slowly
from benchmarks.ui import chromium
from rehearsal.sample_city import pack_files
from trial import display
from trial.processes import Group

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "build" / "bench" / "ui.json"
#: Below the table: what the figures leave out.
FAIRNESS: Final = (
    "The kiosk draws its next frame at once; the browser waits for its own sixtieth of a second (16.7 ms at the most).",
    "A frame of the kiosk counts until its last dot is drawn; of the browser, until it was handed on to be drawn.",
    "CPU is of all threads of the process; the calibration is a loop of Python, to compare runs on different machines.",
    "The sessions that memory is counted after make and lay out every page without drawing it.",
)
#: Seconds for the kiosk's side.
PATIENCE_S: Final = 900


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, Group(Path(folder) / "logs") as group:
        pack = Path(folder) / "pack"
        pack.write_bytes(pickle.dumps(pack_files(ROOT / "assets" / "services")))
        columns = {
            "eKios": _kiosk(pack),
            "through X": _kiosk(pack, "--touches", screen=display.start_virtual(group)),
            "1/4 core": _kiosk(pack, "--touches", slow=True),
            "Chromium": chromium.measure(_services()),
        }
    print(f"{'':62}" + "".join(f"{name:>11}" for name in columns))
    for row in columns["eKios"]:
        values = (f"{column[row]:11.1f}" if row in column else f"{'':11}" for column in columns.values())
        print(f"{row:62}" + "".join(values))
    print(*FAIRNESS, sep="\n")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(columns, indent=1), encoding="utf-8")
    return 0


def _kiosk(pack: Path, *arguments: str, screen: str = "", slow: bool = False) -> dict[str, float]:
    """One run of the kiosk's side; on an X server's screen when one is named, with a quarter of a core when ``slow``."""
    command = [sys.executable, "-m", "benchmarks.ui.kiosk", str(pack), *arguments]
    command += ["--driver", "x11"] if screen else []
    environment = {**os.environ, "DISPLAY": screen} if screen else dict(os.environ)
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process,
        slowly(process.pid) if slow else nullcontext(),
    ):
        out, _ = process.communicate(timeout=PATIENCE_S)
    if process.returncode:
        raise RuntimeError(f"the kiosk's side failed: {process.returncode}")
    results: dict[str, float] = json.loads(out.splitlines()[-1])
    return results


def _services() -> list[tuple[str, str]]:
    """Names and summaries of the sample city's services, in Indonesian."""
    documents = [
        tomllib.loads(path.read_text()) for path in sorted((ROOT / "assets" / "services").glob("*/service.toml"))
    ]
    return [(document["name"]["id"], document["summary"]["id"]) for document in documents]


if __name__ == "__main__":
    raise SystemExit(main())
