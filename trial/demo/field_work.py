"""The roll ends, the command centre hears of it, and somebody comes with badge, PIN and a new roll."""

from typing import Final

from server.operator.seeding import TRIAL_PIN
from trial.demo.browsers import Browsers, CommandCentre
from trial.demo.citizen import NIK, Citizen
from trial.demo.hands import Hands
from trial.demo.scene import Scene
from trial.run import FIELD_WORKER

PAPER_ALARM: Final = "Kertas habis"


class FieldWork(Scene):
    def play(self, hands: Hands, citizen: Citizen, browsers: Browsers) -> None:
        step = self.timeline.step
        badge = self.city.order("badge", FIELD_WORKER)["badge"]
        hands.see("Sentuh untuk mulai")
        with step("command centre", "watches the fleet"):
            office = CommandCentre(browsers, "pusat")
            office.watch()
        with step("printer", "runs out of paper"):
            self.printer_fault("paper_out", True)
        with step("command centre", "is alarmed without a reload"):
            office.reads(PAPER_ALARM)
            office.picture("fleet-alarm.png")
        with step("staff", "holds the badge before the scanner and types the PIN"):
            citizen.show_badge(badge)
            hands.see("Masukkan PIN Anda")
            hands.type(TRIAL_PIN)
            hands.tap("Masuk", exactly=True)
            hands.see("Petugas:", "kertas habis")
        hands.picture("staff-overview")
        with step("staff", "puts a new roll in"):
            self.printer_fault("paper_out", False)
            hands.tap("Ganti gulungan kertas")
            hands.see("Panjang gulungan dalam meter")
            hands.picture("staff-paper")
            hands.tap("Gulungan diganti")
            hands.see("m tersisa")
        with step("staff", "tests printer, scanner and camera"):
            hands.tap("Cetak struk uji")
            hands.see("Struk uji tercetak.")
            hands.tap("Kembali")
            hands.tap("Pemindai –")
            citizen.show_card(NIK)
            hands.see("Terbaca: kartu dengan NIK.")
            hands.tap("Kembali")
            hands.tap("Kamera –")
            hands.tap("Ambil foto uji")
            hands.see("Foto ")
            hands.picture("staff-camera")
            citizen.put_away()
        with step("staff", "looks into the outbox"):
            hands.tap("Kembali")
            hands.tap("Jaringan dan kiriman")
            hands.see("0 kiriman menunggu")
            hands.tap("Kembali")
        with step("staff", "takes the kiosk out of service and back"):
            hands.tap("Hentikan layanan")
            hands.see("Buka layanan kembali")
            hands.tap("Buka layanan kembali")
            hands.see("Hentikan layanan")
        with step("staff", "leaves"):
            hands.tap("Selesai dan keluar")
            hands.see("Sentuh untuk mulai")
        with step("command centre", "sees the alarm go, without a reload"):
            office.reads_no_more(PAPER_ALARM)
        with step("command centre", "reads what was done"):
            office.open_kiosk()
            office.reads("Rol kertas diganti", "Struk uji")
            office.picture("fleet-visit.png", whole=True)
