"""How people show who they are, built once: sessions, second factors, passkeys, areas."""

from dataclasses import dataclass

from server.foundation.vault import Vault
from server.people.areas import Areas
from server.people.authenticators import Authenticators
from server.people.factors import Factors
from server.people.own_factors import OwnFactors
from server.people.passkeys import Passkeys
from server.people.provider import Provider, ProviderAccounts, ProviderSettings
from server.people.recovery_codes import RecoveryCodes
from server.people.second_step import SecondStep
from server.people.sessions import Sessions
from server.people.sign_in_limits import CODES, SignInLimits
from server.work.unit_of_work import UnitsOfWork


@dataclass(frozen=True)
class Identity:
    sessions: Sessions
    factors: Factors
    own_factors: OwnFactors
    passkeys: Passkeys
    second_step: SecondStep
    areas: Areas
    provider_accounts: ProviderAccounts
    #: None: the city has none.
    provider: Provider | None


def build(
    units: UnitsOfWork, vault: Vault, key: bytes, address: str, city: str, provider: ProviderSettings | None
) -> Identity:
    """``key`` is secret; ``address`` is the server's own; ``city`` is what apps and dialogs call it."""
    name = f"eKios {city}".strip() if city != "eKios" else city
    sessions = Sessions(units)
    authenticators = Authenticators(units, vault, name)
    recovery_codes = RecoveryCodes(key)
    passkeys = Passkeys(units, sessions, address, name)
    return Identity(
        sessions,
        Factors(units),
        OwnFactors(units, authenticators, passkeys, recovery_codes),
        passkeys,
        SecondStep(units, sessions, authenticators, recovery_codes, SignInLimits(key, CODES)),
        Areas(units),
        ProviderAccounts(units),
        Provider(units, sessions, provider, address) if provider is not None else None,
    )
