"""How a decoder's child is started, from source and frozen, and that it ends with what it was given."""

import io
import sys

import pytest

from devices.frame.children import FROZEN_ARGUMENT, Child, command, run_asked


@pytest.mark.parametrize("child", Child)
def test_a_frozen_kiosk_starts_itself_as_the_child(monkeypatch: pytest.MonkeyPatch, child: Child) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert command(child, "0.5") == (sys.executable, FROZEN_ARGUMENT, child.value, "0.5")


def test_a_kiosk_that_was_started_as_the_child_is_it(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((2).to_bytes(4, "big") * 2 + bytes([0, 255] * 2))))
    assert run_asked(["kiosk", FROZEN_ARGUMENT, Child.BARCODES.value]) == 0
    # No code is in four dots.
    assert capfdbinary.readouterr().out == b"[]\n"


def test_a_kiosk_is_no_child() -> None:
    assert run_asked(["kiosk"]) is None
    assert run_asked(["kiosk", "--enrol", "ABCDEF-GHJKMN"]) is None


def test_another_module_is_no_child() -> None:
    with pytest.raises(ValueError, match="not a valid Child"):
        run_asked(["kiosk", FROZEN_ARGUMENT, "os"])
