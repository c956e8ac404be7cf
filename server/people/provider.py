"""The city's identity provider (OpenID Connect): sign-in by the account that officers have there already.

Authorization code with PKCE, state and nonce; the ID token's signature and claims are checked here. A person there is an officer
here when an administrator wrote what the provider says of them (the claim of the settings, by default the verified e-mail address)
into an account. The first time, that account is bound to who they are there (``sub``), so that whoever gets the same address later
is not taken for them. No account is ever made. What the provider replaces is the password: a second factor is asked for as always,
unless the provider says that there were several (``amr`` has ``mfa``, RFC 8176).
"""

import hashlib
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import requests
import structlog
from sqlalchemy import Connection, Row, func, select, update

from runtime.when_wanted import when_wanted
from server.foundation.actors import SYSTEM, Actor
from server.people.held_factors import held
from server.people.officers import OfficerOutcome
from server.people.second_step import FIRST, SignIn
from server.people.sessions import UNKNOWN, How, Sessions, log
from server.people.sign_in_limits import Attempt
from server.people.steps import Kind, Steps
from server.storage.tables import officers
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

if TYPE_CHECKING:
    from authlib.common import errors, security
    from authlib.integrations import requests_client
    from authlib.oidc import core
    from joserfc import errors as jose_errors
    from joserfc import jwk, jwt
else:
    errors = when_wanted("authlib.common.errors")
    security = when_wanted("authlib.common.security")
    requests_client = when_wanted("authlib.integrations.requests_client")
    core = when_wanted("authlib.oidc.core")
    jose_errors = when_wanted("joserfc.errors")
    jwk = when_wanted("joserfc.jwk")
    jwt = when_wanted("joserfc.jwt")

ANSWERS_WITHIN_S: Final = 10.0
#: How long what the provider says of itself is believed without asking again.
DISCOVERY_LIFE: Final = timedelta(minutes=10)
#: How long one that did not answer is not asked again: whoever waits for it holds a thread.
AWAY_LIFE: Final = timedelta(seconds=15)
#: Its clock and ours.
LEEWAY_S: Final = 60
ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
SCOPE: Final = "openid profile email"
VERIFIER_CHARACTERS: Final = 64
CLAIM_CHARACTERS: Final = 255
#: Where the provider sends the browser back to.
BACK: Final = "/sign-in/provider/back"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_EMAIL: Final = "email"

_log = structlog.get_logger("server.people.provider")


@dataclass(frozen=True)
class ProviderSettings:
    """``claim`` is what accounts are matched by; ``name`` stands on the button."""

    issuer: str
    client_id: str
    secret_file: Path | None
    claim: str
    name: str


class ProviderRefusal(StrEnum):
    #: It does not answer, or not as a provider does.
    AWAY = "AWAY"
    #: Somebody cancelled there, or the answer does not belong to the question, or is not the provider's.
    REFUSED = "REFUSED"
    #: The provider itself does not vouch for the address.
    UNVERIFIED = "UNVERIFIED"
    #: No account here has this claim.
    UNKNOWN = "UNKNOWN"


