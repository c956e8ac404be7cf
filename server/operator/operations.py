"""What the operator can order, from the command line or through a running server."""

import json
import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import or_, select

from protocol import checkpoints
from protocol.line.releases import ReleaseRefused
from protocol.outbox.exports import ExportFault, ExportRefused
from runtime.files import make_folder
from server.audit import audit
from server.audit import verification as audit_verify
from server.audit.proofs import LogTooShort
from server.audit.verification import Statement, Verdict
from server.catalogue.tuf_offline import Unacceptable, changes_from
from server.deps import Deps
from server.fleet.enrolment import ApproveOutcome
from server.fleet.releases.releases import of_folder
from server.foundation.actors import OPERATOR, Role
from server.foundation.keys import keep_secret
from server.operator import key_marks
from server.operator.backup import BackupRefused, back_up
from server.operator.seeding import SeedRefused, read_city
from server.people.officers import OfficerOutcome
from server.storage import tables
from server.submissions.outbox_import import KioskShutOut, UnknownKiosk

#: Of a reason that the log keeps.
REASON_CHARACTERS: Final = 500
#: Beside a password that is printed.
HANDED_OUT: Final = "shown once; it has to be changed at the first sign-in"
_NOT_ADDED: Final = {
    OfficerOutcome.EXISTS: "that user name is taken; python -m server new-password USER gives it another password",
    OfficerOutcome.BAD_USER_NAME: "a user name has 2 to 64 small letters, digits, dots, underscores or hyphens",
    OfficerOutcome.BAD_NAME: "a name has 1 to 200 characters",
}
_TOKEN_FILE: Final = "operator.token"
_NOT_APPROVED: Final = {
    ApproveOutcome.ALREADY: "it was approved before",
    ApproveOutcome.NO_SUCH_KIOSK: "it was refused or revoked; enrol it anew",
    ApproveOutcome.OTHER_FINGERPRINT: "that is not its fingerprint: do not approve it, and look who is between kiosk and server",
}


_NOT_IMPORTED: Final = {
    ExportFault.NOT_AN_EXPORT: "this is not a kiosk's file, or of a newer kiosk than this server understands",
    ExportFault.OTHER_CITY: "the file is of another city's kiosk; nothing was taken in",
    ExportFault.OTHER_KEY: "the file is sealed to a key that this server does not have; restore the city's keys first",
    ExportFault.DAMAGED: "the file is damaged, a part is missing or was changed; nothing was taken in, copy it again",
    ExportFault.FORGED: "the file was not written by the kiosk that it names; nothing was taken in, keep the stick",
}


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
        case "add-admin":
            return _add_admin(deps, arguments["user"], arguments.get("name", ""))
        case "new-password":
            return _new_password(deps, arguments["user"])
        case "reset-factors":
            return _reset_factors(deps, arguments["user"])
        case "revoke":
            return _revoke(deps, arguments["kiosk"], arguments.get("reason", ""))
        case "approve":
            return _approve(deps, arguments["kiosk"], arguments["fingerprint"])
        case "import-export":
            return _import_export(deps, Path(arguments["file"]))
        case "publish":
            return _publish(deps, Path(arguments["folder"]))
        case "release":
            return _release(deps, arguments)
        case "take-back":
            return _take_back(deps, arguments["pack"], arguments.get("reason", ""))
        case "badge":
            return _badge(deps, arguments["staff"], arguments.get("expires", ""))
        case "verify-audit":
            return _verify_audit(deps, arguments.get("checkpoint", ""))
        case "audit-restart":
            return _audit_restart(deps, arguments.get("reason", ""))
        case "audit-checkpoint":
            return _audit_checkpoint(deps, arguments.get("since", ""))
        case "tuf-status":
            return _tuf_status(deps)
        case "tuf-request":
            return _tuf_request(deps, arguments["role"], arguments.get("keys", ""))
        case "tuf-install":
            return _tuf_install(deps, arguments["metadata"])
        case "backup":
            return _backup(deps, Path(arguments["place"]))
        case "rotate-key":
            return _rotate_key(deps)
        case _:
            raise OperationRefused(f"no order is called {command!r}")


def _backup(deps: Deps, place: Path) -> dict[str, str]:
    try:
        return {
            "backup": str(back_up(deps.engine, deps.settings.data, deps.attachments.blobs, place, deps.clock.now()))
        }
    except BackupRefused as error:
        # Perhaps because the database is damaged: then nothing more may be promised.
        deps.integrity.look()
        raise OperationRefused(str(error)) from error


def _release(deps: Deps, arguments: Mapping[str, str]) -> dict[str, str]:
    try:
        sources = of_folder(Path(arguments["folder"]))
        number = deps.releases.publish(sources, arguments["version"], OPERATOR, arguments.get("note", ""))
    except ReleaseRefused as error:
        raise OperationRefused(f"{error}; nothing was released") from error
    return {"release": str(number), "page": f"{deps.settings.address}/fleet/releases/{number}"}


