"""A citizen's visit for a letter of domicile, in the words that stand on the screens."""

import re
import time
from collections.abc import Callable

from devices.simulator.bench import Bench
from trial.demo.hands import Hands, NotSeen

NIK = "3578015203900001"
#: A field's keyboard needs a moment to come up before its keys can be touched.
SETTLE_S = 0.5
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")


class Citizen:
    """Fills the form by touch; ``scene`` is called with a name whenever there is something worth a picture."""

    def __init__(self, hands: Hands, bench: Bench, scene: Callable[[str], object]) -> None:
        self._hands = hands
        self._bench = bench
        self._scene = scene

    def begin(self) -> None:
        hands = self._hands
        hands.see("Sentuh untuk mulai")
        self._scene("home")
        hands.tap("Sentuh untuk mulai")
        hands.see("Surat Keterangan Domisili")
        self._scene("services")
        hands.tap("Surat Keterangan Domisili")
        hands.see("Mulai isi formulir", "Rp 0")
        self._scene("service")
        hands.tap("Mulai isi formulir")

    def identify(self) -> None:
        self._hands.see("Masukkan NIK Anda")
        self._scene("identify")
        self._bench.show_card(NIK)
        self._hands.see("NIK lengkap")
        self._bench.clear()
        self._hands.tap("Lanjut")

    def fill(self) -> None:
        hands = self._hands
        hands.see("Data pemohon")
        self._field("Siti")
        self._next_field("081234567890")
        self._scene("form-applicant")
        self._page("Lanjut", "Alamat tempat tinggal")
        self._field("Jalan")
        self._next_field("3")
        self._next_field("5")
        hands.tap("Isian berikutnya")
        hands.tap("Gubeng")
        self._settle()
        hands.tap_if_seen("Sentuh untuk memilih")
        hands.tap("Airlangga")
        self._scene("form-address")
        self._page("Lanjut", "Tentang tempat tinggal")
        hands.tap("hh / bb / tttt")
        self._settle()
        hands.type("01022020")
        hands.tap("Kos")
        self._page("Lanjut", "Surat ini untuk apa?")
        hands.tap("Pendaftaran sekolah")
        self._page("Lanjut", "Foto KTP")

    def photograph(self) -> None:
        hands = self._hands
        self._bench.show_card(NIK)
        self._settle()
        hands.tap("Ambil foto")
        hands.see("Foto ulang")
        hands.tap_if_seen("Tetap pakai foto ini")
        hands.see("Foto tersimpan")
        self._scene("form-photo")
        self._bench.clear()
        self._page("Lanjut", "surat pengantar")
        hands.tap("Tidak")
        self._page("Lanjut", "Periksa jawaban Anda")
        self._scene("review")

    def consent(self) -> None:
        self._page("Sudah benar", "Persetujuan Anda")
        self._hands.tap("Ya, saya setuju")
        self._scene("consent")

    def send(self) -> str:
        """Sends; the tracking code that stands on the screen, without hyphens."""
        self._hands.tap("Kirim permohonan")
        self._hands.see("Selanjutnya")
        code = CODE.search("\n".join(self._hands.texts()))
        if code is None:
            raise NotSeen("no tracking code on the screen")
        return code[0].replace("-", "")

    def leave(self, *, slip: bool) -> None:
        """Without a slip the kiosk asks for the code first."""
        if slip:
            self._hands.see("Struk sudah dicetak")
        self._hands.tap("Selesai")
        if not slip:
            self._hands.tap("Sudah, saya punya kodenya")
        self._hands.see("Sentuh untuk mulai")

    def give_up(self) -> None:
        """From the form's first page back to the start, without sending anything."""
        self._page("Kembali", "Masukkan NIK Anda")
        self._page("Kembali", "Mulai isi formulir")
        self._page("Kembali", "Cari layanan")
        self._page("Selesai", "Berhenti sekarang?")
        self._page("Keluar dan hapus", "Sentuh untuk mulai")

    def home_from_search(self) -> None:
        """From a service that was found by searching to the start."""
        self._page("Kembali", "Ketik yang Anda butuhkan")
        self._page("Kembali", "Paling sering dipakai")
        self._page("Selesai", "Sentuh untuk mulai")

    def search(self, words: str, comes: str) -> None:
        """From the start to what a search finds."""
        self._page("Sentuh untuk mulai", "Cari layanan")
        self._hands.tap("Cari layanan")
        self._settle()
        self._type(words)
        self._hands.see(comes)

    def show_card(self, nik: str) -> None:
        self._bench.show_card(nik)

    def show_badge(self, token: str) -> None:
        self._bench.show_badge(token)

    def put_away(self) -> None:
        self._bench.clear()

    def track(self, code: str, words: str) -> None:
        """Holds the slip before the scanner and reads how it stands."""
        self._hands.see("Lacak permohonan")
        self._hands.tap("Lacak permohonan")
        self._settle()
        self._bench.show_slip(code)
        self._hands.see(words)
        self._bench.clear()
        self._scene("case")

    def _field(self, text: str) -> None:
        self._hands.tap("Sentuh untuk mengetik")
        self._settle()
        self._type(text)

    def _next_field(self, text: str) -> None:
        self._hands.tap("Isian berikutnya")
        self._settle()
        self._type(text)

    def _type(self, text: str) -> None:
        """The keyboard shows capitals for the first letter, small ones after it."""
        self._hands.type(text)

    def _page(self, forward: str, comes: str) -> None:
        self._hands.tap(forward)
        self._hands.see(comes)

    def _settle(self) -> None:
        time.sleep(SETTLE_S)
