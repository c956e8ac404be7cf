"""Counting passes and failures by area, and printing them."""

from __future__ import annotations

from collections import Counter
from types import TracebackType


class Guard:
    """Around one case: whatever it raises is kept as ``reason`` (blank where nothing was), and the next case is run."""

    def __init__(self) -> None:
        self.reason = ""

    def __enter__(self) -> Guard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception):
            return False
        self.reason = f"{type(error).__name__}: {error}"
        return True


class Report:
    """Prints each failure as it comes, then a table by area and a last line with the totals."""

    def __init__(self) -> None:
        self.passed: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()

    def check(self, area: str, label: str, expected: object, found: object) -> bool:
        """Count one comparison; print it when it fails."""
        if expected == found:
            self.passed[area] += 1
            return True
        self.fail(area, label, expected, found)
        return False

    def fail(self, area: str, label: str, expected: object, found: object) -> None:
        """Count and print one failure."""
        self.failed[area] += 1
        print(f"FAILED {area}: {label}\n    expected {expected!r}\n    got      {found!r}")

    def guard(self) -> Guard:
        """Around what may raise anything: a measure that ends at one case says nothing of the others."""
        return Guard()

    def finish(self) -> int:
        """Print the table and the totals. Gives the exit status: 0 when all passed."""
        areas = sorted(set(self.passed) | set(self.failed))
        width = max((len(area) for area in areas), default=4)
        print(f"\n{'area':{width}}  passed  failed")
        for area in areas:
            print(f"{area:{width}}  {self.passed[area]:6}  {self.failed[area]:6}")
        print(f"{self.passed.total()} passed, {self.failed.total()} failed")
        return 1 if self.failed.total() else 0
