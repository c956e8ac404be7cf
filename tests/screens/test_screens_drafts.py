"""Save for later by touch, and on at another kiosk: with code and birth date, politely without a line."""

from flows_kit import begin, session_of
from screens_harness import Hands

from kiosk.line_state import LineCondition
from screens.places import Name

NAME = "Siti Kenari"


def begun(hands: Hands) -> None:
    session = begin(hands, "domisili")
    session.answer("/data/pemohon/nama", NAME)
    session.answer("/data/pemohon/telepon", "081234567890")
    session.next_page()
    hands.settle()


def save(hands: Hands) -> str:
    hands.tap("Simpan dulu, lanjutkan lain hari")
    hands.must_see("Simpan untuk nanti", "14 hari")
    hands.type("17081990")
    hands.tap("Simpan isian")
    hands.settle()
    (code,) = hands.rehearsal.line.drafts
    return code


def resume(hands: Hands, code: str, born: str = "17081990") -> None:
    hands.tap("Sentuh untuk mulai")
    hands.tap("Lanjutkan isian tersimpan")
    hands.type(code)
    hands.type(born)
    hands.tap("Buka isian saya")
    hands.settle()


def test_it_is_saved_under_a_code_and_everything_is_wiped(hands: Hands) -> None:
    begun(hands)
    code = save(hands)
    hands.must_see("Isian tersimpan", hands.kiosk.codes.display(code), "Disimpan sampai 8 Desember 2026")
    lines = "\n".join(hands.rehearsal.printer.slips[-1][0].lines)
    assert hands.kiosk.codes.display(code) in lines
    assert NAME not in lines
    hands.tap("Selesai")
    assert hands.kiosk.session is None


def test_it_goes_on_where_it_was_left(hands: Hands) -> None:
    begun(hands)
    code = save(hands)
    hands.tap("Selesai")
    hands.wait(7)
    resume(hands, code)
    hands.must_see("Isian Anda kembali", "3 jawaban sudah terisi", "Surat Keterangan Domisili")
    hands.tap("Lanjutkan formulir")
    assert hands.app.flow.place.name is Name.FORM
    form = session_of(hands).form
    assert form is not None
    assert form.nodes["/data/pemohon/nama"].value == NAME
    assert hands.rehearsal.line.drafts == {}


def test_another_birth_date_opens_nothing_and_loses_nothing(hands: Hands) -> None:
    begun(hands)
    code = save(hands)
    hands.tap("Selesai")
    hands.wait(7)
    resume(hands, code, "18081990")
    hands.must_see("tidak cocok")
    assert code in hands.rehearsal.line.drafts


def test_without_a_line_it_says_so_and_the_form_goes_on(hands: Hands) -> None:
    begun(hands)
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.tap("Simpan dulu, lanjutkan lain hari")
    hands.type("17081990")
    hands.tap("Simpan isian")
    hands.settle()
    hands.must_see("Jaringan sedang putus", "masih di sini")
    hands.tap("Lanjut mengisi")
    assert hands.app.flow.place.name is Name.FORM
    form = session_of(hands).form
    assert form is not None
    assert form.nodes["/data/pemohon/nama"].value == NAME


def test_an_impossible_birth_date_is_told(hands: Hands) -> None:
    begun(hands)
    hands.tap("Simpan dulu, lanjutkan lain hari")
    hands.type("31021990")
    hands.tap("Simpan isian")
    hands.must_see("tidak mungkin")


def test_a_draft_looked_up_as_a_case_leads_to_it(hands: Hands) -> None:
    hands.tap("Lacak permohonan")
    hands.type("DRAF9QXF0001")
    hands.tap("Lihat permohonan")
    hands.must_see("Lanjutkan isian tersimpan", "DRAF-9QXF-0001")


def test_leaving_offers_to_save(hands: Hands) -> None:
    begun(hands)
    hands.app.flow.ask_leave()
    hands.settle()
    hands.tap("Simpan dulu, lanjutkan lain hari", nth=-1)
    hands.must_see("Simpan untuk nanti")
