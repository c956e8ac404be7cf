"""``make bench``: every measure in turn, each in a process of its own so that none warms or burdens the next.

``python -m benchmarks [NAME …]`` runs only those named (``forms``, ``printer`` …).
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "bench"
#: A measure that takes longer is ended and reported as failed.
SECONDS_EACH = 1_200
#: Those that fill an office or a fleet first.
SECONDS_LONGER = {"office": 3_600, "fleet": 2_400, "live": 2_400}


def main(names: list[str]) -> int:
    BUILD.mkdir(parents=True, exist_ok=True)
    available = sorted(path.stem.removeprefix("measure_") for path in HERE.glob("measure_*.py"))
    unknown = sorted(set(names) - set(available))
    if unknown:
        print(f"no such measure: {', '.join(unknown)}; there are {', '.join(available)}", file=sys.stderr)
        return 2
    failed = []
    for name in names or available:
        print(f"\n=== {name} ===", flush=True)
        command = [sys.executable, "-c", f"import sys; from benchmarks.measure_{name} import main; sys.exit(main())"]
        try:
            code = subprocess.run(
                command, cwd=HERE.parent, timeout=SECONDS_LONGER.get(name, SECONDS_EACH), check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
        if code:
            failed.append(name)
    results = {path.stem: json.loads(path.read_text()) for path in sorted(BUILD.glob("*.json"))}
    results.pop("all", None)
    (BUILD / "all.json").write_text(json.dumps(results, indent=1))
    print(f"\ntables: {BUILD / 'all.json'}" + (f"; failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
