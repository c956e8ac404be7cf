"""What the operator can order, from the command line or through a running server."""

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import or_, select

from server.actors import OPERATOR
from server.deps import Deps
from server.files import make_folder
from server.keys import keep_secret
from server.seeding import SeedRefused, read_city
from server.storage import tables

_TOKEN_FILE: Final = "operator.token"


class OperationRefused(ValueError):
    """It cannot be done; the message says why."""


def operator_token(data: Path) -> str:
    """The secret that the command line shows to a running server; made when missing."""
    path = data / "keys" / _TOKEN_FILE
    if not path.exists():
        make_folder(path.parent, mode=0o700)
        keep_secret(path, secrets.token_urlsafe(32).encode())
    return path.read_text()


def carry_out(deps: Deps, command: str, arguments: Mapping[str, str]) -> dict[str, str]:
    """The result in words and values. Raises OperationRefused."""
    match command:
        case "enrol-code":
            return _enrol_code(deps, arguments)
        case "revoke":
            return _revoke(deps, arguments["kiosk"], arguments.get("reason", ""))
        case "publish":
            return _publish(deps, Path(arguments["folder"]))
        case "take-back":
            return _take_back(deps, arguments["pack"], arguments.get("reason", ""))
        case "badge":
            return _badge(deps, arguments["staff"], arguments.get("expires", ""))
        case "rotate-key":
            return {"key": deps.sealing_rotation.rotate(OPERATOR)}
        case _:
            raise OperationRefused(f"no order is called {command!r}")


def _enrol_code(deps: Deps, arguments: Mapping[str, str]) -> dict[str, str]:
    try:
        made = deps.enrolment.new_code(
            OPERATOR, arguments["name"], arguments.get("place", ""), arguments.get("ring", "all")
        )
    except ValueError as error:
        raise OperationRefused(str(error)) from error
    return {"code": made.code, "expires_at": made.expires_at.isoformat(timespec="seconds")}


def _revoke(deps: Deps, kiosk: str, reason: str) -> dict[str, str]:
    with deps.engine.connect() as connection:
        found = connection.execute(
            select(tables.kiosks.c.id).where(or_(tables.kiosks.c.id == kiosk, tables.kiosks.c.name == kiosk))
        ).scalars()
        ids = list(found)
    if len(ids) != 1:
        raise OperationRefused(f"{len(ids)} kiosks are called {kiosk!r}; use the id")
    if not deps.enrolment.revoke(OPERATOR, ids[0], reason):
        raise OperationRefused("it was revoked before")
    return {"revoked": ids[0]}


def _publish(deps: Deps, folder: Path) -> dict[str, str]:
    try:
        city = read_city(folder)
    except SeedRefused as error:
        raise OperationRefused(str(error)) from error
    result = deps.packs.publish(city.content, OPERATOR, note="from text")
    if not result.ok:
        raise OperationRefused(result.outcome.value)
    return {"pack": str(result.number)}


def _take_back(deps: Deps, pack: str, reason: str) -> dict[str, str]:
    result = deps.packs.take_back(int(pack), OPERATOR, reason)
    if not result.ok:
        raise OperationRefused(result.outcome.value)
    return {"pack": str(result.number)}


def _badge(deps: Deps, staff: str, expires: str) -> dict[str, str]:
    try:
        token = deps.staff.badge(OPERATOR, staff, date.fromisoformat(expires) if expires else None)
    except ValueError as error:
        raise OperationRefused(str(error)) from error
    if token is None:
        raise OperationRefused(f"nobody on the roster is called {staff!r}")
    return {"badge": token}
