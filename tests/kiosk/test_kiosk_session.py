"""A session: forward one step at a time, back without losing anything, and an end that leaves nothing."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.events import EndReason, IdleOver, IdleWarning, SessionEnded, Step, StepChanged
from kiosk.session.attachments import Attachment, Attachments, AttachProblem
from kiosk.session.citizen import HowIdentified
from kiosk.session.nik import NikProblem, NikWarning
from kiosk.session.session import Session
from protocol.limits import ATTACHMENT_PLAIN_BYTES
from tests.kiosk.kiosk_kit import CITY, FORM, NAME, NIK, PHOTO, Bench, bench, catalogue, fill, service_document

OTHER_NIK = "3578015203900001"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path)
    yield made
    made.close()


def at_form(made: Bench) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    return session


def test_the_whole_way(at: Bench) -> None:
    fill(at.kiosk)
    session = at.kiosk.session
    assert session is not None
    assert session.step is Step.CONSENT
    at.kiosk.send()
    steps = [event.step for event in at.of(StepChanged)]
    assert list(dict.fromkeys(steps)) == [
        Step.SERVICE, Step.IDENTIFY, Step.FORM, Step.REVIEW, Step.CONSENT, Step.SENDING, Step.SAVED,
    ]  # fmt: skip


def test_identification_is_left_out_where_it_is_not_asked(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(services=(service_document(identification="none", nik_question=""),)))
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    assert session.step is Step.FORM
    session.back()
    assert session.step is Step.SERVICE
    made.close()


def test_without_consent_asked_the_review_is_the_last_step(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(services=(service_document(consent=False),)))
    session = at_form(made)
    session.answer("/data/name", NAME)
    while session.step is Step.FORM:
        session.next_page()
    assert session.finish_review() == ()
    assert (session.step, session.may_send) == (Step.REVIEW, True)
    made.close()


def test_an_impossible_nik_is_not_kept(at: Bench) -> None:
    session = at.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    assert session.identify("3578", HowIdentified.TYPED).problem is NikProblem.TOO_SHORT
    assert session.citizen is None
    with pytest.raises(ValueError, match="identified"):
        session.continue_to_form()


def test_an_unknown_region_is_only_warned_of(at: Bench) -> None:
    at.kiosk.settings.store_new({"region_prefixes": ["3515"]})
    at.kiosk.settings.reload()
    session = at.kiosk.begin("id")
    check = session.identify(NIK, HowIdentified.SCANNED)
    assert (check.problem, check.warnings) == (None, (NikWarning.UNKNOWN_REGION,))
    assert session.citizen is not None


def test_the_nik_fills_its_question(at: Bench) -> None:
    session = at_form(at)
    assert session.form is not None
    assert session.form.nodes["/data/nik"].value == NIK


@pytest.mark.parametrize(
    ("readonly", "kept", "name"), [("/data/nik != ''", OTHER_NIK, ""), ("true()", "", "Siti")], ids=["filled", "always"]
)
def test_somebody_else_is_identified_though_the_question_cannot_be_changed(
    tmp_path: Path, readonly: str, kept: str, name: str
) -> None:
    """What holds on to somebody else's number is begun anew; answers that hold nothing of anybody stay."""
    form = FORM.replace(
        'nodeset="/data/nik" type="string" required="true()"', f'nodeset="/data/nik" readonly="{readonly}"'
    )
    made = bench(tmp_path / "other", pack=catalogue(services=(service_document(),), form=form))
    session = at_form(made)
    session.answer("/data/name", "Siti")
    session.back()
    assert session.step is Step.IDENTIFY
    assert session.identify(OTHER_NIK, HowIdentified.SCANNED).problem is None
    session.continue_to_form()
    assert session.form is not None
    assert [session.form.nodes[ref].value for ref in ("/data/nik", "/data/name")] == [kept, name]
    made.close()


def test_a_new_photo_has_no_name_that_a_draft_brought_along() -> None:
    """Of three children the first was taken away again before the form was saved for later."""
    attachments = Attachments()
    attachments.give_back(
        Attachment(f"/data/anak[{n}]/foto", f"foto-{n}.jpg", "image/jpeg", bytearray(PHOTO)) for n in (2, 3)
    )
    assert [attachments.new_name("foto", "image/jpeg") for _ in range(2)] == ["foto-1.jpg", "foto-4.jpg"]


def test_another_birth_date_than_the_niks_is_warned_of_at_the_review(at: Bench) -> None:
    session = at_form(at)
    session.answer("/data/birth_date", "1990-07-02")
    session.answer("/data/sex", "male")
    assert session.form_warnings() == (NikWarning.OTHER_SEX, NikWarning.OTHER_BIRTH_DATE)


