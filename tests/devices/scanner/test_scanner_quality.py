"""What the quality lists of scanner and camera call done is shown by a test that exists."""

import ast
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from devices.camera import CameraDriver
from devices.camera.drivers import camera_drivers
from devices.frame.quality import Quality, Rule, read_quality
from devices.scanner import ScannerDriver
from devices.scanner.drivers import scanner_drivers

TESTS = Path(__file__).resolve().parents[1]
READING, SERIAL, WEDGE, SOURCES = (
    f"scanner/test_scanner_{name}.py" for name in ("reading", "serial", "wedge", "sources")
)
RUNNING, V4L2 = "camera/test_camera_running.py", "camera/test_camera_v4l2.py"
BENCH = "simulator/test_simulator_bench.py"
DAY = ("simulator/test_simulator_day.py", "test_a_day_of_faults_at_camera_and_scanner")
REPLUGGED = "test_pulled_out_and_put_in_again_it_scans_again"
SELF_TEST = (SOURCES, "test_the_self_test_tells_whether_it_is_open")
SILENT = (SOURCES, "test_a_silent_scanner_ends_its_turn")
BY_CAMERA = (SOURCES, "test_a_scanner_by_camera_is_what_its_camera_is")
CAMERA_SELF_TEST = (SOURCES, "test_the_self_test_of_a_scanner_by_camera_decodes_and_looks_at_the_camera")

