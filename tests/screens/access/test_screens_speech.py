"""The voice: silent until asked for, in the citizen's language, and enough by itself for a whole session."""

from collections.abc import Iterator

import pytest
from keys_kit import press
from screens_harness import BOOT, Hands
from speech_kit import Ears, Listener, foreign_texts

from kiosk.events import EndReason
from protocol.languages import LANGUAGES
from rehearsal import BADGE, Rehearsal
from rehearsal.citizen import Citizen
from rehearsal.devices import Scan
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way
from screens.citizen.controls.viewfinder import Viewfinder
from screens.look.loudness_sign import SHOWN_S
from screens.look.widgets.entry import Layout
from screens.navigation.places import Name
from screens.voice.pronunciation import pronounce, sentence
from screens.voice.voice import RATES, USUAL_RATE, VOLUMES

NIK = "3578014107900001"


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


@pytest.fixture
def hands(rehearsal: Rehearsal, ears: Ears) -> Iterator[Hands]:
    made = Hands(rehearsal, BOOT).start()
    yield made
    made.stop()


@pytest.fixture
def listener(hands: Hands, ears: Ears) -> Listener:
    return Listener(hands, ears)


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


# --- how -----------------------------------------------------------------------------------------------------------


@pytest.mark.en301549("5.1.3.4")
def test_what_was_said_is_said_again(listener: Listener) -> None:
    reported = listener.press("down")
    assert listener.press("f3") == reported


