from datetime import UTC, date, datetime

import pytest
from nacl.signing import SigningKey

from protocol import badges

KEY = b"\x09" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)
LAST_DAY = date(2027, 3, 31)
TOKEN = badges.issue("budi", LAST_DAY, KEY)


def test_a_badge_tells_who_and_until_when() -> None:
    assert badges.read(TOKEN, PUBLIC, datetime(2027, 3, 31, 12, tzinfo=UTC)) == badges.Badge("budi", LAST_DAY)


def test_the_day_after_it_is_refused() -> None:
    with pytest.raises(badges.BadgeRefused, match="expired on 2027-03-31"):
        badges.read(TOKEN, PUBLIC, datetime(2027, 4, 1, tzinfo=UTC))


def test_another_citys_badge_is_refused() -> None:
    with pytest.raises(badges.BadgeRefused, match="not signed"):
        badges.read(badges.issue("budi", LAST_DAY, b"\x01" * 32), PUBLIC, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "token",
    ["", "EKB1.", TOKEN + "x", TOKEN.replace("budi", "rudi"), TOKEN.replace(".20", ".21"), "EKB1." + "A" * 9000, "é"],
)
def test_an_altered_badge_is_refused(token: str) -> None:
    with pytest.raises(badges.BadgeRefused):
        badges.read(token, PUBLIC, datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("staff_id", ["", "Budi", "a.b", "x" * 65])
def test_a_name_that_cannot_stand_on_a_badge_is_refused(staff_id: str) -> None:
    with pytest.raises(ValueError, match="cannot stand on a badge"):
        badges.issue(staff_id, LAST_DAY, KEY)
