"""Sessions: seen and ended by their officer and by administrators, in words that people know again."""

import pytest
from sqlalchemy import select, update

from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.people.sessions import HANDLE_DIGITS, PROVED_MINUTES, How, token_hash
from server.people.sign_in_limits import Attempt
from server.storage import tables
from server.web.office.browsers import browser_name
from tests.server.conftest import FakeClock
from tests.server.web.people_kit import officer_id, session

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def deps(sqlite_deps: Deps) -> Deps:
    return sqlite_deps


def test_ones_sessions_tell_where_how_and_since_when(deps: Deps, clock: FakeClock) -> None:
    me = officer_id(deps, "kelurahan")
    session(deps, officer_id(deps, "kominfo"))
    began = clock.now()
    with deps.units.begin(OPERATOR) as work:
        token = deps.identity.sessions.open(work, me, How.PASSKEY, Attempt("", "10.0.0.7", browser=FIREFOX))
    clock.pass_time(minutes=5)
    deps.identity.sessions.find(token)
    (one,) = deps.identity.sessions.of(me, token)
    assert (one.began_at, one.seen_at, one.how, one.address) == (began, clock.now(), How.PASSKEY, "10.0.0.7")
    assert one.own and browser_name(one.browser) == "Firefox, Windows"


def test_a_handle_opens_nothing_and_is_not_the_token(deps: Deps) -> None:
    token = session(deps, officer_id(deps, "kelurahan"))
    (one,) = deps.identity.sessions.of(officer_id(deps, "kelurahan"))
    assert len(one.handle) == HANDLE_DIGITS and one.handle not in token
    assert deps.identity.sessions.find(one.handle) is None


def test_one_is_ended_and_the_others_stay(deps: Deps) -> None:
    me = officer_id(deps, "kelurahan")
    kept, lost = session(deps, me), session(deps, me)
    actor = find(deps, kept).actor
    assert deps.identity.sessions.end(actor, me, token_hash(lost)[:HANDLE_DIGITS])
    assert deps.identity.sessions.find(lost) is None
    assert deps.identity.sessions.find(kept) is not None
    assert ended(deps, me) == [(me, {"sessions": 1})]


def test_all_others_are_ended(deps: Deps) -> None:
    me, colleague = officer_id(deps, "kelurahan"), session(deps, officer_id(deps, "kominfo"))
    own, others = session(deps, me), [session(deps, me) for _ in range(3)]
    assert deps.identity.sessions.end_all(find(deps, own).actor, me, but=own) == 3
    assert [deps.identity.sessions.find(one) for one in others] == [None] * 3
    assert find(deps, own).id == me and find(deps, colleague).id != me


@pytest.mark.parametrize("handle", ["", "%", "_" * HANDLE_DIGITS, "%" * HANDLE_DIGITS, "0" * HANDLE_DIGITS])
def test_what_is_no_handle_ends_nothing(deps: Deps, handle: str) -> None:
    me = officer_id(deps, "kelurahan")
    token = session(deps, me)
    assert not deps.identity.sessions.end(OPERATOR, me, handle)
    assert find(deps, token).id == me


def test_nobody_ends_a_session_under_anothers_name(deps: Deps) -> None:
    token = session(deps, officer_id(deps, "kominfo"))
    assert not deps.identity.sessions.end(OPERATOR, officer_id(deps, "kelurahan"), token_hash(token)[:HANDLE_DIGITS])
    assert find(deps, token)


def test_whoever_is_inactive_is_not_signed_in_whatever_sessions_there_are(deps: Deps) -> None:
    me = officer_id(deps, "kelurahan")
    token = session(deps, me)
    with deps.engine.begin() as connection:
        connection.execute(update(tables.officers).where(tables.officers.c.id == me).values(active=False))
    assert deps.identity.sessions.find(token) is None


def test_what_is_over_is_not_listed(deps: Deps, clock: FakeClock) -> None:
    me = officer_id(deps, "kelurahan")
    session(deps, me)
    clock.pass_time(hours=2)
    assert deps.identity.sessions.of(me) == []


def test_a_session_is_proved_for_a_quarter_of_an_hour_and_can_be_proved_again(deps: Deps, clock: FakeClock) -> None:
    token = session(deps, officer_id(deps, "kelurahan"))
    assert find(deps, token).proved
    clock.pass_time(minutes=PROVED_MINUTES)
    assert not find(deps, token).proved
    deps.identity.sessions.prove(officer_id(deps, "kelurahan"), token)
    assert find(deps, token).proved


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36",
            "Chrome, Linux",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36 Edg/150.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browsers_are_named_in_two_words(said: str, name: str) -> None:
    assert browser_name(said) == name


def find(deps: Deps, token: str):  # type: ignore[no-untyped-def]
    found = deps.identity.sessions.find(token)
    assert found is not None
    return found


def ended(deps: Deps, about: str) -> list[tuple[str, object]]:
    log = tables.audit_log.c
    with deps.engine.connect() as connection:
        rows = connection.execute(
            select(log.actor, log.details).where(log.object == f"officer:{about}", log.action == "session.ended")
        )
        return [(row.actor, row.details) for row in rows]