def test_of_hints_that_come_one_after_the_other_the_last_one_is_said_again(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    ears.engine.set_faults(slow=False)
    press(hands, "f3")
    asked = ears.heard()
    for number in range(1, 4):
        view.tell(f"Petunjuk nomor {number}", "info")
        hands.settle(4)
        hands.app._tick(0)
        hands.settle(4)
        assert f"Petunjuk nomor {number}" in ears.heard()
    press(hands, "f3")
    again = ears.heard()
    assert again.startswith(asked.split(". ")[0])
    assert [again.count(f"Petunjuk nomor {number}") for number in range(1, 4)] == [0, 0, 1]


@pytest.mark.en301549("5.1.3.4", "5.1.3.5")
def test_a_key_cuts_off_what_is_being_said(hands: Hands, ears: Ears) -> None:
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    press(hands, "down")
    ears.speaker.worker.step()
    assert [line.ending for line in ears.engine.transcript] == ["CUT_OFF", None]


@pytest.mark.en301549("5.1.3.11", "5.1.3.12", "8.2.1.2")
def test_rate_and_volume_follow_their_keys_to_the_limits(hands: Hands, ears: Ears) -> None:
    press(hands, "down", *["f6"] * (len(RATES) + 1), *["f7"] * (len(VOLUMES) + 1))
    ears.lines()
    press(hands, "f3")
    line = ears.lines()[-1]
    assert (line.rate, line.volume) == (RATES[-1], VOLUMES[0])


def test_a_step_of_loudness_is_said_and_shown_and_what_was_said_is_its_sample(hands: Hands, ears: Ears) -> None:
    press(hands, "down")
    sample = ears.lines()[-1].text
    press(hands, "f8")
    said = ears.lines()
    assert [line.text for line in said] == ["Pengeras suara: tingkat 5 dari 6.", sample]
    assert {line.volume for line in said} == {VOLUMES[4]}
    sign = hands.app.stage.loudness
    assert sign.text == "Pengeras suara: tingkat 5 dari 6"
    hands.wait(SHOWN_S)
    hands.app._tick(0)
    assert not sign.shown


def test_headphones_have_a_loudness_of_their_own(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "f8")
    ears.headphones.set(True)
    hands.settle(4)
    ears.lines()
    press(hands, "f7")
    assert ears.lines()[0].text == "Penyuara kuping: tingkat 2 dari 6."
    ears.headphones.set(False)
    hands.settle(4)
    press(hands, "f2")
    ears.lines()
    press(hands, "f8")
    assert ears.lines()[0].text == "Pengeras suara: tingkat 6 dari 6."


def test_the_step_of_loudness_stands_beside_its_keys(hands: Hands) -> None:
    press(hands, "down")
    hands.app.flow.open_adjust()
    hands.settle()
    hands.must_see("Pengeras suara: tingkat 4 dari 6")
    hands.tap("Lebih keras")
    hands.must_see("Pengeras suara: tingkat 5 dari 6")


def test_a_page_that_was_asked_for_says_that_it_cut_off_what_was_said(hands: Hands, ears: Ears) -> None:
    press(hands, "down")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    ears.speaker.worker.step()
    hands.tap("Sentuh untuk mulai")
    hands.settle(4)
    ears.speaker.worker.step()
    first, second = ears.engine.transcript
    assert (first.ending, second.ending) == ("CUT_OFF", None)
    assert second.text.startswith("Berikutnya: ")


def test_a_page_that_came_by_itself_waits_until_all_is_said(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    ears.speaker.worker.step()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    ears.speaker.worker.step()
    assert [line.ending for line in ears.engine.transcript] == [None]
    ears.engine.set_faults(slow=False)
    first, second = ears.lines()
    assert first.ending == "SPOKEN"
    assert second.text.startswith("Surat Keterangan Domisili")
    press(hands, "f3")
    assert [line.text for line in ears.lines()] == [second.text]


def test_the_warning_before_a_session_ends_waits_for_nothing(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.engine.set_faults(slow=True)
    press(hands, "f3")
    hands.app.narrator._held_until = 0.0
    ears.speaker.worker.step()
    hands.wait(61)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.engine.transcript[-2].ending == "CUT_OFF"
    assert ears.engine.transcript[-1].text.startswith("Berikutnya: Anda masih di sini?")


@pytest.mark.en301549("5.1.3.13")
def test_settings_go_back_at_the_end_of_a_session(hands: Hands) -> None:
    press(hands, "down", "enter", "f6", "f8")
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    voice = hands.app.flow.voice
    assert not voice.on
    assert voice.rate == RATES[USUAL_RATE]
    assert voice._said == []


def test_the_end_of_a_session_silences_at_once(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.lines()
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    assert not ears.speaker.speaking


def test_who_listens_is_not_idle(hands: Hands, ears: Ears) -> None:
    press(hands, "down", "enter")
    ears.engine.set_faults(slow=True)
    press(hands, "down")
    ears.speaker.worker.step()
    hands.rehearsal.clock.advance(61)
    hands.app._tick(0)
    hands.settle()
    assert hands.app.flow.idle_left is None


def test_the_idle_warning_is_said(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.wait(61)
    hands.settle(4)
    reported = listener.listen()
    assert "Anda masih di sini?" in reported
    assert "Ya, lanjutkan" in reported


def before_the_camera(hands: Hands, ears: Ears) -> Viewfinder:
    """With headphones left plugged at the question for a photo, whose introduction has been said."""
    ears.headphones.set(True)
    hands.settle(4)
    show("foto")(Way(hands))
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    return next(each for each in hands.widgets() if isinstance(each, Viewfinder))


def news(hands: Hands, ears: Ears, view: Viewfinder, number: int) -> None:
    """The hint changes, and is being said."""
    view.tell(f"Petunjuk nomor {number}", "info")
    hands.settle(2)
    hands.app._tick(0)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.speaker.speaking


def test_hints_that_change_by_themselves_do_not_hold_the_time(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    for number in range(30):
        if hands.app.flow.idle_left is not None:
            break
        news(hands, ears, view, number)
        assert not hands.app.narrator.holds_time
        hands.rehearsal.clock.advance(5)
        hands.app._tick(0)
        hands.settle()
    assert hands.app.flow.idle_left is not None
    for _ in range(31):
        hands.rehearsal.clock.advance(1)
        hands.app._tick(0)
        hands.settle()
    assert hands.kiosk.session is None


def test_hints_behind_what_was_asked_for_hold_the_time_no_longer_than_that_takes(hands: Hands, ears: Ears) -> None:
    view = before_the_camera(hands, ears)
    press(hands, "f3")
    ears.speaker.worker.step()
    assert hands.app.narrator.holds_time
    news(hands, ears, view, 1)
    assert hands.app.narrator.holds_time
    hands.rehearsal.clock.advance(50)
    for number in range(2, 5):
        view.tell(f"Petunjuk nomor {number}", "info")
        hands.app._settle_focus()
        hands.settle(4)
    assert ears.speaker.speaking
    assert not hands.app.narrator.holds_time


def test_what_is_lost_by_itself_does_not_hold_the_time(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    hands.settle(6)
    ears.speaker.worker.step()
    assert ears.speaker.speaking
    assert not hands.app.narrator.holds_time


def test_a_page_that_was_opened_holds_the_time(hands: Hands, ears: Ears, listener: Listener) -> None:
    listener.press("down", "enter")
    ears.engine.set_faults(slow=True)
    hands.tap("Surat Keterangan Domisili")
    hands.settle(4)
    ears.speaker.worker.step()
    hands.rehearsal.clock.advance(600)
    assert ears.speaker.speaking
    assert hands.app.narrator.holds_time


def test_what_a_finger_chose_holds_the_time(hands: Hands, ears: Ears) -> None:
    press(hands, "f2")
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    hands.tap("Mulai isi formulir")
    hands.type(NIK)
    hands.tap("Lanjut")
    hands.settle(4)
    ears.lines()
    ears.engine.set_faults(slow=True)
    hands.tap("Sentuh untuk mengetik", nth=1)
    hands.settle(4)
    ears.speaker.worker.step()
    assert ears.speaker.speaking
    assert hands.app.narrator.holds_time


@pytest.mark.parametrize(
    ("mute", "reported"), [(False, "Kalimat tes sudah diucapkan"), (True, "Suara tidak bisa dibunyikan")]
)
def test_field_staff_hear_whether_it_works(hands: Hands, ears: Ears, mute: bool, reported: str) -> None:
    hands.app.flow.staff.open(Name.STAFF_TEST)
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
