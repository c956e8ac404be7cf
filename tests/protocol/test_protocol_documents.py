"""A document is the city's own, whole, of its name and version."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from nacl.signing import SigningKey

from protocol import badges
from protocol.documents import DocumentRefused, SignedDocument, sign, verify

KEY = b"\x07" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)
AT = datetime(2026, 11, 24, 2, 5, tzinfo=UTC)


def document(signature: bytes | None = None, **changes: object) -> SignedDocument:
    made = sign("budget", 3, AT, "{}", KEY)
    members = {"name": "budget", "version": 3, "made_at": AT, "body": "{}", **changes}
    return SignedDocument.model_validate({**members, "signature": base64.b64encode(signature or made)})


def test_what_the_city_signed_is_taken() -> None:
    verify(document(), PUBLIC)


def test_the_zone_in_which_the_time_is_given_does_not_matter() -> None:
    verify(document(made_at=AT.astimezone().isoformat()), PUBLIC)


@pytest.mark.parametrize(
    "changes",
    [{"name": "transparency"}, {"version": 4}, {"body": "{} "}, {"made_at": AT + timedelta(microseconds=1)}],
    ids=["name", "version", "body", "time"],
)
def test_whatever_is_altered_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(DocumentRefused):
        verify(document(**changes), PUBLIC)


def test_another_citys_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        verify(document(sign("budget", 3, AT, "{}", b"\x08" * 32)), PUBLIC)


def test_a_badge_is_no_document() -> None:
    token = badges.issue("budi", AT.date(), KEY)
    signature = base64.urlsafe_b64decode(token.rpartition(".")[2] + "==")
    with pytest.raises(DocumentRefused):
        verify(document(signature), PUBLIC)
