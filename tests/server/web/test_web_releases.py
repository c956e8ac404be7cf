"""The page of the kiosks' program: releasing a zip, how far it has come, pausing, going on, taking back."""

import io
import stat
import zipfile

from sqlalchemy import update

from server.storage import tables
from tests.server.web.conftest import Office


def zipped(**files: bytes) -> bytes:
    """As ``zip -r`` makes it of the packager's folder, which it has in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(f"kiosk/{name}")
            info.external_attr = (stat.S_IFREG | (0o755 if name == "kiosk" else 0o644)) << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def test_an_administrator_releases_looks_pauses_goes_on_and_takes_back(fresh_office: Office) -> None:
    deps, kiosk = fresh_office.server.deps, fresh_office.kiosk
    with deps.engine.begin() as connection:
        connection.execute(update(tables.kiosks).values(ring="test"))
    admin, command = fresh_office.browser("admin"), fresh_office.browser("pusat")
    assert "Belum ada rilis" in admin.get("/fleet/releases").text
    file = ("kiosk.zip", zipped(kiosk=b"program", readme=b"text"))
    page = admin.post("/fleet/releases", {"version": "1.4.0", "note": "Perbaikan"}, files={"file": file})
    assert page.url.endswith("/fleet/releases/1") and "Rilis ditandatangani" in page.text
    said = kiosk.post("/v1/heartbeat", kiosk.heartbeat(program={"number": 0})).json()
    assert said["release"] == {"number": 1}
    page = admin.get("/fleet/releases/1")
    assert "Diminta" in page.text and "Semua dapat dipakai" in page.text and "Kelompok" not in page.url
    assert admin.post("/fleet/releases/1/pause").text.count("Dijeda") >= 1
    assert "tidak bisa dilakukan lagi" in admin.post("/fleet/releases/1/pause").text
    assert "Sedang dibagikan" in admin.post("/fleet/releases/1/go-on").text
    kiosk.post("/v1/heartbeat", kiosk.heartbeat(program={"number": 0, "bad": 1, "reason": "does not come up"}))
    stopped = admin.get("/fleet/releases/1").text
    assert "Berhenti sendiri" in stopped and "does not come up" in stopped
    assert "1.4.0" in command.get("/fleet/releases").text
    assert "/take-back" not in command.get("/fleet/releases/1").text
    assert command.post("/fleet/releases/1/go-on").status_code == 403
    assert admin.post("/fleet/releases/1/take-back", {"reason": "x"}).status_code == 400
    assert "Ditarik" in admin.post("/fleet/releases/1/take-back", {"reason": "macet di awal"}).text
    assert kiosk.post("/v1/heartbeat", kiosk.heartbeat(program={"number": 1})).json()["release"] is None
    assert admin.get("/fleet/releases/99").status_code == 404
    assert admin.post("/fleet/releases/abc/pause").status_code == 404


def test_what_is_no_program_is_refused_in_words_and_changes_nothing(fresh_office: Office) -> None:
    admin = fresh_office.browser("admin")
    admin.get("/fleet/releases")
    outside = io.BytesIO()
    with zipfile.ZipFile(outside, "w") as archive:
        archive.writestr("../../kiosk", b"x")
    lies = zipped(kiosk=b"a" * 100)
    for content, why in (
        (b"no zip", "not a zip file"),
        (zipped(other=b"x"), "no program called kiosk"),
        (outside.getvalue(), "cannot be called"),
        (lies[:60], "not a zip file"),
    ):
        page = admin.post("/fleet/releases", {"version": "1.0"}, files={"file": ("a.zip", content)})
        assert (page.status_code, why in page.text, "Tidak ada yang berubah" in page.text) == (400, True, True), why
    assert "Pilih berkas zip" in admin.post("/fleet/releases", {"version": "1.0"}).text
    assert fresh_office.server.deps.releases.rows() == []
