"""Times and budget at the kiosk: beside the promise, with the moment they were made, also without a line."""

from datetime import UTC, datetime
from typing import Any

import pytest
from screens_harness import Hands

from kiosk.events import LineChanged
from kiosk.machine.line_state import LineCondition
from kiosk.store.documents import StoredDocument
from screens.citizen.start.open_city import BarLine
from screens.citizen.start.open_city_model import money

MADE = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
TIMES: dict[str, Any] = {
    "since": "2026-01-01T00:00:00Z",
    "weight": "1/9",
    "agencies": [
        {
            "id": "kelurahan",
            "name": {"id": "Kelurahan"},
            "decided": 200,
            "median_days": 1,
            "ninetieth_days": 3,
            "in_time_percent": 88,
            "index": "88.42",
            "grade": "A",
            "complaints_answered": 3,
            "complaints_late": 1,
            "services": [
                {
                    "id": "domisili",
                    "name": {"id": "Surat Keterangan Domisili"},
                    "promised_days": 2,
                    "decided": 200,
                    "median_days": 0,
                    "ninetieth_days": 3,
                    "in_time_percent": 88,
                },
                {"id": "usaha", "name": {"id": "Surat Usaha"}, "promised_days": 2, "decided": 4},
                {"id": "hibah", "name": {"id": "Surat Hibah"}, "promised_days": 5, "decided": 0},
            ],
        }
    ],
}
BUDGET: dict[str, Any] = {
    "year": 2026,
    "source": "Perda 12/2025",
    "lines": [
        {"name": {"id": "Pendidikan"}, "planned_rupiah": 2_500_000_000_000, "spent_rupiah": 500_000_000_000},
        {"name": {"id": "Taman"}, "planned_rupiah": 0, "spent_rupiah": 0},
    ],
}


def keep(hands: Hands, name: str, body: Any, version: int = 1) -> bool:
    return hands.kiosk.open_city.keep(StoredDocument(name, version, MADE, body))


def test_times_stand_beside_the_promise(hands: Hands) -> None:
    keep(hands, "transparency", TIMES)
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lihat kinerja layanan")
    hands.must_see("Kelurahan", "3 hari kerja", "Indeks kepuasan 88,42 (A)", "24 November 2026, 08.30")
    hands.tap("Kelurahan", exactly=True)
    hands.must_see("Janji: 2 hari kerja", "Biasanya: Hari itu juga", "Hampir semua: 3 hari kerja", "88% tepat waktu")
    hands.must_see("Baru 4 permohonan diputuskan", "3 dijawab, 0 berjalan, 1 terlambat")
    hands.tap("Kembali")
    hands.tap("Kembali")
    hands.must_see("Layanan apa yang Anda butuhkan?")


def test_without_a_line_they_are_still_there(hands: Hands) -> None:
    keep(hands, "transparency", TIMES)
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lihat kinerja layanan")
    hands.must_see("Kelurahan", "Keadaan per")


def test_a_kiosk_that_has_none_says_so_and_shows_them_when_they_come(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lihat kinerja layanan")
    # Connected, so it is not the line that keeps them away.
    hands.must_see("Kota belum menerbitkan data ini")
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.kiosk.bus.publish(LineChanged(hands.rehearsal.line.state()))
    hands.settle()
    hands.must_see("Belum ada data di kios ini")
    keep(hands, "transparency", TIMES)
    hands.settle()
    hands.must_see("Kelurahan")


def test_the_budget_is_a_table_with_bars(hands: Hands) -> None:
    keep(hands, "budget", BUDGET)
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lihat anggaran kota")
    hands.must_see("Anggaran kota 2026", "Pendidikan", "20%", "Rp 500 miliar dari Rp 2,5 triliun", "Perda 12/2025")
    # Of nothing that was planned no part was spent.
    hands.must_see("Taman", "Rp 0 dari Rp 0")
    assert "0%" not in hands.texts()


def bars(hands: Hands) -> list[bool]:
    """Of the times in sight, whether a bar stands below them."""
    lines = [one for one in hands.app.root.walk() if isinstance(one, BarLine) and one.text]
    return [bool(line.children[0].height and line.children[0].opacity) for line in lines]


def test_figures_with_no_cases_behind_them_are_no_bars(hands: Hands) -> None:
    keep(hands, "transparency", TIMES)
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lihat kinerja layanan")
    hands.tap("Kelurahan", exactly=True)
    hands.must_see("Surat Usaha", "Surat Hibah", "Belum ada permohonan yang diputuskan")
    assert bars(hands) == [True, True, True, False, False]


def test_a_document_that_cannot_be_shown_is_not_kept(hands: Hands) -> None:
    assert not keep(hands, "budget", {"year": "x", "lines": []})
    assert not keep(hands, "weather", {})
    assert hands.kiosk.open_city.budget() is None


@pytest.mark.parametrize(
    ("rupiah", "words"),
    [
        (999_999, "Rp 999.999"),
        (1_000_000, "Rp 1 juta"),
        (1_250_000_000, "Rp 1,2 miliar"),
        (2_000_000_000_000, "Rp 2 triliun"),
    ],
)
def test_large_amounts_are_said_in_words(hands: Hands, rupiah: int, words: str) -> None:
    assert money(hands.app.flow, rupiah) == words