EVERY_DRIVER = {
    Rule.TELLS_LOSS_ONCE: (BENCH, "test_losing_camera_and_scanner_is_logged_once_and_so_is_their_return"),
    Rule.NO_PERSONAL_DATA: (BENCH, "test_a_card_that_is_read_leaves_nothing_in_logs_and_diagnostics"),
}
SCANNERS = {
    "camera": {
        Rule.DEADLINES: (READING, "test_a_child_that_dies_or_babbles_reads_nothing_and_then_rests"),
        Rule.REOPENS: BY_CAMERA,
        Rule.TRUE_STATE: BY_CAMERA,
        Rule.FAULTS_SIMULATED: DAY,
        Rule.CLEAN_STOP: DAY,
        Rule.SELF_TEST: CAMERA_SELF_TEST,
        Rule.PREFLIGHT: CAMERA_SELF_TEST,
    },
    "wedge": {
        Rule.DEADLINES: SILENT,
        Rule.REOPENS: (WEDGE, REPLUGGED),
        Rule.STABLE_ADDRESS: (WEDGE, "test_preflight_tells_of_a_number_that_moves"),
        Rule.TRUE_STATE: (WEDGE, "test_a_wedge_that_is_pulled_out_is_a_passing_fault"),
        Rule.CLEAN_STOP: (WEDGE, REPLUGGED),
        Rule.SELF_TEST: SELF_TEST,
        Rule.PREFLIGHT: (WEDGE, "test_preflight_tells_of_a_number_that_moves"),
    },
    "serial": {
        Rule.DEADLINES: SILENT,
        Rule.REOPENS: (SERIAL, REPLUGGED),
        Rule.STABLE_ADDRESS: (SERIAL, REPLUGGED),
        Rule.TRUE_STATE: (SERIAL, "test_a_line_has_one_reader"),
        Rule.FAULTS_SIMULATED: (SERIAL, REPLUGGED),
        Rule.CLEAN_STOP: (SERIAL, REPLUGGED),
        Rule.SELF_TEST: SELF_TEST,
        Rule.PREFLIGHT: (SERIAL, "test_a_scanner_that_is_not_there_is_a_passing_fault"),
    },
    "simulated": {
        Rule.DEADLINES: DAY,
        Rule.REOPENS: (BENCH, "test_an_unplugged_scanner_is_lost_and_reads_nothing"),
        Rule.TRUE_STATE: (BENCH, "test_an_unplugged_scanner_is_lost_and_reads_nothing"),
        Rule.FAULTS_SIMULATED: DAY,
        Rule.CLEAN_STOP: DAY,
        Rule.SELF_TEST: DAY,
        Rule.PREFLIGHT: DAY,
    },
}
CAMERAS = {
    "v4l2": {
        Rule.DEADLINES: (V4L2, "test_a_read_that_gives_the_last_picture_for_ever_is_stale"),
        Rule.REOPENS: (V4L2, "test_an_unplugged_camera_is_released_and_opened_anew_when_it_is_back"),
        Rule.STABLE_ADDRESS: (V4L2, "test_the_device_is_found_by_id_and_opened_by_what_the_link_means"),
        Rule.TRUE_STATE: (V4L2, "test_a_camera_in_use_is_a_passing_fault"),
        Rule.CLEAN_STOP: (V4L2, "test_an_unplugged_camera_is_released_and_opened_anew_when_it_is_back"),
        Rule.SELF_TEST: (RUNNING, "test_the_self_test_tells_what_it_saw"),
        Rule.PREFLIGHT: (RUNNING, "test_a_camera_that_is_not_plugged_in_is_a_passing_fault"),
    },
    "file": {
        Rule.DEADLINES: (RUNNING, "test_a_video_starts_again_at_its_end"),
        Rule.REOPENS: (RUNNING, "test_a_file_that_is_no_picture_is_a_permanent_fault"),
        Rule.TRUE_STATE: (RUNNING, "test_pictures_of_a_folder_are_shown"),
        Rule.FAULTS_SIMULATED: (RUNNING, "test_a_file_that_is_no_picture_is_a_permanent_fault"),
        Rule.CLEAN_STOP: (RUNNING, "test_pictures_of_a_folder_are_shown"),
        Rule.SELF_TEST: (RUNNING, "test_the_self_test_tells_what_it_saw"),
        Rule.PREFLIGHT: (RUNNING, "test_a_file_that_is_no_picture_is_a_permanent_fault"),
    },
    "simulated": {
        Rule.DEADLINES: (RUNNING, "test_a_slow_camera_stays_ready"),
        Rule.REOPENS: (RUNNING, "test_an_unplugged_camera_is_lost_and_comes_back"),
        Rule.TRUE_STATE: (RUNNING, "test_a_frozen_camera_is_stale_and_does_not_flicker_back"),
        Rule.FAULTS_SIMULATED: DAY,
        Rule.CLEAN_STOP: (RUNNING, "test_a_started_camera_stops_cleanly"),
        Rule.SELF_TEST: (RUNNING, "test_the_self_test_tells_what_it_saw"),
        Rule.PREFLIGHT: ("camera/test_camera_portrait.py", "test_a_missing_face_model_is_said_before_it_is_needed"),
    },
}


def quality_of(package: str, names: Collection[str]) -> list[Quality]:
    text = files(package).joinpath("quality.toml").read_text(encoding="utf-8")
    return list(read_quality(text, names).values())


def test_what_settings_may_name_can_be_built() -> None:
    assert set(scanner_drivers().names) == set(ScannerDriver)
    assert set(camera_drivers().names) == set(CameraDriver)


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(
    "quality", quality_of("devices.scanner", scanner_drivers().names), ids=lambda quality: quality.driver
)
def test_what_a_way_of_scanning_calls_done_is_shown(quality: Quality) -> None:
    assert EVERY_DRIVER.keys() | SCANNERS[quality.driver].keys() == quality.done


@pytest.mark.parametrize(
    "quality", quality_of("devices.camera", camera_drivers().names), ids=lambda quality: quality.driver
)
def test_what_a_source_of_pictures_calls_done_is_shown(quality: Quality) -> None:
    assert EVERY_DRIVER.keys() | CAMERAS[quality.driver].keys() == quality.done


@pytest.mark.parametrize(
    ("file", "test"),
    sorted({proof for proofs in (EVERY_DRIVER, *SCANNERS.values(), *CAMERAS.values()) for proof in proofs.values()}),
)
def test_the_test_that_shows_it_exists(file: str, test: str) -> None:
    assert test in named_in(file)
