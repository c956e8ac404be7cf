"""Search forgives: typing errors, endings, a word too many; and finds nothing for nonsense."""

from pathlib import Path

import pytest

from kiosk.catalogue.catalogue import Catalogue
from rehearsal.sample_city import read_sample_city

SERVICES = Path(__file__).resolve().parents[2] / "assets" / "services"


@pytest.fixture(scope="module")
def city() -> Catalogue:
    return read_sample_city(SERVICES)


@pytest.mark.parametrize(
    ("query", "language", "service"),
    [
        ("domisli", "id", "domisili"),
        ("akte klahiran", "id", "kelahiran"),
        ("suat pindah", "id", "pindah"),
        ("kartu kluarga", "id", "kk-perubahan"),
        ("usaah", "id", "usaha"),
        ("reklam", "id", "reklame"),
        ("antri dokter", "id", "antrean"),
        ("lampu mati depan rumah saya", "id", "pengaduan"),
        ("berth certifikate", "en", "kelahiran"),
        ("moving hous", "en", "pindah"),
        ("uwuh", "jv", "pengaduan"),
        ("jhalan rosak", "mad", "pengaduan"),
        ("certificate of birth please", "en", "kelahiran"),
    ],
)
def test_what_people_type_finds_what_they_mean(city: Catalogue, query: str, language: str, service: str) -> None:
    assert service in [one.id for one in city.search(query, language)][:2]


@pytest.mark.parametrize("query", ["xqzt", "....", "zzz domzzzz qqq", " "])
def test_nonsense_finds_nothing(city: Catalogue, query: str) -> None:
    assert city.search(query, "id") == ()


def test_a_service_with_all_words_hides_those_with_some(city: Catalogue) -> None:
    assert next(one.id for one in city.search("surat pindah", "id")) == "pindah"


def test_most_used_is_what_people_sent_from_here_then_the_packs_order(city: Catalogue) -> None:
    used = city.most_used({"usaha": 3, "reklame": 9}, 4)
    assert [one.id for one in used] == ["reklame", "usaha", "domisili", "kelahiran"]
