"""The satisfaction report: one's own agency, all of them for who watches the city; as a page and as a table to take along."""

import csv
import io
from collections.abc import Iterator

import pytest

from server.foundation.actors import OPERATOR
from server.open_city.ratings import Method
from server.open_city.skm import FEWEST_ALLOWED
from tests.server.open_city.test_server_ratings import full, rating
from tests.server.web.conftest import Office

#: So many of each score make the least that a city may ask for.
EACH = FEWEST_ALLOWED


@pytest.fixture(scope="module", autouse=True)
def rated(office: Office) -> Iterator[None]:
    """Enough respondents of one service of one agency, and too few of another."""
    deps = office.server.deps
    deps.ratings.set_method(OPERATOR, Method(least=2 * EACH))
    hour = deps.clock.now().isoformat()
    items = [rating(full(score), hour=hour) for score in (4, 3) for _ in range(EACH)]
    items += [rating({"overall": 4}, hour=hour)]
    items += [rating(full(4), hour=hour, agency="kominfo", service="aduan") for _ in range(2 * EACH - 1)]
    assert office.kiosk.post("/v1/ratings", {"items": items}).json()["refused"] == 0
    yield
    deps.ratings.set_method(OPERATOR, Method())


def table(office: Office, user: str, query: str) -> list[dict[str, str]]:
    answer = office.browser(user).get(f"/satisfaction/export?{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_an_officer_sees_the_index_of_the_own_agency_with_how_it_was_worked_out(office: Office) -> None:
    page = office.browser("kelurahan").get("/satisfaction").text
    assert "87,50" in page
    assert '<span class="pill pill-good">B</span>' in page
    assert "Bobot setiap unsur: 1/9. Responden paling sedikit: 10." in page
    assert "Layanan aduan" not in page


def test_an_officer_gets_nothing_of_another_agency_by_asking(office: Office) -> None:
    assert "87,50" not in office.browser("kominfo").get("/satisfaction?agency=kelurahan").text
    assert len(table(office, "kominfo", "by=agency&agency=kelurahan")) == 2


def test_with_too_few_respondents_it_says_so_instead_of_figures(office: Office) -> None:
    page = office.browser("kominfo").get("/satisfaction").text
    assert "Kurang dari 10 responden" in page
    assert "100,00" not in page
    (line, _) = table(office, "kominfo", "by=service")
    assert (line["Survei lengkap"], line["IKM"], line["Mutu"]) == ("9", "Kurang dari 10 responden", "")


@pytest.mark.parametrize(("by", "lines"), [("agency", 2), ("service", 2), ("kiosk", 1), ("month", 12)])
def test_the_city_is_seen_by_agency_service_kiosk_and_month(office: Office, by: str, lines: int) -> None:
    found = table(office, "admin", f"by={by}")
    assert len(found) == lines + 1
    assert {(one["Bobot unsur"], one["Jumlah responden paling sedikit"]) for one in found} == {("1/9", "10")}
    # Of all nineteen together: (10 × 3.5 + 9 × 4) / 19 × 25.
    assert (found[-1]["Survei lengkap"], found[-1]["IKM"]) == ("19", "93,42")
    assert "93,42" in office.browser("pusat").get(f"/satisfaction?by={by}").text


def test_what_a_name_begins_with_runs_in_no_spreadsheet(office: Office) -> None:
    with office.server.deps.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE kiosks SET name = '=1+1'")
    assert table(office, "admin", "by=kiosk")[0]["Kios"] == "'=1+1"


def test_an_administrator_chooses_weight_and_least_number(office: Office) -> None:
    browser = office.browser("admin")
    browser.get("/satisfaction")
    assert (
        "0.11. Responden paling sedikit: 10."
        in browser.post("/satisfaction/weight", {"weight": "0.11", "least": "10"}).text
    )
    assert browser.post("/satisfaction/weight", {"weight": "1", "least": "10"}).status_code == 404
    refused = browser.post("/satisfaction/weight", {"weight": "1/9", "least": "4"})
    assert refused.status_code == 400
    assert "Tulis bilangan bulat dari 5 sampai 1000." in refused.text
    assert 'value="4"' in refused.text
    assert browser.post("/satisfaction/weight", {"weight": "1/9", "least": "10"}).ok


def test_taking_the_table_along_is_logged(office: Office, audited: object) -> None:
    table(office, "admin", "by=month")
    assert "satisfaction.export" in audited("ratings")  # type: ignore[operator]
