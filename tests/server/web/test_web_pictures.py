"""Citizens' pictures at the office: masked until a reason is given, then as what they are; turned and enlarged."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw

from server.web.office.attachments import UNREADABLE
from server.web.office.reasons import SHOWN_FOR
from tests.server.web.conftest import JPEG, Office

Audited = Callable[[str], list[str]]


def card(number: str = "3578014107900003") -> bytes:
    """A JPEG of an identity card."""
    picture = Image.new("RGB", (1000, 630), (225, 210, 170))
    drawing = ImageDraw.Draw(picture)
    drawing.text((60, 150), f"NIK : {number}", fill=(20, 20, 20), font_size=56)
    drawing.rectangle((740, 250, 950, 550), fill=(120, 80, 60))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


def addresses(office: Office, data: bytes, user: str = "kelurahan") -> tuple[str, str, str]:
    """The case, and the paths of its picture in clear and masked."""
    envelope = office.send(picture=data)
    case, sha256 = f"/office/cases/{envelope.code}", envelope.attachments[0].sha256
    office.browser(user).get(case)
    return envelope.code, f"{case}/documents/{sha256}", f"{case}/masked/{sha256}"


def test_before_a_reason_there_are_masked_pictures_only(office: Office, audited: Audited) -> None:
    code, clear, masked = addresses(office, card())
    browser = office.browser("kelurahan")
    page = browser.get(f"/office/cases/{code}").text
    assert f'src="{masked}"' in page and clear not in page
    answer = browser.get(clear)
    assert answer.headers["content-type"].startswith("text/html") and "Gambar ini disamarkan" in answer.text
    shown = browser.get(masked)
    assert shown.headers["content-type"] == "image/jpeg" and shown.content != card()
    assert "case.document" not in audited(f"case:{code}")


def test_for_a_reason_a_picture_is_served_as_what_it_is_and_logged(office: Office, audited: Audited) -> None:
    code, clear, _ = addresses(office, card())
    given = office.given("kelurahan", code)
    answer = office.browser("kelurahan").get(clear + given)
    assert answer.content == card() and answer.headers["content-type"] == "image/jpeg"
    assert (
        answer.headers["x-content-type-options"] == "nosniff" and "sandbox" in answer.headers["content-security-policy"]
    )
    assert audited(f"case:{code}")[-1] == "case.document"


def test_the_reason_can_be_given_beside_the_picture(office: Office, audited: Audited) -> None:
    code, clear, masked = addresses(office, card())
    browser, viewer = office.browser("kelurahan"), clear.replace("documents", "pictures")
    assert masked in browser.get(viewer).text
    assert browser.post(f"{viewer}/reason", {"reason": "apa"}).status_code == 400
    page = browser.post(f"{viewer}/reason", {"reason": "memeriksa kelengkapan"}).text
    source = re.search(r'src="(/office/cases/[^"]+/documents/[^"]+)"', page)
    assert source is not None and browser.get(source[1]).content == card()
    assert audited(f"case:{code}").count("case.read") == 2


def test_a_reason_is_for_one_officer_one_case_and_a_while(fresh_office: Office) -> None:
    code, clear, _ = addresses(fresh_office, card())
    _, other, _ = addresses(fresh_office, card("3578015206850007"))
    given = fresh_office.given("kelurahan", code)
    browser = fresh_office.browser("kelurahan")
    fresh_office.browser("penyelia").get(f"/office/cases/{code}")
    assert fresh_office.browser("penyelia").get(clear + given).headers["content-type"].startswith("text/html")
    assert browser.get(other + given).headers["content-type"].startswith("text/html")
    assert browser.get(clear + given[:-1] + "x").headers["content-type"].startswith("text/html")
    for carried in ("?shown=", "?shown=9999999999.", "?shown=x.y", f"?shown={'9' * 40}.a"):
        assert browser.get(clear + carried).headers["content-type"].startswith("text/html")
    fresh_office.clock.pass_time(seconds=SHOWN_FOR.total_seconds() - 1)
    assert browser.get(clear + given).content == card()
    fresh_office.clock.pass_time(seconds=2)
    assert browser.get(clear + given).headers["content-type"].startswith("text/html")


def test_what_is_no_picture_is_a_download(office: Office) -> None:
    code, clear, masked = addresses(office, b"<html><script>alert(1)</script>")
    answer = office.browser("kelurahan").get(clear + office.given("kelurahan", code))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert office.browser("kelurahan").get(masked).content == UNREADABLE


@pytest.mark.parametrize("user", ["kominfo", "admin", "pusat"])
def test_a_picture_is_for_its_agency_only(office: Office, user: str) -> None:
    code, clear, masked = addresses(office, JPEG)
    given = office.given("kelurahan", code)
    for path in (clear + given, masked, clear.replace("documents", "pictures") + given):
        assert office.browser(user).get(path).status_code in (403, 404)


def test_a_picture_cannot_be_fetched_through_another_case(office: Office) -> None:
    _, clear, _ = addresses(office, JPEG)
    other = office.send().code
    path = f"/office/cases/{other}/{clear.split('/', 4)[4]}"
    assert office.browser("kelurahan").get(path + office.given("kelurahan", other)).status_code == 404


def test_a_picture_is_enlarged_and_turned_by_links_within_limits(office: Office) -> None:
    _, clear, _ = addresses(office, card())
    viewer, browser = clear.replace("documents", "pictures"), office.browser("kelurahan")
    page = browser.get(viewer).text
    assert "viewer-zoom-1" in page and "viewer-turn-0" in page and 'data-key-goes="-"' not in page
    page = browser.get(f"{viewer}?zoom=4&turn=3").text
    assert "viewer-zoom-4" in page and "viewer-turn-3" in page and 'data-key-goes="+"' not in page
    page = browser.get(f"{viewer}?zoom=999&turn=7").text
    assert "viewer-zoom-4" in page and "viewer-turn-3" in page
    assert "viewer-zoom-1" in browser.get(f"{viewer}?zoom=-1&turn=x").text
