"""Drivers from an allow-list."""

from __future__ import annotations

import pytest

from devices.frame import Condition, PermanentFault
from devices.frame.drivers import Drivers


def test_a_named_driver_is_built_with_its_settings() -> None:
    assert Drivers[int, str]("printer", {"text": str}).build("text", 7) == "7"


@pytest.mark.parametrize("name", ["", "os.system", "TEXT", "text "])
def test_a_name_that_is_not_on_the_list_is_a_permanent_fault(name: str) -> None:
    with pytest.raises(PermanentFault) as caught:
        Drivers[int, str]("printer", {"text": str}).build(name, 7)
    assert caught.value.condition is Condition.CONFIGURATION_ERROR


def test_the_list_cannot_be_changed_from_outside() -> None:
    allowed = {"text": str}
    drivers = Drivers[int, str]("printer", allowed)
    allowed["more"] = str
    assert drivers.names == ("text",)
