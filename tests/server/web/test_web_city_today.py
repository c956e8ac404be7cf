"""The city's figures for everybody: page, CSV and API say the same, ranked, and nothing personal."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from sqlalchemy import update

from protocol.documents import AgencyTimes, Transparency
from server.foundation.actors import SYSTEM
from server.open_city.overview import RECENT
from server.storage import tables
from tests.server.web.conftest import Office

NIK = "3578014107900003"


@pytest.fixture
def office(fresh_office: Office) -> Iterator[Office]:
    """Two cases today, one of them late; the other agency is rated better."""
    for _ in range(2):
        fresh_office.send(name="Siti Aminah")
    late = fresh_office.send(name="Siti Aminah")
    deps = fresh_office.server.deps
    with deps.engine.begin() as connection:
        case = tables.cases
        connection.execute(
            update(case).where(case.c.tracking_code == late.code).values(due_at=deps.clock.now() - timedelta(days=1))
        )
        names = {row.id: row.name for row in connection.execute(tables.agencies.select())}
    good, bad = sorted(names)
    document = Transparency(
        since=deps.clock.now(),
        weight="1/9",
        agencies=(
            AgencyTimes(id=bad, name=names[bad], decided=9, in_time_percent=50, index="70.10", grade="C"),
            AgencyTimes(id=good, name=names[good], decided=9, in_time_percent=90, index="90.00", grade="A"),
        ),
    )
    with deps.units.begin(SYSTEM) as work:
        deps.publications.publish(work, "transparency", document)
    fresh_office.clock.pass_time(seconds=RECENT.total_seconds())
    yield fresh_office


def read(answer: requests.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_page_csv_and_api_say_the_same_the_best_first(office: Office) -> None:
    browser = office.browser()
    page, table, found = browser.get("/city"), browser.get("/city.csv"), browser.get("/v1/open/city")
    rows = read(table)
    figures = found.json()
    assert (figures["received_today"], figures["open"], figures["late"]) == (3, 3, 1)
    assert sum(figures["received_by_hour"]) == 3
    assert [one["index"] for one in figures["agencies"]] == ["90.00", "70.10"]
    assert [row["agency_id"] for row in rows] == [one["id"] for one in figures["agencies"]]
    assert [row["late"] for row in rows] == [str(one["late"]) for one in figures["agencies"]]
    assert page.text.index("90,00 · A") < page.text.index("70,10 · C")
    assert page.text.count('class="plot"') == 2
    for answer in (page, table, found):
        assert "Siti" not in answer.text and NIK not in answer.text
    assert table.headers["content-type"] == "text/csv; charset=utf-8"


def test_the_figures_are_worked_out_once_in_half_a_minute(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/v1/open/city").json()["received_today"] == 3
    office.send()
    assert browser.get("/v1/open/city").json()["received_today"] == 3
    office.clock.pass_time(seconds=RECENT.total_seconds())
    assert browser.get("/v1/open/city").json()["received_today"] == 4


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_a_text(office: Office) -> None:
    with office.server.deps.engine.begin() as connection:
        connection.execute(update(tables.agencies).values(name={"id": "=HYPERLINK(1)"}))
    rows = read(office.browser().get("/city.csv"))
    assert {row["agency"] for row in rows} == {"'=HYPERLINK(1)"}


@pytest.mark.parametrize("language", ["jv", "mad", "en"])
def test_it_is_read_in_every_language(office: Office, language: str) -> None:
    browser = office.browser()
    browser.http.cookies.set("ekios_language", language)
    page = browser.get("/city").text
    assert f'<html lang="{language}">' in page and "open.now" not in page


def test_the_front_page_leads_there(office: Office) -> None:
    assert 'href="/city"' in office.browser().get("/").text