def _rotate_key(deps: Deps) -> dict[str, str]:
    """The new key is a file here. Another server would refuse for ever what is sealed to a key that it does not have."""
    if others := deps.servers.others():
        names = ", ".join(one.name for one in others)
        raise OperationRefused(
            f"other servers are running: {names}. Stop them, make the key, copy the keys' folder to them, start them again"
        )
    made = deps.sealing_rotation.rotate(OPERATOR)
    key_marks.agree(deps.units, deps.keys)
    return {"key": made}


def _enrol_code(deps: Deps, arguments: Mapping[str, str]) -> dict[str, str]:
    try:
        made = deps.enrolment.new_code(
            OPERATOR, arguments["name"], arguments.get("place", ""), arguments.get("ring", "all")
        )
    except ValueError as error:
        raise OperationRefused(str(error)) from error
    return {"code": made.code, "expires_at": made.expires_at.isoformat(timespec="seconds")}


def _add_admin(deps: Deps, user: str, name: str) -> dict[str, str]:
    outcome, password = deps.officers.add(OPERATOR, user, name.strip() or user, Role.ADMIN, None)
    if outcome is not OfficerOutcome.DONE:
        raise OperationRefused(_NOT_ADDED.get(outcome, outcome.value))
    return {"administrator": user, "password": password, "note": HANDED_OUT}


def _new_password(deps: Deps, user: str) -> dict[str, str]:
    officer_id = deps.officers.id_of(user)
    if officer_id is None:
        raise OperationRefused(f"nobody has the user name {user!r}")
    _, password = deps.officers.new_password(OPERATOR, officer_id)
    return {"user": user, "password": password, "note": HANDED_OUT}


def _reset_factors(deps: Deps, user: str) -> dict[str, str]:
    officer_id = deps.officers.id_of(user)
    if officer_id is None:
        raise OperationRefused(f"nobody has the user name {user!r}")
    deps.identity.factors.reset(OPERATOR, officer_id)
    return {"user": user, "note": "signs in with the password alone, until a second factor is set up again"}


def _approve(deps: Deps, kiosk: str, fingerprint: str) -> dict[str, str]:
    kiosk_id = _one_kiosk(deps, kiosk)
    outcome = deps.enrolment.approve(OPERATOR, kiosk_id, fingerprint)
    if outcome is not ApproveOutcome.DONE:
        raise OperationRefused(_NOT_APPROVED[outcome])
    return {"approved": kiosk_id}


def _revoke(deps: Deps, kiosk: str, reason: str) -> dict[str, str]:
    kiosk_id = _one_kiosk(deps, kiosk)
    if not deps.enrolment.revoke(OPERATOR, kiosk_id, reason):
        raise OperationRefused("it was revoked before")
    return {"revoked": kiosk_id}


def _one_kiosk(deps: Deps, kiosk: str) -> str:
    """Its id, from its id or name."""
    with deps.engine.connect() as connection:
        found = connection.execute(
            select(tables.kiosks.c.id).where(or_(tables.kiosks.c.id == kiosk, tables.kiosks.c.name == kiosk))
        ).scalars()
        ids: list[str] = list(found)
    if len(ids) != 1:
        raise OperationRefused(f"{len(ids)} kiosks are called {kiosk!r}; use the id")
    return ids[0]


def _publish(deps: Deps, folder: Path) -> dict[str, str]:
    try:
        city = read_city(folder)
    except SeedRefused as error:
        raise OperationRefused(str(error)) from error
    result = deps.packs.publish(city.content, OPERATOR, note="from text")
    if not result.ok:
        raise OperationRefused(result.outcome.value)
    return {"pack": str(result.number)}


