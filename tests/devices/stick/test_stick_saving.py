"""A file is on the stick whole and read back, or not at all; and each fault of a stick has a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.stick import SimulatedStick, Stick, StickFault
from devices.stick.mounted import MountedSticks
from devices.stick.simulated import PULLED_AT
from devices.stick.volume import FolderVolume
from protocol.peripherals import StickOutcome

NAME = "ekios-K7M2.ekios"
PIECES = [b"x" * 7_000, b"y" * 7_000]


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedStick:
    return SimulatedStick(tmp_path / "stick")


def test_what_was_saved_is_on_it_whole(simulated: SimulatedStick) -> None:
    simulated.insert()
    assert Stick(simulated).save(NAME, PIECES) is StickOutcome.SAVED
    assert [one.name for one in simulated.folder.iterdir()] == [NAME]
    assert (simulated.folder / NAME).read_bytes() == b"".join(PIECES)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (StickFault.FULL, StickOutcome.FULL),
        (StickFault.PULLED_OUT, StickOutcome.PULLED_OUT),
        (StickFault.READ_ONLY, StickOutcome.READ_ONLY),
        (StickFault.WRONG_FORMAT, StickOutcome.WRONG_FORMAT),
        (StickFault.FORGETFUL, StickOutcome.FAULT),
    ],
)
def test_each_fault_has_a_name_and_leaves_no_file_under_the_right_one(
    simulated: SimulatedStick, fault: StickFault, outcome: StickOutcome
) -> None:
    simulated.insert(fault)
    assert sum(map(len, PIECES)) > PULLED_AT
    assert Stick(simulated).save(NAME, PIECES) is outcome
    assert not (simulated.folder / NAME).exists()
    simulated.insert()
    assert Stick(simulated).save(NAME, PIECES) is StickOutcome.SAVED, "tried again with a good one"


def test_without_a_stick_nothing_is_even_read(simulated: SimulatedStick) -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("read")
        yield b""

    assert Stick(simulated).save(NAME, never()) is StickOutcome.NO_STICK


@pytest.mark.parametrize(("room", "outcome"), [(14_000, StickOutcome.SAVED), (13_999, StickOutcome.FULL)])
def test_a_stick_is_full_when_one_byte_is_missing(simulated: SimulatedStick, room: int, outcome: StickOutcome) -> None:
    simulated.insert(capacity=room)
    assert Stick(simulated).save(NAME, PIECES) is outcome


def test_what_fails_while_it_is_read_leaves_nothing(simulated: SimulatedStick) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x"
        raise RuntimeError("the kiosk's own disk")

    simulated.insert()
    with pytest.raises(RuntimeError):
        Stick(simulated).save(NAME, broken())
    assert list(simulated.folder.iterdir()) == []


# --- which disk is a stick -------------------------------------------------------------------------------------------


class System:
    """Disks and mounts as the kernel tells of them."""

    def __init__(self, folder: Path) -> None:
        self.blocks, self.mounts = folder / "block", folder / "mounts"
        self.blocks.mkdir()
        self.mounts.write_text("")
        self.disk("nvme0n1", removable=False)

    def disk(self, name: str, *, removable: bool = True, size: int = 1_000) -> None:
        (self.blocks / name).mkdir()
        (self.blocks / name / "removable").write_text(f"{int(removable)}\n")
        (self.blocks / name / "size").write_text(f"{size}\n")

    def mount(self, device: str, folder: Path, kind: str = "vfat", options: str = "rw,nosuid") -> None:
        shown = str(folder).replace(" ", "\\040")
        with self.mounts.open("a") as file:
            file.write(f"{device} {shown} {kind} {options} 0 0\n")

    def look(self) -> object:
        return MountedSticks(self.blocks, self.mounts).look()


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_a_mounted_stick_is_found_where_it_is_mounted(system: System, tmp_path: Path) -> None:
    folder = tmp_path / "MY STICK"
    folder.mkdir()
    system.disk("sda")
    system.mount("/dev/nvme0n1p2", Path("/"), "ext4")
    system.mount("/dev/sda1", folder)
    found = system.look()
    assert isinstance(found, FolderVolume)
    assert Stick(MountedSticks(system.blocks, system.mounts)).save(NAME, PIECES) is StickOutcome.SAVED
    assert (folder / NAME).exists()


def test_an_empty_reader_and_the_kiosks_own_disk_are_no_sticks(system: System, tmp_path: Path) -> None:
    system.disk("sda", size=0)
    system.disk("sdb")
    system.mount("/dev/sdb1", Path("/"), "ext4")
    system.mount("/dev/nvme0n1p1", tmp_path)
    assert system.look() is StickOutcome.NO_STICK


def test_a_stick_that_is_not_mounted_or_in_a_foreign_format_says_so(system: System, tmp_path: Path) -> None:
    system.disk("sda")
    assert system.look() is StickOutcome.WRONG_FORMAT
    system.mount("/dev/sda1", tmp_path, "hfsplus")
    assert system.look() is StickOutcome.WRONG_FORMAT


def test_a_stick_that_is_locked_says_so(system: System, tmp_path: Path) -> None:
    system.disk("sda")
    system.mount("/dev/sda1", tmp_path, options="ro,nosuid")
    assert system.look() is StickOutcome.READ_ONLY
