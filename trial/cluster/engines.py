"""The engines of a cluster, as their packages bring them, each on free ports of loopback: commands, and the files they read.

Where ``deploy/`` has a file for an engine it is used, with the addresses of this machine in it: what runs here is what is handed out.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from trial.processes import ROOT, free_port

DEPLOY: Final = ROOT / "deploy"
POSTGRESQL: Final = Path("/usr/lib/postgresql")
#: Of this machine's cluster alone, where nobody else connects.
SECRET: Final = "loopback-only"
BUCKET: Final = "ekios"
DATABASE: Final = "ekios"
_PROGRAMS: Final = Path(sys.executable).parent
_HERE: Final = "127.0.0.1"
#: What SeaweedFS consists of; each listens at two ports.
_KINDS: Final = ("master", "volume", "filer", "s3")


class Missing(RuntimeError):
    """A package is not installed; the message says which."""


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=f"{_PROGRAMS}:/usr/sbin:/usr/bin")
    if found is None:
        raise Missing(f"{name} is not installed; bash tools/setup_cluster installs what a cluster needs")
    return found


def postgresql_programs() -> Path:
    found = sorted(POSTGRESQL.glob("*/bin"), key=lambda path: int(path.parts[-2]))
    if not found:
        raise Missing("PostgreSQL is not installed")
    return found[-1]


def as_postgres(*command: str) -> list[str]:
    """PostgreSQL does not run as root: then the distribution's own user runs it."""
    if os.geteuid() != 0:
        return list(command)
    return [program("setpriv"), "--reuid=postgres", "--regid=postgres", "--init-groups", *command]


def ports(*names: str) -> dict[str, int]:
    """Free ones, by name."""
    return {name: free_port() for name in names}


@dataclass
class Etcd:
    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: ports("client", "peer"))

    @property
    def address(self) -> str:
        return f"{_HERE}:{self.ports['client']}"

    def command(self) -> list[str]:
        client, peer = f"http://{self.address}", f"http://{_HERE}:{self.ports['peer']}"
        return [
            *(program("etcd"), "--name=one", f"--data-dir={self.folder}", "--log-level=warn"),
            *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
            *(f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=one={peer}"),
        ]


@dataclass
class Member:
    """A PostgreSQL under Patroni."""

    name: str
    folder: Path
    etcd: Etcd
    ports: dict[str, int] = field(default_factory=lambda: ports("database", "rest"))

    @property
    def database(self) -> str:
        return f"{_HERE}:{self.ports['database']}"

    @property
    def rest(self) -> str:
        return f"http://{_HERE}:{self.ports['rest']}"

    def settings(self) -> dict[str, Any]:
        """Those of ``deploy/patroni/patroni.yml``, on this machine."""
        read: dict[str, Any] = yaml.safe_load((DEPLOY / "patroni" / "patroni.yml").read_text())
        rest = f"{_HERE}:{self.ports['rest']}"
        read["name"] = self.name
        read["restapi"] = {"listen": rest, "connect_address": rest}
        read["etcd3"] = {"hosts": [self.etcd.address]}
        database = read["postgresql"]
        database["listen"] = database["connect_address"] = self.database
        database["data_dir"], database["bin_dir"] = str(self.folder / "data"), str(postgresql_programs())
        database["pgpass"] = str(self.folder / "pgpass")
        for account in database["authentication"].values():
            account["password"] = SECRET
        local = ["local all all trust", f"host all all {_HERE}/32 scram-sha-256"]
        database["pg_hba"] = [*local, f"host replication all {_HERE}/32 scram-sha-256"]
        database["parameters"]["unix_socket_directories"] = str(self.folder)
        return read

    def command(self) -> list[str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "patroni.yml"
        path.write_text(yaml.safe_dump(self.settings()))
        path.chmod(0o600)
        if os.geteuid() == 0:
            for one in (self.folder, path):
                shutil.chown(one, "postgres", "postgres")
        return as_postgres(program("patroni"), str(path))


@dataclass
class Nats:
    number: int
    ports: dict[str, int] = field(default_factory=lambda: ports("client", "cluster"))

    @property
    def url(self) -> str:
        return f"nats://{_HERE}:{self.ports['client']}"

    @property
    def route(self) -> str:
        return f"nats://{_HERE}:{self.ports['cluster']}"

    def command(self, all_of_them: "list[Nats]") -> list[str]:
        return [
            *(program("nats-server"), "-a", _HERE, "-p", str(self.ports["client"]), "--name", f"nats{self.number}"),
            *("--cluster_name", "ekios", "--cluster", self.route),
            *("--routes", ",".join(one.route for one in all_of_them)),
        ]


@dataclass
class Store:
    """SeaweedFS: master, volume, filer and S3 in one process."""

    folder: Path
    ports: dict[str, int] = field(
        default_factory=lambda: ports(*(f"{kind}{inner}" for kind in _KINDS for inner in ("", ".grpc")))
    )

    @property
    def endpoint(self) -> str:
        return f"http://{_HERE}:{self.ports['s3']}"

    @property
    def secret_file(self) -> Path:
        return self.folder / "secret"

    def command(self) -> list[str]:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        identities = json.loads((DEPLOY / "seaweedfs" / "s3.json").read_text())["identities"]
        for one in identities:
            one["credentials"][0]["secretKey"] = SECRET
        (self.folder / "s3.json").write_text(json.dumps({"identities": identities}))
        self.secret_file.write_text(SECRET)
        places = [
            f"-{name.replace('.grpc', '.port.grpc') if '.grpc' in name else name + '.port'}={port}"
            for name, port in self.ports.items()
        ]
        return [
            *(program("weed"), "server", f"-dir={self.folder / 'data'}", f"-ip={_HERE}", f"-ip.bind={_HERE}", "-filer"),
            *(
                "-s3",
                f"-s3.config={self.folder / 's3.json'}",
                "-master.volumeSizeLimitMB=64",
                "-volume.max=100",
                *places,
            ),
            # It would tell its makers, and serve tables that nobody has.
            *("-master.telemetry=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.iam=false"),
        ]


@dataclass
class Proxy:
    folder: Path
    servers: tuple[int, ...]
    port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        return f"http://{_HERE}:{self.port}"

    def command(self) -> list[str]:
        """The rules are those of ``deploy/nginx/ekios-proxy.conf``; here without TLS."""
        self.folder.mkdir(parents=True, exist_ok=True)
        bodies = "\n".join(
            f"    {kind}_temp_path {self.folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        servers = "\n".join(f"        server {_HERE}:{port} max_fails=2 fail_timeout=5s;" for port in self.servers)
        path = self.folder / "nginx.conf"
        path.write_text(
            f"""daemon off;
worker_processes 1;
pid {self.folder}/pid;
error_log stderr warn;
{"user root;" if os.geteuid() == 0 else ""}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    server_tokens off;
{bodies}
    upstream ekios {{
        least_conn;
{servers}
        keepalive 64;
    }}
    server {{
        listen {_HERE}:{self.port};
        include {DEPLOY}/nginx/ekios-proxy.conf;
    }}
}}
"""
        )
        return [program("nginx"), "-c", str(path), "-p", str(self.folder), "-e", "stderr"]
