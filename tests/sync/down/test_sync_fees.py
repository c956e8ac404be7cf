"""The server's amount stands: whatever the slip said, its next print says what the server worked out."""

from pathlib import Path
from typing import Any

import pytest

from protocol.messages import FeedEvent
from sync.down.commands import CommandRunner
from sync.down.effects import Effects
from tests.kiosk.kiosk_kit import BEGIN, bench, fill


@pytest.mark.parametrize(
    ("fee", "line"),
    [
        ({"fee_rupiah": 8_000}, "slip.fee|id|amount=Rp 8.000"),
        ({"fee_rupiah": 0}, "slip.fee|id|amount=Rp 0"),
        # Nothing that is sure: what the slip said stays.
        ({"fee_rupiah": 5_000, "fee_least": True}, "slip.fee|id|amount=Rp 0"),
        ({}, "slip.fee|id|amount=Rp 0"),
    ],
)
def test_the_next_print_says_the_servers_amount(tmp_path: Path, fee: dict[str, Any], line: str) -> None:
    at = bench(tmp_path)
    fill(at.kiosk)
    code = at.kiosk.send().code  # type: ignore[union-attr]
    nothing = CommandRunner(at.kiosk, lambda: None, lambda: None, lambda: None)
    effects = Effects(at.kiosk, nothing, lambda: None)
    case = {
        "tracking_code": code,
        "service": "letter",
        "service_name": {},
        "agency_name": {},
        "state": "received",
        "updated_at": BEGIN.isoformat(),
        "received_at": BEGIN.isoformat(),
        **fee,
    }
    with at.store.transaction():
        effects.apply(FeedEvent.model_validate({"n": 1, "type": "case", "at": BEGIN.isoformat(), "data": case}))
    at.kiosk.slips.print(code)
    assert line in at.printer.jobs[-1][0].all_text
    at.close()
