"""What was filled in is held to the form in the language that it was filled in: calculations may tell words."""

from typing import Any

import pytest

from protocol.messages import SubmissionItem
from server.catalogue.form_conversion import convert_form
from server.catalogue.pack_content import PackService
from server.deps import Deps
from server.keeper.sealing_keys import PrivateSealingKeys
from server.submissions.opening import Opened, Opener
from tests.server.case_kit import SERVICE, Office
from tests.server.cases.test_server_cases import office as office

FORM = """
| survey |
| | type          | name | label::Indonesia (id) | label::English (en) | calculation                     |
| | select_one yn | a    | Benar?                | True?               |                                 |
| | calculate     | told |                       |                     | jr:choice-name(${a}, '${a}')    |
| choices |
| | list_name | name | label::Indonesia (id) | label::English (en) |
| | yn        | y    | Ya                    | Yes                 |
"""


class OneService:
    """Every pack holds the same service, with the form above."""

    def __init__(self, deps: Deps) -> None:
        published = deps.packs.service(1, SERVICE["id"])
        converted = convert_form(FORM.encode(), "md", SERVICE["form_id"], {})
        assert published is not None and converted.xml is not None, converted.problems
        self._one = PackService(published.description, {"form.xml": converted.xml.encode(), **converted.resources})

    def service(self, number: int, service_id: str) -> PackService | None:
        return self._one


@pytest.mark.parametrize(
    ("language", "reported", "found"),
    [("id", "Ya", []), ("en", "Yes", []), ("mad", "Ya", []), ("en", "Ya", [("/data/told", "calculation")])],
)
def test_words_that_a_calculation_tells_are_those_of_the_citizens_language(
    office: Office, deps: Deps, language: str, reported: str, found: list[tuple[str, str]]
) -> None:
    inside: dict[str, Any] = {
        "language": language,
        "instance": f'<data id="surat" version="1"><a>y</a><told>{reported}</told></data>',
    }
    item = SubmissionItem.model_validate(office.kiosk.envelope(SERVICE, inside=inside).item)
    assert office.kiosk.enrolment is not None
    opener = Opener(PrivateSealingKeys(deps.settings.data / "keys").get, OneService(deps), "Asia/Jakarta")
    opened = opener.open(office.kiosk.id, office.kiosk.enrolment.kiosk_part, item)
    assert isinstance(opened, Opened), opened
    assert [(one["ref"], one["kind"]) for one in opened.violations] == found
