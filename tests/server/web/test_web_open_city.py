"""What everybody may read: times and budget; and how an administrator fills the budget."""

from protocol.messages import HeartbeatAnswer
from tests.server.web.conftest import Office

ROWS = "Pendidikan;2.500.000.000;1200000000;Education\nKesehatan;900000000;0"


def test_a_budget_is_published_and_read_by_everybody(office: Office) -> None:
    admin = office.browser("admin")
    admin.get("/admin/budget")
    page = admin.post("/admin/budget", {"year": "2026", "source": "Perda 12/2025", "rows": ROWS})
    assert "Anggaran diterbitkan" in page.text
    public = office.browser().get("/budget").text
    for words in ("Anggaran kota 2026", "Pendidikan", "Rp 2.500.000.000", "48%", "Rp 3.400.000.000", "Perda 12/2025"):
        assert words in public


def test_what_is_wrong_is_reported_and_nothing_typed_is_lost(office: Office) -> None:
    admin = office.browser("admin")
    admin.get("/admin/budget")
    answer = admin.post("/admin/budget", {"year": "2026", "source": "", "rows": "Jalan;1;2\nAir;<b>;3"})
    assert answer.status_code == 400
    assert "Baris 2: “&lt;b&gt;” bukan jumlah rupiah." in answer.text
    assert "Jalan;1;2" in answer.text


def test_a_file_is_read_and_one_that_is_no_text_is_refused(office: Office) -> None:
    admin = office.browser("admin")
    for content, status in ((b"\xef\xbb\xbfJalan;1;2\n", 200), (b"\xff\xfe\x00", 400)):
        admin.get("/admin/budget")
        answer = admin.post("/admin/budget", {"year": "2026", "rows": ""}, files={"file": ("a.csv", content)})
        assert answer.status_code == status


def test_times_of_every_agency_are_public(office: Office) -> None:
    office.server.deps.transparency.publish()
    page = office.browser().get("/transparency").text
    assert "Kinerja layanan" in page
    assert "kurang dari 5" in page


def test_a_heartbeat_tells_the_versions_and_a_kiosk_gets_the_document(office: Office) -> None:
    office.server.deps.transparency.publish()
    beat = office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat())
    reported = HeartbeatAnswer.model_validate_json(beat.content).documents
    document = office.kiosk.get("/v1/documents/transparency").json()
    assert reported["transparency"] == document["version"]
    assert office.kiosk.get("/v1/documents/nothing").status_code == 404
