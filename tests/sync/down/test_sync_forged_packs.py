"""What somebody on the way, or with one of the keys, can do to packs: nothing that runs on a kiosk. The pack in force stays, the
office is told, and what is rightly signed is taken afterwards."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata

from server.catalogue.tuf import ROOT_LIFE, TIMESTAMP_LIFE
from tests.soaking import SOAK
from tests.sync.line_kit import publish
from tests.sync.tuf_kit import Years, city_of_years

#: So many bytes of each file are changed; in ``make soak`` each.
SAMPLE = 8
ROLES = ("timestamp", "snapshot", "targets")


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    """It runs pack 1, and pack 2 is published."""
    with city_of_years(tmp_path) as one:
        assert one.look() == ""
        assert publish(one.deps) == 2
        yield one


def folder(years: Years) -> Path:
    return years.deps.settings.data / "packs"


def newest(years: Years, role: str) -> Path:
    metadata = folder(years) / "metadata"
    if role == "timestamp":
        return metadata / "timestamp.json"
    return max(metadata.glob(f"*.{role}.json"), key=lambda path: int(path.name.partition(".")[0]))


def refused(years: Years, error: str) -> None:
    assert error in years.look()
    assert (years.version, error in years.unverified) == (1, True)


def taken(years: Years) -> None:
    assert years.look() == ""
    assert (years.version, years.unverified) == (2, "")


@pytest.mark.longer_in_soak
def test_each_flipped_byte_of_a_pack_or_its_metadata_is_refused(years: Years, tmp_path: Path) -> None:
    years.renew_root()
    # What was verified before stays in a kiosk's cache: each try begins with that of pack 1.
    kept = shutil.copytree(tmp_path / "packs", tmp_path / "kept", symlinks=True)
    tried = 0
    for file in (folder(years) / "pack-2.zip", *(newest(years, role) for role in ("root", *ROLES))):
        good = file.read_bytes()
        for place in range(0, len(good), 1 if SOAK else len(good) // SAMPLE):
            # The last bit: that of a letter's case says nothing new in a signature's hex digits.
            file.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
            assert years.look() != "", (file.name, place)
            assert (years.version, years.unverified != "") == (1, True), (file.name, place)
            shutil.rmtree(tmp_path / "packs")
            shutil.copytree(kept, tmp_path / "packs", symlinks=True)
            tried += 1
        file.write_bytes(good)
    assert tried >= 5 * SAMPLE
    taken(years)


def test_metadata_that_roll_back_are_refused(years: Years) -> None:
    """An older version than was seen, rightly signed in its time: of each role in turn."""
    taken(years)
    for role in ROLES:
        old, force = newest(years, role).read_bytes(), years.version
        assert publish(years.deps) == force + 1
        assert years.look() == ""
        if role != "timestamp":
            # A newer timestamp leads to it, under the name of a newer one.
            publish(years.deps)
        file = newest(years, role)
        good = file.read_bytes()
        file.write_bytes(old)
        assert "BadVersionNumber" in years.look(), role
        assert (years.version, "BadVersionNumber" in years.unverified) == (force + 1, True)
        file.write_bytes(good)
        assert (years.look(), years.unverified) == ("", "")


def test_a_line_that_shows_yesterday_for_ever_is_reported_when_its_time_is_over(years: Years, tmp_path: Path) -> None:
    """Freeze: whoever is on the way keeps what is new from the kiosk. It cannot know at first; it does in time."""
    taken(years)
    frozen = shutil.copytree(folder(years), tmp_path / "frozen")
    assert publish(years.deps) == 3
    here = shutil.copytree(folder(years), tmp_path / "here")
    show(years, frozen)
    assert (years.look(), years.version) == ("", 2)
    years.pass_days(TIMESTAMP_LIFE.days + 1, in_service=False)
    assert "Expired" in years.look()
    assert (years.version, "Expired" in years.unverified) == (2, True)
    assert years.duty.load_kept() == 2
    show(years, here)
    years.pass_days(0)
    assert (years.look(), years.version, years.unverified) == ("", 3, "")


def show(years: Years, kept: Path) -> None:
    shutil.copytree(kept, folder(years), dirs_exist_ok=True)


def test_parts_of_two_days_are_not_taken_together(years: Years) -> None:
    """Mix and match: each is signed by the city, but not in this set."""
    for role in ("snapshot", "targets"):
        now = newest(years, role)
        good = now.read_bytes()
        now.write_bytes(now.with_name(f"{int(now.name.partition('.')[0]) - 1}.{role}.json").read_bytes())
        refused(years, "BadVersionNumber")
        now.write_bytes(good)
    packs = folder(years)
    good = (packs / "pack-2.zip").read_bytes()
    (packs / "pack-2.zip").write_bytes((packs / "pack-1.zip").read_bytes())
    refused(years, "LengthOrHashMismatchError")
    (packs / "pack-2.zip").write_bytes(good)
    taken(years)


def test_the_key_of_one_role_signs_for_no_other(years: Years) -> None:
    keys = {role: years.keys / f"tuf-{role}.key" for role in ("root", *ROLES)} | {"somebody": years.new_key("somebody")}
    for role in ROLES:
        file = newest(years, role)
        good = file.read_bytes()
        for thief in keys.keys() - {role}:
            metadata = Metadata.from_bytes(good)
            metadata.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(keys[thief].read_bytes())))
            metadata.to_file(str(file))
            refused(years, "UnsignedMetadataError")
        file.write_bytes(good)
    taken(years)


def test_what_has_no_end_is_cut_and_refused(years: Years) -> None:
    for file, more in (("pack-2.zip", 1), ("pack-2.zip", 70_000_000), ("metadata/timestamp.json", 1_000_000)):
        path = folder(years) / file
        good = path.read_bytes()
        path.write_bytes(good + b" " * more)
        refused(years, "LengthMismatch")
        path.write_bytes(good)
    taken(years)


def test_an_expired_root_leaves_the_pack_in_force_until_the_city_renews_it(years: Years) -> None:
    """Nobody signed for two years; the kiosk goes on with what it has, says so, and follows in one look."""
    years.pass_days(ROOT_LIFE.days + 1, in_service=False)
    refused(years, "ExpiredMetadataError")
    assert years.duty.load_kept() == 1
    years.pass_days(0)
    taken(years)
