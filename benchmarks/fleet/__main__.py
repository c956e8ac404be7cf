"""``python -m benchmarks.fleet --kiosks 50 --days 1 --seed 1``: a fleet's days, and that nothing was lost or doubled in them."""

import argparse
import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import structlog

from benchmarks.fleet.plan import plan
from benchmarks.fleet.run import Fleet

RESULT: Final = Path(__file__).resolve().parents[2] / "build" / "bench" / "fleet_days.json"
#: Where there is one: thousands of commits that need not outlive the run.
MEMORY: Final = Path("/dev/shm")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--kiosks", type=int, default=50)
    parser.add_argument("--days", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--visits", type=float, default=40.0, help="of one kiosk on one day, on average")
    parser.add_argument("--plan", action="store_true", help="only print what would happen, one a line")
    asked = parser.parse_args(arguments)
    planned = plan(asked.kiosks, asked.days, asked.seed, asked.visits)
    if asked.plan:
        for one in planned.happenings:
            print(f"{one.at:12.3f} {one.what:14} {one.whose:6} {one.size:.0f}")
        return 0
    # What the server says of its days is not what is asked here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger().setLevel(logging.ERROR)
    folder = Path(tempfile.mkdtemp(prefix="ekios-fleet-", dir=MEMORY if MEMORY.is_dir() else None))
    try:
        outcome = Fleet(planned, folder).run()
    finally:
        shutil.rmtree(folder)
    table = {"kiosks": asked.kiosks, "days": asked.days, "seed": asked.seed, **outcome.table()}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(table, indent=1) + "\n")
    for name, value in table.items():
        print(f"{name:36} {value:>12,}")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
