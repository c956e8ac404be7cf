"""What a scanned text is taken for."""

from datetime import UTC, datetime

import pytest

from devices.scanner import ScanKind
from devices.scanner.recognition import LONGEST_TEXT, LONGEST_URL, clean, could_be_nik, find_nik, recognise

AT = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("digits", "possible"),
    [
        ("9912051204800003", True),
        ("9912055204800003", True),  # a woman's day is 40 more
        ("9912052902000001", True),  # 29 February 2000
        ("9912052902010001", False),  # neither 1901 nor 2001 had one
        ("9912050004800003", False),
        ("9912053204800003", False),
        ("9912057204800003", False),
        ("9912051213800003", False),
        ("9912051204800000", False),
        ("991205120480000", False),
        ("99120512048000031", False),
        ("９912051204800003", False),
    ],
)
def test_a_nik_needs_a_date_that_exists_and_a_serial(digits: str, possible: bool) -> None:
    assert could_be_nik(digits) is possible


def test_the_first_run_of_sixteen_digits_that_could_be_a_nik_is_taken() -> None:
    assert find_nik("KK 9912059999990001 NIK:9912051204800003|9912055204800003") == "9912051204800003"


def test_a_longer_run_of_digits_hides_no_nik() -> None:
    assert find_nik("19912051204800003") is None


def test_a_card_gives_its_nik() -> None:
    scan = recognise("PDF417", "NIK9912051204800003|WARGA", AT)
    assert (scan.kind, scan.nik, scan.code, scan.url) == (ScanKind.NIK_CARD, "9912051204800003", None, None)


@pytest.mark.parametrize("text", ["K7M2-9QXF-4TRC", "k7m29qxf4trc", "https://kota.example/t/K7M29QXF4TRC"])
def test_a_slip_gives_its_code(text: str) -> None:
    scan = recognise("QRCode", text, AT)
    assert (scan.kind, scan.code) == (ScanKind.SLIP, "K7M29QXF4TRC")


def test_a_letter_outside_of_the_alphabet_makes_no_slip() -> None:
    assert recognise("QRCode", "K7M2-9QXF-4TRU", AT).kind is ScanKind.UNKNOWN


QRIS = (
    "00020101021126540014ID.CO.QRIS.WWW0118936001140000000001021000000000005204939953033605802ID"
    "5919KAS DAERAH (CONTOH)6008SURABAYA63048910"
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (QRIS, ScanKind.PAYMENT),
        # A number among its values that could be somebody's is nobody's.
        ("00020162209912051204800003AAAA6304ABCD", ScanKind.PAYMENT),
        (QRIS[:-1], ScanKind.UNKNOWN),
        (QRIS + "0", ScanKind.UNKNOWN),
        (QRIS.replace("5204", "52X4"), ScanKind.UNKNOWN),
        ("00020163", ScanKind.UNKNOWN),
        ("000201", ScanKind.UNKNOWN),
        ("0002026304ABCD", ScanKind.UNKNOWN),
    ],
)
def test_a_payment_code_is_known_by_its_form(text: str, kind: ScanKind) -> None:
    scan = recognise("QRCode", text, AT)
    assert (scan.kind, scan.nik, scan.code) == (kind, None, None)


def test_an_address_is_a_document() -> None:
    scan = recognise("QRCode", "https://dukcapil.example/v/9912051204800003", AT)
    assert (scan.kind, scan.nik) == (ScanKind.DOCUMENT_URL, None)


@pytest.mark.parametrize(
    "text",
    [
        "https://user@kota.example/a",
        "https://kota example/a",
        "https://localhost/a",
        "https://kota..example/a",
        "https://kota.example:x/",
        "http://[::1",
        "javascript:alert(1)",
    ],
)
def test_an_odd_address_is_no_document(text: str) -> None:
    assert recognise("QRCode", text, AT).kind is ScanKind.UNKNOWN


def test_an_address_of_the_greatest_length_is_a_document_and_one_more_is_not() -> None:
    head = "https://kota.example/"
    longest = head + "a" * (LONGEST_URL - len(head))
    assert recognise("QRCode", longest, AT).kind is ScanKind.DOCUMENT_URL
    assert recognise("QRCode", longest + "a", AT).kind is ScanKind.UNKNOWN


def test_a_badge_is_known_by_its_beginning() -> None:
    assert recognise("QRCode", "EKB1.rina.20800.x", AT).kind is ScanKind.STAFF_BADGE
    assert recognise("QRCode", "see EKB1.rina", AT).kind is ScanKind.UNKNOWN


def test_control_and_invisible_characters_are_dropped() -> None:
    assert clean("\x1b@A\x00\u202eB\r\n\tC \x7f") == "@AB C"


def test_a_text_is_capped() -> None:
    assert len(clean("a" * LONGEST_TEXT)) == LONGEST_TEXT
    assert len(clean("a" * (LONGEST_TEXT + 1))) == LONGEST_TEXT
