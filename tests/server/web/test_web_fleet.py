"""The fleet's pages: a list of many kiosks, the map, what is changed of a kiosk, and the wall on the screens it is for."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import cv2
import numpy as np
import pytest
import zxingcpp
from nacl.signing import SigningKey
from playwright.sync_api import Browser as Chromium
from sqlalchemy import update
from uuid_utils import uuid7

from protocol.field import readiness
from protocol.field.readiness import CheckOutcome, ReadinessCheck, ReadinessReport
from protocol.outbox.waiting import WaitReason
from server.fleet.city_map import DISTRICTS, SINGLY
from server.settings import ServerSettings
from server.storage import tables
from tests.server.conftest import CITY
from tests.server.fleet.test_server_alarms import many, statements
from tests.server.kiosk_client import component, visit
from tests.server.running import ONE_PERSON, running
from tests.server.web.browser import CHROMIUM
from tests.server.web.conftest import Office

FLEET = 120
SQUARE = [[112.6, -7.3], [112.8, -7.3], [112.8, -7.2], [112.6, -7.2], [112.6, -7.3]]


def geojson(*names: str) -> bytes:
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name in names]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.fixture(scope="module")
def office(seeded_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A fleet of many kiosks, of which one speaks."""
    data = tmp_path_factory.mktemp("fleet") / "data"
    copytree(seeded_sqlite, data)
    with running(ServerSettings(data=data, services=CITY, port=0, quotas=ONE_PERSON)) as server:
        many(server.deps, FLEET)
        with server.deps.engine.begin() as connection:
            everywhere = {"latitude": -7.25, "longitude": 112.75, "place": "Balai Pemuda"}
            connection.execute(update(tables.kiosks).where(tables.kiosks.c.number >= 1000).values(**everywhere))
        yield Office(server, server.kiosk("Kios Taman"))


def test_the_fleets_page_is_as_large_for_a_hundred_kiosks_as_for_more(office: Office) -> None:
    admin = office.browser("admin")
    page = admin.get("/fleet").text
    assert page.count('<tr id="kiosk-') == 50
    with statements(office.server.deps) as asked:
        admin.get("/fleet/board?page=2")
    assert len(asked) < 30


def test_a_kiosk_is_found_by_its_name_and_a_filter_stays_while_the_page_looks_again(office: Office) -> None:
    page = office.browser("pusat").get("/fleet?q=taman&ring=all").text
    assert page.count('<tr id="kiosk-') == 1 and f"kiosk-{office.kiosk.id}" in page
    assert 'hx-get="/fleet/board?q=taman&amp;ring=all&amp;page=1"' in page
    nothing = office.browser("pusat").get("/fleet?q=tidak-ada").text
    assert "Tidak ada kios yang cocok" in nothing


def test_an_administrator_changes_a_kiosk_and_is_told_what_cannot_be(office: Office) -> None:
    admin, path = office.browser("admin"), f"/fleet/kiosks/{office.kiosk.id}"
    admin.get(path)
    fields = {"name": "Kios Taman", "place": "Gerbang barat", "ring": "all", "agency": "kelurahan"}
    done = admin.post(f"{path}/edit", {**fields, "latitude": "-7,25", "longitude": "112.75"}).text
    assert "Gerbang barat" in done and "-7.25000, 112.75000" in done
    for wrong in ({"latitude": "utara", "longitude": "1"}, {"latitude": "1", "longitude": ""}):
        assert "lintang dan bujur" in admin.post(f"{path}/edit", {**fields, **wrong}).text
    assert "Isi nama kios" in admin.post(f"{path}/edit", {**fields, "name": " "}).text


