"""The quality list: for each driver, each rule is done, or exempt with a reason that is written down.

The lists are ``quality.toml`` files beside the drivers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Rule(StrEnum):
    """What a driver owes. The names are those of the lists."""

    DEADLINES = "deadlines"
    """Every call into the device ends in bounded time."""
    REOPENS = "reopens"
    """Comes back by itself after an unplug."""
    TELLS_LOSS_ONCE = "tells_loss_once"
    """Lost is logged once, back is logged once."""
    STABLE_ADDRESS = "stable_address"
    """Found by a name that survives a reboot."""
    TRUE_STATE = "true_state"
    """Says READY only when the device itself said so."""
    FAULTS_SIMULATED = "faults_simulated"
    """Every fault it handles can be set on a simulated device."""
    CLEAN_STOP = "clean_stop"
    """Leaves no thread, handle or lock behind."""
    NO_PERSONAL_DATA = "no_personal_data"
    """Nothing of a citizen in logs and diagnostics."""
    SELF_TEST = "self_test"
    """Staff can see it work."""
    PREFLIGHT = "preflight"
    """Says what is missing before it is needed."""


@dataclass(frozen=True, slots=True)
class Quality:
    """How one driver stands: rules done, and rules exempt with their reasons."""

    driver: str
    done: frozenset[Rule]
    exempt: dict[Rule, str]


def read_quality(text: str, drivers: Iterable[str]) -> dict[str, Quality]:
    """The quality of each driver from a list in TOML.

    Raises:
        ValueError: when a driver or a rule is missing, unknown, neither "done" nor ``{exempt = "reason"}``.
    """
    lists = tomllib.loads(text)
    wanted = set(drivers)
    if set(lists) != wanted:
        raise ValueError(f"the list is of {sorted(lists)}, the drivers are {sorted(wanted)}")
    return {driver: _quality(driver, rules) for driver, rules in lists.items()}


def _quality(driver: str, rules: dict[str, object]) -> Quality:
    known = {rule.value for rule in Rule}
    if set(rules) != known:
        raise ValueError(f"{driver}: missing or unknown rules {sorted(set(rules) ^ known)}")
    done: set[Rule] = set()
    exempt: dict[Rule, str] = {}
    for name, answer in rules.items():
        match answer:
            case "done":
                done.add(Rule(name))
            case {"exempt": str(reason)} if reason.strip():
                exempt[Rule(name)] = reason
            case _:
                raise ValueError(f"{driver}: {name} is neither done nor exempt with a reason")
    return Quality(driver, frozenset(done), exempt)
