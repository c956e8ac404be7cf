"""A whole city on engines that outlast machines, here all on one: what ``make cluster`` starts, and tests break."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import obstore
import psutil
import psycopg
import requests
from obstore.store import S3Store
from psycopg import sql

from server.fleet.quotas import QuotaSettings
from server.settings import ServerSettings
from trial.cluster.engines import BUCKET, DATABASE, SECRET, Etcd, Member, Nats, Proxy, Store, postgresql_programs
from trial.processes import ROOT, Group, NotReady, free_port, listening, python, wait_until

STARTS_WITHIN_S: Final = 60.0
#: A failover, and the wait for a replica that has caught up.
HEALS_WITHIN_S: Final = 90.0
ANSWERS_WITHIN_S: Final = 2.0
_ASKED_OF_SQL: Final = (
    "connect_timeout=2&tcp_user_timeout=5000&keepalives_idle=5&keepalives_interval=2&keepalives_count=3"
)


class Cluster:
    """Everything in ``folder``; processes in ``group``."""

    def __init__(
        self, folder: Path, group: Group, services: Path, servers: int = 2, quotas: QuotaSettings | None = None
    ) -> None:
        self.folder = folder
        self.group = group
        self.services = services
        self.quotas = quotas or QuotaSettings()
        self.etcd = Etcd(folder / "etcd")
        self.members = [Member(f"db{number}", folder / f"db{number}", self.etcd) for number in (1, 2)]
        self.nats = [Nats(number) for number in (1, 2, 3)]
        self.store = Store(folder / "store")
        self.server_ports = tuple(free_port() for _ in range(servers))
        self.proxy = Proxy(folder / "nginx", self.server_ports)

    # --- starting -----------------------------------------------------------------------------------------------

    def start(self) -> dict[str, str]:
        """All of it, from nothing; the seeded city's accounts. Raises Missing and NotReady."""
        self.group.start("etcd", self.etcd.command())
        wait_until("etcd", lambda: listening(self.etcd.ports["client"]), self.group)
        for one in self.nats:
            self.group.start(f"nats{one.number}", one.command(self.nats))
        self.group.start("store", self.store.command())
        for member in self.members:
            self.start_member(member.name)
            # The second copies the first; both at once would race for being it.
            wait_until(member.name, lambda: bool(self.primary()), self.group, seconds=STARTS_WITHIN_S)
        wait_until("store", lambda: listening(self.store.ports["s3"]), self.group, seconds=STARTS_WITHIN_S)
        self._make_bucket()
        self._make_database()
        self.wait_for_replica()
        seeded = self._seed()
        for number in range(len(self.server_ports)):
            self.start_server(number)
        self.group.start("nginx", self.proxy.command())
        wait_until("nginx", lambda: answers(f"{self.proxy.address}/healthz"), self.group)
        return seeded

    def start_member(self, name: str) -> None:
        self.group.start(name, self.member(name).command())

    def start_server(self, number: int) -> None:
        port = self.server_ports[number]
        command = python("-m", "server", "serve", "--data", str(self.data(number)), "--port", str(port))
        self.group.start(f"server{number}", command, self.environment())
        wait_until(
            f"server{number}", lambda: answers(f"http://127.0.0.1:{port}/healthz"), self.group, seconds=STARTS_WITHIN_S
        )

    # --- what it is ---------------------------------------------------------------------------------------------

    def data(self, number: int) -> Path:
        return self.folder / f"server{number}"

    @property
    def database_url(self) -> str:
        hosts = "&".join(f"host={one.database}" for one in self.members)
        return f"postgresql+psycopg://{DATABASE}:{SECRET}@/{DATABASE}?{hosts}&target_session_attrs=read-write&{_ASKED_OF_SQL}"

    def settings(self, number: int = 0) -> ServerSettings:
        """Of one of the servers."""
        return ServerSettings.model_validate(
            {
                "data": self.data(number),
                "port": self.server_ports[number],
                "database": self.database_url,
                "nats": ",".join(one.url for one in self.nats),
                "attachments": f"s3://{BUCKET}",
                "s3_endpoint": self.store.endpoint,
                "s3_key_id": "ekios",
                "s3_secret_file": self.store.secret_file,
                "base_url": self.proxy.address,
                "trusted_proxies": "127.0.0.1",
                "services": self.services,
                "quotas": self.quotas,
            }
        )

    def environment(self) -> dict[str, str]:
        """What a server is started with, and an operator's command."""
        settings = self.settings()
        names = ["database", "nats", "attachments", "s3_endpoint", "s3_key_id", "s3_secret_file"]
        names += ["base_url", "trusted_proxies", "services"]
        made = {f"EKIOS_SERVER_{name.upper()}": str(getattr(settings, name)) for name in names}
        return {**made, "EKIOS_SERVER_QUOTAS": self.quotas.model_dump_json()}

    def member(self, name: str) -> Member:
        return next(one for one in self.members if one.name == name)

    def primary(self) -> str:
        """The name of the one that takes writes; empty when there is none."""
        for one in self.members:
            if _says(f"{one.rest}/primary"):
                return one.name
        return ""

    def synchronous(self) -> str:
        """The name of the replica that has all that was acknowledged; empty when there is none."""
        for one in self.members:
            if _says(f"{one.rest}/synchronous"):
                return one.name
        return ""

    def wait_for_replica(self) -> None:
        """Until there is a primary and a synchronous replica. Raises NotReady."""
        wait_until(
            "replica", lambda: bool(self.primary()) and bool(self.synchronous()), self.group, seconds=HEALS_WITHIN_S
        )

    # --- breaking it --------------------------------------------------------------------------------------------

    def kill_primary(self) -> str:
        """As a machine that loses its power: Patroni and all of PostgreSQL at once, without a word. Gives its name."""
        name = self.primary()
        if not name:
            raise NotReady("there is no primary to kill")
        patroni = psutil.Process(self.group.pid(name))
        # PostgreSQL is a child of nobody that belongs to us once Patroni is gone: so by its folder.
        data = str(self.member(name).folder)
        servers = [one for one in psutil.process_iter(["cmdline"]) if data in " ".join(one.info["cmdline"] or ())]
        tree = {one.pid: one for found in (patroni, *servers) for one in (found, *found.children(recursive=True))}
        for one in tree.values():
            try:
                one.send_signal(signal.SIGSTOP)
            except psutil.NoSuchProcess:
                continue
        for one in tree.values():
            try:
                one.kill()
            except psutil.NoSuchProcess:
                continue
        self.group.stop_one(name, kill=True)
        return name

    # --- inside -------------------------------------------------------------------------------------------------

    def _make_bucket(self) -> None:
        config: Any = {
            "endpoint": self.store.endpoint,
            "access_key_id": "operator",
            "secret_access_key": SECRET,
            "virtual_hosted_style_request": False,
        }
        store = S3Store(BUCKET, config=config, client_options={"allow_http": True})
        # SeaweedFS makes a bucket with its first object.
        obstore.put(store, "made", b"")

    def _make_database(self) -> None:
        member = self.member(self.primary())
        place = f"host=127.0.0.1 port={member.ports['database']} user=postgres password={SECRET} dbname=postgres"
        name = sql.Identifier(DATABASE)
        with psycopg.connect(place, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(SECRET)))
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, name))

    def _seed(self) -> dict[str, str]:
        """By the first server; the others are given its keys and nothing else."""
        words = ["-m", "server", "seed", "--data", str(self.data(0)), "--trial", "--services", str(self.services)]
        made = subprocess.run(
            python(*words),
            cwd=ROOT,
            env={**os.environ, **self.environment()},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise NotReady(f"the city could not be seeded: {made.stderr[-500:]}")
        for number in range(1, len(self.server_ports)):
            self.data(number).mkdir(mode=0o700)
            shutil.copytree(self.data(0) / "keys", self.data(number) / "keys")
        accounts = [line.split() for line in made.stdout.splitlines() if len(line.split()) == 3]
        return {user: password for _, user, password in accounts}


@contextmanager
def running(folder: Path, services: Path, servers: int = 2, quotas: QuotaSettings | None = None) -> Iterator[Cluster]:
    """Begins anew in ``folder``, and leaves its logs there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _reachable_by_postgres(folder)
    postgresql_programs()
    with Group(folder / "logs") as group:
        yield Cluster(folder, group, services, servers, quotas)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=ANSWERS_WITHIN_S).ok
    except requests.RequestException:
        return False


def _says(url: str) -> bool:
    try:
        return requests.get(url, timeout=ANSWERS_WITHIN_S).status_code == 200
    except requests.RequestException:
        return False


def _reachable_by_postgres(folder: Path) -> None:
    """Raises NotReady when its user could not come to its own folder in ``folder``."""
    if os.geteuid() == 0:
        closed = [str(one) for one in (folder, *folder.parents) if not one.stat().st_mode & 0o001]
        if closed:
            raise NotReady(f"{closed[0]} is closed to the user postgres; name another folder with --data")
