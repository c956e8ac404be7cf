"""The operator's command: ``python -m server``.

Orders that change data go through the running server when one owns the data folder, and are carried out here when
none does. Where it listens stands in ``<data>/address``, which is there as long as it runs.
"""

from runtime import seldom_garbage  # noqa: F401, before all that is imported below

# isort: split
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import requests
import typer
from sqlalchemy import Engine

from runtime.private_files import own_files, private_folder
from runtime.process_guard import guard
from server.app import build_deps, close_deps, create_app
from server.deps import Deps
from server.foundation.actors import Role
from server.foundation.bus import Bus
from server.foundation.clock import SystemClock
from server.foundation.failpoints import from_environment
from server.foundation.keys import KeyMissing, load_keys, move_audit_key
from server.foundation.logs import log_to
from server.operator import key_marks, operations
from server.operator.backup import BackupRefused
from server.operator.database_copy import CopyRefused, copy_database
from server.operator.restore import audit_problems, lay_out, lead_on, missing_attachments
from server.operator.seeding import TRIAL_PASSWORD, TRIAL_PIN, SeedRefused, seed
from server.operator.store_command import store_commands
from server.operator.tuf_command import tuf_commands
from server.serving import EkiosServer
from server.settings import ServerSettings
from server.storage import StorageBusy, StorageDamaged, StorageRefused, open_storage
from server.submissions.blobs_s3 import StoreRefused
from server.work.unit_of_work import UnitsOfWork

#: The longest is a backup; a server that does not answer at all is known by its closed port.
ORDER_TIMEOUT_S: Final = 3_600
_ADDRESS_FILE: Final = "address"

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@cli.callback()
def _for_ourselves_only() -> None:
    """The central server of a city's kiosks."""
    own_files()


def _setting(name: str, help_text: str = "") -> Any:
    """An option that the environment gives as well, under the name of its setting."""
    return typer.Option(help=help_text, envvar=f"EKIOS_SERVER_{name}")


Data = Annotated[Path, _setting("DATA", "The data folder.")]
Database = Annotated[str, _setting("DATABASE", "A database URL instead of SQLite in the data folder.")]
Services = Annotated[Path, _setting("SERVICES", "The city's services as text.")]
DATA: Final = Path("var/server")


@cli.command()
def serve(
    data: Data = DATA,
    database: Database = "",
    host: Annotated[str, _setting("HOST")] = "127.0.0.1",
    port: Annotated[int, _setting("PORT")] = 8700,
    base_url: Annotated[str, typer.Option(help="Where phones and kiosks reach this server.")] = "",
    nats: Annotated[str, typer.Option(help="nats://… to wake other processes of this server.")] = "",
    trusted_proxies: Annotated[str, typer.Option(help="Addresses or networks whose X-Forwarded-For is believed.")] = "",
    services: Services = Path("assets/services"),
    trial: Annotated[bool, typer.Option(help="Seed an empty data folder with a sample city.")] = False,
) -> None:
    """Runs the server until SIGINT or SIGTERM."""
    log_to(sys.stderr)
    guard(lock=False)
    settings = _settings(
        data,
        database,
        host=host,
        port=port,
        base_url=base_url,
        nats=nats,
        trusted_proxies=trusted_proxies,
        services=services,
        trial=trial,
    )
    try:
        app = create_app(settings, failpoints=from_environment())
    except (StorageBusy, StorageDamaged, SeedRefused, KeyMissing, StoreRefused) as error:
        raise SystemExit(str(error)) from error
    with _explained(settings):
        EkiosServer(app, host, port).run()


@cli.command(name="seed")
def seed_command(
    data: Data = DATA,
    database: Database = "",
    services: Services = Path("assets/services"),
    trial: Annotated[bool, typer.Option(help="Add trial accounts and a field worker.")] = False,
) -> None:
    """Fills an empty data folder with a city and its services."""
    with _offline(_settings(data, database, services=services)) as deps:
        try:
            done = seed(deps, services, trial=trial)
        except SeedRefused as error:
            raise SystemExit(str(error)) from error
    if done is None:
        raise SystemExit("the server is not empty; nothing was changed")
    typer.echo(f"pack {done.pack}")
    for account in done.accounts:
        typer.echo(f"{account.role.value:14} {account.user_name:16} {TRIAL_PASSWORD}")
    if done.administrator is not None:
        user, password = done.administrator
        typer.echo(f"{Role.ADMIN.value:14} {user:16} {password}  ({operations.HANDED_OUT})")
    if trial:
        typer.echo(f"field staff    petugas-1        PIN {TRIAL_PIN}")


@cli.command(name="add-admin")
def add_admin(
    user: Annotated[str, typer.Argument(help="The user name: small letters, digits, dots, underscores, hyphens.")],
    data: Data = DATA,
    database: Database = "",
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
) -> None:
    """Adds an administrator, whose password is printed once."""
    _order(data, database, "add-admin", {"user": user, "name": name})


@cli.command(name="new-password")
def new_password(user: str, data: Data = DATA, database: Database = "") -> None:
    """Gives somebody another password, which is printed once, and ends their sessions."""
    _order(data, database, "new-password", {"user": user})