def _import_export(deps: Deps, path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            report = deps.outbox_import.take(OPERATOR, file)
    except OSError as error:
        raise OperationRefused(f"{path} cannot be read: {error.strerror}") from error
    except ExportRefused as refused:
        raise OperationRefused(_NOT_IMPORTED[refused.fault]) from refused
    except UnknownKiosk as error:
        raise OperationRefused(
            "this server does not know the kiosk that wrote the file; nothing was taken in"
        ) from error
    except KioskShutOut as out:
        raise OperationRefused(
            f"the kiosk was shut out on {out.at:%Y-%m-%d %H:%M}, before it wrote this file; nothing was taken in"
        ) from out
    return {
        "kiosk": report.kiosk,
        "saved": report.made_at.isoformat(timespec="minutes"),
        "new": str(report.new),
        "already here": str(report.known),
        "attachments": str(report.attachments),
        "refused": str(report.not_taken),
        **{f"reason {number}": one for number, one in enumerate(sorted({one.reason for one in report.refused}), 1)},
    }


def _take_back(deps: Deps, pack: str, reason: str) -> dict[str, str]:
    result = deps.packs.take_back(int(pack), OPERATOR, reason)
    if not result.ok:
        raise OperationRefused(result.outcome.value)
    return {"pack": str(result.number)}


def _verify_audit(deps: Deps, note: str) -> dict[str, str]:
    """``note``: a checkpoint that somebody outside kept, as a signed note."""
    statements = []
    if note:
        outside = checkpoints.parse_note(note, deps.keys.audit_public)
        if outside is None:
            raise OperationRefused("the file is no checkpoint of this city's log: its key or its format is another")
        statements.append(Statement("the checkpoint from outside", outside))
    with deps.engine.connect() as connection:
        statements += deps.witnesses.statements(connection)
        found = audit_verify.verify(connection, deps.keys.audit_public, statements)
    with deps.units.begin(OPERATOR) as work:
        work.audit("audit.verify", "audit", audit_verify.counts(found))
    agree = [one.statement.name for one in found.witnesses if one.verdict is Verdict.AGREES]
    return {
        "holds": "yes" if found.holds else "no",
        "entries": str(found.size),
        "witnesses that agree": ", ".join(agree) or "none",
        **{f"wrong {number}": words for number, words in enumerate(found.words(), 1)},
    }


def _audit_restart(deps: Deps, reason: str) -> dict[str, str]:
    """After a restore from a backup: the kiosks let go of what they have seen, and the log says for ever that they did."""
    if not reason.strip():
        raise OperationRefused("say why: what was restored, and when")
    with deps.engine.connect() as connection:
        found = audit_verify.verify(connection, deps.keys.audit_public, deps.witnesses.statements(connection))
    if found.problems:
        raise OperationRefused(f"the log itself does not hold: {found.problems[0]}")
    if not found.against:
        raise OperationRefused("no kiosk contradicts the log; there is nothing to let go")
    known = max(one.statement.held.size for one in found.against)
    details = {"reason": reason.strip()[:REASON_CHARACTERS], "entries": found.size, "known": known}
    with deps.units.begin(OPERATOR) as work:
        work.audit("audit.restart", "audit", details)
        work.write_log()
        point = audit.checkpoint(work.connection, work.now, deps.settings.address, deps.keys.audit)
        if point is None:
            raise OperationRefused("no checkpoint could be signed")
        deps.witnesses.restart(work.connection, point, OPERATOR.id, work.now)
    return {"kiosks that contradicted": str(len(found.against)), "entries": str(point.size), "they knew": str(known)}


def _audit_checkpoint(deps: Deps, since: str) -> dict[str, str]:
    """The newest checkpoint for a witness outside; with ``since``, the size that it holds, also the proof from there."""
    public = deps.keys.audit_public
    with deps.engine.connect() as connection:
        newest = audit.latest_checkpoint(connection)
    if newest is None:
        raise OperationRefused("there is no checkpoint yet; one is signed every few minutes")
    point = newest.checkpoint
    if not since:
        note = checkpoints.note(point, public)
    else:
        try:
            proof = deps.witnesses.proof(int(since), point.size)
        except (ValueError, IndexError, LogTooShort) as error:
            raise OperationRefused(f"no proof from {since!r} to {point.size}: {error}") from error
        note = checkpoints.witness_request(point, public, int(since), proof)
    return {"note": note, "key": checkpoints.verifier_key(point.origin, public)}


def _tuf_status(deps: Deps) -> dict[str, str]:
    found = {
        one.role: f"version {one.version}, until {one.expires:%Y-%m-%d}, "
        f"{one.threshold} of {len(one.key_ids)} keys, {'here' if one.online else 'offline'}"
        for one in deps.packs.signing_roles()
        if one.expires is not None
    }
    if ending := deps.packs.ending():
        found["sign soon"] = ", ".join(one.role for one in ending)
    if deps.packs.unsigned():
        found["waits for a signature"] = "targets"
    return found


def _tuf_request(deps: Deps, role: str, changes: str) -> dict[str, str]:
    try:
        return {"request": deps.packs.signing_request(role, changes_from(changes)).decode()}
    except Unacceptable as error:
        raise OperationRefused(str(error)) from error


def _tuf_install(deps: Deps, metadata: str) -> dict[str, str]:
    try:
        contents = [str(one).encode() for one in json.loads(metadata)]
        return {"installed": ", ".join(deps.packs.install_signed(contents, OPERATOR))}
    except Unacceptable as error:
        raise OperationRefused(str(error)) from error


def _badge(deps: Deps, staff: str, expires: str) -> dict[str, str]:
    try:
        token = deps.staff.badge(OPERATOR, staff, date.fromisoformat(expires) if expires else None)
    except ValueError as error:
        raise OperationRefused(str(error)) from error
    if token is None:
        raise OperationRefused(f"nobody on the roster is called {staff!r}")
    return {"badge": token}
