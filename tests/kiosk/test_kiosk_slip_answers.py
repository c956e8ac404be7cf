"""A slip repeats where somebody is expected, and when; nobody's name and no number."""

from pathlib import Path

from kiosk.session.citizen import HowIdentified
from kiosk.session.outcomes import Saved
from tests.kiosk.kiosk_kit import NAME, NIK, bench, catalogue, service_document

FORM = """<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">
<h:head><h:title>Visit</h:title><model>
<itext><translation lang="Bahasa Indonesia (id)" default="true()">
<text id="clinic"><value>Poli</value></text><text id="dental"><value>Gigi</value></text></translation>
<translation lang="English (en)">
<text id="clinic"><value>Clinic</value></text><text id="dental"><value>Dental</value></text></translation></itext>
<instance><data id="letter" version="3"><nik/><name/><clinic/><day/><hour/><skipped/></data></instance>
<bind nodeset="/data/nik" type="string"/><bind nodeset="/data/name" type="string"/><bind nodeset="/data/clinic" type="string"/>
<bind nodeset="/data/day" type="date"/><bind nodeset="/data/hour" type="time"/>
<bind nodeset="/data/skipped" type="date"/>
</model></h:head><h:body>
<input ref="/data/nik"><label>NIK</label></input><input ref="/data/name"><label>Nama</label></input>
<select1 ref="/data/clinic"><label ref="jr:itext('clinic')"/>
<item><label ref="jr:itext('dental')"/><value>dental</value></item></select1>
<input ref="/data/day"><label>Tanggal</label></input><input ref="/data/hour"><label>Jam</label></input>
<input ref="/data/skipped"><label>Lain</label></input>
</h:body></h:html>
"""


def printed(folder: Path, language: str, *names: str) -> str:
    """The lines of a slip whose service repeats the answers to these questions; of its copy, which is the same."""
    slip = {"title": {"id": "BUKTI"}, "next_step": {"id": "Datang"}, "answers": names}
    at = bench(folder, pack=catalogue(services=(service_document(slip=slip),), form=FORM))
    session = at.kiosk.begin(language)
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    for name, value in (("name", NAME), ("clinic", "dental"), ("day", "2026-03-05"), ("hour", "08:30:00.000")):
        session.answer(f"/data/{name}", value)
    for _ in session.pages():
        session.next_page()
    session.finish_review()
    session.agree()
    saved = at.kiosk.send()
    assert isinstance(saved, Saved)
    slips = []
    for _ in range(2):
        assert at.kiosk.slips.print(saved.code)
        slips.append(at.printer.jobs[-1][0].lines)
    assert slips[0] == slips[1]
    at.close()
    return "\n".join(slips[0])


def test_choices_dates_and_times_are_repeated_in_the_citizens_language(tmp_path: Path) -> None:
    assert "Poli\nGigi\nTanggal\nKamis, 5 Maret 2026\nJam\n08.30\n" in printed(
        tmp_path / "id", "id", "clinic", "day", "hour"
    )
    assert "Clinic\nDental\n" in printed(tmp_path / "en", "en", "hour", "clinic")


def test_names_and_numbers_are_not_whatever_the_service_says(tmp_path: Path) -> None:
    slip = printed(tmp_path, "id", "nik", "name", "skipped", "nothing", "clinic")
    assert "Poli\nGigi" in slip
    assert not any(secret in slip for secret in (NIK, NAME, "Nama", "Lain"))
