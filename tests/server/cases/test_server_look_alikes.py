"""Cases of the same person, with the same text, with the same picture; for whoever may see both."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select, update

from protocol.messages import Identity
from server.cases.finding.look_alikes import Likeness
from server.cases.states import CaseFile, Change
from server.deps import Deps
from server.foundation.actors import Actor
from server.storage import tables
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.kiosk_client import NIK
from tests.server.submissions.test_server_pictures import again
from tests.server.web.test_web_pictures import card

STORY = "Lampu jalan di depan rumah kami padam sejak tiga minggu dan anak-anak takut lewat pada malam hari"
NEARLY = "Lampu jalan di depan rumah kami padam sejak empat minggu dan anak-anak takut lewat pada malam hari!"
OTHER = "Sampah di pasar tidak diangkut selama seminggu sehingga baunya mengganggu semua pembeli dan pedagang"
Send = Callable[..., str]


@pytest.fixture
def office(sqlite_deps: Deps) -> Office:
    return Office(sqlite_deps, enrolled_kiosk(sqlite_deps))


@pytest.fixture
def send(office: Office) -> Send:
    numbers = iter(range(10, 99))

    def send(text: str = "", nik: str = "", picture: bytes = b"", service: str = "surat", privacy: str = "") -> str:
        nik = nik or f"35780152068500{next(numbers)}"
        photo = "<foto>foto.jpg</foto>" if picture else ""
        instance = f'<data id="{service}" version="1"><nama>Siti</nama><uraian>{text}</uraian>{photo}</data>'
        inside = {"instance": instance, "identity": Identity(nik=nik, how="typed"), "privacy": privacy}
        attachments = [office.kiosk.attachment(picture)] if picture else []
        envelope = office.kiosk.envelope({**SERVICE, "id": service, "form_id": service}, attachments, inside=inside)
        office.take(envelope.item)
        for one in attachments:
            sealed = one.sealed
            office.deps.attachments.append(office.kiosk.id, one.sha256, 0, len(sealed), sealed)
        return envelope.code

    return send


def alike(office: Office, actor: Actor, code: str) -> dict[str, tuple[Likeness, ...]]:
    file = office.deps.case_files.read(actor, code)
    assert isinstance(file, CaseFile)
    with office.deps.engine.connect() as connection:
        found = office.deps.look_alikes.of(connection, actor, file.row, file.content)
    return {one.code: one.likenesses for one in found}


def test_the_same_person_and_nearly_the_same_text_are_told(office: Office, send: Send) -> None:
    officer = office.officer("kelurahan")
    code, person, text, both = send(STORY, NIK), send(OTHER, NIK), send(NEARLY), send(STORY, NIK)
    send(OTHER)
    found = alike(office, officer, code)
    assert found == {both: (Likeness.PERSON, Likeness.TEXT), person: (Likeness.PERSON,), text: (Likeness.TEXT,)}
    assert next(iter(found)) == both


def test_a_short_text_is_like_no_other(office: Office, send: Send) -> None:
    code = send("Lampu jalan padam")
    send("Lampu jalan padam")
    assert alike(office, office.officer("kelurahan"), code) == {}


def test_the_same_picture_is_told_also_when_it_was_taken_smaller(office: Office, send: Send) -> None:
    officer = office.officer("kelurahan")
    code, same, other = send(picture=card()), send(picture=again(card())), send(picture=card("3571999999999999")[:900])
    assert office.deps.picture_marks.look() == 3 and office.deps.picture_marks.look() == 0
    assert alike(office, officer, code) == {same: (Likeness.PICTURE,)}
    assert alike(office, officer, other) == {}
    with office.deps.engine.connect() as connection:
        kept = repr(connection.execute(select(tables.picture_marks.c.mark)).all())
    mark = office.deps.pictures.mark(card())
    assert mark is not None and repr(mark)[2:-1] not in kept


def test_of_another_agency_nothing_is_told(office: Office, send: Send) -> None:
    code = send(STORY, NIK, card())
    send(STORY, NIK, card(), service="aduan")
    office.deps.picture_marks.look()
    assert alike(office, office.officer("kelurahan"), code) == {}


def test_a_secret_complaint_is_like_none_and_none_is_like_it(office: Office, send: Send) -> None:
    officer = office.officer("kominfo")
    secret, other = (
        send(STORY, NIK, card(), "aduan", "secret"),
        send(STORY, NIK, card(), "aduan"),
    )
    office.deps.picture_marks.look()
    assert alike(office, officer, secret) == alike(office, officer, other) == {}
    with office.deps.engine.connect() as connection:
        terms = tables.case_terms.c.tracking_code == secret
        assert connection.execute(select(func.count()).select_from(tables.case_terms).where(terms)).scalar() == 0


def test_pictures_of_a_case_that_moves_are_looked_at_again(office: Office, send: Send) -> None:
    first, second = send(picture=card()), send(picture=card(), service="aduan")
    office.deps.picture_marks.look()
    with office.deps.units.begin(office.officer("kelurahan")) as work:
        case = office.deps.case_journal.lock(work.connection, first)
        assert case is not None
        office.deps.case_journal.apply(work, case, Change("forward", {"agency_id": "kominfo"}))
    assert office.deps.picture_marks.look() == 1
    assert alike(office, office.officer("kominfo"), second) == {first: (Likeness.PICTURE,)}


def test_whatever_stands_in_the_index_a_secret_one_is_not_told(office: Office, send: Send) -> None:
    code, other = send(STORY, NIK, service="aduan"), send(STORY, NIK, service="aduan")
    with office.deps.engine.begin() as connection:
        connection.execute(update(tables.cases).where(tables.cases.c.tracking_code == code).values(privacy="secret"))
    officer = office.officer("kominfo")
    assert alike(office, officer, code) == alike(office, officer, other) == {}
    assert code not in office.deps.search.find(officer, "siti").codes
