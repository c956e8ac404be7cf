"""A filled example of every service may be sent, and the server finds nothing to object to."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from forms import Environment, Form, FormSession, Kind

Opener = Callable[..., FormSession]
JAKARTA: Final = ZoneInfo("Asia/Jakarta")


def test_empty_form_may_not_be_sent(form: Form, open_form: Opener) -> None:
    assert open_form(form).validate() != ()


def test_example_may_be_sent(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    assert session.validate() == ()


def test_server_finds_nothing_altered(form: Form, open_form: Opener, environment: Environment, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    assert form.check(session.to_xml(), environment) == ()


def test_example_answers_every_required_question_shown(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    blank = [node.ref for page in session.pages() for node in page.nodes if node.required and not node.value]
    assert blank == []


def test_pages_are_titled_in_every_language(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    for language in form.languages:
        session.language = language
        untitled = [page.ref for page in session.pages() if not all(node.label for node in page.nodes)]
        assert untitled == []


@pytest.mark.parametrize("service", ["pindah"], indirect=True)
def test_followers_are_counted(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    assert (session.nodes["/data/ringkasan"].label or "").strip() == "Jumlah orang yang pindah: 3"


@pytest.mark.parametrize("service", ["pindah"], indirect=True)
@pytest.mark.parametrize(("who", "number"), [("kepala", "1"), ("sebagian", "3"), ("semua", "3"), ("anggota", "2")])
def test_whoever_does_not_move_is_not_counted(
    form: Form, open_form: Opener, example: Any, who: str, number: str
) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/siapa/jenis_kepindahan", who)
    assert session.nodes["/data/jumlah_pindah"].value == number
    sent = form.open(instance=session.to_xml())
    assert sent.nodes["/data/jumlah_pindah"].value == number


@pytest.mark.parametrize("service", ["pindah"], indirect=True)
@pytest.mark.parametrize(
    ("distance", "asked"),
    [
        ("kelurahan", []),
        ("kecamatan", ["kelurahan_tujuan"]),
        ("kota", ["kelurahan_tujuan", "kecamatan_tujuan"]),
        ("provinsi", ["kelurahan_tujuan", "kecamatan_tujuan", "kota_tujuan"]),
        ("negara", ["kelurahan_tujuan", "kecamatan_tujuan", "kota_tujuan", "provinsi_tujuan"]),
    ],
)
def test_new_address_asks_only_what_changes(form: Form, open_form: Opener, distance: str, asked: list[str]) -> None:
    session = open_form(form)
    session.set("/data/permohonan/klasifikasi", distance)
    always = ["jalan_tujuan", "rt_tujuan", "rw_tujuan", "kode_pos_tujuan"]
    page = next(page for page in session.pages() if page.ref == "/data/tujuan")
    assert [node.name for node in page.nodes if node.name not in always] == asked


@pytest.mark.parametrize("service", ["pindah"], indirect=True)
def test_provinces_come_from_the_file(form: Form, open_form: Opener) -> None:
    session = open_form(form)
    session.set("/data/permohonan/klasifikasi", "negara")
    labels = [choice.label for choice in session.nodes["/data/tujuan/provinsi_tujuan"].choices]
    assert len(labels) == 38 and labels[0] == "Aceh"


@pytest.mark.parametrize("service", ["reklame"], indirect=True)
def test_fee_is_calculated_and_written_as_rupiah(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    # 2 m × 3 m, one side, 30 days, cloth at Rp 1.500, business street ×2, a quarter of it, and Rp 50.000
    assert session.nodes["/data/biaya"].value == "185000"
    assert "Rp 185.000" in (session.nodes["/data/ringkasan_biaya"].label or "")


@pytest.mark.parametrize("service", ["reklame"], indirect=True)
def test_fee_in_millions_keeps_its_zeros(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/jenis_reklame", "videotron")
    session.set("/data/ukuran/lebar", "4")
    session.set("/data/ukuran/tinggi", "2")
    session.set("/data/masa/lama", "100")
    # 8 m² × 100 days × Rp 6.000 × 2 / 4 = 2.400.000, and Rp 50.000
    assert session.nodes["/data/biaya_rupiah"].value == "Rp 2.450.000"


@pytest.mark.parametrize("service", ["pengaduan"], indirect=True)
def test_anonymous_complaint_asks_no_name(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/privasi", "anonymous")
    assert not session.nodes["/data/pelapor/nama"].relevant
    assert session.validate() == ()


@pytest.mark.parametrize("service", ["kelahiran"], indirect=True)
@pytest.mark.parametrize(("weight", "accepted"), [("299", False), ("300", True), ("7000", True), ("7001", False)])
def test_weight_of_a_newborn(form: Form, open_form: Opener, example: Any, weight: str, accepted: bool) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/kelahiran/berat", weight)
    assert (session.validate() == ()) is accepted


@pytest.mark.parametrize("service", ["kelahiran"], indirect=True)
@pytest.mark.parametrize(("day", "accepted"), [("2026-11-24", True), ("2026-11-25", False)])
def test_birth_is_not_in_the_future(form: Form, open_form: Opener, example: Any, day: str, accepted: bool) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/anak/tanggal_lahir", day)
    assert (session.validate() == ()) is accepted


@pytest.mark.parametrize("service", ["kelahiran"], indirect=True)
def test_witness_is_not_the_reporter(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/saksi/nik_saksi_1", session.nodes["/data/pelapor/nik"].value)
    assert [violation.ref for violation in session.validate()] == ["/data/saksi/nik_saksi_1"]


@pytest.mark.parametrize("service", ["antrean"], indirect=True)
@pytest.mark.parametrize(
    ("day", "accepted"), [("2026-11-23", False), ("2026-11-24", True), ("2026-12-01", True), ("2026-12-02", False)]
)
def test_queue_is_for_the_coming_week(form: Form, open_form: Opener, example: Any, day: str, accepted: bool) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/kunjungan/tanggal", day)
    assert (session.validate() == ()) is accepted


@pytest.mark.parametrize("service", ["antrean"], indirect=True)
@pytest.mark.parametrize(
    ("now", "first_day", "hours"),
    [
        # A Tuesday: an hour is offered until half an hour before it ends.
        ("2026-11-24 06:00", "2026-11-24", ["pagi", "siang", "akhir"]),
        ("2026-11-24 08:29", "2026-11-24", ["pagi", "siang", "akhir"]),
        ("2026-11-24 08:30", "2026-11-24", ["siang", "akhir"]),
        ("2026-11-24 11:29", "2026-11-24", ["akhir"]),
        # Over for today: tomorrow.
        ("2026-11-24 11:30", "2026-11-25", ["pagi", "siang", "akhir"]),
        ("2026-11-24 23:59", "2026-11-25", ["pagi", "siang", "akhir"]),
        # Saturday, when it is over, and Sunday: Monday.
        ("2026-11-28 11:00", "2026-11-28", ["akhir"]),
        ("2026-11-28 12:00", "2026-11-30", ["pagi", "siang", "akhir"]),
        ("2026-11-29 00:10", "2026-11-30", ["pagi", "siang", "akhir"]),
    ],
)
def test_only_hours_that_are_still_to_come_are_offered(
    form: Form, example: Any, now: str, first_day: str, hours: list[str]
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=JAKARTA)
    session = form.open(Environment(now=lambda: moment, zone=JAKARTA))
    assert session.nodes["/data/kunjungan/tanggal"].value == first_day
    assert [choice.value for choice in session.nodes["/data/kunjungan/sesi"].choices] == hours
    for ref, value in example.answers.items():
        if "/kunjungan/" not in ref:
            session.set(ref, value)
    session.set("/data/kunjungan/sesi", hours[0])
    assert session.validate() == ()
    over = {moment.date() - timedelta(days=1), moment.date() + timedelta(days=8), date(2026, 11, 22), date(2026, 12, 6)}
    over |= {moment.date()} - {date.fromisoformat(first_day)}
    for day in (one.isoformat() for one in sorted(over)):
        session.set("/data/kunjungan/tanggal", day)
        assert "/data/kunjungan/tanggal" in [violation.ref for violation in session.validate()], day


@pytest.mark.parametrize("service", ["antrean"], indirect=True)
def test_the_emergency_comes_first(open_form: Opener, form: Form) -> None:
    first = open_form(form).pages()[0].nodes[0]
    assert "112" in (first.label or "") and first.kind is Kind.NOTE


@pytest.mark.parametrize("service", ["domisili"], indirect=True)
def test_villages_are_those_of_the_district(form: Form, open_form: Opener) -> None:
    session = open_form(form)
    session.set("/data/alamat/kecamatan", "genteng")
    assert [choice.label for choice in session.nodes["/data/alamat/kelurahan"].choices] == [
        "Embong Kaliasin",
        "Genteng",
        "Kapasari",
        "Ketabang",
        "Peneleh",
    ]


@pytest.mark.parametrize("service", ["domisili"], indirect=True)
@pytest.mark.parametrize(
    ("nik", "accepted"),
    [
        ("3578014501900001", True),
        ("357801450190000", False),
        ("35780145019000012", False),
        ("3578010001900001", False),
        ("3578013213900001", False),
        ("3578017201900001", False),
    ],
)
def test_nik_that_cannot_be_is_refused(form: Form, open_form: Opener, example: Any, nik: str, accepted: bool) -> None:
    session = open_form(form)
    example.fill(session)
    session.set("/data/pemohon/nik", nik)
    assert (session.validate() == ()) is accepted


@pytest.mark.parametrize("service", ["kk-perubahan"], indirect=True)
def test_a_second_document_is_offered_for_a_second_change(form: Form, open_form: Opener, example: Any) -> None:
    session = open_form(form)
    example.fill(session)
    assert session.nodes["/data/foto_dasar_2"].relevant
    assert session.nodes["/data/perubahan"].kind is Kind.REPEAT
