"""The screens' own times, beside the distribution's Chromium in kiosk mode with a plain page of the same content.

Both draw by software in memory, in the same run on the same machine: ratios count, not times. The browser's page has no
logic behind it, no form, no focus ring, no voice: it is what a plain page costs.
"""

import json
import pickle
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Final

from benchmarks import ui_chromium
from rehearsal.sample_city import pack_files

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "build" / "bench" / "ui.json"
#: Below the table: what the figures leave out.
FAIRNESS: Final = (
    "The kiosk draws its next frame at once; the browser waits for its own sixtieth of a second (16.7 ms at the most).",
    "The sessions that memory is counted after make and lay out every page without drawing it.",
)
#: Seconds for the kiosk's side.
PATIENCE_S: Final = 900


def main() -> int:
    kiosk = _kiosk()
    peer = ui_chromium.measure(_services())
    print(f"{'':58} {'eKios':>10} {'Chromium':>10}")
    for name, value in kiosk.items():
        other = f"{peer[name]:10.1f}" if name in peer else f"{'':>10}"
        print(f"{name:58} {value:10.1f} {other}")
    print(*FAIRNESS, sep="\n")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"eKios": kiosk, "Chromium": peer}, indent=1), encoding="utf-8")
    return 0


def _kiosk() -> dict[str, float]:
    with tempfile.NamedTemporaryFile(suffix=".pack") as pack:
        pickle.dump(pack_files(ROOT / "assets" / "services"), pack)
        pack.flush()
        command = [sys.executable, "-m", "benchmarks.ui_kiosk", pack.name]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=PATIENCE_S, check=True, text=True)
    results: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return results


def _services() -> list[tuple[str, str]]:
    """Names and summaries of the sample city's services, in Indonesian."""
    documents = [
        tomllib.loads(path.read_text()) for path in sorted((ROOT / "assets" / "services").glob("*/service.toml"))
    ]
    return [(document["name"]["id"], document["summary"]["id"]) for document in documents]


if __name__ == "__main__":
    raise SystemExit(main())
