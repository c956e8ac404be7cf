"""What can be set from outside: ``EKIOS_SERVER_*`` in the environment, or the command's options."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from server.cases.pauses import Pauses
from server.fleet.quotas import QuotaSettings
from server.front_door.networks import Networks
from server.people.provider import ProviderSettings


class ServerSettings(BaseSettings):
    """``data`` holds keys, packs and, by default, attachments and the SQLite database."""

    model_config = SettingsConfigDict(env_prefix="EKIOS_SERVER_", frozen=True)

    data: Path = Path("var/server")
    #: ``sqlite:////…`` or ``postgresql+psycopg://…``; empty: SQLite in ``data``.
    database: str = ""
    #: ``s3://bucket`` or ``s3://bucket/prefix``, which several servers share; empty: a folder in ``data``.
    attachments: str = ""
    #: Where that store answers (empty: Amazon's), and as whom it is asked; the file holds the secret key and nothing else.
    s3_endpoint: str = ""
    s3_region: str = "us-east-1"
    s3_key_id: str = ""
    s3_secret_file: Path | None = None
    #: ``nats://host:4222``, several with commas between, wakes the other processes; empty: this process only.
    nats: str = ""
    host: str = "127.0.0.1"
    port: int = Field(8700, ge=0, le=65535)
    #: Where citizens' phones and kiosks reach this server; empty: ``http://host:port``.
    base_url: str = ""
    #: Addresses and networks, with commas between, whose X-Forwarded-For is believed; empty: nobody's.
    trusted_proxies: str = ""
    #: Connections that one process holds, and those of one address. A kiosk has its live feed and, for a while after each
    #: message, another one. See ``server.front_door.connections.places_for``.
    connections: int = Field(30_000, ge=1)
    connections_per_address: int = Field(2_000, ge=1)
    #: Seconds that a client has for a request's header fields, and may be silent in the middle of a body.
    head_s: float = Field(10.0, gt=0)
    body_silence_s: float = Field(20.0, gt=0)
    #: Where the sample services stand, for ``seed`` and ``--trial``.
    services: Path = Path("assets/services")
    #: A trial: seeded at the first start, cookies without TLS, trial accounts shown at the sign-in page.
    trial: bool = False
    city: str = ""
    time_zone: str = "Asia/Jakarta"
    #: The key that signs checkpoints of the audit log, on another medium than the database; empty: in ``data``.
    audit_key: Path | None = None
    #: The socket of a keeper that runs as another user, with the sealing keys in a folder of its own; empty: the server begins
    #: one by itself, with the keys in ``data``.
    keeper: Path | None = None
    #: The city's identity provider (OpenID Connect), for officers; empty: none. The claim is what accounts are matched by.
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_secret_file: Path | None = None
    oidc_claim: str = "email"
    #: What stands on the button of the sign-in page; empty: the issuer's host.
    oidc_name: str = ""
    #: What one kiosk, and one NIK, may send and ask.
    quotas: QuotaSettings = QuotaSettings()
    #: How long the office waits for a citizen's answer.
    pauses: Pauses = Pauses()
    #: What Prometheus shows to read ``/metrics``; empty: a file in ``data``, made when it is first asked for.
    metrics_token_file: Path | None = None
    heartbeat_s: float = Field(15.0, gt=0)
    #: New submissions are refused with 503 when the disk has less left.
    disk_reserve_bytes: int = 200_000_000
    #: Idle seconds after which a live stream gets a comment.
    live_ping_s: float = Field(15.0, gt=0)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        Networks(value)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe(cls, value: str) -> str:
        split = urlsplit(value)
        if value and split.scheme != "https" and split.hostname not in ("localhost", "127.0.0.1"):
            raise ValueError("an identity provider is asked over https only")
        return value

    @property
    def provider(self) -> ProviderSettings | None:
        if not self.oidc_issuer:
            return None
        name = self.oidc_name or urlsplit(self.oidc_issuer).hostname or ""
        return ProviderSettings(self.oidc_issuer, self.oidc_client_id, self.oidc_secret_file, self.oidc_claim, name)

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.data.resolve() / 'server.db'}"

    @property
    def address(self) -> str:
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")
