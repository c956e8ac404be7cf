"""``python -m server tuf``: keys of the packs' repository that lie offline.

``new-key`` and ``sign`` are for the machine that keeps a key; they know neither server nor data folder.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from runtime.files import write_durably
from server.catalogue import tuf_offline
from server.catalogue.tuf_offline import Unacceptable
from server.foundation.keys import KEY_BYTES, keep_secret, random_key

#: An order to the server that owns the data folder: data, database, command, arguments; what came of it.
Order = Callable[[Path, str, str, dict[str, str]], Mapping[str, str]]
PUBLIC_SUFFIX: Final = ".pub"


def tuf_commands(order: Order, data_folder: Path) -> typer.Typer:
    cli = typer.Typer(no_args_is_help=True, help="Keys of the packs' signatures that lie offline.")

    @cli.command()
    def status(data: Path = data_folder, database: str = "") -> None:
        """What each role's metadata say, and whether its key is here."""
        for name, value in order(data, database, "tuf-status", {}).items():
            typer.echo(f"{name}: {value}")

    @cli.command(name="new-key")
    def new_key(file: Path) -> None:
        """Makes a key where it is to stay; FILE.pub is what a new root is asked for with."""
        if file.exists():
            raise SystemExit(f"{file} exists; nothing was changed")
        keep_secret(file, random_key())
        public = file.with_name(file.name + PUBLIC_SUFFIX)
        write_durably(public, json.dumps(tuf_offline.public_document(file), indent=1).encode())
        typer.echo(f"private, {KEY_BYTES} bytes: {file}\npublic: {public}")

    @cli.command()
    def request(
        role: Annotated[str, typer.Argument(help="root or targets")],
        out: Annotated[Path, typer.Option(help="The file that is to be signed.")],
        key: Annotated[list[str], typer.Option(help="ROLE=FILE.pub of a new root, again for each key.")] = [],  # noqa: B006 - typer reads it
        threshold: Annotated[list[str], typer.Option(help="ROLE=N: so many keys of it have to sign.")] = [],  # noqa: B006
        data: Path = data_folder,
        database: str = "",
    ) -> None:
        """Writes what is to be signed elsewhere: the next root, or the targets as they were published."""
        arguments = {"role": role, "keys": json.dumps(_changes(key, threshold))}
        write_durably(out, order(data, database, "tuf-request", arguments)["request"].encode())
        _describe(out)

    @cli.command()
    def sign(file: Path, key: Annotated[Path, typer.Option(help="The private key.")]) -> None:
        """Adds a signature to FILE, after showing what is signed."""
        try:
            signed = tuf_offline.sign(file.read_bytes(), key)
        except (OSError, Unacceptable) as error:
            raise SystemExit(f"nothing was signed: {error}") from error
        write_durably(file, signed)
        _describe(file)

    @cli.command()
    def show(file: Path) -> None:
        """What FILE asks to be signed, and who has."""
        _describe(file)

    @cli.command()
    def install(files: list[Path], data: Path = data_folder, database: str = "") -> None:
        """Puts signed metadata in force; a root that changes the targets' key needs both files at once."""
        contents = [one.read_text(encoding="utf-8") for one in files]
        done = order(data, database, "tuf-install", {"metadata": json.dumps(contents)})
        typer.echo(f"in force: {done['installed']}")

    return cli


def _changes(keys: list[str], thresholds: list[str]) -> list[dict[str, object]]:
    """By role: the texts of its keys' files, and the threshold."""
    files: dict[str, list[str]] = {}
    for one in keys:
        role, _, file = one.partition("=")
        try:
            files.setdefault(role, []).append(Path(file).read_text(encoding="utf-8"))
        except OSError as error:
            raise SystemExit(f"{one}: write ROLE=FILE.pub ({error.strerror})") from error
    wanted = {}
    for one in thresholds:
        role, _, number = one.partition("=")
        if not number.isdigit() or role not in files:
            raise SystemExit(f"{one}: write ROLE=N, beside --key {role}=FILE.pub for each key of it")
        wanted[role] = int(number)
    return [{"role": role, "keys": texts, "threshold": wanted.get(role, 1)} for role, texts in files.items()]


def _describe(file: Path) -> None:
    try:
        lines = tuf_offline.describe(file.read_bytes())
    except (OSError, Unacceptable) as error:
        raise SystemExit(f"{file}: {error}") from error
    typer.echo("\n".join([str(file), *lines]))
