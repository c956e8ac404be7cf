"""A form is tried as a kiosk shows it: conditions, constraints, repeats, calculations, the fee, the review, the slip."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from starlette.datastructures import FormData

from forms import Form, load_form
from protocol.line.base import ServiceKind
from protocol.packs import ServiceDescription
from rehearsal.every_control import SERVICE_ID, every_control
from server.catalogue.form_conversion import convert_form
from server.foundation import texts
from server.operator.seeding import read_city
from server.web.admin import trial_view
from server.web.admin.trial import HELD_BYTES, Held, Privacy, Step, Trial
from server.web.frame.site import KIOSK_TEXTS
from tests.server.conftest import CITY
from tests.server.web.conftest import Office

ZONE = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 11, 30, 5, tzinfo=UTC)
WORDS = trial_view.words_of(texts.load(KIOSK_TEXTS).say, "id", ZONE)
SHEET = """
| survey |
| | type | name | label::Bahasa Indonesia (id) | label::English (en) | required | relevant | constraint | constraint_message::Bahasa Indonesia (id) | calculation | appearance |
| | begin_group | usaha | Usaha | Business | | | | | | field-list |
| | text | nama | Nama usaha | Name | yes | | | | | |
| | integer | luas | Luas | Area | yes | | . > 0 | Luas harus lebih dari nol. | | |
| | end_group | | | | | | | | | |
| | select_one jenis | jenis | Jenis | Kind | yes | | | | | |
| | text | lain | Sebutkan | Which | yes | ${jenis} = 'lain' | | | | |
| | date | mulai | Mulai | Begins | yes | | . >= today() | | | |
| | begin_repeat | pemilik | Pemilik | Owner | | | | | | |
| | text | nama_pemilik | Nama pemilik | Owner's name | yes | | | | | |
| | end_repeat | | | | | | | | | |
| | calculate | biaya | | | | | | | ${luas} * 2500 | |
| choices |
| | list_name | name | label::Bahasa Indonesia (id) | label::English (en) |
| | jenis | toko | Toko | Shop |
| | jenis | lain | Lainnya | Other |
| settings |
| | form_id | version | form_title | default_language |
| | izin | 1 | Izin | Bahasa Indonesia (id) |
"""


@pytest.fixture(scope="module")
def form() -> Form:
    found = convert_form(SHEET.encode(), "md", "izin", {}).form
    assert found is not None
    return found


@pytest.fixture(scope="module")
def service() -> ServiceDescription:
    known = next(one for one in read_city(CITY).content.services if one.description.id == "surat").description
    standard = known.standard.model_copy(update={"fee_rule": "${biaya}"})
    slip = known.slip.model_copy(update={"answers": ("jenis", "mulai")})
    return known.model_copy(update={"standard": standard, "slip": slip, "identification": "none", "consent": True})


def on(form: Form, service: ServiceDescription | None, trial: Trial | None = None) -> Trial:
    """As the next request has it: from nothing but what travelled with the page."""
    held = Held() if trial is None else Held.from_bytes(trial.hold().to_bytes())
    return Trial(form, service, held, lambda: NOON, ZONE)


def labels(trial: Trial) -> list[str]:
    return [one["label"] for one in trial_view.questions(trial, WORDS, FormData())]


def fill(trial: Trial, *fields: tuple[str, str]) -> Trial:
    """The fields of the page as a browser sends them, then the way forward."""
    trial.answer(trial_view.answers(trial, FormData([(f"a:/data/{name}", value) for name, value in fields])))
    trial.forward()
    return on(trial.form, trial.description, trial)


def problems(trial: Trial) -> list[str]:
    return [one["problem"] for one in trial_view.questions(trial, WORDS, FormData()) if one["problem"]]


def test_a_citizens_way_from_the_standard_to_the_slip(form: Form, service: ServiceDescription) -> None:
    trial = on(form, service)
    assert trial.steps[:2] == [Step.SERVICE, Step.FORM] and trial_view.fee_words(trial, WORDS) == "Dihitung petugas"
    trial = fill(trial)
    assert labels(trial) == ["Nama usaha", "Luas"]
    trial = fill(trial, ("usaha/nama", "Toko Ani"), ("usaha/luas", "12"))
    assert labels(trial) == ["Jenis"]
    trial = fill(trial, ("jenis", "lain"))
    assert labels(trial) == ["Sebutkan"]
    # Another choice, and the question is gone; what was answered on other pages stays.
    trial.back()
    trial = fill(on(form, service, trial), ("jenis", "toko"))
    assert labels(trial) == ["Mulai"]
    trial = fill(trial, ("mulai", "2026-12-01"))
    while (several := trial_view.repeat(trial, WORDS)) is None:
        trial = fill(trial, ("pemilik[1]/nama_pemilik", "Ani"), ("pemilik[2]/nama_pemilik", "Budi"))
    if len(several["instances"]) < 2:
        trial.add(several["ref"])
        trial = fill(on(form, service, trial), ("pemilik[2]/nama_pemilik", "Budi"))
    several = trial_view.repeat(trial, WORDS)
    assert several is not None and [one["line"] for one in several["instances"]] == ["Ani", "Budi"]
    trial = fill(trial)
    assert trial.held.step is Step.REVIEW
    told = {line["label"]: line["answer"] for line in trial_view.review(trial, WORDS)}
    assert told["Luas"] == "12" and told["Jenis"] == "Toko" and "Sebutkan" not in told
    assert trial_view.fee_words(trial, WORDS) == "Rp 30.000"
    assert trial_view.calculated(trial) == [("biaya", "30000")]
    for step in (Step.FEE, Step.CONSENT, Step.SAVED):
        trial = fill(trial)
        assert trial.held.step is step
    assert trial_view.slip(trial, service, WORDS) == [("Jenis", "Toko"), ("Mulai", "Selasa, 1 Desember 2026")]


def test_what_is_wrong_keeps_the_page_and_what_was_typed(form: Form) -> None:
    trial = on(form, None)
    trial.answer({"/data/usaha/luas": "banyak"})
    trial.forward()
    assert trial.place == 0
    shown = {one["ref"]: one for one in trial_view.questions(trial, WORDS, FormData())}
    assert shown["/data/usaha/luas"]["value"] == "banyak"
    assert problems(trial) == ["Mohon diisi.", "Ketik angka, misalnya 12."]
    trial = on(form, None, trial)
    trial.answer({"/data/usaha/nama": "Ani", "/data/usaha/luas": "0"})
    trial.forward()
    assert (trial.place, problems(trial)) == (0, ["Luas harus lebih dari nol."])


def test_an_answer_is_changed_from_the_review_and_back_there(form: Form) -> None:
    trial = on(form, None)
    trial.answer(
        {"/data/usaha/nama": "Ani", "/data/usaha/luas": "1", "/data/jenis": "toko", "/data/mulai": "2026-12-01"}
    )
    trial.held = Held(step=Step.REVIEW, instance=trial.hold().instance)
    trial.edit("/data/mulai")
    assert (trial.held.step, labels(trial)) == (Step.FORM, ["Mulai"])
    assert fill(trial, ("mulai", "2026-12-02")).held.step is Step.REVIEW
    # What is missing is shown first, and said.
    trial.answer({"/data/mulai": ""})
    trial.held = Held(step=Step.REVIEW, instance=trial.hold().instance)
    trial.forward()
    assert (trial.held.step, labels(trial)) == (Step.FORM, ["Mulai"]) and problems(trial)


def test_another_language_keeps_the_answers(form: Form) -> None:
    trial = on(form, None)
    trial.answer({"/data/usaha/nama": "Ani"})
    trial.speak("en")
    trial = on(form, None, trial)
    assert labels(trial) == ["Name", "Area"] and trial.session.nodes["/data/usaha/nama"].value == "Ani"
    trial.speak("mad")
    assert labels(trial) == ["Nama usaha", "Luas"]


def test_a_complaint_asks_who_may_know_first(form: Form, service: ServiceDescription) -> None:
    complaint = service.model_copy(update={"kind": ServiceKind.COMPLAINT, "privacy_question": "nama"})
    trial = on(form, complaint)
    assert trial.steps[:3] == [Step.SERVICE, Step.PRIVACY, Step.FORM]
    trial.held = Held(step=Step.PRIVACY, privacy=Privacy.SECRET.value, instance=trial.hold().instance)
    trial.forward()
    assert trial.held.step is Step.IDENTIFY and trial.session.nodes["/data/usaha/nama"].value == "secret"
    trial.forward()
    assert trial.held.step is Step.IDENTIFY and trial.asked


def test_every_control_has_a_field(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = f"services/{SERVICE_ID}/"
    files = {name.removeprefix(prefix): data for name, data in every_control().items() if name.startswith(prefix)}
    trial = on(load_form(files["form.xml"], files), None)
    controls = {trial_view.control_of(node) for page in trial.pages for node in page.nodes}
    assert controls >= {"text", "one", "several", "date", "time", "photo", "range", "rank", "trigger", "note"}
    for page in trial.pages:
        trial.held = replace(trial.held, page=page.ref)
        assert len(trial_view.questions(trial, WORDS, FormData())) == len(page.nodes)
    # A list that is too long to be read is found by letters, and what was found can be chosen.
    monkeypatch.setattr(trial_view, "FOLDED_MOST", trial_view.LISTED_MOST)
    long = next(node for page in trial.pages for node in page.nodes if len(node.choices) > trial_view.FOLDED_MOST)
    trial.held = replace(trial.held, page=next(page.ref for page in trial.pages if long in page.nodes))
    label = long.choices[-1].label
    found = trial_view.questions(trial, WORDS, FormData({f"f:{long.ref}": label}))
    assert label in [choice["label"] for one in found for choice in one["options"]]


def test_what_travels_with_the_page_is_bounded() -> None:
    held = Held(instance="<data/>", page="/data/a", step=Step.FORM)
    assert Held.from_bytes(held.to_bytes()) == held
    with pytest.raises(ValueError, match="too large"):
        Held.from_bytes(Held(instance="a" * (HELD_BYTES + 1)).to_bytes())
    with pytest.raises(ValueError, match="not what"):
        Held.from_bytes(b"zzzz")


def test_all_words_on_the_panel_are_the_kiosks() -> None:
    folder = Path("server/web/admin")
    sources = (folder / "templates" / "trial.html").read_text() + (folder / "trial_view.py").read_text()
    named = set(re.findall(r'kiosk\("([a-z_.]+)"', sources)) | set(re.findall(r'"(form\.problem\.[a-z.]+)"', sources))
    known = texts.load(KIOSK_TEXTS)
    ending = {key for key in named if key.endswith(".")}
    assert {key for key in named - ending if not known.has(key)} == set()
    assert len(named) > 30


# --- the pages ------------------------------------------------------------------------------------------------------


def test_a_service_in_force_is_tried_in_a_browser_without_scripts(office: Office) -> None:
    browser, at = office.browser("admin"), "/admin/services/surat/try"
    page = browser.get(at).text

    def go(**fields: str) -> str:
        held = re.search(r'name="held" value="([^"]+)"', page)
        assert held is not None
        answer = browser.post(at, {"held": held[1], "do": "next", **fields})
        assert answer.ok
        return answer.text

    for _ in range(12):
        if "trial-slip" in page:
            break
        page = go(nik="3578014509900001", **{"a:/data/nama": "Siti <b>Aminah</b>", "a:/data/mulai": "2099-12-31"})
        assert "<b>Aminah" not in page
    assert "trial-slip" in page
    # Of another form, or made up: it begins anew, and nothing breaks.
    for held in ("", "x", "AAAA"):
        assert "trial-body" in browser.post(at, {"held": held, "do": "next"}).text
    with office.server.deps.engine.connect() as connection:
        from sqlalchemy import func, select

        from server.storage import tables

        assert connection.execute(select(func.count()).select_from(tables.submissions)).scalar_one() == 0


def test_what_one_form_gave_out_is_no_other_forms(office: Office) -> None:
    browser = office.browser("admin")
    held = re.search(r'name="held" value="([^"]+)"', browser.get("/admin/services/surat/try").text)
    assert held is not None
    page = browser.post("/admin/services/aduan/try", {"held": held[1], "do": "next"}).text
    assert 'aria-current="step"' in page and "trial-body" in page


def test_a_form_is_begun_with_changed_compared_and_downloaded_without_its_spreadsheet(office: Office) -> None:
    browser = office.browser("admin")
    original = browser.get("/admin/services/surat/form")
    assert 'filename="surat.md"' in original.headers["content-disposition"]
    assert original.content == (CITY / "surat" / "form.md").read_bytes()
    xform = browser.get("/admin/services/surat/xform")
    assert 'filename="surat.xml"' in xform.headers["content-disposition"] and b"<h:html" in xform.content
    assert xform.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    draft = browser.post("/admin/services/surat/begin").url.removesuffix("/service")
    draft = draft.removeprefix(browser.base)
    page = browser.get(f"{draft}/service").text
    fields = {
        name: value
        for name, value in re.findall(
            r'<input class="input[^"]*" id="[^"]*" name="([^"]+)"[^>]*? value="([^"]*)"', page
        )
    }
    fields |= {
        name: text for name, text in re.findall(r'<textarea id="[^"]*" name="([^"]+)"[^>]*>([^<]*)</textarea>', page)
    }
    fields |= {
        name: value
        for name, value in re.findall(
            r'<select id="([^"]+)"[^>]*>(?:(?!</select>).)*?value="([^"]*)" selected', page, re.S
        )
    }
    fields |= {"consent": "1", "standard.fee_rupiah": "75.000", "slip.next_step.id": "Ambil di loket 3."}
    assert browser.post(f"{draft}/service", fields).url.endswith("/publish")
    page = browser.get(f"{draft}/publish").text
    assert "75000" in page and "Ambil di loket 3." in page and "Standar layanan, struk, dan teks" in page
    assert "trial-body" in browser.get(f"{draft}/try").text
    assert browser.get(f"{draft}/original").content == original.content
    assert browser.get(f"{draft}/files").content[:2] == b"PK"
