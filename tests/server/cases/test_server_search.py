"""Cases are found by name, number, words and code, within the officer's scope, and nothing of it lies in the clear."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from protocol.messages import Identity
from server.app import build_deps, close_deps
from server.cases.finding import headlines
from server.cases.finding.filled import answers_of, name_of, topic_of
from server.cases.finding.index import BATCH
from server.cases.finding.saved_views import NAME_CHARACTERS, VIEWS_MOST, ViewOutcome
from server.cases.finding.search import FOUND_MOST
from server.cases.finding.terms import TERMS_PER_CASE, WORD, terms_of, words_of
from server.cases.states import Change
from server.deps import Deps
from server.foundation.actors import Actor
from server.settings import ServerSettings
from server.storage import tables
from tests.server.case_kit import SERVICE, Office, enrolled_kiosk
from tests.server.conftest import FakeClock
from tests.server.kiosk_client import NIK

OTHER_NIK = "3578015206850007"
STORY = "Lampu jalan di depan rumah kami padam sejak tiga minggu dan anak-anak takut lewat"
Send = Callable[..., str]


@pytest.fixture
def office(sqlite_deps: Deps) -> Office:
    return Office(sqlite_deps, enrolled_kiosk(sqlite_deps))


@pytest.fixture
def officer(office: Office) -> Actor:
    return office.officer("kelurahan")


@pytest.fixture
def send(office: Office) -> Send:
    return sender(office)


def sender(office: Office) -> Send:
    def send(name: str, nik: str = NIK, service: str = "surat", privacy: str = "", text: str = "") -> str:
        instance = f'<data id="{service}" version="1"><nama>{name}</nama><uraian>{text}</uraian></data>'
        inside = {"instance": instance, "identity": Identity(nik=nik, how="typed"), "privacy": privacy}
        envelope = office.kiosk.envelope({**SERVICE, "id": service, "form_id": service}, inside=inside)
        assert office.take(envelope.item) == "stored"
        return envelope.code

    return send


@pytest.fixture
def find(office: Office, officer: Actor) -> Callable[[str], set[str]]:
    return lambda typed: set(office.deps.search.find(officer, typed).codes)


def test_a_case_is_found_by_what_somebody_would_type(send: Send, find: Callable[[str], set[str]]) -> None:
    code, other = send("Siti Nur Aminah", text=STORY), send("Budi Santoso", OTHER_NIK)
    spaced = f"{NIK[:6]} {NIK[6:12]} {NIK[12:]}"
    for typed in (
        "Siti",
        "aminah siti",
        "SIT",
        "Ámin",
        "nur aminah",
        NIK,
        spaced,
        f"siti {NIK}",
        "lampu padam",
        code[:6],
    ):
        assert find(typed) == {code}, typed
    assert find("Santoso") == {other}
    assert find("siti santoso") == find("aminahx") == find(OTHER_NIK + "1") == set()


def test_the_newest_stand_first(office: Office, send: Send, officer: Actor, clock: FakeClock) -> None:
    codes = []
    for _ in range(3):
        clock.pass_time(minutes=1)
        codes.append(send("Siti"))
    found = office.deps.search.find(officer, "siti")
    assert (list(found.codes), found.more) == (codes[::-1], False)


def test_at_the_limit_all_are_shown_and_one_above_is_told(office: Office, send: Send, officer: Actor) -> None:
    codes = [send("Siti") for _ in range(3)]
    term = office.deps.vault.term("kelurahan", WORD, "siti")
    with office.deps.engine.begin() as connection:
        case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == codes[0])).one()
        copies = [{**case._mapping, "tracking_code": f"KOPI{place:08}"} for place in range(FOUND_MOST - 2)]
        connection.execute(tables.cases.insert(), copies)
        terms = [{"term": term, "opened_at": case.opened_at, "tracking_code": one["tracking_code"]} for one in copies]
        connection.execute(tables.case_terms.insert(), terms[:-1])
    assert (len(office.deps.search.find(officer, "siti").codes), office.deps.search.find(officer, "siti").more) == (
        50,
        False,
    )
    with office.deps.engine.begin() as connection:
        connection.execute(tables.case_terms.insert(), terms[-1:])
    assert (len(office.deps.search.find(officer, "siti").codes), office.deps.search.find(officer, "siti").more) == (
        50,
        True,
    )


def test_of_more_cases_than_are_shown_the_beginning_of_their_codes_finds_the_newest(
    office: Office, send: Send, officer: Actor, clock: FakeClock
) -> None:
    code = send("Siti")
    with office.deps.engine.begin() as connection:
        case = connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()
        copies = [
            {**case._mapping, "tracking_code": f"KOPI{place:08}", "opened_at": clock.time + timedelta(minutes=place)}
            for place in range(FOUND_MOST + 1)
        ]
        connection.execute(tables.cases.insert(), copies)
    found = office.deps.search.find(officer, "kopi")
    assert (found.codes[0], found.codes[-1], found.more) == (f"KOPI{FOUND_MOST:08}", "KOPI00000001", True)


def test_another_agency_finds_nothing(office: Office, send: Send) -> None:
    code = send("Siti Aminah")
    for user in ("kominfo", "admin", "pusat"):
        found = office.deps.search.find(office.officer(user), "Siti")
        assert found.codes == ()
    assert office.deps.search.find(office.officer("kominfo"), code[:6]).codes == ()


def test_a_secret_complaint_is_found_by_its_officer_alone(office: Office, send: Send) -> None:
    officer = office.officer("kominfo")
    code = send("Siti Aminah", service="aduan", privacy="secret", text=STORY)
    for typed in ("Siti", NIK, "lampu"):
        assert office.deps.search.find(officer, typed).codes == ()
    assert office.deps.cases.take(officer, code).ok
    for typed in ("Siti", NIK, "lampu padam"):
        assert office.deps.search.find(officer, typed).codes == (code,)
    with office.deps.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(tables.case_terms)).scalar() == 0
        kept = connection.execute(select(tables.cases.c.headline)).scalar()
    assert headlines.opened(kept, office.deps.vault).name == ""


def test_of_an_anonymous_one_the_words_are_found_and_nobody(office: Office, send: Send) -> None:
    code = send("Siti Aminah", service="aduan", privacy="anonymous", text=STORY)
    officer = office.officer("kominfo")
    assert office.deps.search.find(officer, "lampu").codes == (code,)
    assert office.deps.search.find(officer, "Siti").codes == office.deps.search.find(officer, NIK).codes == ()


def test_nothing_personal_lies_in_the_clear(office: Office, send: Send, officer: Actor) -> None:
    send("Siti Aminah", text=STORY)
    office.deps.search.find(officer, f"Aminah {NIK}")
    with office.deps.engine.connect() as connection:
        kept = "".join(
            repr(connection.execute(select(table)).all())
            for table in (tables.cases, tables.case_terms, tables.audit_log)
        )
        logged = connection.execute(
            select(tables.audit_log.c.details).where(tables.audit_log.c.action == "case.search")
        ).scalar_one()
    for personal in ("Siti", "siti", "Aminah", "aminah", NIK, "Lampu", "lampu"):
        assert personal not in kept
    assert (logged["found"], logged["words"], logged["numbers"]) == (1, 2, 1)


def test_terms_of_two_agencies_cannot_be_joined(office: Office) -> None:
    vault = office.deps.vault
    assert vault.term("kelurahan", WORD, "siti") != vault.term("kominfo", WORD, "siti")


def test_terms_go_with_their_case(office: Office, send: Send) -> None:
    code = send("Siti Aminah")
    with office.deps.engine.begin() as connection:
        connection.execute(delete(tables.case_steps))
        connection.execute(delete(tables.cases).where(tables.cases.c.tracking_code == code))
        assert connection.execute(select(func.count()).select_from(tables.case_terms)).scalar() == 0


def test_a_case_that_moves_is_found_where_it_went(office: Office, send: Send, officer: Actor) -> None:
    code, other = send("Siti Aminah"), office.officer("kominfo")
    with office.deps.units.begin(officer) as work:
        case = office.deps.case_journal.lock(work.connection, code)
        assert case is not None
        office.deps.case_journal.apply(work, case, Change("forward", {"agency_id": "kominfo"}))
    assert office.deps.search.find(officer, "Siti").codes == ()
    assert office.deps.search.find(other, "Siti").codes == (code,)


def test_older_cases_get_their_terms_by_and_by(office: Office, send: Send, find: Callable[[str], set[str]]) -> None:
    code = send("Siti Aminah")
    with office.deps.engine.begin() as connection:
        connection.execute(update(tables.cases).values(headline=None))
        connection.execute(delete(tables.case_terms))
    assert find("siti") == set()
    assert office.deps.reindexing.some() == 1 <= BATCH
    assert find("siti") == {code} and office.deps.reindexing.some() == 0


def test_what_is_too_short_to_search_by_is_said_and_finds_nothing(office: Office, send: Send, officer: Actor) -> None:
    send("Al")
    for typed in ("", "  ", "si", "ab cd", "--"):
        assert office.deps.search.find(officer, typed).too_short


def test_a_case_has_no_more_terms_than_are_kept(office: Office) -> None:
    words = " ".join(f"kata{place:05}" for place in range(TERMS_PER_CASE + 20))
    content = office.kiosk.envelope(
        SERVICE, inside={"instance": f"<data id='surat'><uraian>{words}</uraian></data>"}
    ).content
    assert sum(kind == WORD for kind, _ in terms_of(content)) == TERMS_PER_CASE


def test_names_topics_and_words_are_read_off_an_instance() -> None:
    instance = (
        "<d xmlns:x='urn:x'><meta><instanceID>uuid:nama</instanceID></meta><anak><namaAnak>Budi\n  Jr</namaAnak></anak>"
        "<x:topik>jalan rusak</x:topik><foto>foto.jpg</foto><nama>Siti</nama></d>"
    )
    answers = answers_of(instance, without=frozenset({"foto.jpg"}))
    topic = topic_of(answers)
    assert (
        name_of(answers) == "Budi Jr" and topic is not None and (topic.text, topic.path) == ("jalan rusak", ("topik",))
    )
    assert [one.text for one in answers][-1] == "Siti" and answers_of("<d") == ()
    assert words_of("Éka, 0812-345 678;  3578.0141") == ["eka", "0812345678", "35780141"]


# --- saved views ----------------------------------------------------------------------------------------------------


def test_views_are_an_officers_own_and_bounded(office: Office, officer: Actor) -> None:
    views, other = office.deps.saved_views, office.officer("penyelia")
    assert views.save(officer, "  Baru   saja ", {"show": "new"}) is ViewOutcome.DONE
    assert views.save(officer, " ", {}) is ViewOutcome.NAME_MISSING
    assert views.save(officer, "x" * NAME_CHARACTERS, {}) is ViewOutcome.DONE
    assert views.save(officer, "x" * (NAME_CHARACTERS + 1), {}) is ViewOutcome.NAME_TOO_LONG
    for place in range(VIEWS_MOST - 2):
        assert views.save(officer, f"Tampilan {place}", {}) is ViewOutcome.DONE
    assert views.save(officer, "Satu lagi", {}) is ViewOutcome.TOO_MANY
    assert views.save(officer, "Baru saja", {"show": "late"}) is ViewOutcome.DONE
    with office.deps.engine.connect() as connection:
        own = views.of(connection, officer.id)
        assert views.of(connection, other.id) == []
    assert (own[0].name, own[0].filters, len(own)) == ("Baru saja", {"show": "late"}, VIEWS_MOST)
    assert not views.remove(other, own[0].id) and views.remove(officer, own[0].id)


def test_postgresql_finds_the_same_and_forgets_with_the_case(
    postgresql_settings: ServerSettings, clock: FakeClock
) -> None:
    deps = build_deps(postgresql_settings, clock=clock)
    try:
        office = Office(deps, enrolled_kiosk(deps))
        send, officer = sender(office), office.officer("kelurahan")
        code, other = send("Siti Nur Aminah", text=STORY), send("Budi Aminah", OTHER_NIK)
        for typed in ("siti", "aminah siti", f"padam {NIK}", code[:6]):
            assert deps.search.find(officer, typed).codes == (code,), typed
        with deps.engine.begin() as connection:
            connection.execute(update(tables.cases).values(headline=None))
        assert deps.reindexing.some() == 2
        assert set(deps.search.find(officer, "aminah").codes) == {code, other}
        with deps.engine.begin() as connection:
            connection.execute(delete(tables.case_steps))
            connection.execute(delete(tables.cases).where(tables.cases.c.tracking_code == code))
        assert deps.search.find(officer, "aminah").codes == (other,)
    finally:
        close_deps(deps)
