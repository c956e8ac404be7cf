"""``python -m rehearsal.gallery [--all] [--state NAME]… [--checks-only] [--accept]``; see the package."""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from rehearsal.gallery.index import write_index
from rehearsal.gallery.take import OUT, Share, renew_accepted, renew_guide, take


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="rehearsal.gallery")
    parser.add_argument("--all", action="store_true", help="every state in every look, with half the dots")
    parser.add_argument("--state", action="append", default=[], help="states whose name begins so (can be repeated)")
    parser.add_argument("--checks-only", action="store_true", help="take no pictures")
    parser.add_argument("--accept", action="store_true", help="renew the pictures that the tests compare with")
    parser.add_argument("--guide", action="store_true", help="renew the pictures of docs/field-guide.md")
    options = parser.parse_args(arguments)
    if options.accept:
        renew_accepted()
        return 0
    if options.guide:
        renew_guide()
        return 0
    pictures = not options.checks_only
    OUT.mkdir(parents=True, exist_ok=True)
    if pictures:
        for old in (*OUT.glob("*.jpg"), *OUT.glob("*.png")):
            old.unlink()
    began = time.monotonic()
    processes = os.cpu_count() or 1
    shares = [Share(first, processes, tuple(options.state), options.all, pictures) for first in range(processes)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        entries = [entry for part in pool.map(take, shares) for entry in part]
    bad = sum(bool(entry.problems) for entry in entries)
    print(f"{len(entries)} looked at in {time.monotonic() - began:.0f} s, {bad} with a problem")
    if pictures:
        write_index(OUT, entries)
        print(OUT / "index.html")
    return 1 if bad or not entries else 0


if __name__ == "__main__":
    sys.exit(main())
