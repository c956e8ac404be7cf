"""A session by touches on the window: what is said when something is missing or lost, and that its end leaves nothing."""

import gc
import threading
import weakref

from screens_harness import Hands

from kiosk.events import EndReason
from kiosk.ports import PrintOutcome
from screens.navigation.places import Name

NIK = "3578014107900001"
CANARY = "Siti Kenari"


def open_service(hands: Hands, service: str) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service(service)
    hands.settle()


def identify(hands: Hands) -> None:
    hands.tap("Mulai isi formulir")
    hands.type(NIK)
    hands.tap("Lanjut")


def shoot(hands: Hands) -> None:
    """Presses the shutter and waits for the thread that took the photo."""
    hands.tap("Ambil foto")
    for thread in threading.enumerate():
        if thread.name == "screens-handover":
            thread.join(10)
    hands.settle()


def fill_domicile(hands: Hands) -> None:
    """From the form's first page to the review."""
    hands.tap("Sentuh untuk mengetik", nth=0)
    hands.type(CANARY)
    hands.tap("Isian berikutnya")
    hands.type("081234567890")
    hands.tap("Lanjut")
    hands.tap("Sentuh untuk mengetik", nth=0)
    hands.type("Jl. Kenjeran 12")
    hands.tap("Isian berikutnya")
    hands.type("003")
    hands.tap("Isian berikutnya")
    hands.type("004")
    hands.tap("Isian berikutnya")
    hands.tap("Genteng", exactly=True)
    hands.tap("Sentuh untuk memilih", nth=0)
    hands.tap("Ketabang", exactly=True)
    hands.tap("Lanjut")
    hands.tap_widget(next(iter(hands.page._questions[0]._fields.values())))
    hands.type("17081990")
    hands.tap("Isian berikutnya")
    hands.tap("Milik sendiri")
    hands.tap("Lanjut")
    hands.tap("Melamar pekerjaan")
    hands.tap("Lanjut")
    shoot(hands)
    hands.tap("Lanjut")
    hands.tap("Tidak", exactly=True)
    hands.tap("Lanjut")


def test_home_starts_a_session(hands: Hands) -> None:
    assert hands.unseen("Selamat datang", "Semua berfungsi") == []
    hands.tap("Sentuh untuk mulai")
    assert hands.unseen("Layanan apa yang Anda butuhkan?") == []


def test_a_whole_session_is_saved_and_printed(hands: Hands) -> None:
    open_service(hands, "domisili")
    assert hands.unseen("Rp 0", "Persyaratan", "Pengaduan") == []
    identify(hands)
    fill_domicile(hands)
    assert hands.unseen("Periksa jawaban Anda", CANARY, "17 Agustus 1990") == []
    hands.tap("Sudah benar")
    hands.tap("Ya, saya setuju")
    hands.tap("Kirim permohonan")
    assert hands.unseen("Permohonan tersimpan", "K7M2-9QXF-0001") == []
    hands.wait(2.1)
    assert hands.unseen("Struk sudah dicetak") == []
    assert hands.kiosk.outbox.counts().waiting == 1
    hands.tap("Selesai")
    assert hands.unseen("Terima kasih") == []
    hands.wait(7)
    assert hands.app.flow.place.name is Name.HOME


def test_back_from_the_review_loses_nothing(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    fill_domicile(hands)
    hands.tap(CANARY)
    assert hands.unseen("Data pemohon", CANARY) == []
    hands.tap("Lanjut")
    assert hands.unseen("Periksa jawaban Anda", CANARY, "Ketabang") == []


def test_a_printer_without_paper_leaves_the_code_on_the_screen(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    fill_domicile(hands)
    hands.rehearsal.printer.outcome = PrintOutcome.NOT_PRINTED
    hands.rehearsal.printer.become("UNAVAILABLE", "MEDIA_EMPTY")
    hands.tap("Sudah benar")
    hands.tap("Ya, saya setuju")
    hands.tap("Kirim permohonan")
    hands.wait(2.1)
    assert hands.unseen("Kertas struk habis", "Simpan kode ini", "K7M2-9QXF-0001") == []


def test_what_is_missing_is_shown_and_keeps_the_page(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    hands.tap("Lanjut")
    assert hands.unseen("Data pemohon", "Mohon diisi.") == []


def test_a_nik_that_cannot_be_is_refused(hands: Hands) -> None:
    open_service(hands, "domisili")
    hands.tap("Mulai isi formulir")
    hands.type("3578013213900001")
    hands.tap("Lanjut")
    assert hands.unseen("bukan tanggal lahir yang ada") == []
    assert hands.app.flow.place.name is Name.IDENTIFY


def test_another_language_keeps_answers_and_page(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    hands.tap("Sentuh untuk mengetik", nth=0)
    hands.type("Budi")
    hands.app.flow.preferences.set_language("en")
    hands.settle()
    assert hands.unseen("Full name", "Budi", "Next") == []


def test_a_camera_that_is_lost_closes_the_service_before_the_first_question(hands: Hands) -> None:
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    open_service(hands, "domisili")
    assert hands.unseen("Kamera sedang tidak berfungsi") == []
    assert not hands.page.can_forward


def test_idle_warns_counts_down_and_wipes(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    hands.wait(61)
    assert hands.unseen("Anda masih di sini?") == []
    hands.tap("Ya, lanjutkan")
    assert not hands.sees("Anda masih di sini?")
    hands.wait(61)
    hands.wait(30)
    hands.settle()
    assert hands.kiosk.session is None
    assert hands.unseen("Selamat datang") == []


def test_the_end_leaves_nothing_of_a_citizen_in_any_widget(hands: Hands) -> None:
    open_service(hands, "domisili")
    identify(hands)
    hands.tap("Sentuh untuk mengetik", nth=0)
    hands.type(CANARY)
    page = weakref.ref(hands.page)
    model = weakref.ref(hands.page.model)
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    gc.collect()
    assert page() is None
    assert model() is None
    assert not hands.sees(CANARY)
