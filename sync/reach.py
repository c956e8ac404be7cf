"""How the server is reached from here, for a technician: addresses, the radio's signal, and how fast it is."""

import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import requests

from kiosk.kiosk import Kiosk
from kiosk.machine.line_state import LineFacts, LineSpeed
from protocol.packs import target_name
from runtime.when_wanted import when_wanted
from sync.client import Client, Outcome
from sync.down.trusted import METADATA, TARGETS

if TYPE_CHECKING:
    import statistics
else:
    statistics = when_wanted("statistics")

#: Where Linux tells of its radios.
WIRELESS: Final = Path("/proc/net/wireless")
#: The quality that most drivers call full.
FULL_QUALITY: Final = 70.0
TRIES: Final = 3
#: Enough to be measured, and not more than a technician waits for on a bad line.
SAMPLE_BYTES: Final = 524_288
SAMPLE_S: Final = 10.0
_PIECE: Final = 16_384
#: All of these are an answer of the server.
_ANSWERED: Final = frozenset({Outcome.OK, Outcome.NOT_FOUND})


def facts_of(server: str, wireless: Path = WIRELESS) -> LineFacts:
    return LineFacts(server, _own_address(server), _signal(wireless))


def measured(client: Client, kiosk: Kiosk) -> LineSpeed:
    """Some round trips, then a part of the pack in force. Takes up to half a minute."""
    trips = [trip for trip in (_round_trip(client) for _ in range(TRIES)) if trip is not None]
    if not trips:
        return LineSpeed(None)
    return LineSpeed(statistics.median(trips), _download(client, kiosk))


def _round_trip(client: Client) -> float | None:
    began = time.perf_counter()
    answer = client.get(f"{METADATA}timestamp.json")
    return time.perf_counter() - began if answer.outcome in _ANSWERED else None


def _download(client: Client, kiosk: Kiosk) -> float | None:
    version = kiosk.pack_in_force.version
    pack = next((pack for pack in kiosk.store.packs.newest_first() if pack.version == version), None)
    if pack is None:
        return None
    with client.open("GET", f"{TARGETS}{pack.sha256}.{target_name(version)}") as stream:
        if stream.response is None or not stream.answer.ok:
            return None
        came, began = 0, time.perf_counter()
        try:
            for piece in stream.response.iter_content(_PIECE):
                came += len(piece)
                if came >= SAMPLE_BYTES or time.perf_counter() - began > SAMPLE_S:
                    break
        except requests.RequestException:
            return None
        elapsed = time.perf_counter() - began
    return came / elapsed if came and elapsed > 0 else None


def _own_address(server: str) -> str:
    """Of the interface by which the server would be reached; nothing is sent."""
    address = urlsplit(server)
    try:
        found = socket.getaddrinfo(address.hostname, address.port or 443, type=socket.SOCK_DGRAM)
        family, kind, protocol, _, where = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(where)
            return str(probe.getsockname()[0])
    except (OSError, IndexError):
        return ""


def _signal(wireless: Path) -> float | None:
    """Of the first radio there is."""
    try:
        lines = wireless.read_text(encoding="ascii", errors="replace").splitlines()[2:]
    except OSError:
        return None
    for line in lines:
        fields = line.partition(":")[2].split()
        try:
            return min(max(float(fields[1].rstrip(".")) / FULL_QUALITY, 0.0), 1.0)
        except (IndexError, ValueError):
            continue
    return None
