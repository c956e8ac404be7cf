"""The voice: silent until asked for, in the citizen's language, and enough by itself for a whole session."""

import pytest
from keys_kit import press
from screens_harness import Hands
from speech_kit import Ears, Listener, foreign_texts

from protocol.languages import LANGUAGES
from rehearsal import BADGE
from rehearsal.citizen import Citizen
from rehearsal.devices import Scan
from screens.look.widgets.entry import Layout
from screens.navigation.places import Name
from screens.voice.pronunciation import pronounce, sentence

NIK = "3578014107900001"
#: The voice is plugged in before the app is built.
pytestmark = pytest.mark.usefixtures("ears")


# --- what was scanned ---------------------------------------------------------------------------------------------


def test_what_comes_of_a_scan_is_heard(hands: Hands, listener: Listener) -> None:
    hands.app.flow.voice.start()
    hands.app.flow.citizen.start()
    hands.settle(4)
    listener.listen()
    Citizen(hands).hold_rubbish()
    hands.settle(2)
    listener.listen()
    assert hands.text("scan.other").split(".")[0] in listener.last


# --- on and off ----------------------------------------------------------------------------------------------------


@pytest.mark.en301549("5.1.3.10")
def test_it_is_silent_until_it_is_asked_for(hands: Hands, ears: Ears) -> None:
    hands.tap("Sentuh untuk mulai")
    hands.tap("Surat Keterangan Domisili")
    hands.tap("Mulai isi formulir")
    hands.type(NIK)
    press(hands, "tab", "tab")
    assert ears.lines() == ()


@pytest.mark.en301549("5.2")
def test_the_first_key_at_the_home_screen_asks_for_it(listener: Listener) -> None:
    reported = listener.press("down")
    assert "Suara menyala" in reported
    assert "Selamat datang" in reported
    assert reported.endswith("Sentuh untuk mulai. tombol.")


@pytest.mark.en301549("5.1.3.2", "5.1.3.9", "5.2")
def test_headphones_ask_for_it_and_their_going_silences(hands: Hands, ears: Ears) -> None:
    ears.headphones.set(True)
    hands.settle(4)
    assert "Selamat datang" in ears.heard()
    ears.headphones.set(False)
    hands.settle(4)
    hands.tap("Sentuh untuk mulai")
    press(hands, "tab")
    assert ears.lines() == ()


def test_headphones_wake_a_sleeping_screen(hands: Hands, ears: Ears) -> None:
    hands.wait(91)
    assert hands.app.flow.rest.asleep
    ears.headphones.set(True)
    hands.settle(4)
    assert not hands.app.flow.rest.asleep
    assert "Selamat datang" in ears.heard()


def test_what_is_offered_to_switches_is_said_and_nothing_moves_while_it_is(hands: Hands, ears: Ears) -> None:
    press(hands, "f2")
    ears.lines()
    switching = hands.app.flow.preferences.switching
    switching.pace_s = 1.0
    press(hands, "f9")
    assert ears.heard() == "Sentuh untuk mulai. tombol."
    switching.auto = True
    ears.engine.set_faults(slow=True)
    for _ in range(3):
        hands.wait(1.1)
        hands.app._tick(0)
        ears.speaker.worker.step()
    assert [line.text for line in ears.engine.transcript] == ["Bahasa Indonesia. tombol. dipilih."]
    ears.engine.set_faults(slow=False)
    ears.lines()
    hands.wait(1.1)
    hands.app._tick(0)
    assert ears.heard().startswith("Basa Jawa.")


def test_its_own_key_switches_it_on_and_off(hands: Hands, ears: Ears, listener: Listener) -> None:
    hands.tap("Sentuh untuk mulai")
    assert "Layanan apa yang Anda butuhkan?" in listener.press("f2")
    listener.press("f2")
    assert listener.press("tab") == ""