def test_kiosks_that_are_close_together_are_one_mark_with_their_number(office: Office) -> None:
    assert FLEET < SINGLY
    page = office.browser("admin").get("/fleet/map").text
    assert page.count('class="map-mark') >= FLEET
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("server.fleet.city_map.SINGLY", 10)
        gathered = office.browser("admin").get("/fleet/map").text
    numbers = [int(number) for number in re.findall(r'class="map-number"[^>]*>(\d+)<', gathered)]
    assert gathered.count('class="map-mark') <= 3 and max(numbers) >= FLEET


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"<kml/>", "bukan JSON"),
        (b"[]", "FeatureCollection"),
        (geojson(), "1 sampai 500"),
        (geojson(*["Genteng"] * (DISTRICTS + 1)), "1 sampai 500"),
        (geojson("Genteng").replace(b"112.6", b'"x"'), "bujur, lintang"),
        (geojson("Genteng").replace(b"112.6", b"712.6"), "bujur, lintang"),
        (geojson("Genteng").replace(b'"Polygon"', b'"Point"'), "bujur, lintang"),
    ],
)
def test_a_file_that_is_no_map_is_refused_with_what_to_do(office: Office, document: bytes, says: str) -> None:
    admin = office.browser("admin")
    admin.get("/fleet/map")
    answer = admin.post("/fleet/map", files={"file": ("peta.geojson", document)})
    assert answer.status_code == 400 and says in answer.text


def test_the_uploaded_districts_stand_on_the_map(office: Office) -> None:
    admin = office.browser("admin")
    admin.get("/fleet/map")
    assert (
        "Batas kecamatan tersimpan"
        in admin.post("/fleet/map", files={"file": ("peta.geojson", geojson("<b>Genteng</b>", "Bubutan"))}).text
    )
    page = office.browser("pusat").get("/fleet/map").text
    assert "&lt;b&gt;Genteng" in page and "Bubutan" in page
    assert page.count('class="district"') == 2


@pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")
@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_wall_fills_the_screen_and_no_more(office: Office, chromium: Chromium, width: int, height: int) -> None:
    deps = office.server.deps
    with deps.engine.begin() as connection:
        connection.execute(tables.alarms.delete())
    office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat(outbox={"waiting": 0, "parked": 3})).raise_for_status()
    context = chromium.new_context(base_url=office.server.base, viewport={"width": width, "height": height})
    page = context.new_page()
    office.let_in(page, "pusat")
    page.goto("/wall")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    letters = page.evaluate("parseFloat(getComputedStyle(document.querySelector('.wall-figure b')).fontSize)")
    cut = page.evaluate(
        "[...document.querySelectorAll('.wall-card')].filter(one => one.scrollHeight > one.clientHeight + 1).length"
    )
    headings = page.locator("h1").count()
    text = page.inner_text("#wall")
    context.close()
    assert (size, cut, headings) == ([width, height], 0, 1)
    # Across a room: a thirtieth of the screen's height and more.
    assert letters > height / 30
    assert "Ada kiriman yang ditolak" in text


def test_a_screen_on_display_shows_the_wall_and_nothing_else(office: Office) -> None:
    screen = office.browser()
    screen.sign_in("pusat")
    screen.get("/wall")
    assert screen.post("/wall/display").url.endswith("/wall")
    assert screen.get("/wall/numbers").ok
    for path in ("/fleet", "/fleet/map", "/fleet/alarms", f"/fleet/kiosks/{office.kiosk.id}"):
        assert "/sign-in" in screen.get(path).url


def test_the_field_manager_makes_an_order_from_a_search_and_sees_it_done(office: Office) -> None:
    manager, task = office.browser("lapangan"), "Bersihkan <b>layar</b>"
    assert office.kiosk.id in manager.get("/orders/new?q=taman").text
    manager.get(f"/orders/new?kiosk={office.kiosk.id}")
    fields = {"kiosk": office.kiosk.id, "task": task, "staff": "petugas-1"}
    assert "Tulis apa yang perlu" in manager.post("/orders/new", {**fields, "task": ""}).text
    page = manager.post("/orders/new", fields).text
    assert "Bersihkan &lt;b&gt;layar" in page and "Budi Santoso" in page
    found = re.search(r'href="(/orders/[0-9a-f-]{36})"', page)
    assert found is not None
    office.kiosk.post("/v1/visits", visit(note="Layar bersih")).raise_for_status()
    done = manager.get(found[1]).text
    assert "Layar bersih" in done and "rol kertas" in done and "oleh kunjungan" in done
    assert "Bersihkan &lt;b&gt;layar" in manager.get("/orders?show=done").text


