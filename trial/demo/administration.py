"""An administrator publishes a service from a spreadsheet while a citizen fills a form, and takes it back."""

from io import BytesIO
from typing import Final

import openpyxl

from trial.demo.browsers import Administrator, Browsers
from trial.demo.citizen import Citizen
from trial.demo.hands import Hands
from trial.demo.scene import Scene

NAME: Final = "Izin Tenda Hajatan"
SURVEY: Final = (
    ("type", "name", "label", "required"),
    ("text", "nama", "Nama penyelenggara", "yes"),
    ("date", "hari", "Hari hajatan", "yes"),
    ("text", "tempat", "Jalan yang dipakai", "yes"),
)
#: What an administrator forgets: a list that is nowhere.
FAULTY: Final = ("select_one ukuran", "ukuran", "Ukuran tenda", "")
STANDARD: Final = {
    "icon": "shop",
    "name.id": NAME,
    "summary.id": "Izin memasang tenda di jalan kampung untuk hajatan.",
    "keywords.id": "tenda, hajatan, pernikahan",
    "standard.requirements.id": "KTP elektronik",
    "standard.procedure.id": "Isi formulir\nLurah memeriksa\nIzin dapat diambil",
    "standard.working_days": "2",
    "standard.fee_rupiah": "0",
    "standard.time.id": "2 hari kerja",
    "standard.fee.id": "Tidak dipungut biaya",
    "standard.product.id": "Surat izin",
    "standard.complaints.id": "Loket kelurahan atau telepon 112",
    "stage.0.id": "periksa",
    "stage.0.days": "2",
    "stage.0.name.id": "Pemeriksaan",
    "slip.title.id": NAME,
    "slip.next_step.id": "Simpan struk ini.",
}


class Administration(Scene):
    def play(self, hands: Hands, citizen: Citizen, browsers: Browsers) -> None:
        step = self.timeline.step
        with step("administrator", "signs in"):
            office = Administrator(browsers, "admin")
        with step("citizen", "is in the middle of a form"):
            citizen.begin()
            citizen.identify()
            hands.see("Data pemohon")
        with step("administrator", "uploads a spreadsheet with a mistake and reads where it is"):
            office.upload("izin-tenda", _workbook("1", FAULTY))
            office.reads("survey", "ukuran")
            office.picture("administration-errors.png")
        with step("administrator", "uploads the mended one"):
            office.upload("izin-tenda", _workbook("2"))
            office.reads("Formulir dapat dipakai", "Nama penyelenggara")
        with step("administrator", "gives it agency, six parts and stages"):
            office.describe("kelurahan", STANDARD)
        with step("administrator", "publishes it to all kiosks"):
            office.publish("Untuk musim hajatan")
            office.go("/admin/services")
            office.reads(NAME)
        with step("kiosk", "does not change the form that is open"):
            hands.see("Data pemohon", "Nama lengkap")
        with step("citizen", "goes away without sending"):
            citizen.give_up()
        with step("administrator", "sees the pack arrive at the kiosk, without a reload"):
            office.sees_arrival(2)
            office.picture("administration.png")
        with step("citizen", "finds the new service"):
            citizen.search("tenda", NAME)
        hands.picture("new-service")
        with step("citizen", "opens it and goes home"):
            hands.tap(NAME)
            hands.see("2 hari kerja", "Surat izin")
            citizen.home_from_search()
        with step("administrator", "takes it back"):
            office.take_back("Salah terbit")
            office.sees_arrival(3)
        with step("citizen", "does not find it any more"):
            citizen.search("tenda", "Belum ditemukan")
        hands.picture("taken-back")


def _workbook(version: str, *more: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in (*SURVEY, *more):
        sheet.append(row)
    settings = book.create_sheet("settings")
    settings.append(("form_id", "version", "form_title"))
    settings.append(("izin-tenda", version, NAME))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
