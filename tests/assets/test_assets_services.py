"""Every service of the sample city is complete, in all four languages, and says nothing that the law took back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.catalogue.service import Identification, read_service
from protocol import pictograms
from protocol.languages import LANGUAGES
from protocol.packs import ServiceDescription
from server.catalogue.workflow import Workflow

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ROOT / "assets" / "services"
#: What a slip of 58 mm still shows without breaking the title into three lines.
TITLE_LETTERS = 40


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text by language, with where it stands."""
    if isinstance(value, dict) and any(language in value for language in ("jv", "mad", "en")):
        yield path, value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from texts(member, f"{path}.{key}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from texts(member, f"{path}[{number}]")


def test_city_lists_every_service_once(city: dict[str, Any]) -> None:
    folders = sorted(path.parent.name for path in SERVICES.glob("*/form.md"))
    assert sorted(city["services"]) == folders


def test_city_has_eight_services_of_four_agencies(city: dict[str, Any]) -> None:
    agencies = {_agency(name) for name in city["services"]}
    assert len(city["services"]) >= 8 and len(agencies) >= 4


def _agency(service: str) -> str:
    match = re.search(r'^agency = "(.+)"', (SERVICES / service / "service.toml").read_text(encoding="utf-8"), re.M)
    assert match is not None
    return match[1]


def test_city_speaks_all_languages(city: dict[str, Any]) -> None:
    silent = [path for path, text in texts(city) if set(text) != set(LANGUAGES) or not all(text.values())]
    assert silent == []


def test_document_is_valid_for_a_pack(validated: ServiceDescription, service: str) -> None:
    assert validated.id == service == validated.form_id


def test_kiosk_reads_the_document(validated: ServiceDescription) -> None:
    read = read_service(validated.model_dump(mode="json"))
    assert read.id == validated.id and read.identification is Identification(validated.identification)


def test_document_speaks_all_languages(document: dict[str, Any]) -> None:
    silent = [path for path, text in texts(document) if set(text) != set(LANGUAGES) or not all(text.values())]
    assert silent == []


def test_lists_have_the_same_length_in_all_languages(document: dict[str, Any]) -> None:
    uneven = [
        path
        for path, text in texts(document["standard"])
        if isinstance(text["id"], list) and len({len(items) for items in text.values()}) != 1
    ]
    assert uneven == []


def test_stages_fit_the_promised_days(validated: ServiceDescription) -> None:
    assert sum(stage.working_days for stage in validated.stages) <= validated.standard.working_days


def test_stage_ids_are_unique(validated: ServiceDescription) -> None:
    ids = [stage.id for stage in validated.stages]
    assert len(ids) == len(set(ids))


def test_every_stage_says_what_is_done_at_it(validated: ServiceDescription) -> None:
    assert all(stage.does for stage in validated.stages)
    assert Workflow.of(validated).problem == ""


def test_promised_days_are_put_in_words(validated: ServiceDescription) -> None:
    days = validated.standard.working_days
    reported = {int(number) for number in re.findall(r"\d+", validated.standard.time["id"])}
    assert sum(reported) == days


def test_a_free_service_says_so(validated: ServiceDescription) -> None:
    free = validated.standard.fee_rupiah == 0
    assert all(("Rp 0" in text) == free for text in validated.standard.fee.values())


def test_life_events_are_known(validated: ServiceDescription, city: dict[str, Any]) -> None:
    assert validated.life_events and set(validated.life_events) <= set(city["life_events"])


def test_icon_is_a_pictogram(validated: ServiceDescription) -> None:
    assert validated.icon in pictograms.NAMES


def test_slip_title_is_short(validated: ServiceDescription) -> None:
    assert max(map(len, validated.slip.title.values())) <= TITLE_LETTERS


def test_no_permit_is_offered_that_the_law_took_back(document: dict[str, Any]) -> None:
    said = json.dumps(document, ensure_ascii=False)
    assert re.findall(r"\b(SIUP|TDP|HO|IMB)\b", said) == []


def test_no_language_borrows_the_small_words_of_another(document: dict[str, Any]) -> None:
    """A text that was pasted into the wrong column gives itself away by them."""
    own = {
        "jv": {"utawi", "kangge", "ingkang", "punika", "paladosan", "panjenengan"},
        "mad": {"otabâ", "kaangghuy", "sareng", "panèka", "paladhinan", "panjhennengngan"},
        "en": {"the", "and", "of", "your", "within"},
        "id": {"atau", "dalam", "yang", "layanan", "untuk"},
    }
    borrowed = [
        (path, language, word)
        for path, text in texts(document)
        if not path.startswith(".keywords")
        for language in LANGUAGES
        for word in re.findall(r"\w+", json.dumps(text[language], ensure_ascii=False))
        if any(word in words for other, words in own.items() if other != language)
    ]
    assert borrowed == []
