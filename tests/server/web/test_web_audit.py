"""The audit log's page: what it says when the log holds, when it was cut, and what it hands out."""

from sqlalchemy import delete, select, update

from protocol import checkpoints, merkle
from protocol.checkpoints import Checkpoint, Witnessed
from server.deps import Deps
from server.operator.chores import make_checkpoint
from server.storage import tables
from tests.server.kiosk_client import TestKiosk
from tests.server.web.conftest import Office


def seen_by(office: Office, kiosk: TestKiosk) -> Checkpoint:
    """A checkpoint that the kiosk has taken."""
    make_checkpoint(office.server.deps)
    answer = kiosk.post("/v1/heartbeat", kiosk.heartbeat(witnessed={})).json()
    held = Checkpoint.model_validate(answer["checkpoint"]["checkpoint"])
    reported = Witnessed(held=held).model_dump(mode="json")
    kiosk.post("/v1/heartbeat", kiosk.heartbeat(witnessed=reported)).raise_for_status()
    return held


def cut_all(deps: Deps, size: int) -> None:
    with deps.engine.begin() as connection:
        log = tables.audit_log
        connection.execute(delete(log).where(log.c.seq >= size))
        connection.execute(delete(tables.checkpoints).where(tables.checkpoints.c.size > size))
        peaks: list[bytes] = []
        for index, leaf in enumerate(connection.execute(select(log.c.leaf_hash).order_by(log.c.seq)).scalars()):
            merkle.push(peaks, index, leaf)
        connection.execute(update(tables.audit_tree).values(size=size, peaks=b"".join(peaks)))


def test_a_log_that_holds_says_how_many_kiosks_agree(fresh_office: Office) -> None:
    seen_by(fresh_office, fresh_office.kiosk)
    admin = fresh_office.browser("admin")
    admin.get("/audit")
    page = admin.post("/audit/verify").text
    assert "Jejak audit utuh" in page
    assert "1 kios pernah melihat jejak yang sama" in page


def test_a_kiosk_that_knows_more_is_named_before_and_after_the_verification(fresh_office: Office) -> None:
    held = seen_by(fresh_office, fresh_office.kiosk)
    admin = fresh_office.browser("admin")
    cut_all(fresh_office.server.deps, held.size - 3)
    reported = Witnessed(held=held).model_dump(mode="json")
    fresh_office.kiosk.post("/v1/heartbeat", fresh_office.kiosk.heartbeat(witnessed=reported)).raise_for_status()
    assert "Kios berikut pernah melihat jejak audit yang lain: Kios Uji" in admin.get("/audit").text
    page = admin.post("/audit/verify").text
    assert "Jejak audit tidak utuh" in page
    assert f"Kios Uji: tahu lebih banyak: kios ini pernah melihat {held.size} catatan" in page


def test_anybody_gets_the_checkpoint_as_a_note_and_nobody_else_the_page(fresh_office: Office) -> None:
    outside = fresh_office.browser()
    assert outside.get("/audit/checkpoint.txt").status_code == 404
    held = seen_by(fresh_office, fresh_office.kiosk)
    answer = outside.get("/audit/checkpoint.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    answer.encoding = "utf-8"
    assert checkpoints.parse_note(answer.text, fresh_office.server.deps.keys.audit_public) == held
    assert fresh_office.browser("kelurahan").get("/audit").status_code == 403
