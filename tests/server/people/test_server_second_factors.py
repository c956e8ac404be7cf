"""Second factors: what a code opens, how often, for how long, and what is left of it at rest."""

import asyncio
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from server.deps import Deps
from server.foundation.actors import OPERATOR, Role
from server.foundation.vault import Vault
from server.operator.operations import OperationRefused, carry_out
from server.operator.seeding import TRIAL_PASSWORD
from server.people.accounts import Accounts, PasswordChange
from server.people.authenticators import DIGITS, PERIOD_S
from server.people.officers import OfficerOutcome
from server.people.passkeys import PasskeyOutcome
from server.people.recovery_codes import CODES
from server.people.second_step import SignIn
from server.people.sessions import How, Officer
from server.people.sign_in_limits import CODES as PACED
from server.people.sign_in_limits import FIRST_WAIT, FREE_FAILURES, Attempt, SignInLimits
from server.people.steps import STEP_LIFE
from server.storage import tables
from tests.server.conftest import FakeClock
from tests.server.web.people_kit import officer_id, session

HOME, ELSEWHERE = "10.0.0.1", "203.0.113.7"


@pytest.fixture
def deps(sqlite_deps: Deps) -> Deps:
    return sqlite_deps


@pytest.fixture
def accounts(deps: Deps) -> Accounts:
    return Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault))


class Phone:
    """An authenticator app, with a clock that may be wrong."""

    def __init__(self, clock: FakeClock, secret: str) -> None:
        self._clock = clock
        self._app = pyotp.TOTP(secret)

    def code(self, late: float = 0) -> str:
        return self._app.at(self._clock.now() - timedelta(seconds=late))


@pytest.fixture
def me(deps: Deps) -> Officer:
    return signed_in(deps, "kelurahan")


def signed_in(deps: Deps, user_name: str) -> Officer:
    found = deps.identity.sessions.find(session(deps, officer_id(deps, user_name)))
    assert found is not None
    return found


def with_app(deps: Deps, clock: FakeClock, officer: Officer) -> tuple[Phone, tuple[str, ...]]:
    """The officer's phone, and the recovery codes; the code that confirmed it is taken."""
    phone = Phone(clock, deps.identity.own_factors.begin_authenticator(officer).secret)
    added = deps.identity.own_factors.confirm_authenticator(officer, phone.code())
    assert added.outcome is PasskeyOutcome.DONE
    clock.pass_time(seconds=PERIOD_S)
    return phone, added.recovery_codes


def second(deps: Deps, step: str, code: str, address: str = HOME) -> SignIn:
    return deps.identity.second_step.show(step, code, Attempt("", address))


def step(accounts: Accounts, user: str = "kelurahan", address: str = HOME) -> str:
    result = accounts.sign_in(user, TRIAL_PASSWORD, address)
    assert (result.token, bool(result.step)) == ("", True)
    return result.step


def test_a_password_alone_opens_nothing_once_there_is_an_app(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD).token
    phone, _ = with_app(deps, clock, me)
    begun = step(accounts)
    assert deps.identity.sessions.find(begun) is None
    found = deps.identity.sessions.find(second(deps, begun, phone.code()).token)
    assert found is not None and (found.id, found.how) == (me.id, How.CODE)


def test_a_secret_that_no_code_confirmed_asks_for_none(deps: Deps, accounts: Accounts, me: Officer) -> None:
    deps.identity.own_factors.begin_authenticator(me)
    assert deps.identity.own_factors.confirm_authenticator(me, "000000").outcome is PasskeyOutcome.REFUSED
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD).token


