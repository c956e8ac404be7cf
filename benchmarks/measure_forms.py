"""The forms engine beside ODK's own: opening, answering (median and worst), memory, and filtering 83,000 villages.

The peer is ``@getodk/xforms-engine`` on Node with jsdom, installed by npm into ``build/bench/odk`` in the versions that
the lock in ``benchmarks/forms_peer`` names; without npm only our side is measured. Forms: the largest that are at hand,
and a drawn one of 1,000 questions with 1,000 calculations. Writes ``build/bench/forms.json``.
"""

import gc
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from forms import FormSession, Kind, load_form

_ROOT = Path(__file__).resolve().parent.parent
_BUILD = _ROOT / "build" / "bench"
_PEER = _BUILD / "odk"
_PEER_SOURCE = _ROOT / "benchmarks" / "forms_peer"
_LOCK = "package-lock.json"
_OUTPUT = _BUILD / "forms.json"
_FOLDERS = (_ROOT.parent / "shared" / "conformance" / "xforms", _ROOT.parent / "conformance" / "xforms")
_LARGE = ("whova", "bench9", "ifrc", "all-question-types", "all-widgets")
QUESTIONS = 1_000
VILLAGES = 83_000
ROUNDS = 3
GOAL_OPENING_TIMES_FASTER = 4
GOAL_ANSWER_MS = 16.0


def main() -> int:
    files = _forms()
    result: dict[str, Any] = {
        "machine": {"cpus": os.cpu_count(), "python": platform.python_version()},
        "ours": {path.name: _in_own_process(path) for path in files},
        "odk": _peer(files),
        "villages": _villages(),
    }
    goals = _goals(result)
    result["goals"] = dict(goals)
    _OUTPUT.write_text(json.dumps(result, indent=1) + "\n")
    _print(result)
    for goal, met in goals:
        if not met:
            print(f"MISSED {goal}")
    print(f"{sum(met for _, met in goals)} of {len(goals)} goals met")
    return 0


def _forms() -> list[Path]:
    _BUILD.mkdir(parents=True, exist_ok=True)
    drawn = _BUILD / f"drawn-{QUESTIONS}.xml"
    drawn.write_text(drawn_form(QUESTIONS), encoding="utf-8")
    folder = next((folder for folder in _FOLDERS if folder.exists()), None)
    given = sorted(folder.glob("*.xml")) if folder is not None else []
    return [*(path for path in given if path.name.lower().startswith(_LARGE)), drawn]


def drawn_form(questions: int) -> str:
    """A form of so many questions and as many calculations, each tenth of which begins a chain of ten."""
    nodes = "".join(f"<q{n}/><c{n}/>" for n in range(questions))
    binds = "".join(
        f'<bind nodeset="/data/q{n}" type="int" constraint=". &lt; 1000"/>'
        f'<bind nodeset="/data/c{n}" calculate="/data/q{n} * 2 + {f"/data/c{n - 1}" if n % 10 else "1"}"/>'
        for n in range(questions)
    )
    body = "".join(
        f'<input ref="/data/q{n}"><label>Question {n}, so far <output value="/data/c{max(n - 1, 0)}"/></label></input>'
        for n in range(questions)
    )
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>d</h:title>'
        f'<model><instance><data id="drawn">{nodes}<meta><instanceID/></meta></data></instance>{binds}</model></h:head>'
        f"<h:body>{body}</h:body></h:html>"
    )


