"""The head of an agency is somebody who works there."""

import pytest
from sqlalchemy import select

from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.people.agency_heads import HeadOutcome
from server.people.officers import OfficerOutcome
from server.storage import tables
from tests.server.web.people_kit import OTHER, OWN, officer_id


@pytest.mark.parametrize(
    ("role", "agency", "stays"), [("officer", OTHER, False), ("command", None, False), ("officer", OWN, True)]
)
def test_whoever_works_elsewhere_is_head_no_more(sqlite_deps: Deps, role: str, agency: str | None, stays: bool) -> None:
    """Else late cases would go to somebody who must not see them."""
    deps, head = sqlite_deps, officer_id(sqlite_deps, "kelurahan")
    assert deps.agency_heads.appoint(OPERATOR, OWN, head) is HeadOutcome.DONE
    assert deps.officers.change(OPERATOR, head, "Sri Rahayu", role, agency) is OfficerOutcome.DONE
    agencies, log = tables.agencies.c, tables.audit_log.c
    with deps.engine.connect() as connection:
        assert connection.execute(select(agencies.head_id).where(agencies.id == OWN)).scalar() == (
            head if stays else None
        )
        told = (
            connection.execute(select(log.details).where(log.action == "agency.head").order_by(log.seq)).scalars().all()
        )
    assert told == [{"head": head}, *([] if stays else [{"head": ""}])]
