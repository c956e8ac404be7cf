"""The fee page: how much, by which law, how to pay, before anything is sent."""

from flows_kit import begin, fill
from screens_harness import Hands

from screens.navigation.places import Name

#: What the form works out of what ``fill`` answers: 36.75 m² for 3 days at 1,000 by a quarter, and 50,000 on top.
AMOUNT = "Rp 77.563"


def test_what_it_costs_is_shown_between_review_and_consent(hands: Hands) -> None:
    begin(hands, "reklame")
    fill(hands)
    hands.tap("Sudah benar")
    assert hands.app.flow.place.name is Name.FEE
    hands.must_see(AMOUNT, "Dasar hukum", "Cara membayar", "Kas Daerah", "Sekarang Anda tidak membayar apa pun")
    hands.tap("Lanjut, saya mengerti")
    assert hands.app.flow.place.name is Name.CONSENT
    hands.tap("Kembali")
    hands.must_see(AMOUNT)


def test_the_amount_follows_an_answer_that_is_changed_at_the_review(hands: Hands) -> None:
    session = begin(hands, "reklame")
    fill(hands)
    hands.tap("Sudah benar")
    hands.must_see(AMOUNT)
    hands.tap("Kembali")
    session.answer("/data/masa/lama", "6")
    hands.tap("Sudah benar")
    hands.must_see("Rp 105.125")


def test_a_free_service_goes_straight_to_the_consent(hands: Hands) -> None:
    begin(hands, "domisili")
    fill(hands)
    hands.tap("Sudah benar")
    assert hands.app.flow.place.name is Name.CONSENT


def test_the_slip_says_how_to_pay(hands: Hands) -> None:
    session = begin(hands, "reklame")
    fill(hands)
    hands.tap("Sudah benar")
    hands.tap("Lanjut, saya mengerti")
    session.agree()
    hands.app.flow.citizen.send()
    hands.wait(2.1)
    lines = "\n".join(hands.rehearsal.printer.slips[-1][0].lines)
    assert f"Biaya: {AMOUNT}" in lines
    assert "Jangan bayar di kios" in lines
