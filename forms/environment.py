"""The seam between a form and the world: the clock, randomness, identities, and the device."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo


def _now() -> datetime:
    return datetime.now(UTC)


def _uuid() -> str:
    return str(uuid.uuid4())


def _local_zone() -> tzinfo:
    return datetime.now(UTC).astimezone().tzinfo or UTC


@dataclass(frozen=True, slots=True)
class Environment:
    """What ``now()``, ``random()``, ``uuid()``, and the metadata questions give.

    ``now`` gives an aware datetime, ``random`` a number from 0 up to 1, ``uuid`` text. ``properties`` holds what
    ``username``, ``email``, ``phonenumber``, and the like stand for. ``zone`` is the time zone that dates without
    an offset are meant in. ``language`` (a code as ``id``) is the one that months and days are named in where the form
    does not tell its own.
    """

    now: Callable[[], datetime] = _now
    random: Callable[[], float] = random.random
    uuid: Callable[[], str] = _uuid
    device_id: str = ""
    zone: tzinfo = field(default_factory=_local_zone)
    language: str = "en"
    properties: Mapping[str, str] = field(default_factory=dict)

    def property(self, name: str) -> str:
        """A property of the device or its user; blank where it is not known."""
        if name == "deviceid" and self.device_id:
            return self.device_id
        return self.properties.get(name, "")
