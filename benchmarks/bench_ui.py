"""The screens' own times on a rehearsed kiosk, drawn in memory: start, touch to visible answer, page change, visits.

In a process of its own, because a window lives as long as its process; software drawing, so ratios count, not times.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

OUT: Final = Path(__file__).resolve().parent.parent / "build" / "bench" / "ui.json"
ROUNDS: Final = 10
VISITS: Final = 20


def main() -> int:
    began = time.perf_counter()
    from screens.boot import BootOptions, prepare

    boot = BootOptions(driver="offscreen", max_fps=0)
    prepare(boot)
    from screens.appearance import Appearance
    from screens.gallery.plan import Shot
    from screens.gallery.studio import Studio, studio_hands

    process = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(studio_hands(Path(folder), boot, draws=True), boot)
        results = {"start to first usable frame, ms": _ms(began)}
        results |= _spread(
            "touch to visible answer, ms", lambda: studio.lead_to(Shot("services", Appearance(), "portrait"))
        )
        studio.lead_to(Shot("form-fields", Appearance(), "portrait"))
        entry = studio.hands.page.model.entry(studio.hands.page.model.questions[1])
        results |= _spread("key to visible letter, ms", lambda: _type(studio, entry))
        results |= _spread(
            "home to the form's first page, ms", lambda: studio.lead_to(Shot("form-fields", Appearance(), "portrait"))
        )
        results["memory after the first visits, MB"] = process.memory_info().rss / 1e6
        for _ in range(VISITS):
            studio.lead_to(Shot("form-fields", Appearance(), "portrait"))
        results[f"memory after {VISITS} more visits, MB"] = process.memory_info().rss / 1e6
        studio.close()
    for name, value in results.items():
        print(f"{name:45} {value:9.1f}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 0


def _type(studio: object, entry: object) -> None:
    entry.type("a")  # type: ignore[attr-defined]
    studio.hands.settle(1)  # type: ignore[attr-defined]


def _spread(name: str, job: Callable[[], None]) -> dict[str, float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        job()
        times.append(_ms(began))
    return {f"{name} (median)": statistics.median(times), f"{name} (worst)": max(times)}


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