def test_it_can_be_switched_on_by_touch(hands: Hands, ears: Ears) -> None:
    hands.app.flow.open_adjust()
    hands.settle()
    hands.tap("Bacakan layar")
    hands.settle(4)
    assert "Suara menyala" in ears.heard()


def test_a_kiosk_may_want_its_own_key_only(hands: Hands, ears: Ears) -> None:
    hands.app.narrator._any_key = False
    press(hands, "down")
    assert ears.lines() == ()


def test_a_kiosk_without_a_voice_is_operated_all_the_same(hands: Hands, ears: Ears) -> None:
    ears.engine.set_faults(mute=True)
    ears.speaker.worker.step()
    press(hands, "down", "enter")
    assert hands.app.flow.place.name is Name.SERVICES
    assert not hands.app.flow.voice.on


# --- what ----------------------------------------------------------------------------------------------------------


def test_what_is_typed_is_said_and_what_is_erased(hands: Hands, listener: Listener) -> None:
    listener.press("f2")
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_search()
    hands.settle(4)
    hands.tap_key("a")
    hands.settle(4)
    assert listener.listen().startswith("a")
    hands.tap_key("k")
    hands.page.model.entry.backspace()
    hands.settle(4)
    hands.app._tick(0)
    hands.settle(4)
    assert "Dihapus: k" in listener.listen()


