"""Drivers by name, from an allow-list: settings choose, they never bring code along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from devices.frame.faults import PermanentFault
from protocol.components import Condition

Settings = TypeVar("Settings")
Driver = TypeVar("Driver")


class Drivers(Generic[Settings, Driver]):
    """The drivers of one kind of device."""

    def __init__(self, component: str, allowed: Mapping[str, Callable[[Settings], Driver]]) -> None:
        self._component = component
        self._allowed = MappingProxyType(dict(allowed))

    @property
    def names(self) -> tuple[str, ...]:
        """What settings may name, sorted."""
        return tuple(sorted(self._allowed))

    def build(self, name: str, settings: Settings) -> Driver:
        """The driver of that name.

        Raises:
            PermanentFault: CONFIGURATION_ERROR for a name that is not on the list, or what the driver's own
                builder raises for settings that can never work.
        """
        builder = self._allowed.get(name)
        if builder is None:
            known = ", ".join(self.names)
            raise PermanentFault(
                Condition.CONFIGURATION_ERROR, f"no {self._component} driver {name!r} (there are: {known})"
            )
        return builder(settings)