def test_a_missing_answer_holds_the_page(at: Bench) -> None:
    session = at_form(at)
    session.next_page()
    assert [violation.ref for violation in session.next_page()] == ["/data/name"]
    assert session.page_index == 1


def test_back_and_forth_loses_nothing(at: Bench) -> None:
    session = at_form(at)
    session.next_page()
    session.answer("/data/name", NAME)
    session.next_page()
    for _ in range(3):
        session.back()
    assert session.step is Step.IDENTIFY
    session.back()
    assert session.step is Step.SERVICE
    session.start_service()
    session.continue_to_form()
    assert session.form is not None
    assert session.form.nodes["/data/name"].value == NAME


def test_choosing_the_same_service_again_keeps_the_answers_another_drops_them(tmp_path: Path) -> None:
    pack = catalogue(services=(service_document(), service_document("other")))
    made = bench(tmp_path, pack=pack)
    session = at_form(made)
    session.answer("/data/name", NAME)
    for _ in range(3):
        session.back()
    session.choose("letter")
    assert session.form is not None
    session.back()
    session.choose("other")
    assert session.form is None
    made.close()


def test_a_page_that_comes_in_between_does_not_move_the_citizen(at: Bench) -> None:
    session = at_form(at)
    session.answer("/data/name", NAME)
    while session.page is not None and session.page.ref != "/data/other":
        session.next_page()
    index = session.page_index
    session.answer("/data/other", "yes")
    assert session.page_index == index
    assert len(session.pages()) == index + 2


def test_editing_from_the_review_comes_back_to_it(at: Bench) -> None:
    session = at_form(at)
    session.answer("/data/name", NAME)
    while session.step is Step.FORM:
        session.next_page()
    session.edit("/data/name")
    assert session.page is not None
    assert (session.step, session.page.ref) == (Step.FORM, "/data/name")
    session.next_page()
    assert session.step is Step.REVIEW


def test_an_answer_of_the_wrong_type_is_a_message(at: Bench) -> None:
    session = at_form(at)
    assert session.answer("/data/birth_date", "yesterday")
    assert session.form is not None
    assert session.form.nodes["/data/birth_date"].value == ""


def test_the_language_can_change_in_the_middle(at: Bench) -> None:
    session = at_form(at)
    assert session.form is not None
    before = session.form.nodes["/data/name"].label
    at.kiosk.set_language("en")
    assert (before, session.form.nodes["/data/name"].label) == ("Nama", "Name")


def test_a_language_that_the_form_lacks_falls_back_to_indonesian(at: Bench) -> None:
    session = at_form(at)
    at.kiosk.set_language("en")
    at.kiosk.set_language("mad")
    assert session.form is not None
    assert session.form.nodes["/data/name"].label == "Nama"


@pytest.mark.parametrize(
    ("size", "problem"),
    [(0, AttachProblem.EMPTY), (ATTACHMENT_PLAIN_BYTES, None), (ATTACHMENT_PLAIN_BYTES + 1, AttachProblem.TOO_LARGE)],
)
def test_a_photo_has_a_largest_size(at: Bench, size: int, problem: AttachProblem | None) -> None:
    assert at_form(at).attach("/data/photo", bytes(size)) is problem


def test_a_new_photo_replaces_the_one_before(at: Bench) -> None:
    session = at_form(at)
    session.attach("/data/photo", b"first")
    session.attach("/data/photo", b"second")
    assert [bytes(one.data) for one in session.attachments_in_use()] == [b"second"]


def test_a_detached_photo_is_gone(at: Bench) -> None:
    session = at_form(at)
    session.attach("/data/photo", b"first")
    session.detach("/data/photo")
    assert session.attachments_in_use() == ()


def test_a_service_whose_device_is_lost_says_so_before_the_first_question(tmp_path: Path) -> None:
    made = bench(tmp_path, pack=catalogue(services=(service_document(needs=("camera",)),)))
    made.camera.become("UNAVAILABLE", "DISCONNECTED")
    session = made.kiosk.begin("id")
    assert not session.choose("letter").possible
    session.start_service()
    assert session.step is Step.SERVICE
    made.close()


def test_a_step_that_leads_nowhere_is_a_bug(at: Bench) -> None:
    session = at.kiosk.begin("id")
    with pytest.raises(ValueError, match="no way"):
        session.sending()


# --- time ----------------------------------------------------------------------------------------------------------


