"""Clocks to be seen: of the stage in inbox and case, of the pause, of the question; and late cases, with whom they are."""

from datetime import timedelta

from sqlalchemy import select, update

from protocol.tracking import display
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.server.web.conftest import Office


def stage_late(office: Office, code: str) -> None:
    """The case is at its stage for longer than it has, and not late as a whole."""
    ours, now = tables.cases.c.tracking_code == code, office.clock.now()
    with office.server.deps.engine.begin() as connection:
        dues = {"stage_due_at": now - timedelta(days=7), "due_at": now + timedelta(days=60)}
        connection.execute(update(tables.cases).where(ours).values(**dues))


def id_of(office: Office, user_name: str) -> str:
    found = select(tables.officers.c.id).where(tables.officers.c.user_name == user_name)
    with office.server.deps.engine.connect() as connection:
        return str(connection.execute(found).scalar_one())


def test_a_late_stage_is_seen_in_inbox_and_case_and_raised(fresh_office: Office) -> None:
    code = fresh_office.taken().code
    browser = fresh_office.browser("kelurahan")
    assert "Tahap: sisa" in browser.get("/office/rows").text
    stage_late(fresh_office, code)
    page = browser.get(f"/office/cases/{code}").text
    assert "Tahap terlambat 5 hari kerja" in page and "Tahap ini paling lambat" in page
    assert "Tahap terlambat 5 hari kerja" in browser.get("/office/rows").text
    assert code not in browser.get("/office/rows?show=escalated").text
    fresh_office.server.deps.escalation.escalate_late()
    assert code in browser.get("/office/rows?show=escalated").text
    assert "Diteruskan ke atasan" in browser.get(f"/office/cases/{code}").text


def test_the_city_sees_late_cases_and_none_of_their_answers(fresh_office: Office) -> None:
    envelope = fresh_office.taken()
    stage_late(fresh_office, envelope.code)
    fresh_office.server.deps.escalation.escalate_late()
    admin, command = fresh_office.browser("admin"), fresh_office.browser("pusat")
    for browser in (admin, command):
        page = browser.get("/late").text
        assert display(envelope.code) in page and "Penyelia Kelurahan" in page and "Siti Aminah" not in page
        assert browser.get(f"/office/cases/{envelope.code}").status_code == 403
    assert 'action="/late/heads/' not in command.get("/late").text
    fresh_office.server.deps.officers.set_active(OPERATOR, id_of(fresh_office, "penyelia"), False)
    assert '<span class="pill pill-bad">Admin kota</span>' in admin.get("/late/rows").text
    head = id_of(fresh_office, "kelurahan")
    assert admin.post("/late/heads/kelurahan", {"officer": head}).ok
    assert "Petugas Kelurahan" in admin.get("/late/rows").text
    assert admin.post("/late/heads/kelurahan", {"officer": id_of(fresh_office, "kominfo")}).status_code == 404
    assert command.post("/late/heads/kelurahan", {"officer": ""}).status_code == 403


def test_until_when_a_question_waits_is_seen_and_how_long_the_clock_stood(fresh_office: Office) -> None:
    code = fresh_office.taken().code
    assert fresh_office.act("kelurahan", code, "ask", "Nomor rumah?").ok
    assert "Dijawab paling lambat" in fresh_office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert "Setelah itu ditutup." in fresh_office.browser().get(f"/t/{code}").text
    fresh_office.clock.pass_time(days=7)
    assert fresh_office.contest(code, "ANSWER", "Nomor 12") == ["stored"]
    fresh_office.browsers.clear()  # signed out by then
    page = fresh_office.browser("kelurahan").get(f"/office/cases/{code}").text
    assert "dari paling banyak 20 hari kerja" in page
    assert "Setelah itu ditutup." not in fresh_office.browser().get(f"/t/{code}").text