def test_no_code_is_taken_twice_nor_an_older_one_after_a_newer(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, _ = with_app(deps, clock, me)
    assert not second(deps, step(accounts), phone.code(late=PERIOD_S)).token
    code = phone.code()
    assert second(deps, step(accounts), code).token
    assert not second(deps, step(accounts), code).token
    assert not second(deps, step(accounts), phone.code(late=PERIOD_S)).token


@pytest.mark.parametrize(("late", "taken"), [(30, True), (-30, True), (60, False), (-60, False), (0, True)])
def test_a_phones_clock_may_be_one_step_wrong(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer, late: float, taken: bool
) -> None:
    phone, _ = with_app(deps, clock, me)
    clock.pass_time(minutes=5)
    assert bool(second(deps, step(accounts), phone.code(late)).token) is taken


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345\x00", "-12345"])
def test_what_is_no_code_is_none(deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer, text: str) -> None:
    with_app(deps, clock, me)
    assert not second(deps, step(accounts), text).token


def test_a_code_may_be_typed_as_the_app_shows_it(deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer) -> None:
    phone, _ = with_app(deps, clock, me)
    code = phone.code()
    assert len(code) == DIGITS
    assert second(deps, step(accounts), f" {code[:3]} {code[3:]} ").token


def test_wrong_codes_wait_and_a_right_password_does_not_wipe_them_out(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, _ = with_app(deps, clock, me)
    for _ in range(FREE_FAILURES - 1):
        assert second(deps, step(accounts), "000000").wait == timedelta()
    assert second(deps, step(accounts), "000000").wait == FIRST_WAIT
    assert not second(deps, step(accounts), phone.code()).token
    clock.time += FIRST_WAIT
    assert second(deps, step(accounts), phone.code()).token


def test_codes_are_guessed_slowly_from_everywhere(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, _ = with_app(deps, clock, me)
    for number in range(PACED.free):
        second(deps, step(accounts), "000000", f"203.0.113.{number}")
    assert second(deps, step(accounts), phone.code(), ELSEWHERE).wait == PACED.pace
    clock.time += PACED.pace
    assert second(deps, step(accounts), phone.code(), ELSEWHERE).token


def test_a_second_step_is_over_after_a_while_and_when_it_was_taken(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, codes = with_app(deps, clock, me)
    begun, late = step(accounts), step(accounts)
    assert second(deps, begun, phone.code()).token
    assert second(deps, begun, codes[0]) == SignIn()
    clock.time += STEP_LIFE
    assert second(deps, late, phone.code()) == SignIn()
    assert deps.identity.second_step.waiting(late) is None


def test_who_was_deactivated_between_the_steps_stays_outside(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, _ = with_app(deps, clock, me)
    begun = step(accounts)
    deps.officers.set_active(OPERATOR, me.id, False)
    assert second(deps, begun, phone.code()) == SignIn()


def test_a_new_password_ends_the_step_that_the_old_one_began(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    """Whoever stole the old one cannot end what it began."""
    phone, _ = with_app(deps, clock, me)
    begun = step(accounts)
    deps.officers.new_password(OPERATOR, me.id)
    assert second(deps, begun, phone.code()) == SignIn()


def test_ones_own_new_password_ends_the_step_that_the_old_one_began(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, _ = with_app(deps, clock, me)
    begun, token = step(accounts), session(deps, me.id)
    change = PasswordChange(TRIAL_PASSWORD, "another-long-password")
    changed = asyncio.run(accounts.change_password(me, token, change, Attempt(me.user_name, HOME)))
    assert changed.token == token
    assert second(deps, begun, phone.code()) == SignIn()


# --- a lost device --------------------------------------------------------------------------------------------------


def test_each_recovery_code_stands_in_for_the_phone_once(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    _, codes = with_app(deps, clock, me)
    assert len(set(codes)) == CODES
    found = deps.identity.sessions.find(second(deps, step(accounts), codes[0].lower().replace("-", " ")).token)
    assert found is not None and found.how is How.RECOVERY
    assert not second(deps, step(accounts), codes[0]).token
    assert second(deps, step(accounts), codes[1]).token
    assert deps.identity.factors.held(me.id).recovery_codes == CODES - 2


def test_new_recovery_codes_end_the_old_ones_and_belong_to_one_officer(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    _, old = with_app(deps, clock, me)
    _, anothers = with_app(deps, clock, signed_in(deps, "kominfo"))
    new = deps.identity.own_factors.new_recovery_codes(me)
    for wrong in (old[0], anothers[0]):
        assert not second(deps, step(accounts), wrong).token
    assert second(deps, step(accounts), new[0]).token


def test_without_a_second_factor_there_are_no_recovery_codes(deps: Deps, clock: FakeClock, me: Officer) -> None:
    assert deps.identity.own_factors.new_recovery_codes(me) == ()
    with_app(deps, clock, me)
    deps.identity.own_factors.remove_authenticator(me)
    assert deps.identity.factors.held(me.id).recovery_codes == 0


def test_a_colleague_resets_what_was_lost_and_the_log_keeps_it(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    phone, codes = with_app(deps, clock, me)
    begun, open_one = step(accounts), second(deps, step(accounts), phone.code()).token
    admin = signed_in(deps, "admin")
    assert deps.identity.factors.reset(admin.actor, me.id) is OfficerOutcome.DONE
    assert deps.identity.sessions.find(open_one) is None
    assert second(deps, begun, codes[0]) == SignIn()
    assert accounts.sign_in("kelurahan", TRIAL_PASSWORD).token
    assert ("factors.reset", admin.id) in logged(deps, me.id)


def test_the_operator_resets_what_the_only_administrator_lost(deps: Deps, accounts: Accounts, clock: FakeClock) -> None:
    admin = signed_in(deps, "admin")
    with_app(deps, clock, admin)
    open_one, begun = session(deps, admin.id), step(accounts, "admin")
    assert carry_out(deps, "reset-factors", {"user": "admin"})["user"] == "admin"
    assert not deps.identity.factors.held(admin.id).any
    assert deps.identity.sessions.find(open_one) is None and deps.identity.second_step.waiting(begun) is None
    assert accounts.sign_in("admin", TRIAL_PASSWORD).token
    assert ("factors.reset", OPERATOR.id) in logged(deps, admin.id)
    with pytest.raises(OperationRefused, match="nobody"):
        carry_out(deps, "reset-factors", {"user": "nobody"})


def test_nobody_resets_their_own(deps: Deps, clock: FakeClock) -> None:
    admin = signed_in(deps, "admin")
    with_app(deps, clock, admin)
    assert deps.identity.factors.reset(admin.actor, admin.id) is OfficerOutcome.ONESELF
    assert deps.identity.factors.held(admin.id).any
    assert deps.identity.factors.reset(admin.actor, "nobody") is OfficerOutcome.NOT_FOUND


def test_the_old_phone_is_good_until_the_new_one_is_confirmed(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    old, _ = with_app(deps, clock, me)
    new = Phone(clock, deps.identity.own_factors.begin_authenticator(me).secret)
    assert second(deps, step(accounts), old.code()).token
    added = deps.identity.own_factors.confirm_authenticator(me, new.code())
    assert (added.outcome, added.recovery_codes) == (PasskeyOutcome.DONE, ())
    clock.pass_time(seconds=PERIOD_S)
    assert not second(deps, step(accounts), old.code()).token
    assert second(deps, step(accounts), new.code()).token


# --- what the city demands ------------------------------------------------------------------------------------------


def test_a_role_of_which_a_second_factor_is_demanded_sets_it_up_first(
    deps: Deps, clock: FakeClock, me: Officer
) -> None:
    deps.identity.factors.demand(OPERATOR, [Role.OFFICER])
    assert deps.identity.factors.demanded() == {Role.OFFICER}
    assert signed_in(deps, "kelurahan").factor_missing
    assert not signed_in(deps, "admin").factor_missing
    with_app(deps, clock, me)
    assert not signed_in(deps, "kelurahan").factor_missing
    deps.identity.factors.demand(OPERATOR, [])
    assert not signed_in(deps, "kominfo").factor_missing


# --- at rest --------------------------------------------------------------------------------------------------------


def test_the_database_holds_neither_secrets_nor_codes(
    deps: Deps, accounts: Accounts, clock: FakeClock, me: Officer
) -> None:
    secret = deps.identity.own_factors.begin_authenticator(me).secret
    codes = deps.identity.own_factors.confirm_authenticator(me, pyotp.TOTP(secret).at(clock.now())).recovery_codes
    begun = step(accounts)
    with deps.engine.connect() as connection:
        kept = [
            str(tuple(row))
            for table in (tables.authenticators, tables.recovery_codes, tables.sign_in_steps, tables.audit_log)
            for row in connection.execute(select(table))
        ]
        sealed = connection.execute(select(tables.authenticators.c.secret)).scalar_one()
    canaries = [secret, begun, *codes, *(one.replace("-", "") for one in codes)]
    assert [one for one in canaries if one in " ".join(kept)] == []
    assert Vault(deps.keys.vault, deps.keys.nik).open(sealed).decode() == secret


def logged(deps: Deps, about: str) -> list[tuple[str, str]]:
    log = tables.audit_log.c
    with deps.engine.connect() as connection:
        rows = connection.execute(select(log.action, log.actor).where(log.object == f"officer:{about}"))
        return [(row.action, row.actor) for row in rows]
