"""The kiosk at one moment, for those who only look: banners, the staff's page, heartbeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kiosk.city.notices import Notice
from kiosk.events import Step
from kiosk.machine.health import Ability, Reason
from kiosk.machine.line_state import LineState
from kiosk.machine.supplies import Paper
from protocol.components import ComponentState


@dataclass(frozen=True, slots=True)
class Snapshot:
    """No personal data."""

    at: datetime
    step: Step
    in_service: bool
    #: FULL, DEGRADED or CLOSED (then the notice with the next working kiosk is shown).
    ability: Ability
    #: What closes the kiosk, then what is missing.
    reasons: tuple[Reason, ...]
    line: LineState
    #: By name: printer, scanner, camera; only devices that this kiosk has.
    components: Mapping[str, ComponentState]
    paper: Paper
    waiting: int
    parked: int
    oldest_waiting_at: datetime | None
    pack_version: int
    notices: tuple[Notice, ...]
    sessions_today: int
    last_touch_at: datetime | None
    disk_free: int
    #: Who is signed in at the staff screens.
    staff_id: str | None
