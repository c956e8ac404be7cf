"""Save for later by touch, and on at another kiosk: with code and birth date, politely without a line."""

from datetime import date

from flows_kit import begin, fill, send, session_of
from screens_harness import Hands

from kiosk.events import EndReason
from kiosk.machine.line_state import LineCondition
from screens.navigation.places import Name

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


def test_an_impossible_birth_date_is_reported(hands: Hands) -> None:
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


# --- until it is safe somewhere else -------------------------------------------------------------------------------


def went_on(hands: Hands) -> str:
    """A form that was saved and goes on; the code of its draft, which is still at the server."""
    begun(hands)
    code = save(hands)
    hands.tap("Selesai")
    hands.wait(7)
    on(hands, code)
    return code


def on(hands: Hands, code: str) -> None:
    resume(hands, code)
    hands.tap("Lanjutkan formulir")
    assert hands.app.flow.place.name is Name.FORM


def name_in_form(hands: Hands) -> str:
    form = session_of(hands).form
    assert form is not None
    return str(form.nodes["/data/pemohon/nama"].value)


def send_form(hands: Hands) -> None:
    """What is missing, and off."""
    fill(hands)
    session = session_of(hands)
    session.finish_review()
    session.agree()
    hands.app.flow.citizen.send()
    hands.settle()


def drafts(hands: Hands) -> list[str]:
    return list(hands.rehearsal.line.drafts)


def test_opening_it_erases_nothing(hands: Hands) -> None:
    code = went_on(hands)
    assert drafts(hands) == [code]


def test_who_goes_away_after_opening_it_finds_it_again(hands: Hands) -> None:
    code = went_on(hands)
    hands.wait(61)
    hands.wait(30)
    hands.settle()
    assert hands.kiosk.session is None
    hands.app.flow.touched()
    hands.settle()
    on(hands, code)
    assert name_in_form(hands) == NAME


def test_a_fault_after_opening_it_loses_nothing(hands: Hands) -> None:
    code = went_on(hands)
    hands.app.recover()
    hands.settle()
    assert hands.kiosk.session is None
    on(hands, code)
    assert name_in_form(hands) == NAME


def test_it_is_erased_when_it_was_sent(hands: Hands) -> None:
    went_on(hands)
    send_form(hands)
    assert hands.app.flow.place.name is Name.SAVED
    assert drafts(hands) == []


def test_what_could_not_be_sent_is_not_erased(hands: Hands) -> None:
    code = went_on(hands)
    fill(hands)
    session = session_of(hands)
    session.finish_review()
    hands.app.flow.citizen.send()
    assert hands.app.flow.citizen.refused
    assert drafts(hands) == [code]
    session.agree()
    hands.app.flow.citizen.send()
    hands.settle()
    assert hands.app.flow.place.name is Name.SAVED
    assert drafts(hands) == []


def test_it_is_erased_when_it_was_saved_anew(hands: Hands) -> None:
    code = went_on(hands)
    session_of(hands).answer("/data/pemohon/nama", "Siti Merpati")
    hands.tap("Simpan dulu, lanjutkan lain hari")
    hands.type("17081990")
    hands.tap("Simpan isian")
    hands.settle()
    (new,) = drafts(hands)
    assert new != code
    hands.must_see(hands.kiosk.codes.display(new))
    hands.tap("Selesai")
    hands.wait(7)
    on(hands, new)
    assert name_in_form(hands) == "Siti Merpati"


def test_what_could_not_be_saved_anew_is_not_erased(hands: Hands) -> None:
    code = went_on(hands)
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    hands.tap("Simpan dulu, lanjutkan lain hari")
    hands.type("17081990")
    hands.tap("Simpan isian")
    hands.settle()
    hands.rehearsal.line.condition = LineCondition.ONLINE
    hands.must_see("Jaringan sedang putus")
    assert drafts(hands) == [code]


def test_without_a_line_it_is_sent_and_the_draft_is_left_to_its_days(hands: Hands) -> None:
    code = went_on(hands)
    hands.rehearsal.line.condition = LineCondition.OFFLINE
    send_form(hands)
    assert hands.app.flow.place.name is Name.SAVED
    assert drafts(hands) == [code]


def test_another_service_that_is_sent_does_not_erase_it(hands: Hands) -> None:
    code = went_on(hands)
    session = session_of(hands)
    while session.step != "SERVICES":
        hands.app.flow.back()
    session.choose("pengaduan")
    session.choose("domisili")
    session.start_service()
    session.continue_to_form()
    assert name_in_form(hands) == ""
    send_form(hands)
    assert hands.app.flow.place.name is Name.SAVED
    assert drafts(hands) == [code]


def test_a_form_sent_after_it_in_the_same_session_erases_nothing(hands: Hands) -> None:
    went_on(hands)
    send_form(hands)
    hands.rehearsal.line.drafts["DRAF9QXF0007"] = (date(1990, 8, 17), b"")
    hands.app.flow.citizen.another_service()
    send(hands)
    assert drafts(hands) == ["DRAF9QXF0007"]


def test_opened_twice_it_can_be_sent_twice(hands: Hands) -> None:
    code = went_on(hands)
    hands.kiosk.end(EndReason.CANCELLED)
    hands.settle()
    line = hands.rehearsal.line
    draft = line.drafts[code]
    on(hands, code)
    send_form(hands)
    assert drafts(hands) == []
    # As at another kiosk, which fetched it before it was erased here.
    line.drafts[code] = draft
    hands.go_home()
    hands.settle()
    on(hands, code)
    send_form(hands)
    assert hands.kiosk.outbox.counts().waiting == 2


def test_the_way_back_leads_to_the_list_not_to_the_code(hands: Hands) -> None:
    went_on(hands)
    flow = hands.app.flow
    while session_of(hands).step != "SERVICES":
        flow.back()
    hands.settle()
    assert flow.place.name is Name.SERVICES
    flow.back()
    hands.settle()
    assert flow.place.name is not Name.RESUME_DRAFT


def test_nothing_of_the_draft_is_remembered_after_the_session(hands: Hands) -> None:
    code = went_on(hands)
    hands.go_home()
    hands.settle()
    send(hands)
    assert drafts(hands) == [code]
    assert hands.app.flow.drafts.held is None
