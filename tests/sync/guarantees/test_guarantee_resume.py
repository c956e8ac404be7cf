"""G7: an attachment goes on at its last durable byte, wherever the line was cut and whoever was started anew."""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from protocol.limits import CHUNK_BYTES
from server.deps import Deps
from server.storage import StorageBusy, tables
from sync.up.envelopes import SET_ASIDE_S
from tests.server.postgres import free_port
from tests.server.running import RunningServer
from tests.sync.guarantees.weather import StormyKiosk
from tests.sync.line_kit import city_server, enrolled, stored, until
from tests.sync.scripted import CuttingRelay

PICTURE_BYTES = 9 * CHUNK_BYTES + 1_234
#: Each life of the server has so many turns of the kiosk, of which the last begins with a kiosk that was started anew.
TURNS = 4
LIVES = 2
#: Connections of one turn that are cut.
CUTS = 20


def durable(deps: Deps) -> int:
    """Bytes of the one attachment that the server has for good."""
    with deps.engine.connect() as connection:
        return int(connection.execute(select(tables.attachments.c.offset)).scalar() or 0)


@contextmanager
def started_anew(data: Path, port: int) -> Iterator[RunningServer]:
    """A chore of the server that was stopped may hold the database for a moment."""
    with ExitStack() as stack:

        def start() -> RunningServer | None:
            try:
                return stack.enter_context(city_server(data, port=port))
            except StorageBusy:
                return None

        yield until(start)


@pytest.mark.parametrize("seed", [7, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(100, 130))])
def test_g7_an_attachment_resumes_at_the_last_durable_byte_across_restarts_of_both_sides(
    tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    picture, data, port = b"\xff\xd8\xff\xe0" + chance.randbytes(PICTURE_BYTES), tmp_path / "server", free_port()
    with CuttingRelay(port, []).running() as relay:
        with city_server(data, port=port) as server:
            enrolment = enrolled(server, address=f"http://127.0.0.1:{relay.port}")
        kiosk = StormyKiosk(tmp_path / "kiosk", enrolment)
        kiosk.send(picture)
        reached = cuts = 0
        for _ in range(LIVES):
            with started_anew(data, port) as server:
                for turn in range(TURNS):
                    if turn == TURNS - 1:
                        kiosk.restart()
                    # In a request's head, in a chunk, between two: each connection of the turn ends somewhere.
                    relay.cuts[:] = [chance.randrange(500, 3 * CHUNK_BYTES) for _ in range(CUTS)]
                    kiosk.pass_time(SET_ASIDE_S + 1)
                    kiosk.turn()
                    assert durable(server.deps) >= reached, "what was durable was sent again"
                    reached = durable(server.deps)
                    cuts += CUTS - len(relay.cuts)
        relay.cuts.clear()
        with started_anew(data, port) as server:
            for _ in range(2):
                kiosk.pass_time(SET_ASIDE_S + 1)
                kiosk.turn()
            (row,) = stored(server.deps)
            assert row.complete
            (one,) = kiosk.on_line.at.store.outbox.attachments_of(1)
            sealed = kiosk.on_line.at.store.outbox.attachment_bytes(one.sha256)
            assert server.deps.attachments.sealed(enrolment.kiosk_id, one.sha256) == sealed
            assert one.delivered
        kiosk.stop()
    assert cuts > TURNS, "it went on in several pieces"