def test_the_warning_comes_in_time_and_counts_down(at: Bench) -> None:
    at.kiosk.begin("id")
    at.clock.advance(59)
    at.kiosk.tick()
    assert at.of(IdleWarning) == []
    for _ in range(3):
        at.clock.advance(1)
        at.kiosk.tick()
        at.kiosk.tick()
    assert [event.seconds_left for event in at.of(IdleWarning)] == [30, 29, 28]


def test_a_touch_ends_the_warning(at: Bench) -> None:
    at.kiosk.begin("id")
    at.clock.advance(70)
    at.kiosk.tick()
    at.kiosk.touch()
    at.clock.advance(50)
    at.kiosk.tick()
    assert at.of(IdleOver) == [IdleOver()]
    assert at.kiosk.session is not None


def test_the_end_of_the_idle_time_wipes(at: Bench) -> None:
    at.kiosk.begin("id")
    at.clock.advance(90)
    at.kiosk.tick()
    assert at.of(SessionEnded) == [SessionEnded(EndReason.IDLE)]
    assert at.kiosk.step is Step.START


def test_a_clock_that_jumps_ends_no_session(at: Bench) -> None:
    at.kiosk.begin("id")
    at.clock.time_of_day = at.clock.time_of_day.replace(year=2036)
    at.kiosk.tick()
    assert at.kiosk.session is not None


def test_the_warning_is_never_shorter_than_twenty_seconds(at: Bench) -> None:
    at.kiosk.settings.store_new({"idle_warning_s": 1, "idle_s": 1})
    at.kiosk.settings.reload()
    at.kiosk.begin("id")
    at.clock.advance(10)
    at.kiosk.tick()
    assert [event.seconds_left for event in at.of(IdleWarning)] == [20]


# --- the end -------------------------------------------------------------------------------------------------------


def traces(*needles: str | bytes) -> list[str]:
    """Containers in memory that still hold one of the needles, as type names."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        # By type, not isinstance: that would ask dead proxies, which other tests may have left in this process.
        if issubclass(type(holder), dict | list | tuple | set | frozenset) or hasattr(type(holder), "__slots__"):
            for held in gc.get_referents(holder):
                if issubclass(type(held), str) and any(isinstance(n, str) and n in held for n in needles):
                    found.append(f"{type(holder).__name__}: {held[:80]}")
                if issubclass(type(held), bytes | bytearray) and any(
                    isinstance(n, bytes) and n in held for n in needles
                ):
                    found.append(type(holder).__name__)
    return found


def citizens_visit(made: Bench, *, sent: bool) -> None:
    # Built here and not from constants, which the test itself would hold.
    name, nik, photo = "Zulai" + "kha-" + str(id(made)), "35780171" + "08450077", bytes([7, 77]) * 40 + b"\x00end"
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(nik, HowIdentified.TYPED)
    session.continue_to_form()
    session.answer("/data/name", name)
    session.attach("/data/photo", photo)
    if sent:
        while session.step is Step.FORM:
            session.next_page()
        session.finish_review()
        session.agree()
        made.kiosk.send()


@pytest.mark.parametrize("sent", [False, True])
def test_nothing_of_a_citizen_is_left_in_memory(at: Bench, sent: bool) -> None:
    citizens_visit(at, sent=sent)
    at.kiosk.end(EndReason.DONE)
    assert traces("Zulai" + "kha-", "35780171" + "08450077", bytes([7, 77]) * 20) == []


def test_after_saving_the_answers_are_gone_though_the_citizen_is_still_there(at: Bench) -> None:
    citizens_visit(at, sent=True)
    assert at.kiosk.step is Step.SAVED
    assert traces("Zulai" + "kha-", bytes([7, 77]) * 20) == []


def test_photos_are_overwritten(at: Bench) -> None:
    session = at_form(at)
    session.attach("/data/photo", PHOTO)
    held = session.attachment("/data/photo")
    assert held is not None
    data = held.data
    at.kiosk.end()
    assert data == b""


def test_ending_twice_is_harmless(at: Bench) -> None:
    at.kiosk.begin("id")
    at.kiosk.end()
    at.kiosk.end()
    assert len(at.of(SessionEnded)) == 1


def test_a_pack_comes_into_force_between_two_sessions_only(at: Bench) -> None:
    session = at_form(at)
    at.kiosk.install(catalogue(2))
    assert (session.catalogue.version, at.kiosk.catalogue.version) == (1, 1)
    at.kiosk.end()
    assert at.kiosk.catalogue.version == 2


def test_the_city_of_the_kit_is_the_packs() -> None:
    assert catalogue().city == CITY.name
