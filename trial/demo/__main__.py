"""``make demo``: scenes on fresh cities, each in a process of its own; fails if anything is amiss.

``python -m trial.demo NAME`` runs one of them.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from trial.demo.administration import Administration
from trial.demo.field_work import FieldWork
from trial.demo.scene import Scene
from trial.demo.sessions import CitizenSession
from trial.processes import ROOT, Group, python

BUILD: Final = ROOT / "build" / "demo"
#: The first one's pictures stand in the folder itself, each other's in a folder of its name.
SCENES: Final[Mapping[str, type[Scene]]] = {
    "plain": CitizenSession,
    "line-cut": CitizenSession,
    "paper-out": CitizenSession,
    "administration": Administration,
    "field-work": FieldWork,
}
SECONDS_EACH: Final = 420


def folder_of(name: str) -> Path:
    return BUILD if name == next(iter(SCENES)) else BUILD / name


def one(name: str) -> int:
    folder = folder_of(name)
    shutil.rmtree(folder / "data", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    print(f"{name}:", flush=True)
    with Group(folder / "logs") as group:
        return SCENES[name](name, folder, group).run()


def everything() -> int:
    shutil.rmtree(BUILD, ignore_errors=True)
    failed = []
    for name in SCENES:
        done = subprocess.run(python("-m", "trial.demo", name), cwd=ROOT, timeout=SECONDS_EACH, check=False)
        if done.returncode:
            failed.append(name)
    entries = []
    for name in SCENES:
        path = folder_of(name) / "timeline.json"
        entries += [{**entry, "scene": name} for entry in json.loads(path.read_text())] if path.exists() else []
    (BUILD / "timeline.json").write_text(json.dumps(entries, indent=1, ensure_ascii=False))
    verdict = f"failed: {', '.join(failed)}" if failed else "everything as it should be"
    print(f"demo: {verdict}; see {BUILD}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(one(sys.argv[1]) if len(sys.argv) > 1 else everything())
