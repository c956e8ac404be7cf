"""``make cluster``: starts it, says where everything is, and waits for Ctrl-C."""

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from trial.cluster.cluster import Cluster, running
from trial.cluster.engines import Missing
from trial.processes import ROOT, NotReady


def main(
    data: Annotated[Path, typer.Option(help="Emptied at each start.")] = ROOT / "var" / "cluster",
    services: Annotated[Path, typer.Option(help="The city's services as text.")] = ROOT / "assets" / "services",
    servers: Annotated[int, typer.Option(min=1, max=8)] = 2,
) -> None:
    """A city on PostgreSQL with a synchronous replica, three NATS, an S3 store, several servers and nginx, all on loopback."""
    ended = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: ended.set())
    try:
        with running(data.resolve(), services, servers) as cluster:
            accounts = cluster.start()
            _tell(cluster, accounts)
            ended.wait()
    except (Missing, NotReady) as error:
        raise SystemExit(str(error)) from error


def _tell(cluster: Cluster, accounts: dict[str, str]) -> None:
    lines = [
        f"the city            {cluster.proxy.address}",
        *(f"server {port}         http://127.0.0.1:{port}/healthz" for port in cluster.server_ports),
        *(f"database {one.name}        {one.database}, Patroni {one.rest}/patroni" for one in cluster.members),
        f"attachments         {cluster.store.endpoint}",
        *(f"accounts            {user} {password}" for user, password in accounts.items()),
        f"logs                {cluster.folder / 'logs'}",
        f"break it            kill -9 {cluster.group.pid(cluster.primary())}   (Patroni of the primary)",
        "end                 Ctrl-C",
    ]
    typer.echo("\n".join(lines))


if __name__ == "__main__":
    typer.run(main)
