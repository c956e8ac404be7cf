"""What the pages share, built once: templates, texts, accounts, budgets. ``app.state.site`` holds it."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import HTTPConnection

from server.deps import Deps
from server.foundation import texts
from server.foundation.texts import Texts
from server.front_door.rate_limits import Budget
from server.front_door.shared_budget import SharedBudget, Spending
from server.people.accounts import Accounts
from server.people.sign_in_limits import SignInLimits

FOLDER: Final = Path(__file__).parent
STATIC: Final = FOLDER / "static"

#: The kiosk's own words, for pages that show a form as a kiosk does.
KIOSK_TEXTS: Final = Path(__file__).parents[3] / "assets" / "translations"

#: Whom pages are made for; each has a folder of pages and templates.
AUDIENCES: Final = ("admin", "fleet", "office", "public")

#: Tracking pages one address may open in a minute: enough for a family on one line, too few to try codes.
TRACKING_PER_MINUTE: Final = 30
#: Challenges for passkeys that one address is given in a minute: a whole office at eight, and no flood of rows.
PASSKEYS_PER_MINUTE: Final = 300


@dataclass(frozen=True)
class Site:
    deps: Deps
    templates: Environment
    texts: Texts
    kiosk_texts: Texts
    accounts: Accounts
    tracking_budget: Spending
    passkey_budget: Spending
    zone: ZoneInfo
    city: str
    #: Static files carry it in their address, so that browsers keep them until they change.
    edition: str

    @property
    def secure_cookies(self) -> bool:
        return self.deps.settings.address.startswith("https://")


def _templates() -> ChoiceLoader:
    """Each audience's templates lie beside its pages and are named after it: ``office/case.html``."""
    audiences = {name: FileSystemLoader(FOLDER.parent / name / "templates") for name in AUDIENCES}
    return ChoiceLoader([PrefixLoader(audiences), FileSystemLoader(FOLDER / "templates")])


def build(deps: Deps, clock: Callable[[], float] = time.monotonic) -> Site:
    """Reads templates and texts from disk. ``clock`` gives monotonic seconds, for the budgets."""
    environment = Environment(
        loader=_templates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return Site(
        deps=deps,
        templates=environment,
        texts=deps.texts,
        kiosk_texts=texts.load(KIOSK_TEXTS),
        accounts=Accounts(deps.units, deps.passwords, SignInLimits(deps.keys.vault)),
        tracking_budget=_budget(deps, "tracking", TRACKING_PER_MINUTE, clock),
        passkey_budget=_budget(deps, "passkeys", PASSKEYS_PER_MINUTE, clock),
        zone=ZoneInfo(deps.settings.time_zone),
        city=deps.enrolment.city_name,
        edition=_edition(STATIC),
    )


def _budget(deps: Deps, name: str, a_minute: int, clock: Callable[[], float]) -> Spending:
    """In memory where there is one server, so that whoever tries codes makes it write nothing."""
    if deps.alone:
        return Budget(a_minute, 60, clock)
    return SharedBudget(deps.units, name, a_minute, 60, deps.keys.vault)


def site_of(connection: HTTPConnection) -> Site:
    return cast(Site, connection.app.state.site)


def _edition(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
