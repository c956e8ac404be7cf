"""What is said to a scan: how long it stays, whom it disturbs, and what is never said."""

import pytest
from screens_harness import Hands

from kiosk.cases.case import CaseStateName
from protocol.languages import LANGUAGES
from protocol.peripherals import ScanKind
from rehearsal.citizen import Citizen
from rehearsal.devices import Scan
from rehearsal.gallery.case_states import CODE, case
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way, answer_page, domicile_form, domicile_review, open_form
from screens.navigation.rest import SLEEP_S
from screens.navigation.scans import NOTE_S, TOGETHER_S

LETTER = Scan(ScanKind.DOCUMENT_URL, "https://tte.example/d/8f2a", url="https://tte.example/d/8f2a")


def hold(hands: Hands, scan: Scan = LETTER) -> str:
    """What is said to it; "" for nothing."""
    hands.rehearsal.scanner.scan(scan)
    hands.settle()
    return said(hands)


def said(hands: Hands) -> str:
    text = hands.app.flow.scans.text
    assert text == "" or hands.sees(text)
    return text


def photographed(hands: Hands) -> Way:
    """A letter was read while it was being photographed."""
    way = Way(hands)
    show("foto")(way)
    hands.settle()
    assert hold(hands) == hands.text("scan.photo")
    (question,) = Citizen(hands).questions()
    Citizen(hands).answer(question)
    return way


def test_the_code_of_a_photographed_letter_is_not_spoken_of_on_a_later_page(citizens: Hands) -> None:
    photographed(citizens)
    citizens.forward()
    assert citizens.place == "FORM"
    assert hold(citizens) == ""
    citizens.app.flow.citizen.leave()
    citizens.settle()
    assert hold(citizens) != ""


def test_it_is_taken_where_a_later_page_asks_for_it(citizens: Hands) -> None:
    way = photographed(citizens)
    show("nomor_dokumen")(way)
    citizens.settle()
    (question,) = Citizen(citizens).questions()
    hold(citizens)
    assert question.node.value == LETTER.text


def test_what_lies_before_the_scanner_is_not_read_anew_from_page_to_page(citizens: Hands) -> None:
    scanner = citizens.rehearsal.scanner
    domicile_review(Way(citizens))
    citizens.settle()
    looks = scanner.looks
    for _ in range(3):
        citizens.back()
    assert (citizens.place, scanner.looks) == ("FORM", looks)
    citizens.go_home()
    citizens.settle()
    assert scanner.active
    assert scanner.looks == looks
    Citizen(citizens).start("domisili")
    citizens.forward()
    assert (citizens.place, scanner.looks) == ("IDENTIFY", looks + 1)


def test_the_payment_code_of_our_own_slip_is_told_apart_whatever_it_looks_like(citizens: Hands) -> None:
    (code,) = {
        service.standard.payment.payment_code
        for service in citizens.kiosk.catalogue.services
        if service.standard.payment is not None
    }
    citizens.tap(citizens.text("home.track"))
    assert hold(citizens, Scan(ScanKind.UNKNOWN, code)) == citizens.text("scan.payment")


def test_of_both_codes_of_a_slip_only_the_one_that_tracks_is_heard(citizens: Hands) -> None:
    payment = Scan(ScanKind.PAYMENT, "00020101021126220014ID.CO.QRIS.WWW5802ID6304ABCD")
    citizens.rehearsal.line.cases[CODE] = case(CaseStateName.READY)
    assert hold(citizens, payment) == citizens.text("scan.payment")
    Citizen(citizens).hold_slip(CODE)
    assert (citizens.place, said(citizens), hold(citizens, payment)) == ("CASE", "", "")
    citizens.wait(TOGETHER_S + 1)
    assert hold(citizens, payment) == citizens.text("scan.payment")


def test_it_goes_with_the_next_touch_which_is_not_for_what_lies_below(citizens: Hands) -> None:
    citizens.app.flow.citizen.start()
    citizens.settle()
    hold(citizens)
    note = citizens.stage.scan_note
    citizens.touch(note.right - 10, note.center_y)
    assert said(citizens) == ""
    assert citizens.app.flow.over == "NOTHING"


def test_it_goes_with_the_page_and_with_time(citizens: Hands) -> None:
    citizens.app.flow.citizen.start()
    citizens.settle()
    hold(citizens)
    citizens.app.flow.citizen.open_search()
    citizens.settle()
    assert said(citizens) == ""
    hold(citizens)
    citizens.wait(NOTE_S - 1)
    assert said(citizens)
    citizens.wait(1)
    assert said(citizens) == ""


def test_it_goes_with_the_page_of_a_form(citizens: Hands) -> None:
    way = Way(citizens)
    open_form(way, "domisili")
    citizens.settle()
    hold(citizens)
    answer_page(way)
    citizens.settle()
    assert said(citizens) == ""


def test_nothing_on_the_page_moves(citizens: Hands) -> None:
    domicile_form(Way(citizens))
    citizens.settle()
    before = [(question.ref, question.pos) for question in Citizen(citizens).questions()]
    hold(citizens)
    assert [(question.ref, question.pos) for question in Citizen(citizens).questions()] == before


def test_a_scan_is_a_sign_that_somebody_is_here(citizens: Hands) -> None:
    citizens.app.flow.citizen.start()
    citizens.settle()
    settings = citizens.kiosk.settings
    citizens.wait(settings.number("idle_s") - settings.number("idle_warning_s") + 1)
    assert citizens.app.flow.idle_left is not None
    assert hold(citizens) == citizens.text("scan.other")
    assert citizens.app.flow.idle_left is None


def test_a_sleeping_kiosk_wakes(citizens: Hands) -> None:
    citizens.wait(SLEEP_S)
    assert citizens.app.flow.rest.asleep
    assert hold(citizens) == citizens.text("scan.other.start")
    assert not citizens.app.flow.rest.asleep


def test_the_slip_that_was_just_given_is_known(citizens: Hands) -> None:
    way = Way(citizens)
    domicile_review(way)
    way.session.finish_review()
    way.session.agree()
    way.flow.citizen.send()
    citizens.settle()
    saved = way.session.submission
    assert saved is not None
    own = Scan(ScanKind.SLIP, saved.code, code=saved.code)
    assert hold(citizens, own) == citizens.text("scan.slip.kept")
    assert citizens.place == "SAVED"


def test_a_slip_closes_nothing_that_was_begun(citizens: Hands) -> None:
    citizens.rehearsal.line.cases[CODE] = case(CaseStateName.QUESTION, "Alamat?")
    Citizen(citizens).hold_slip(CODE)
    citizens.forward()
    citizens.type("Jalan")
    assert hold(citizens, Scan(ScanKind.SLIP, CODE, code=CODE)) == citizens.text("scan.slip.finish_first")
    assert citizens.page.entry.text == "Jalan"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_the_language_of_the_citizen(citizens: Hands, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    citizens.app.flow.citizen.start()
    citizens.settle()
    assert hold(citizens) == citizens.text("scan.other")