def test_an_order_is_made_from_an_alarm_and_stands_until_it_is_closed(office: Office) -> None:
    office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat(outbox={"waiting": 0, "parked": 3})).raise_for_status()
    watcher = office.browser("pusat")
    page = watcher.get(f"/fleet/alarms?kiosk={office.kiosk.id}").text
    link = re.search(r'href="(/orders/new\?alarm=[0-9a-f-]{36})"', page)
    assert link is not None
    form = watcher.get(link[1]).text
    assert "Ada kiriman yang ditolak</textarea>" in form
    alarm_id = link[1].rpartition("=")[2]
    fields = {"kiosk": office.kiosk.id, "alarm": alarm_id, "task": "Periksa kiriman", "staff": ""}
    order = re.search(r'href="(/orders/[0-9a-f-]{36})"', watcher.post("/orders/new", fields).text)
    assert order is not None and "sudah punya perintah kerja" in watcher.post("/orders/new", fields).text
    watcher.get(order[1])
    assert "Apa hasilnya" in watcher.post(f"{order[1]}/assign", {"staff": "pengawas-1"}).text
    closed = watcher.post(f"{order[1]}/close", {"note": "Dikirim ulang"}).text
    assert "Dikirim ulang" in closed and "Apa hasilnya" not in closed


def send_report(office: Office, **outcomes: str) -> bytes:
    """Signed by the kiosk; gives its bytes."""
    checks = tuple(ReadinessCheck(name=name, outcome=CheckOutcome(one)) for name, one in outcomes.items())
    made = ReadinessReport(
        id=str(uuid7()),
        kiosk_id=office.kiosk.id,
        made_at=office.server.deps.clock.now(),
        staff_id="petugas-1",
        software="test 1",
        pack_version=1,
        checks=checks,
    )
    body, signature = readiness.signed(made, lambda content: SigningKey(office.kiosk.key).sign(content).signature)
    sent = {"body": base64.b64encode(body).decode(), "signature": base64.b64encode(signature).decode()}
    office.kiosk.post("/v1/readiness", sent).raise_for_status()
    return body


def test_readiness_reports_stand_on_the_kiosks_page_with_their_verdict_and_an_altered_one_is_not_valid(
    office: Office,
) -> None:
    watcher, page = office.browser("pusat"), f"/fleet/kiosks/{office.kiosk.id}"
    good = send_report(office, printer="good", touch="good", clock="good")
    shown = watcher.get(page).text
    assert readiness.digest(good) in shown and "Siap</span>" in shown and "Layar sentuh: baik" in shown
    send_report(office, touch="bad", line="untested")
    shown = watcher.get(page).text
    assert "Belum siap</span>" in shown and "Jaringan: belum diuji" in shown
    kept = tables.readiness_reports.c
    with office.server.deps.engine.begin() as connection:
        altered = update(tables.readiness_reports).values(body=good.replace(b"petugas-1", b"petugas-2"))
        connection.execute(altered.where(kept.body == good))
    shown = watcher.get(page).text
    assert "Tidak sah</span>" in shown and "tanda tangan kios tidak cocok" in shown and "petugas-2" not in shown