class ProviderRefused(Exception):
    def __init__(self, why: ProviderRefusal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class Errand:
    """``address`` is where the browser goes; ``step`` is what it has to bring back."""

    address: str
    step: str


@dataclass(frozen=True)
class Arrival:
    """Who came back, and where they wanted to go."""

    sign_in: SignIn
    next_path: str


class Provider:
    def __init__(self, units: UnitsOfWork, sessions: Sessions, settings: ProviderSettings, address: str) -> None:
        """``address`` is the server's own."""
        self._units = units
        self._sessions = sessions
        self._steps = Steps(units)
        self._settings = settings
        self._address = address
        self._lock = threading.Lock()
        self._known: tuple[datetime, Mapping[str, Any]] | None = None
        self._away_until = datetime.min.replace(tzinfo=UTC)

    @property
    def issuer(self) -> str:
        return self._settings.issuer

    @property
    def claim(self) -> str:
        return self._settings.claim

    @property
    def name(self) -> str:
        return self._settings.name

    def begin(self, next_path: str) -> Errand:
        """Raises ProviderRefused."""
        endpoint = str(self._discovery()["authorization_endpoint"])
        verifier, nonce = security.generate_token(VERIFIER_CHARACTERS), security.generate_token(VERIFIER_CHARACTERS)
        address, state = self._client().create_authorization_url(endpoint, code_verifier=verifier, nonce=nonce)
        data = {"state": state, "nonce": nonce, "verifier": verifier, "next": next_path}
        with self._units.begin(SYSTEM) as work:
            return Errand(address, self._steps.begin(work, Kind.PROVIDER, None, data))

    def finish(self, step: str, answer: Mapping[str, str], place: Attempt) -> Arrival:
        """A session or a second step for whoever comes back with ``answer``. Raises ProviderRefused."""
        with self._units.begin(SYSTEM) as work:
            errand = self._steps.use(work, step, Kind.PROVIDER)
        try:
            if errand is None or not hmac.compare_digest(
                answer.get("state", "").encode(), errand.data["state"].encode()
            ):
                raise ProviderRefused(ProviderRefusal.REFUSED)
            claims = self._claims(answer, errand.data["verifier"], errand.data["nonce"])
            return Arrival(self._enter(claims, place), str(errand.data["next"]))
        except ProviderRefused as refused:
            _log.warning("provider.refused", why=refused.why.value)
            with self._units.begin(SYSTEM) as work:
                log(work, UNKNOWN, "session.refused", how=How.PROVIDER.value, why=refused.why.value)
            raise

    def leave(self) -> str:
        """Where somebody signs out at the provider as well; empty where it offers nothing. Raises ProviderRefused."""
        endpoint = self._discovery().get("end_session_endpoint")
        if not endpoint:
            return ""
        query = {"client_id": self._settings.client_id, "post_logout_redirect_uri": f"{self._address}/sign-in"}
        return str(requests.Request("GET", str(endpoint), params=query).prepare().url)

    # --- what the provider says -----------------------------------------------------------------------------------------

    def _claims(self, answer: Mapping[str, str], verifier: str, nonce: str) -> Mapping[str, Any]:
        """Of the ID token, checked, with what only its user info tells. Raises ProviderRefused."""
        if not answer.get("code") or answer.get("iss", self.issuer) != self.issuer:
            raise ProviderRefused(ProviderRefusal.REFUSED)
        known = self._discovery()
        client = self._client()
        try:
            token = client.fetch_token(
                known["token_endpoint"], code=answer["code"], code_verifier=verifier, timeout=ANSWERS_WITHIN_S
            )
            keys = jwk.KeySet.import_key_set(cast("jwk.KeySetSerialization", self._json(str(known["jwks_uri"]))))
            read = jwt.decode(str(token["id_token"]), keys, algorithms=list(ALGORITHMS))
            claims = core.CodeIDToken(
                read.claims,
                read.header,
                {
                    "iss": {"essential": True, "value": self.issuer},
                    "aud": {"essential": True, "value": self._settings.client_id},
                },
                {"nonce": nonce, "client_id": self._settings.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(now=int(self._units.clock.now().timestamp()), leeway=LEEWAY_S)
            if self.claim not in claims and "userinfo_endpoint" in known:
                told = client.get(known["userinfo_endpoint"], timeout=ANSWERS_WITHIN_S).json()
                # It is another answer, which has to be about the same person.
                return {**told, **claims} if told["sub"] == claims["sub"] else dict(claims)
            return dict(claims)
        except requests.RequestException as error:
            answered = error.response is not None and error.response.status_code < 500
            raise ProviderRefused(ProviderRefusal.REFUSED if answered else ProviderRefusal.AWAY) from error
        except (errors.AuthlibBaseError, jose_errors.JoseError, KeyError, ValueError, TypeError) as error:
            raise ProviderRefused(ProviderRefusal.REFUSED) from error

    def _discovery(self) -> Mapping[str, Any]:
        now = self._units.clock.now()
        with self._lock:
            if self._known is None or self._known[0] + DISCOVERY_LIFE <= now:
                if now < self._away_until:
                    raise ProviderRefused(ProviderRefusal.AWAY)
                try:
                    found = self._json(self.issuer.rstrip("/") + _DISCOVERY)
                    if found.get("issuer") != self.issuer or not found.get("authorization_endpoint"):
                        raise ProviderRefused(ProviderRefusal.AWAY)
                except ProviderRefused:
                    # Counted from the end, so that those who waited at the lock meanwhile do not ask either.
                    self._away_until = self._units.clock.now() + AWAY_LIFE
                    raise
                self._known = now, found
            return self._known[1]

    def _json(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=ANSWERS_WITHIN_S)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ProviderRefused(ProviderRefusal.AWAY) from error
        if not isinstance(found, dict):
            raise ProviderRefused(ProviderRefusal.AWAY)
        return found

    def _client(self) -> Any:
        secret_file = self._settings.secret_file
        return requests_client.OAuth2Session(
            self._settings.client_id,
            # Read each time: whoever exchanges the file need not start the server again.
            secret_file.read_text(encoding="utf-8").strip() if secret_file is not None else None,
            scope=SCOPE,
            redirect_uri=self._address + BACK,
            code_challenge_method="S256",
        )

    # --- who that is here -----------------------------------------------------------------------------------------------

    def _enter(self, claims: Mapping[str, Any], place: Attempt) -> SignIn:
        value = claims.get(self.claim)
        if not isinstance(value, str) or not value.strip():
            raise ProviderRefused(ProviderRefusal.UNKNOWN)
        if self.claim == _EMAIL and claims.get("email_verified") is not True:
            raise ProviderRefused(ProviderRefusal.UNVERIFIED)
        subject = _subject(self.issuer, str(claims["sub"]))
        strong = "mfa" in (claims.get("amr") or ())
        with self._units.begin(SYSTEM) as work:
            officer = self._officer(work, subject, normal(value))
            if officer is None:
                raise ProviderRefused(ProviderRefusal.UNKNOWN)
            if held(work.connection, officer.id).any and not strong:
                first = {FIRST: How.PROVIDER.value}
                return SignIn(step=self._steps.begin(work, Kind.SECOND, officer.id, first))
            how = How.PROVIDER_MFA if strong else How.PROVIDER
            return SignIn(self._sessions.open(work, officer.id, how, place))

    @staticmethod
    def _officer(work: UnitOfWork, subject: str, claim: str) -> Row[Any] | None:
        """Whoever is bound to the subject; else whoever has the claim and is bound to nobody, from now on to this one."""
        bound = officers.c.provider_subject
        row = work.connection.execute(select(officers).where(bound == subject)).first()
        if row is not None:
            return row if row.active else None
        row = work.connection.execute(
            select(officers).where(officers.c.provider_claim == claim, bound.is_(None), officers.c.active)
        ).first()
        if row is not None:
            work.connection.execute(update(officers).where(officers.c.id == row.id).values(provider_subject=subject))
            log(work, row.id, "officer.provider_bound")
        return row


class ProviderAccounts:
    """What administrators write of officers, for the provider to match."""

    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def known(self) -> int:
        """How many accounts have a claim."""
        with self._units.engine.connect() as connection:
            return connection.execute(
                select(func.count()).where(officers.c.provider_claim.is_not(None), officers.c.active)
            ).scalar_one()

    def write(self, actor: Actor, officer_id: str, claim: str) -> OfficerOutcome:
        """Empty: the officer does not sign in through the provider. EXISTS: another account has it."""
        value = normal(claim) or None
        if value is not None and len(value) > CLAIM_CHARACTERS:
            return OfficerOutcome.BAD_NAME
        with self._units.begin(actor) as work:
            if value is not None and _taken(work.connection, value, officer_id):
                return OfficerOutcome.EXISTS
            mine = officers.c.id == officer_id
            values = {"provider_claim": value, "provider_subject": None}
            if not work.connection.execute(update(officers).where(mine).values(**values)).rowcount:
                return OfficerOutcome.NOT_FOUND
            work.audit("officer.provider", f"officer:{officer_id}")
        return OfficerOutcome.DONE


def normal(claim: str) -> str:
    """As it is kept and compared: providers and people write capitals as they like."""
    return claim.strip().casefold()


def _taken(connection: Connection, claim: str, officer_id: str) -> bool:
    others = select(officers.c.id).where(officers.c.provider_claim == claim, officers.c.id != officer_id)
    return connection.execute(others).first() is not None


def _subject(issuer: str, subject: str) -> str:
    """Who somebody is there, in a form that tells nothing and that another issuer cannot give."""
    return hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest()