@cli.command(name="reset-factors")
def reset_factors(user: str, data: Data = DATA, database: Database = "") -> None:
    """Takes somebody's second factors away and ends their sessions: for the administrator whom no colleague can help."""
    _order(data, database, "reset-factors", {"user": user})


@cli.command(name="enrol-code")
def enrol_code(name: str, data: Data = DATA, database: Database = "", place: str = "", ring: str = "all") -> None:
    """A one-time code that enrols one kiosk within ten minutes."""
    _order(data, database, "enrol-code", {"name": name, "place": place, "ring": ring})


@cli.command()
def approve(kiosk: str, fingerprint: str, data: Data = DATA, database: Database = "") -> None:
    """Lets a new kiosk in, by its id or name, whose screen shows this fingerprint."""
    _order(data, database, "approve", {"kiosk": kiosk, "fingerprint": fingerprint})


@cli.command()
def revoke(kiosk: str, data: Data = DATA, database: Database = "", reason: str = "") -> None:
    """Shuts a kiosk out, by its id or name, from its next request on."""
    _order(data, database, "revoke", {"kiosk": kiosk, "reason": reason})


@cli.command()
def publish(folder: Path, data: Data = DATA, database: Database = "") -> None:
    """Publishes the services of a folder as a new pack for all rings."""
    _order(data, database, "publish", {"folder": str(folder.resolve())})


@cli.command()
def release(folder: Path, version: str, data: Data = DATA, database: Database = "", note: str = "") -> None:
    """Signs the kiosk's program in FOLDER (dist/kiosk) and begins to roll it out; see docs/operate.md."""
    _order(data, database, "release", {"folder": str(folder.resolve()), "version": version, "note": note})


@cli.command(name="import-export")
def import_export(file: Path, data: Data = DATA, database: Database = "") -> None:
    """Takes in what field staff carried here from a kiosk on a USB stick; each item once."""
    _order(data, database, "import-export", {"file": str(file.resolve())})


@cli.command(name="take-back")
def take_back(pack: int, data: Data = DATA, database: Database = "", reason: str = "") -> None:
    """Publishes again what was in force before a pack."""
    _order(data, database, "take-back", {"pack": str(pack), "reason": reason})


@cli.command()
def badge(staff: str, data: Data = DATA, database: Database = "", expires: str = "") -> None:
    """The text of a field worker's badge, for a QR code."""
    _order(data, database, "badge", {"staff": staff, "expires": expires})


@cli.command(name="rotate-key")
def rotate_key(data: Data = DATA, database: Database = "") -> None:
    """Makes a new sealing key; kiosks take it through their feed, old ones stay to open what is on its way."""
    _order(data, database, "rotate-key", {})


@cli.command(name="verify-audit")
def verify_audit(
    data: Data = DATA,
    database: Database = "",
    checkpoint: Annotated[Path | None, typer.Option(help="A checkpoint that somebody outside kept.")] = None,
) -> None:
    """Hashes the whole audit log anew and asks the witnesses; ends with 1 when anything is wrong, and says what."""
    arguments = {"checkpoint": checkpoint.read_text(encoding="utf-8")} if checkpoint is not None else {}
    result = _order(data, database, "verify-audit", arguments)
    if result["holds"] != "yes":
        raise SystemExit(1)


@cli.command(name="audit-restart")
def audit_restart(reason: str, data: Data = DATA, database: Database = "") -> None:
    """After a restore from a backup: tells the kiosks, once, to go on with the log as it is. Stays in the log for ever."""
    _order(data, database, "audit-restart", {"reason": reason})


@cli.command(name="audit-checkpoint")
def audit_checkpoint(
    data: Data = DATA,
    database: Database = "",
    since: Annotated[int, typer.Option(help="The size that the witness holds: adds the proof from there.")] = 0,
    key: Annotated[bool, typer.Option(help="The key that checks the note, instead of the note.")] = False,
) -> None:
    """The newest checkpoint of the audit log as a signed note (C2SP), for a witness outside."""
    result = _result(data, database, "audit-checkpoint", {"since": str(since)} if since else {})
    typer.echo(result["key"] if key else result["note"], nl=key)


@cli.command(name="audit-key")
def audit_key(target: Path, data: Data = DATA) -> None:
    """Moves the key that signs checkpoints out of the data folder; EKIOS_SERVER_AUDIT_KEY then names where it lies."""
    if (data / _ADDRESS_FILE).exists():
        raise SystemExit("stop the server first: it would go on with the key that it has read")
    try:
        moved = move_audit_key(data / "keys", target)
    except OSError as error:
        raise SystemExit(f"{target}: {error.strerror or 'there is a file already'}; nothing was changed") from error
    typer.echo(f"{'moved' if moved else 'made'}: {target}; start the server with EKIOS_SERVER_AUDIT_KEY={target}")