def test_a_visits_list_what_was_used_and_the_rolls_range_stand_on_the_kiosks_page(office: Office) -> None:
    now = office.server.deps.clock.now().isoformat()
    acts = [
        *(("visit_kind", "cleaning"), ("checked", "screen_wiped"), ("checked", "print_head"), ("used", "cloth 2")),
        *(("touch_test", "OK"), ("order_done", "7"), ("order_open", "8")),
    ]
    said = visit(actions=[{"kind": kind, "at": now, "detail": detail} for kind, detail in acts])
    office.kiosk.post("/v1/visits", said).raise_for_status()
    photo = {"visit_id": said["id"], "jpeg": base64.b64encode(b"\xff\xd8\xff").decode()}
    office.kiosk.post("/v1/visit-photos", photo).raise_for_status()
    script = {**photo, "jpeg": base64.b64encode(b"<script>").decode()}
    assert office.kiosk.post("/v1/visit-photos", script).status_code == 422
    supplies = {"paper_mm": 12_300.0, "paper_days_early": 2.2, "paper_days": 4.6}
    parts = [component("printer", supplies=supplies)]
    office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat(components=parts)).raise_for_status()
    shown = office.browser("pusat").get(f"/fleet/kiosks/{office.kiosk.id}").text
    assert "Pembersihan · 2 dari 5 langkah" in shown and "2 × kain pembersih" in shown
    seen = office.browser("pusat").get(f"/fleet/kiosks/{office.kiosk.id}/visits/{said['id']}/photo")
    assert (seen.content, seen.headers["content-type"]) == (b"\xff\xd8\xff", "image/jpeg")
    assert office.browser("pusat").get(f"/fleet/kiosks/{office.kiosk.id}/visits/none/photo").status_code == 404
    assert f"{said['id']}/photo" in shown
    assert "Tugas 7 selesai" in shown and "Tugas 8" not in shown
    assert "Sekitar kios bersih dan lapang – <strong>tidak dikerjakan" in shown
    assert "12,3 m kertas, habis dalam 2–5 hari" in shown


@pytest.mark.skipif(not CHROMIUM.exists(), reason="the distribution's Chromium is not installed")
def test_the_enrolment_page_shows_what_a_scanner_reads(office: Office, chromium: Chromium) -> None:
    page = chromium.new_context(base_url=office.server.base, viewport={"width": 1300, "height": 900}).new_page()
    office.let_in(page, "admin")
    page.goto("/fleet/enrol")
    page.fill("#name", "Kios Baru")
    page.get_by_role("main").get_by_role("button").click()
    picture = page.locator(".enrol-qr").screenshot()
    code = page.inner_text(".big-code .code")
    page.context.close()
    (found,) = zxingcpp.read_barcodes(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE))
    assert found.text == f"{office.server.base} {code}"


def test_the_log_that_was_fetched_is_read_on_a_page(office: Office) -> None:
    watcher, path = office.browser("pusat"), f"/fleet/kiosks/{office.kiosk.id}"
    watcher.get(path)
    assert watcher.post(f"{path}/command", {"command": "log"}).ok
    event = office.kiosk.get("/v1/feed").json()["events"][-1]
    made_at = office.server.deps.clock.now().isoformat()
    body = {"id": event["data"]["id"], "made_at": made_at, "lines": ["12:00 INFO <b>printer</b>: ready"]}
    office.kiosk.post("/v1/logs", body).raise_for_status()
    link = re.search(rf'href="({path}/logs/[0-9a-f-]{{36}})"', watcher.get(path).text)
    assert link is not None
    assert "&lt;b&gt;printer" in watcher.get(link[1]).text
    assert watcher.get(f"{path}/logs/none").status_code == 404


def test_the_fleets_pages_tell_what_is_at_stake_and_why_items_wait(office: Office) -> None:
    deps = office.server.deps
    reasons = {WaitReason.NO_LINE.value: 5, WaitReason.QUOTA.value: 2, "of_a_newer_kiosk": 1}
    said = {"waiting": 8, "parked": 0, "oldest_at": "2026-11-20T03:04:05+00:00", "reasons": reasons}
    office.kiosk.post("/v1/heartbeat", office.kiosk.heartbeat(outbox=said)).raise_for_status()
    kiosk = tables.kiosks.c
    with deps.engine.begin() as connection:
        heard = deps.clock.now() - 2 * deps.alarms.silent_after
        connection.execute(update(tables.kiosks).where(kiosk.id == office.kiosk.id).values(last_heartbeat_at=heard))
    deps.alarms.check_all()
    admin = office.browser("admin")
    page = admin.get(f"/fleet/kiosks/{office.kiosk.id}").text
    assert "paling banyak 8 kiriman" in page
    assert "paling banyak 8 kiriman" in admin.get("/fleet/alarms").text
    words = (
        "Tidak ada sambungan ke server",
        "Kuota kios atau sebuah NIK sudah habis",
        "kios lebih baru daripada server",
    )
    places = [page.index(one) for one in words]
    assert places == sorted(places), "the most frequent first"
