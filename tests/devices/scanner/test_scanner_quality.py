"""The drivers of scanner and camera answer every rule of quality."""

from importlib.resources import files

import pytest

from devices.camera import CameraDriver
from devices.frame.quality import Rule, read_quality
from devices.scanner import ScannerDriver


@pytest.mark.parametrize(("package", "drivers"), [("devices.scanner", ScannerDriver), ("devices.camera", CameraDriver)])
def test_every_driver_answers_every_rule(package: str, drivers: type[ScannerDriver] | type[CameraDriver]) -> None:
    text = files(package).joinpath("quality.toml").read_text(encoding="utf-8")
    quality = read_quality(text, [driver.value for driver in drivers])
    assert all(len(q.done) + len(q.exempt) == len(Rule) for q in quality.values())
