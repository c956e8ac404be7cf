"""What this process counts of its own work, for the operator's Prometheus. Routes and outcomes only: no address, code or name.

One for each application; nothing here is global, so two servers in one process count apart.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

#: Seconds to the first byte of an answer; officers wait for 0.3 at most, kiosks give up after 30.
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
#: Of a request that no route takes.
NO_ROUTE: Final = "none"


class Meters:
    """Any thread."""

    def __init__(self) -> None:
        self.registry: Final = CollectorRegistry()
        self._requests = Counter(
            "ekios_requests", "Requests by route and status", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "ekios_request_seconds",
            "Seconds until an answer began",
            ("route",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self._intake = Counter(
            "ekios_intake_items", "Items that kiosks sent, by what came of them", ("outcome",), registry=self.registry
        )
        self._chores = Counter(
            "ekios_chore_runs", "Chores that this process did", ("chore", "outcome"), registry=self.registry
        )
        self._chore_seconds = Counter(
            "ekios_chore_seconds", "Seconds that this process spent on chores", ("chore",), registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def took(self, outcome: str) -> None:
        """An item of a batch."""
        self._intake.labels(outcome).inc()

    def did(self, chore: str, seconds: float, failed: bool) -> None:
        self._chores.labels(chore, "failed" if failed else "done").inc()
        self._chore_seconds.labels(chore).inc(seconds)
