"""The inbox: lists that go on, narrow and count; views of one's own; several cases at once; the search's page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, update

from protocol.tracking import display
from server.deps import Deps
from server.foundation.actors import Actor, Role
from server.storage import tables
from server.web.office import filters, inbox_queries
from server.web.office.filters import Filters
from server.web.office.inbox_queries import COUNTED, INBOX_PAGE, Place
from tests.server.kiosk_client import NIK
from tests.server.web.conftest import Office

LISTED = re.compile(r'<li data-key="([^"]+)"')


def copies(deps: Deps, code: str, count: int, start: str = "AAAA", **values: object) -> list[str]:
    """So many more cases like ``code``, each a minute younger than the one before."""
    with deps.engine.begin() as connection:
        case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()._asdict()
        rows = [
            {
                **case,
                **values,
                "tracking_code": f"{start}{place:08}",
                "opened_at": case["opened_at"] + timedelta(minutes=place),
                "due_at": case["due_at"] + timedelta(minutes=place),
            }
            for place in range(count)
        ]
        connection.execute(tables.cases.insert(), rows)
    return [row["tracking_code"] for row in rows]


@pytest.fixture
def crowded(office: Office) -> tuple[Office, str]:
    """With one case, for tests that copy it."""
    return office, office.send(name="Siti Aminah").code


@pytest.fixture(autouse=True)
def emptied(office: Office) -> None:
    """Of the cases of before: a first page has room for few."""
    with office.server.deps.engine.begin() as connection:
        of_cases = [one for one in reversed(tables.metadata.sorted_tables) if "tracking_code" in one.c]
        for table in of_cases[: of_cases.index(tables.cases) + 1]:
            connection.execute(delete(table))


def pages_of(office: Office, query: str) -> list[list[str]]:
    found, path = [], f"/office?{query}"
    while path:
        page = office.browser("kelurahan").get(path).text
        found.append(LISTED.findall(page))
        following = re.search(r'href="(/office\?[^"]*after=[^"]*)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    return found


@pytest.mark.parametrize("show", ["open", "new", "late", "done"])
def test_a_list_goes_on_without_a_gap_and_without_a_case_twice(crowded: tuple[Office, str], show: str) -> None:
    office, code = crowded
    now = datetime.now(UTC)
    values: dict[str, object] = {"due_at": now - timedelta(days=900)}
    with office.server.deps.engine.begin() as connection:
        connection.execute(update(tables.cases).values(**values))
    if show == "done":
        copies(office.server.deps, code, INBOX_PAGE + 3, state="collected", closed_at=now)
    elif show == "open":
        copies(office.server.deps, code, 30, "CCCC", state="ready", closed_at=None)
        copies(office.server.deps, code, 30, "BBBB", state="in_review")
    else:
        copies(office.server.deps, code, INBOX_PAGE + 3)
    first, second = pages_of(office, f"show={show}")
    with office.server.deps.engine.connect() as connection:
        states = {"done": ("collected",)}.get(show, ("received", "ready", "in_review"))
        cases = tables.cases.c
        order = {
            "late": (cases.due_at, cases.tracking_code),
            "done": (cases.closed_at.desc(), cases.tracking_code.desc()),
        }
        meant = connection.execute(
            select(cases.tracking_code)
            .where(cases.state.in_(states))
            .order_by(*order.get(show, (cases.opened_at.desc(), cases.tracking_code.desc())))
        ).scalars()
        assert first + second == list(meant)
    assert len(first) == INBOX_PAGE


@pytest.mark.parametrize(("more", "shown"), [(COUNTED - 1, "1000"), (COUNTED, "1.000+")])
def test_a_count_ends_at_a_thousand(crowded: tuple[Office, str], more: int, shown: str) -> None:
    office, code = crowded
    copies(office.server.deps, code, more)
    page = office.browser("kelurahan").get("/office/rows").text
    tab = page.split('id="tab-new"')[1].split("</a>")[0]
    assert f">{shown}</span>" in tab


def test_a_row_says_who_what_and_at_which_stage(office: Office) -> None:
    document = office.server.service()
    inside = {"instance": f'<data id="surat"><nama>Dewi, {NIK}</nama><keperluan>Sekolah anak</keperluan></data>'}
    code = office.kiosk.envelope(document, inside=inside)
    assert office.kiosk.statuses(code) == ["stored"]
    row = office.browser("kelurahan").get("/office").text.split(f'data-key="{code.code}"')[1].split("</li>")[0]
    assert "Dewi, 3578••••••••••03" in row and NIK not in row
    assert "Sekolah anak" in row and "Diperiksa" in row and "Layanan surat" in row


def test_a_list_is_narrowed_and_the_narrowing_is_kept_under_a_name(office: Office) -> None:
    code, browser = office.send().code, office.browser("kelurahan")
    assert code in browser.get("/office?service=surat&stage=periksa").text
    assert code not in browser.get("/office?stage=tanda-tangan").text
    assert code not in browser.get("/office?service=aduan").text
    page = browser.post("/office/views", {"name": "Surat baru", "filters": "show=new&service=surat"}).text
    assert 'href="/office?show=new&amp;service=surat" aria-current="true">Surat baru' in page
    assert "Beri nama dahulu" in browser.post("/office/views", {"name": " ", "filters": ""}).text
    assert "Surat baru" not in office.browser("penyelia").get("/office").text
    view = re.search(r"/office/views/([^/]+)/remove", page)
    assert view is not None
    office.browser("penyelia").get("/office")
    assert office.browser("penyelia").post(f"/office/views/{view[1]}/remove").status_code == 404
    assert "Surat baru" not in browser.post(f"/office/views/{view[1]}/remove").text


def test_what_an_address_should_not_say_is_left_out() -> None:
    assert filters.read({"show": "alles", "service": ["a"], "stage": "x" * 100}) == Filters(stage="x" * 64)
    assert filters.of_query(Filters("late", "surat").query) == Filters("late", "surat")
    for text in ("", "x", "12", "-5.ABC", "9" * 30 + ".ABC", "١٢.ABC", "12.A B"):
        assert inbox_queries.place(text) is None
    here = Place(datetime(2026, 11, 30, 1, 2, 3, 456789, UTC), "K7M29QXF4TRC")
    assert inbox_queries.place(str(here)) == here


def test_the_search_stands_in_no_address_and_leads_to_the_case(office: Office) -> None:
    code, browser = office.send(name="Rahayu Kusumawati").code, office.browser("kelurahan")
    browser.get("/office")
    answer = browser.post("/office/search", {"q": "rahayu"})
    assert LISTED.findall(answer.text) == [code] and answer.url.endswith("/office/search")
    assert browser.post("/office/search", {"q": display(code)}).url.endswith(f"/office/cases/{code}")
    assert browser.post("/office/search", {"q": "ra"}).status_code == 400
    assert "Tidak ada yang cocok" in browser.post("/office/search", {"q": "tidakada"}).text
    office.browser("kominfo").get("/office")
    assert LISTED.findall(office.browser("kominfo").post("/office/search", {"q": "rahayu"}).text) == []


# --- several --------------------------------------------------------------------------------------------------------


def test_several_are_taken_at_once_and_whoever_was_first_is_told(office: Office) -> None:
    codes, browser = [office.send().code for _ in range(3)], office.browser("kelurahan")
    browser.get("/office")
    done = browser.post("/office/several", {"do": "take", "case": codes[:2]})
    assert done.status_code == 200 and done.url.endswith("show=mine")
    assert set(codes[:2]) <= set(LISTED.findall(done.text))
    assert office.act("penyelia", codes[2], "take").ok
    some = browser.post("/office/several", {"do": "take", "case": codes})
    assert some.status_code == 409 and "2 dari 3 berhasil" in some.text


def test_several_are_handed_over_by_a_supervisor_only(office: Office) -> None:
    codes = [office.send().code for _ in range(2)]
    fields = {"do": "assign", "case": codes, "to": office.officer_id("kelurahan")}
    office.browser("kelurahan").get("/office")
    assert office.browser("kelurahan").post("/office/several", fields).status_code == 409
    office.browser("penyelia").get("/office")
    assert office.browser("penyelia").post("/office/several", fields).ok
    assert set(codes) <= set(LISTED.findall(office.browser("kelurahan").get("/office?show=mine").text))


@pytest.mark.parametrize("do", ["approve", "reject", "cancel", "ready", "ask", "", "advance"])
def test_several_are_never_decided(office: Office, do: str) -> None:
    code, browser = office.taken().code, office.browser("kelurahan")
    browser.get("/office")
    page = browser.post("/office/several", {"do": do, "case": [code], "to": "", "note": "ya"}).text
    assert "Pilih dahulu sedikitnya satu" in page
    state = office.server.deps.case_files.public_state(code)
    assert state is not None and state.state == "in_review"


def test_several_of_another_agency_are_as_if_they_did_not_exist(office: Office) -> None:
    code, browser = office.send("aduan").code, office.browser("kelurahan")
    browser.get("/office")
    assert "Tidak berhasil" in browser.post("/office/several", {"do": "take", "case": [code]}).text
    state = office.server.deps.case_files.public_state(code)
    assert state is not None and state.state == "received"


def test_the_next_case_follows_the_list_that_one_came_from(crowded: tuple[Office, str]) -> None:
    office, code = crowded
    browser, (oldest, middle, newest) = office.browser("kelurahan"), copies(office.server.deps, code, 3)
    # Older than its copies and of another service, so that it is in no list here.
    with office.server.deps.engine.begin() as connection:
        other = update(tables.cases).where(tables.cases.c.tracking_code == code).values(service_id="aduan")
        connection.execute(other)

    def following(of: str) -> str:
        page = browser.get(f"/office/cases/{of}").text
        found = re.search(r'href="/office/cases/(\w+)" data-key-goes="n"', page)
        return found[1] if found else ""

    browser.get("/office?show=new&service=surat")
    assert (following(newest), following(middle), following(oldest)) == (middle, oldest, newest)
    assert 'href="/office?show=new&amp;service=surat" data-key-goes="u"' in browser.get(f"/office/cases/{middle}").text
    assert office.server.deps.cases.take(_actor(office), middle).ok
    assert following(middle) == oldest


def _actor(office: Office) -> Actor:
    return Actor(office.officer_id("kelurahan"), Role.OFFICER, "kelurahan")


def test_a_look_alike_is_shown_beside_the_case_line_by_line(office: Office) -> None:
    one, other, browser = office.send(name="Siti").code, office.send(name="Siti A").code, office.browser("kelurahan")
    assert f'href="/office/cases/{one}/alike/{other}"' in browser.get(f"/office/cases/{one}").text
    page = browser.get(f"/office/cases/{one}/alike/{other}").text
    assert "Orang yang sama" in page
    assert re.search(r'class="differs"><th scope="row">Nama.*?<td>Siti</td><td>Siti A</td>', page)
    stranger = office.send("aduan").code
    assert browser.get(f"/office/cases/{one}/alike/{stranger}").status_code == 404
    assert office.browser("kominfo").get(f"/office/cases/{one}/alike/{other}").status_code == 404