@cli.command(name="accept-keys")
def accept_keys(reason: str, data: Data = DATA, database: Database = "") -> None:
    """After a key was lost for good: the keys in the data folder are the city's from now on. Stays in the log for ever."""
    settings = _settings(data, database)
    private_folder(settings.data)
    engine = open_storage(settings.database_url)
    try:
        keys = load_keys(settings.data / "keys", settings.audit_key)
        key_marks.accept(UnitsOfWork(engine, SystemClock(), Bus()), keys, reason)
    except KeyMissing as error:
        raise SystemExit(str(error)) from error
    finally:
        engine.dispose()
    typer.echo("accepted; copy the keys' folder to the city's other servers")


@cli.command()
def backup(place: Path, data: Data = DATA, database: Database = "") -> None:
    """Copies database, keys, packs and attachments into a new folder in PLACE; the server may run meanwhile."""
    _order(data, database, "backup", {"place": str(place.resolve())})


@cli.command()
def restore(source: Path, data: Data = DATA, database: Database = "") -> None:
    """Lays a backup's folder out in an empty data folder (and an empty PostgreSQL), and leads kiosks on from there."""
    settings = _settings(data, database)
    try:
        manifest = lay_out(source, settings)
    except BackupRefused as error:
        raise SystemExit(str(error)) from error
    with _offline(settings) as deps:
        problems = audit_problems(deps)
        missing = missing_attachments(deps)
        lead_on(deps, manifest)
    for name, number in manifest.contents.counts.items():
        typer.echo(f"{name}: {number}")
    typer.echo(f"as of: {manifest.made_at}")
    typer.echo("kiosks that have seen later entries of the log will say so: then python -m server audit-restart REASON")
    for problem in [*problems, *(f"attachment {sha256} is missing or other bytes" for sha256 in missing)]:
        typer.echo(problem, err=True)
    if problems or missing:
        raise SystemExit("restored, but not everything is as it was")


@cli.command(name="copy-database")
def copy_database_command(
    source: Annotated[str, typer.Argument(help="Its URL: sqlite:////… or postgresql+psycopg://…")],
    target: Annotated[str, typer.Argument(help="The URL of an empty one.")],
) -> None:
    """Copies everything from a database into an empty one of either kind; stop the servers first. See docs/grow.md."""
    engines: list[Engine] = []
    try:
        for url in (source, target):
            engines.append(open_storage(url))
        found = copy_database(engines[0], engines[1], SystemClock())
    except (CopyRefused, StorageBusy, StorageDamaged, StorageRefused) as error:
        raise SystemExit(str(error)) from error
    finally:
        for engine in engines:
            engine.dispose()
    for name, number in found.counts.items():
        typer.echo(f"{name}: {number}")


@cli.command()
def upgrade(data: Data = DATA, database: Database = "") -> None:
    """Brings the database's schema up to date; ``serve`` does it by itself."""
    settings = _settings(data, database)
    private_folder(settings.data)
    open_storage(settings.database_url).dispose()
    typer.echo("the schema is up to date")


def _order(data: Path, database: str, command: str, arguments: dict[str, str]) -> dict[str, str]:
    """Carries it out and prints what came of it."""
    result = _result(data, database, command, arguments)
    for name, value in result.items():
        typer.echo(f"{name}: {value}")
    return result


def _result(data: Path, database: str, command: str, arguments: dict[str, str]) -> dict[str, str]:
    settings = _settings(data, database)
    address = data / _ADDRESS_FILE
    try:
        result = _ask(address, data, command, arguments) if address.exists() else None
        if result is None:
            with _offline(settings) as deps:
                result = operations.carry_out(deps, command, arguments)
    except operations.OperationRefused as error:
        raise SystemExit(str(error)) from error
    return result


def _ask(address: Path, data: Path, command: str, arguments: dict[str, str]) -> dict[str, str] | None:
    """What the running server answered; None when it was killed and its address is left over."""
    try:
        answer = requests.post(
            f"{address.read_text().strip()}/v1/operator",
            json={"command": command, "arguments": arguments},
            headers={"Authorization": f"Bearer {operations.operator_token(data)}"},
            timeout=ORDER_TIMEOUT_S,
        )
    except requests.ConnectionError:
        return None
    if not answer.ok:
        raise operations.OperationRefused(answer.json()["error"]["message"])
    return {str(name): str(value) for name, value in answer.json().items()}


@contextlib.contextmanager
def _offline(settings: ServerSettings) -> Iterator[Deps]:
    try:
        deps = build_deps(settings)
    except (StorageBusy, StorageDamaged, KeyMissing, StoreRefused) as error:
        raise SystemExit(str(error)) from error
    try:
        yield deps
    finally:
        close_deps(deps)


@contextlib.contextmanager
def _explained(settings: ServerSettings) -> Iterator[None]:
    path = settings.data / _ADDRESS_FILE
    path.write_text(f"http://{settings.host}:{settings.port}\n")
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _settings(data: Path, database: str, **values: object) -> ServerSettings:
    chosen = {name: value for name, value in values.items() if value not in ("", False)}
    if database:
        chosen["database"] = database
    return ServerSettings.model_validate({**ServerSettings(data=data).model_dump(), **chosen})


cli.add_typer(tuf_commands(_result, DATA), name="tuf")
cli.add_typer(store_commands(_settings, DATA), name="attachments")

if __name__ == "__main__":
    cli()
