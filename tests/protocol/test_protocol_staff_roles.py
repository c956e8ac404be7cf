"""What a badge's role allows, and how a roster brings helpers to kiosks that know none."""

from typing import Literal

import pytest
from pydantic import BaseModel

from protocol.field.roles import MAY, May, StaffRole, role_of
from protocol.messages import StaffMember, StaffRoster


def test_each_role_may_what_the_one_before_may_and_more() -> None:
    helper, field, supervisor = (MAY[role] for role in (StaffRole.HELPER, StaffRole.FIELD, StaffRole.SUPERVISOR))
    assert helper < field < supervisor == set(May)


def test_only_a_supervisor_comes_in_when_it_is_locked_or_takes_a_pack_back() -> None:
    alone = {what for what in May if [role for role in StaffRole if what in MAY[role]] == [StaffRole.SUPERVISOR]}
    assert alone == {May.COME_IN_LOCKED, May.GO_BACK}


@pytest.mark.parametrize("name", ["", "chief", "STAFF"])
def test_a_role_that_is_not_known_here_may_least(name: str) -> None:
    assert role_of(name) is StaffRole.HELPER


class _OlderMember(BaseModel):
    id: str
    role: Literal["staff", "supervisor"] = "staff"


class _OlderRoster(BaseModel):
    """As a kiosk of the first version reads it."""

    staff: tuple[_OlderMember, ...]


def test_an_older_kiosk_lets_no_helper_in_and_all_others() -> None:
    helper = StaffMember(id="h", name="H", role=StaffRole.HELPER, pin_hash="x")
    chief = StaffMember(id="c", name="C", role=StaffRole.SUPERVISOR, pin_hash="x")
    sent = StaffRoster(staff=(chief,), helpers=(helper,)).model_dump_json()
    assert [member.id for member in _OlderRoster.model_validate_json(sent).staff] == ["c"]
