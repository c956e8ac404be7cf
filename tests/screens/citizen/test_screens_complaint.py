"""A complaint by touch: the choice in plain words, and the words of a complaint for its state."""

from dataclasses import replace
from datetime import timedelta

from flows_kit import answer_page, session_of
from screens_harness import Hands

from kiosk.cases.case import Case, CaseStateName
from kiosk.text import Text
from screens.navigation.places import Name


def open_complaint(hands: Hands) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("pengaduan")
    hands.settle()
    hands.tap("Mulai isi formulir")


def test_the_choice_is_explained_before_anything_is_asked(hands: Hands) -> None:
    open_complaint(hands)
    hands.must_see(
        "Bolehkah kami tahu siapa Anda?", "tidak ditanyakan dan tidak disimpan", "Hanya petugas yang menangani"
    )


def test_anonymous_goes_straight_to_the_questions(hands: Hands) -> None:
    open_complaint(hands)
    hands.tap("Lapor tanpa nama")
    assert hands.app.flow.place.name is Name.FORM
    hands.must_see("Apa yang ingin Anda sampaikan?")
    answer_page(session_of(hands))
    hands.settle()
    hands.must_see("Tentang apa?")


def test_secret_asks_for_the_number_first_and_then_for_the_name(hands: Hands) -> None:
    open_complaint(hands)
    hands.tap("Lapor secara rahasia")
    hands.type("3578014107900001")
    hands.tap("Lanjut")
    answer_page(session_of(hands))
    hands.settle()
    hands.must_see("Nama lengkap")
    for _ in range(2):
        hands.tap("Kembali")
    hands.tap("Kembali")
    hands.must_see("Bolehkah kami tahu siapa Anda?")


def test_the_answer_is_read_with_the_slip(hands: Hands) -> None:
    now = hands.kiosk.clock.now()
    case = Case(
        code="K7M29QXF4TRC",
        service="pengaduan",
        service_name=Text({"id": "Pengaduan dan Aspirasi"}),
        agency_name=Text({"id": "Dinas Kominfo"}),
        state=CaseStateName.APPROVED,
        updated_at=now,
        received_at=now - timedelta(days=2),
        note="Lampu sudah diperbaiki kemarin.",
    )
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_case(case)
    hands.settle()
    hands.must_see("Sudah dijawab", "Lampu sudah diperbaiki kemarin.")
    assert not hands.sees("Disetujui")
    hands.app.flow.citizen.another_service()
    hands.settle()
    hands.app.flow.citizen.open_case(replace(case, service="domisili"))
    hands.settle()
    assert not hands.sees("Sudah dijawab")
