"""The satisfaction page: one's own agency, all of them for who watches the city."""

from tests.server.open_city.test_server_ratings import full, rating
from tests.server.web.conftest import Office


def test_an_officer_sees_the_index_of_the_own_agency(office: Office) -> None:
    office.kiosk.post("/v1/ratings", {"items": [rating(full(4)), rating(full(3)), rating({"overall": 4})]})
    page = office.browser("kelurahan").get("/satisfaction").text
    assert "87,50" in page
    assert '<span class="pill pill-good">B</span>' in page
    assert "1/9" in page


def test_an_agency_that_nobody_rated_is_not_listed(office: Office) -> None:
    office.kiosk.post("/v1/ratings", {"items": [rating(full(4))]})
    page = office.browser("admin").get("/satisfaction").text
    assert page.count('class="card" aria-labelledby="agency-') == 1


def test_an_administrator_chooses_the_weight(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/satisfaction")
    assert "0.11." in browser.post("/satisfaction/weight", {"weight": "0.11"}).text
    assert browser.post("/satisfaction/weight", {"weight": "1"}).status_code == 404
    browser.post("/satisfaction/weight", {"weight": "1/9"})
