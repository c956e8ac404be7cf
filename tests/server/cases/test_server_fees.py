"""What a case costs: worked out again at the server from the answers, and that amount stands."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import select, update

from protocol.limits import FEE_RUPIAH
from server.app import build_deps, close_deps
from server.cases.fees import worked_out
from server.catalogue.pack_content import PackContent, PackService
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR
from server.storage import tables
from tests.forms.form_kit import load, world
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import fresh


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all: each test publishes a service of its own."""
    for settings in fresh(request, tmp_path_factory.mktemp("fees"), request.param):
        deps = build_deps(settings)
        yield Office(deps, enrolled_kiosk(deps))
        close_deps(deps)


def publish(deps: Deps, **standard: Any) -> dict[str, str]:
    """The service ``surat`` with another fee, as a pack of its own."""
    published = deps.packs.service(1, SERVICE["id"])
    assert published is not None
    document = published.description
    changed = document.model_copy(update={"standard": document.standard.model_copy(update=standard)})
    result = deps.packs.publish(PackContent((PackService(changed, published.files),)), OPERATOR)
    return {**SERVICE, "pack": str(result.number)}


def opened(office: Office, service: dict[str, str], answer: str, fee_rupiah: int | None = None) -> str:
    """The code of a case with this answer, which the kiosk said costs ``fee_rupiah``."""
    instance = f'<data id="surat" version="1"><nama>{answer}</nama></data>'
    envelope = office.kiosk.envelope(service, inside={"instance": instance, "fee_rupiah": fee_rupiah})
    assert office.take(envelope.item) == "stored"
    return envelope.code


def reported(office: Office, code: str) -> tuple[int | None, bool]:
    """What everybody with the code sees: the tracking page, the kiosk, and the office alike."""
    state = office.deps.case_files.public_state(code)
    assert state is not None
    with office.deps.engine.connect() as connection:
        events = feed.page(connection, office.kiosk.id, 0).events
    (event,) = [one.data for one in events if one.data.get("tracking_code") == code]
    assert (event["fee_rupiah"], event["fee_least"]) == (state.fee_rupiah, state.fee_least)
    return state.fee_rupiah, state.fee_least


#: By answer and what the kiosk said: what stands. A kiosk that is mistaken, or somebody who sends what no kiosk would, changes
#: nothing about the amount.
_RULED: Final = (
    ("3", 8_000, (8_000, False)),
    ("3", 1, (8_000, False)),
    ("3", None, (8_000, False)),
    ("-5", 0, (0, False)),
    ("three", 8_000, (5_000, True)),
    (str((FEE_RUPIAH - 5_000) // 1_000), None, (FEE_RUPIAH - 999, False)),
    (str(FEE_RUPIAH // 1_000), None, (5_000, True)),
)


def test_the_servers_amount_stands(office: Office) -> None:
    service = publish(office.deps, fee_rupiah=5_000, fee_rule="${nama} * 1000 + 5000")
    for answer, said, stands in _RULED:
        assert reported(office, opened(office, service, answer, said)) == stands, answer


@pytest.mark.parametrize(
    ("standard", "stands"),
    [
        ({}, (0, False)),
        ({"fee_rupiah": 25_000}, (25_000, False)),
        ({"fee_rupiah": 25_000, "fee_from": True}, (25_000, True)),
        ({"fee_rule": "${nama} * 0"}, (0, False)),
        ({"fee_rule": "${nobody}"}, (None, False)),
    ],
)
def test_free_fixed_least_and_unknown_are_reported_as_what_they_are(
    office: Office, standard: dict[str, Any], stands: tuple[int | None, bool]
) -> None:
    assert reported(office, opened(office, publish(office.deps, **standard), "3")) == stands


def test_a_case_from_before_amounts_were_kept_costs_what_its_service_said(office: Office) -> None:
    code = opened(office, publish(office.deps, fee_rupiah=25_000), "3")
    mine = tables.cases.c.tracking_code == code
    with office.deps.engine.begin() as connection:
        assert connection.execute(select(tables.cases.c.fee_rupiah).where(mine)).scalar_one() == 25_000
        connection.execute(update(tables.cases).where(mine).values(fee_rupiah=None))
    assert reported(office, code) == (25_000, False)


def test_what_an_instance_says_that_a_calculation_gave_counts_for_nothing(office: Office) -> None:
    published = office.deps.packs.service(1, SERVICE["id"])
    assert published is not None
    standard = published.description.standard.model_copy(update={"fee_rule": "${fee}"})
    form = load("<area/><fee/>", '<bind nodeset="/data/fee" calculate="/data/area * 1000"/>')
    altered = b'<data id="test" version="1"><area>3</area><fee>1</fee></data>'
    assert worked_out(standard, form, altered, world(), None) == 3_000
