"""``python -m server attachments``: moving them to a store that several servers share, or back into a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from server.operator.attachment_stores import copy, missing, store_named, store_of
from server.settings import ServerSettings
from server.storage import open_storage
from server.submissions.blobs_s3 import StoreRefused


def store_commands(settings_of: Callable[..., ServerSettings], default: Path) -> typer.Typer:
    """``settings_of(data, database)`` are those of the server; ``default`` is where its data folder lies."""
    cli = typer.Typer(no_args_is_help=True, help="Attachments in their store, or on the way to another one.")
    data_option = typer.Option(envvar="EKIOS_SERVER_DATA", help="The data folder.")
    database_option = typer.Option(envvar="EKIOS_SERVER_DATABASE", help="The database's URL.")

    @cli.command(name="copy")
    def copy_command(
        source: Annotated[str, typer.Argument(help="A folder, or s3://bucket/prefix.")],
        target: Annotated[str, typer.Argument(help="A folder, or s3://bucket/prefix.")],
        data: Annotated[Path, data_option] = default,
    ) -> None:
        """Copies what is not there yet, each read back by its hash. Again is quick; the server may run meanwhile."""
        settings = settings_of(data, "")
        try:
            copied = copy(store_named(settings, source), store_named(settings, target))
        except (StoreRefused, OSError) as error:
            raise SystemExit(f"{error}; what was copied is there, begin again when this is mended") from error
        typer.echo(f"copied: {copied.number}")
        if copied.spoilt:
            raise SystemExit(f"not copied, for they are other bytes: {', '.join(one.path for one in copied.spoilt)}")

    @cli.command()
    def check(
        data: Annotated[Path, data_option] = default,
        database: Annotated[str, database_option] = "",
    ) -> None:
        """Reads each that the database calls complete; with SQLite, stop the server first."""
        settings = settings_of(data, database)
        engine = open_storage(settings.database_url, migrate=False)
        try:
            found = missing(engine, store_of(settings))
        except (StoreRefused, OSError) as error:
            raise SystemExit(str(error)) from error
        finally:
            engine.dispose()
        if found:
            raise SystemExit(f"missing, or other bytes: {', '.join(found)}")
        typer.echo("all are there")

    return cli
