"""Diagnostics without personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from devices.frame import Availability, ComponentState, Condition, FakeClock
from devices.frame.diagnostics import MAX_TEXT, REDACTED, collect, redact


class Talkative:
    def state(self) -> ComponentState:
        conditions = frozenset({Condition.MEDIA_LOW, Condition.COVER_OPEN})
        return ComponentState("printer", Availability.READY, FakeClock().now(), conditions, {"paper_mm": 1.5})

    def diagnostics(self) -> Mapping[str, object]:
        return {"last": "3201234567890123", "queued": 2}


class Quiet:
    def state(self) -> ComponentState:
        return ComponentState("camera", Availability.UNKNOWN, FakeClock().now())


def test_a_report_names_each_component_and_fits_into_json() -> None:
    report = json.loads(json.dumps(collect([Talkative(), Quiet()])))
    assert report["printer"]["conditions"] == ["COVER_OPEN", "MEDIA_LOW"]
    assert report["printer"]["supplies"] == {"paper_mm": 1.5}
    assert report["camera"]["availability"] == "UNKNOWN"


def test_a_citizen_s_number_never_leaves() -> None:
    assert collect([Talkative()])["printer"]["last"] == REDACTED  # type: ignore[index]


@pytest.mark.parametrize(
    "text",
    ["3201234567890123", "08123456789", "slip ABCD-EFGH-JKM7", "https://x/t/ABCDEFGHJKM7", "EKB1.abc"],
)
def test_what_could_be_personal_is_redacted(text: str) -> None:
    assert redact(text) == REDACTED


@pytest.mark.parametrize("value", [None, True, 3, 2.5, "127.0.0.1:9100", "/dev/serial/by-id/usb-Epson"])
def test_what_is_harmless_stays(value: object) -> None:
    assert redact(value) == value


def test_a_text_is_cut_at_its_limit() -> None:
    assert redact("a" * MAX_TEXT) == "a" * MAX_TEXT
    assert redact("a" * (MAX_TEXT + 1)) == "a" * MAX_TEXT


def test_a_value_of_any_other_type_only_tells_its_type() -> None:
    assert redact(b"secret") == "[bytes]"