@pytest.mark.en301549("5.1.3.8")
def test_a_pin_is_never_said(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("f2")
    hands.rehearsal.scanner.scan(Scan(kind="STAFF_BADGE", text=BADGE))
    hands.settle(6)
    listener.listen()
    hands.type("27")
    hands.settle(4)
    reported = listener.listen()
    assert "2 angka" in reported
    assert "7" not in reported


@pytest.mark.en301549("5.6.1")
def test_a_choice_says_whether_it_is_chosen(hands: Hands, listener: Listener) -> None:
    listener.press("down")
    listener.seek("Basa Jawa")
    assert "dipilih" not in listener.last
    listener.seek("Bahasa Indonesia", key="up")
    assert "dipilih" in listener.last


def test_what_changes_by_itself_is_said(hands: Hands, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    listener.listen()
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    hands.settle(6)
    assert "Kamera sedang tidak berfungsi" in listener.listen()


@pytest.mark.en301549("5.1.3.15")
def test_why_one_cannot_go_on_is_heard(hands: Hands, listener: Listener) -> None:
    listener.press("f2")
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.tap("Mulai isi formulir")
    hands.settle(4)
    listener.listen()
    assert "belum bisa dipilih" in listener.seek("Lanjut", key="up")


@pytest.mark.en301549("5.1.3.14")
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_is_said_in_the_citizens_language(hands: Hands, ears: Ears, language: str) -> None:
    hands.app.flow.preferences.set_language(language)
    press(hands, "down")
    for place in (lambda: None, hands.app.flow.citizen.start, lambda: hands.app.flow.citizen.open_service("domisili")):
        place()
        hands.settle(4)
        for _ in hands.app.keypad.ring.stops():
            press(hands, "down")
    for panel in (hands.app.flow.open_help, hands.app.flow.close_over, hands.page.go_forward):
        panel()
        hands.settle(4)
    for _ in hands.app.keypad.ring.stops():
        press(hands, "down")
    lines = ears.lines()
    spoken = " ".join(line.text for line in lines)
    assert {line.language for line in lines} == {language}
    assert [text for text in foreign_texts(language) if text in spoken] == []


@pytest.mark.parametrize(
    ("mute", "reported"), [(False, "Kalimat tes sudah diucapkan"), (True, "Suara tidak bisa dibunyikan")]
)
def test_field_staff_hear_whether_it_works(hands: Hands, ears: Ears, mute: bool, reported: str) -> None:
    hands.app.flow.staff.open(Name.STAFF_DEVICE, "speaker")
    hands.settle()
    ears.engine.set_faults(mute=mute)
    hands.tap("Bunyikan suara")
    ears.lines()
    hands.settle(3)
    hands.must_see(reported)


def test_a_page_that_a_finger_opened_is_introduced(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.tap("Surat Keterangan Domisili")
    hands.settle(4)
    assert "Persyaratan" in listener.listen()


# --- a whole session in the dark -------------------------------------------------------------------------------------


@pytest.mark.en301549("5.1.3.1", "5.1.3.16")
def test_a_form_is_completed_by_keys_alone_with_the_screen_dark(hands: Hands, ears: Ears, listener: Listener) -> None:
    """Nothing is drawn; all that the citizen knows is what is spoken."""
    hands.app.stage.canvas.opacity = 0
    listener.press("down")
    listener.choose("Sentuh untuk mulai")
    listener.choose("Surat Keterangan Domisili", "tombol")
    assert "Persyaratan" in listener.last
    listener.choose("Mulai isi formulir", "tombol")
    listener.seek("ketik NIK", "isian")
    listener.type(NIK, Layout.NIK)
    listener.choose("Lanjut", "tombol")
    listener.seek("Nama lengkap", "isian")
    listener.type("siti", Layout.LETTERS)
    listener.seek("Nomor telepon", "isian")
    listener.type("0812345678", Layout.DIGITS)
    listener.choose("Lanjut", "tombol")
    listener.seek("Jalan", "isian")
    listener.type("pahlawan 1", Layout.LETTERS)
    listener.seek("RT", "isian")
    listener.type("3", Layout.DIGITS)
    listener.seek("RW", "isian")
    listener.type("4", Layout.DIGITS)
    listener.choose("Kecamatan", "memilih")
    listener.choose("Genteng", "pilihan")
    listener.choose("Kelurahan", "memilih")
    listener.choose("Ketabang", "pilihan")
    listener.choose("Lanjut", "tombol")
    listener.seek("Tinggal di sini sejak", "isian")
    listener.type("17081990", Layout.DATE)
    listener.choose("Milik sendiri", "pilihan")
    assert "dipilih" in listener.last
    listener.choose("Lanjut", "tombol")
    listener.choose("Melamar pekerjaan", "pilihan")
    listener.choose("Lanjut", "tombol")
    listener.choose("Ambil foto", "tombol")
    listener.wait_for_photo()
    listener.choose("Lanjut", "tombol")
    listener.choose("Tidak", "pilihan")
    listener.choose("Lanjut", "tombol")
    assert "Periksa jawaban Anda" in listener.last
    listener.seek("17 Agustus 1990")
    listener.choose("Sudah benar", "tombol")
    listener.choose("saya setuju", "kotak centang")
    assert "dipilih" in listener.last
    listener.choose("Kirim permohonan", "tombol")
    listener.seek("K 7 M 2, 9 Q X F, 0 0 0 1")
    hands.wait(2.1)
    assert "Struk sudah dicetak" in listener.listen()
    listener.choose("Selesai", "tombol")
    assert hands.kiosk.session is None
    assert hands.kiosk.outbox.counts().waiting == 1


# --- how text is read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("K7M2-9QXF-0001", "K 7 M 2, 9 Q X F, 0 0 0 1"),
        ("3578014107900001", "3 5 7 8, 0 1 4 1, 0 7 9 0, 0 0 0 1"),
        ("3578 0141 0790 0001", "3 5 7 8, 0 1 4 1, 0 7 9 0, 0 0 0 1"),
        ("Rp 25.000.", "25.000 rupiah."),
        ("24 November 2026", "24 November 2026"),
        ("\ue1a2 Simpan", "Simpan"),
        ("Siti|", "Siti"),
        (",", ","),
    ],
)
def test_text_is_read_as_people_would(written: str, read: str) -> None:
    assert pronounce(written) == read


def test_pieces_are_spoken_with_a_pause_and_once() -> None:
    assert sentence(["NIK", "NIK", "", "kosong"]) == "NIK. kosong."