def _in_own_process(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", "from benchmarks.measure_forms import measure; import sys; measure(sys.argv[1])"]
    done = subprocess.run([*command, str(path)], cwd=_ROOT, capture_output=True, text=True, check=True)
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def measure(path: str) -> None:
    """Measure one form and print the result as JSON."""
    xml = Path(path).read_bytes()
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.perf_counter()
        session = load_form(xml).open()
        times.append((time.perf_counter() - start) * 1000)
    answers = sorted(_answer_all(session))
    print(
        json.dumps(
            {
                "open_ms": min(times),
                "answers": len(answers),
                "median_ms": statistics.median(answers) if answers else 0.0,
                "worst_ms": answers[-1] if answers else 0.0,
                "memory_mb": psutil.Process().memory_info().rss / 1e6,
            }
        )
    )


def _answer_all(session: FormSession) -> list[float]:
    found = []
    for number, node in enumerate(list(session.nodes.values()), 1):
        if node.readonly or not node.relevant:
            continue
        if node.kind is Kind.INPUT and node.data_type in ("string", "int"):
            value = str(number % 900) if node.data_type == "int" else f"answer {number}"
        elif node.kind in (Kind.SELECT, Kind.SELECT1) and node.choices:
            value = node.choices[number % len(node.choices)].value
        else:
            continue
        if node.ref not in session.nodes:
            continue  # an earlier answer has made the repeat shorter
        start = time.perf_counter()
        session.set(node.ref, value)
        found.append((time.perf_counter() - start) * 1000)
    return found


def _villages() -> dict[str, Any]:
    """Four levels over one list: the first filter builds the index, the others use it."""
    rows = ["name,label,province,regency,district"]
    rows += [f"{n:010},Desa {n},{n // 2_200:02},{n // 160:04},{n // 11:06}" for n in range(VILLAGES)]
    levels = ("province", "regency", "district", "village")
    filters = [f"[{' and '.join(f'{upper} = /data/{upper}' for upper in levels[:depth])}]" for depth in (1, 2, 3)]
    body = "".join(
        f'<select1 ref="/data/{level}_v"><itemset nodeset="instance(\'villages\')/root/item{text}">'
        '<value ref="name"/><label ref="label"/></itemset></select1>'
        for level, text in zip(levels[1:], filters, strict=True)
    )
    nodes = "".join(f"<{level}/>" for level in levels[:3]) + "".join(f"<{level}_v/>" for level in levels[1:])
    xml = (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>v</h:title>'
        f'<model><instance><data id="v">{nodes}</data></instance>'
        '<instance id="villages" src="jr://file-csv/villages.csv"/></model></h:head>'
        f"<h:body>{body}</h:body></h:html>"
    )
    start = time.perf_counter()
    session = load_form(xml, {"villages.csv": "\n".join(rows).encode()}).open()
    opened = (time.perf_counter() - start) * 1000
    times: list[float] = []
    first = 0.0
    for number in range(0, VILLAGES, 997):
        values = {
            "province": f"{number // 2_200:02}",
            "regency": f"{number // 160:04}",
            "district": f"{number // 11:06}",
        }
        for level, value in values.items():
            session.set(f"/data/{level}", value)
        start = time.perf_counter()
        choices = session.nodes["/data/village_v"].choices
        labels = [choice.label for choice in choices]
        took = (time.perf_counter() - start) * 1000
        assert f"Desa {number}" in labels
        if not first:
            first = took
        else:
            times.append(took)
    return {"open_ms": opened, "first_ms": first, "median_ms": statistics.median(times), "worst_ms": max(times)}


def _peer(files: list[Path]) -> dict[str, Any]:
    if shutil.which("npm") is None or shutil.which("node") is None:
        return {"error": "no npm here"}
    if not _install_peer():
        return {"error": "the peer could not be installed"}
    found: dict[str, Any] = {}
    for path in files:
        command = ["node", str(_PEER_SOURCE / "measure.mjs"), str(_PEER), str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        lines = done.stdout.strip().splitlines()
        measured = json.loads(lines[-1])[str(path)] if lines else {"error": done.stderr[-200:]}
        found[path.name] = measured
    return found


def _install_peer() -> bool:
    """Install the peer's packages where that has not been done from the same lock."""
    lock = (_PEER_SOURCE / _LOCK).read_bytes()
    marker = _PEER / "installed-lock.json"
    if marker.exists() and marker.read_bytes() == lock:
        return True
    shutil.rmtree(_PEER, ignore_errors=True)
    _PEER.mkdir(parents=True)
    for name in ("package.json", _LOCK):
        shutil.copyfile(_PEER_SOURCE / name, _PEER / name)
    if subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=_PEER, check=False).returncode:
        return False
    marker.write_bytes(lock)
    return True


def _goals(result: dict[str, Any]) -> list[tuple[str, bool]]:
    """What was aimed at, and whether this run shows it."""
    goals: list[tuple[str, bool]] = []
    for name, ours in result["ours"].items():
        theirs = result["odk"].get(name, {})
        goals.append((f"{name}: worst answer under {GOAL_ANSWER_MS:.0f} ms", ours["worst_ms"] < GOAL_ANSWER_MS))
        if "open_ms" in theirs:
            faster = theirs["open_ms"] / ours["open_ms"]
            goals.append(
                (f"{name}: opening {GOAL_OPENING_TIMES_FASTER} times faster", faster >= GOAL_OPENING_TIMES_FASTER)
            )
            goals.append((f"{name}: worst answer no slower than theirs", ours["worst_ms"] <= theirs["worst_ms"]))
    worst = max(result["villages"]["worst_ms"], result["villages"]["first_ms"])
    goals.append((f"{VILLAGES:,} villages filtered under {GOAL_ANSWER_MS:.0f} ms", worst < GOAL_ANSWER_MS))
    return goals


def _print(result: dict[str, Any]) -> None:
    print(f"{'form':44} {'engine':6} {'open ms':>9} {'median ms':>10} {'worst ms':>9} {'memory MB':>10}")
    for name, ours in result["ours"].items():
        for engine, row in (("ours", ours), ("odk", result["odk"].get(name, {}))):
            if "open_ms" not in row:
                print(f"{name[:44]:44} {engine:6} {row.get('error', result['odk'].get('error', ''))}")
                continue
            print(
                f"{name[:44]:44} {engine:6} {row['open_ms']:9.1f} {row['median_ms']:10.3f} {row['worst_ms']:9.2f} "
                f"{row['memory_mb']:10.0f}"
            )
        theirs = result["odk"].get(name, {}).get("open_ms")
        if theirs:
            faster = theirs / ours["open_ms"]
            print(f"{'':44} opening {faster:.1f} times faster (goal {GOAL_OPENING_TIMES_FASTER})")
    villages = result["villages"]
    print(
        f"{VILLAGES:,} villages, three filters: open {villages['open_ms']:.0f} ms, first (with its index) "
        f"{villages['first_ms']:.1f} ms, then median {villages['median_ms']:.2f}, worst {villages['worst_ms']:.2f} ms "
        f"(goal {GOAL_ANSWER_MS:.0f})"
    )


if __name__ == "__main__":
    raise SystemExit(main())
