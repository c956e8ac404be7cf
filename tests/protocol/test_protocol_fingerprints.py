from dataclasses import dataclass, replace

import pytest

from protocol import fingerprints
from protocol.messages import City


@dataclass(frozen=True)
class Trusted:
    """What a kiosk has after its enrolment."""

    kiosk_key: bytes = b"k" * 32
    name: str = "Kota Contoh"
    tracking_base: str = "https://lacak.contoh.example"
    badge_key: str = "YmFkZ2U="
    key_id: str = "first"
    sealing_key: str = "c2VhbA=="
    more: tuple[dict[str, str], ...] = ()
    tuf_root: bytes = b"root"

    def fingerprint(self) -> str:
        keys = [{"key_id": self.key_id, "public_key": self.sealing_key}, *self.more]
        city = City.model_validate(
            {
                "name": self.name,
                "tracking_base": self.tracking_base,
                "badge_key": self.badge_key,
                "sealing_keys": keys,
            }
        )
        return fingerprints.fingerprint(self.kiosk_key, city, self.tuf_root)


CHANGES = {
    "kiosk_key": b"l" * 32,
    "name": "Kota Lain",
    "tracking_base": "https://lacak.jahat.example",
    "badge_key": "b3RoZXI=",
    "key_id": "second",
    "sealing_key": "b3RoZXI=",
    "more": ({"key_id": "x", "public_key": "b3RoZXI="},),
    "tuf_root": b"root ",
}


@pytest.mark.parametrize("what", CHANGES)
def test_each_thing_that_a_kiosk_trusts_is_in_its_fingerprint(what: str) -> None:
    assert replace(Trusted(), **{what: CHANGES[what]}).fingerprint() != Trusted().fingerprint()  # type: ignore[arg-type]


def test_nothing_can_be_moved_from_one_part_to_the_next() -> None:
    moved = replace(Trusted(), name="Kota Contohh", tracking_base="ttps://lacak.contoh.example")
    assert moved.fingerprint() != Trusted().fingerprint()


def test_it_is_shown_in_groups_that_can_be_read_aloud() -> None:
    digest = Trusted().fingerprint()
    groups = fingerprints.shown(digest).split(" ")
    assert [len(group) for group in groups] == [4] * 6
    assert "".join(groups) == digest[:24].upper()


@pytest.mark.parametrize("write", [str, str.lower, lambda shown: shown.replace(" ", ""), lambda shown: f" {shown} "])
def test_what_is_typed_may_be_written_as_one_likes(write) -> None:  # type: ignore[no-untyped-def]
    digest = Trusted().fingerprint()
    assert fingerprints.same(write(fingerprints.shown(digest)), digest)


@pytest.mark.parametrize("typed", ["", "0000 0000 0000 0000 0000 0000", "beginning", "all", "short"])
def test_anything_else_is_another(typed: str) -> None:
    digest = Trusted().fingerprint()
    chosen = {"beginning": digest[:20], "all": digest, "short": digest[:23]}.get(typed, typed)
    assert not fingerprints.same(chosen, digest)
