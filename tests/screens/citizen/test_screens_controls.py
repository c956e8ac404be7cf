"""One table for every control of the forms engine: each is shown, answered, cleared, required, held to its constraint,
read-only, in another language while it is open, spoken, and used by keys alone.
"""

from dataclasses import dataclass
from datetime import date

import pytest
from keys_kit import press

from forms import Node
from kiosk.events import EndReason
from kiosk.session.session import Session
from protocol.languages import LANGUAGES
from rehearsal.citizen import Citizen
from rehearsal.every_control import READONLY_ID, SERVICE_ID, WRONG
from rehearsal.gallery.way import Way, open_form
from rehearsal.hands import Hands
from screens.citizen.controls.calendar import EARLIEST, LATEST, Calendar, CalendarDay
from screens.citizen.controls.question import ListenButton, Question
from screens.citizen.controls.repeat import InstanceLine
from screens.citizen.follow_up.answers import in_words
from screens.look.current import current
from screens.look.pressable import Pressable
from screens.look.widgets.buttons import Chip, IconButton
from screens.look.widgets.cards import ChoiceCard
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.appearance import Appearance
from tests.soaking import SOAK

pytestmark = pytest.mark.begins_first


@dataclass(frozen=True)
class Control:
    """``touch`` is what is typed or chosen by touch, ``value`` what the form keeps then; both empty: nothing is asked.

    ``cleared``: what is left when the answer was taken back; one that is required can only be changed.
    """

    name: str
    touch: str = ""
    value: str = ""
    cleared: str = ""
    #: A file is attached: its name is the form's business.
    attached: bool = False

    @property
    def asks(self) -> bool:
        return bool(self.value) or self.attached


CONTROLS = (
    Control("nama", "Budi", "Budi"),
    Control("keterangan", "Pindah", "Pindah"),
    Control("telepon", "081234567890", "081234567890"),
    Control("surel", "siti@contoh.id", "siti@contoh.id"),
    Control("anak", "2", "2"),
    Control("luas", "72.5", "72.5"),
    Control("lahir", "17081990", "1990-08-17"),
    Control("jam", "0830", "08:30:00.000"),
    Control("janji", "01122026", "2026-12-01T09:30:00.000"),
    Control("pindah", "ya", "ya", cleared="ya"),
    Control("pekerjaan", "guru", "guru", cleared="guru"),
    Control("pekerjaan_cepat", "dagang", "dagang", cleared="dagang"),
    Control("kepuasan", "3", "3", cleared="3"),
    Control("kota", "surabaya", "surabaya", cleared="surabaya"),
    Control("bantuan", "kursi", "kursi"),
    Control("kota_lain", "malang", "malang"),
    Control("urutan", value="waktu biaya ramah"),
    Control("jarak", "10", "10", cleared="10"),
    Control("nilai", "4", "4", cleared="4"),
    Control("suhu", "36,5", "36.5", cleared="36.5"),
    Control("usia", value="17", cleared="17"),
    Control("paham", value="OK"),
    Control("foto", attached=True),
    Control("wajah", attached=True),
    Control("tanda_tangan", attached=True),
    Control("denah", attached=True),
    Control("nomor_dokumen", "Ab1234", "Ab1234"),
    Control("dengan_suara", "Sumi", "Sumi"),
    Control("jenis_rumah", "tembok", "tembok", cleared="tembok"),
    Control("catatan"),
    Control("lokasi"),
    Control("jalur"),
    Control("berkas"),
    Control("suara"),
    Control("video"),
    Control("wilayah"),
)
ASKED = tuple(control for control in CONTROLS if control.asks)
#: What no kiosk can take is said to be so.
REFUSED = ("lokasi", "jalur", "berkas", "suara", "video")
#: Answers that the session is given for the citizen: typing 201 letters by touch shows nothing more.
CONSTRAINED = tuple(control for control in ASKED if control.name in WRONG)

each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
each_asked = pytest.mark.parametrize("control", ASKED, ids=lambda control: control.name)


class Asked:
    """The page that asks one question."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.way = Way(hands)
        self.citizen = Citizen(hands)

    def open(self, name: str, service: str = SERVICE_ID) -> "Asked":
        """For somebody who just came; no page of whoever was here before is left."""
        self.hands.kiosk.end(EndReason.CANCELLED)
        self.hands.stage.clear()
        open_form(self.way, service)
        self.session.show(f"/data/{name}")
        self.hands.settle()
        return self

    @property
    def session(self) -> Session:
        return self.way.session

    @property
    def question(self) -> Question:
        (question,) = self.citizen.questions()
        return question

    @property
    def node(self) -> Node:
        return self.question.node

    def words(self) -> str:
        """The answer as people read it."""
        flow = self.hands.app.flow
        return in_words(self.node, flow.formatting, flow.texts)

    def touchable(self) -> list[Pressable]:
        """What an answer is given or changed with."""
        touched = [each for each in self.question.walk(restrict=True) if isinstance(each, Pressable) and each.enabled]
        return [each for each in touched if not isinstance(each, ListenButton)]

    def chosen_from(self) -> list[ChoiceCard | Chip]:
        """What bears the colour of a mistake."""
        return [each for each in self.question.walk(restrict=True) if isinstance(each, ChoiceCard | Chip)]


@pytest.fixture
def asked(one_kiosk: Hands) -> Asked:
    """Without the way over the home screen, which is half of a test's time."""
    one_kiosk.dress(Appearance())
    return Asked(one_kiosk)


@each_control
def test_what_is_asked_is_shown_and_spoken_to_somebody_who_does_not_see_it(asked: Asked, control: Control) -> None:
    node = asked.open(control.name).node
    assert node.label
    assert asked.hands.unseen(node.label, *([node.hint] if node.hint else [])) == []
    assert asked.question.introduction[0] == node.label
    texts = asked.hands.app.flow.texts
    assert all("".join(widget.utterance(texts)).strip() for widget in asked.touchable())


@each_asked
def test_a_touch_answers_it_the_review_tells_it_and_a_touch_takes_it_back(asked: Asked, control: Control) -> None:
    asked.open(control.name)
    asked.citizen.answer(asked.question, control.touch)
    assert asked.words()
    assert (asked.node.value == control.value) != control.attached
    assert (asked.session.attachment(asked.question.ref) is not None) == control.attached
    asked.citizen.clear(asked.question)
    assert asked.node.value == control.cleared


@each_asked
def test_without_an_answer_the_way_forward_says_so(asked: Asked, control: Control) -> None:
    ref = asked.open(control.name).question.ref
    assert not any(each.wrong for each in asked.chosen_from())
    asked.hands.forward()
    assert asked.question.ref == ref
    assert asked.hands.unseen("Mohon diisi.") == []
    danger = current().c.danger
    assert all(each.wrong and tuple(each.edge) == danger for each in asked.chosen_from())


@pytest.mark.parametrize("control", CONSTRAINED, ids=lambda control: control.name)
def test_an_answer_that_is_not_taken_says_why(asked: Asked, control: Control) -> None:
    asked.open(control.name)
    assert asked.session.answer(asked.question.ref, WRONG[control.name]) is None
    asked.hands.page.refresh()
    asked.hands.settle()
    violation = asked.node.violation
    assert violation is not None
    asked.hands.forward()
    assert asked.hands.unseen(violation.message) == []
    assert asked.question.ref.endswith(control.name)
    assert all(each.wrong == each.chosen for each in asked.chosen_from())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("bantuan", "Kursi roda, Dibacakan"),
        ("urutan", "1. "),
        ("paham", "form.acknowledged"),
        ("luas", "72,5"),
        ("jam", "08.30"),
    ],
)
def test_what_is_read_only_is_put_in_words(asked: Asked, name: str, shown: str) -> None:
    asked.open(name, READONLY_ID)
    words = asked.words()
    assert (asked.hands.text(shown) if shown.startswith("form.") else shown) in words
    assert asked.hands.unseen(words) == []


@each_asked
def test_what_is_read_only_is_shown_and_cannot_be_touched(asked: Asked, control: Control) -> None:
    asked.open(control.name, READONLY_ID)
    assert asked.touchable() == []
    assert asked.hands.page.entry is None
    assert control.attached or asked.hands.sees(asked.words())


@pytest.mark.longer_in_soak
@each_control
def test_another_language_keeps_the_answer(asked: Asked, control: Control) -> None:
    """The first language and another one, each control's in its turn; a long run tries them all."""
    others = LANGUAGES[1:]
    languages = LANGUAGES if SOAK else (LANGUAGES[0], others[CONTROLS.index(control) % len(others)])
    asked.open(control.name)
    asked.citizen.answer(asked.question, control.touch)
    value, labels = asked.node.value, set()
    for language in languages:
        asked.hands.app.flow.preferences.set_language(language)
        asked.hands.settle()
        assert asked.node.value == value
        label = asked.node.label or ""
        assert asked.hands.unseen(label) == []
        labels.add(label)
    assert len(labels) > 1 or control.name in ("berkas", "wilayah", "surel", "video")


@each_asked
def test_keys_alone_reach_and_use_it(asked: Asked, control: Control) -> None:
    asked.open(control.name)
    ring = asked.hands.app.keypad.ring
    press(asked.hands, "tab")
    wanted = set(asked.touchable())
    for _ in range(len(ring.stops()) + 1):
        wanted.discard(ring.widget)
        press(asked.hands, "tab")
    assert wanted == set()


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_kiosk_cannot_take_is_said_and_blocks_nobody(asked: Asked, name: str) -> None:
    asked.open(name)
    assert asked.hands.unseen(asked.hands.text("form.impossible")) == []
    asked.hands.forward()
    assert not asked.question.ref.endswith(name)


def test_a_value_worked_out_by_the_form_is_shown(asked: Asked) -> None:
    asked.open("wilayah")
    assert asked.hands.unseen("Wilayah", "Surabaya Pusat") == []


def test_a_recorded_question_is_heard_until_it_is_left(asked: Asked) -> None:
    speaker = asked.hands.rehearsal.speaker
    speaker.played.clear()
    asked.open("dengan_suara")
    asked.hands.tap(asked.hands.text("form.listen"))
    assert speaker.played == [b"ID3"]
    assert asked.hands.app.narrator.holds_time
    asked.hands.app.flow.back()
    asked.hands.settle()
    assert not speaker.speaking


def test_where_nothing_can_be_heard_no_recording_is_offered(asked: Asked) -> None:
    asked.hands.rehearsal.speaker.become("UNAVAILABLE")
    asked.open("dengan_suara")
    assert asked.hands.unseen(asked.hands.text("form.listen")) != []
    asked.hands.rehearsal.speaker.become()


def test_a_day_is_picked_from_a_calendar(asked: Asked) -> None:
    asked.open("lahir")
    asked.hands.tap(asked.hands.text("form.calendar.open"))
    assert asked.hands.unseen("November", "2026") == []
    asked.hands.tap(asked.hands.text("form.calendar.after"))
    assert asked.hands.unseen("Desember", "2026") == []
    for _ in range(2):
        asked.hands.tap(asked.hands.text("form.calendar.before"))
    asked.hands.tap("Jumat, 9 Oktober 2026")
    assert asked.node.value == "2026-10-09"
    assert asked.hands.unseen("09 / 10 / 2026") == []
    assert not any(isinstance(each, CalendarDay) for each in asked.hands.widgets())


def test_a_birthday_is_a_few_touches_away_by_its_year_and_its_month(asked: Asked) -> None:
    asked.open("lahir")
    hands = asked.hands
    hands.tap(hands.text("form.calendar.open"))
    hands.tap(hands.text("form.calendar.year", year="2026"))
    assert hands.unseen("2020", "2039") == []
    for _ in range(2):
        hands.tap(hands.text("form.calendar.before_years"))
    hands.tap("1990", exactly=True)
    hands.tap("Agustus", exactly=True)
    hands.tap("Jumat, 17 Agustus 1990")
    assert asked.node.value == "1990-08-17"


def test_the_months_of_another_year_are_reached_from_the_month(asked: Asked) -> None:
    asked.open("lahir")
    hands = asked.hands
    hands.tap(hands.text("form.calendar.open"))
    hands.tap(hands.text("form.calendar.month", month="November"))
    hands.tap(hands.text("form.calendar.before_year"))
    hands.tap("Februari", exactly=True)
    hands.tap("Jumat, 28 Februari 2025")
    assert asked.node.value == "2025-02-28"


@pytest.mark.parametrize(("first", "before", "after"), [(EARLIEST, False, True), (LATEST, True, False)])
def test_years_end_where_nobody_needs_them(asked: Asked, first: date, before: bool, after: bool) -> None:
    calendar = Calendar(asked.hands.app.flow.formatting, first, None)
    for turn in (calendar.choose_year, calendar.choose_month):
        turn()
        assert (calendar.can_before, calendar.can_after) == (before, after)


def test_a_calendar_shows_what_was_answered_and_is_put_away_again(asked: Asked) -> None:
    asked.open("janji")
    asked.hands.type("0112")
    asked.hands.type("2026")
    asked.hands.tap(asked.hands.text("form.calendar.open"))
    chosen = [day.spoken for day in asked.hands.widgets() if isinstance(day, CalendarDay) and day.chosen]
    assert chosen == ([] if not asked.node.value else ["Selasa, 1 Desember 2026"])
    asked.hands.tap(asked.hands.text("form.calendar.close"))
    assert not any(isinstance(each, CalendarDay) for each in asked.hands.widgets())


def test_a_calendar_is_used_by_keys(asked: Asked) -> None:
    asked.open("lahir")
    asked.hands.tap(asked.hands.text("form.calendar.open"))
    day = next(each for each in asked.hands.widgets() if isinstance(each, CalendarDay) and each.text == "9")
    press(asked.hands, "tab")
    for _ in range(60):
        if asked.hands.app.keypad.ring.widget is day:
            break
        press(asked.hands, "tab")
    press(asked.hands, "enter")
    assert asked.node.value == "2026-11-09"


@pytest.mark.parametrize(("first", "before", "after"), [(EARLIEST, False, True), (LATEST.replace(day=1), True, False)])
def test_a_calendar_ends_where_nobody_needs_it(asked: Asked, first: date, before: bool, after: bool) -> None:
    calendar = Calendar(asked.hands.app.flow.formatting, first, None)
    assert (calendar.can_before, calendar.can_after) == (before, after)


@pytest.mark.parametrize(("language", "sign"), [("id", ","), ("jv", ","), ("mad", ","), ("en", ".")])
def test_a_decimal_number_is_typed_with_the_sign_of_the_language(asked: Asked, language: str, sign: str) -> None:
    asked.hands.dress(Appearance(language))
    asked.open("luas")
    key = asked.hands.key(".")
    assert key is not None
    assert key.text == sign
    asked.hands.type("72.5")
    assert asked.node.value == "72.5"
    assert asked.hands.unseen(f"72{sign}5") == []


@pytest.mark.parametrize("typed", ["72,5", "72.5", "72,,5", "72,.5"])
def test_either_sign_makes_a_decimal_number(typed: str) -> None:
    entry = Entry(Layout.DECIMAL)
    for character in typed:
        entry.type(character)
    assert (entry.text, entry.shown({}, ",")) == ("72.5", "72,5")


def test_a_code_on_a_document_is_scanned_into_the_field(asked: Asked) -> None:
    asked.open("nomor_dokumen")
    asked.citizen.hold_rubbish()
    assert asked.node.value == "8991234567890"


def test_a_group_is_one_page_and_leads_from_field_to_field(asked: Asked) -> None:
    asked.open("alamat")
    asked.citizen.answer_page()
    assert [question.node.value for question in asked.citizen.questions()] == ["Siti", "003", "ya"]
    asked.hands.forward()
    assert all("alamat" not in question.ref for question in asked.citizen.questions())


def test_instances_are_added_opened_and_taken_away(asked: Asked) -> None:
    asked.open("anggota")
    asked.hands.tap(asked.hands.text("repeat.add_another"))
    asked.citizen.answer_page()
    assert asked.session.form is not None
    assert "/data/anggota[2]" in asked.session.form.nodes
    asked.session.show("/data/anggota")
    asked.hands.settle()
    line = next(each for each in asked.hands.widgets() if isinstance(each, InstanceLine) and each.title.startswith("2"))
    asked.hands.tap_widget(next(each for each in line.walk(restrict=True) if isinstance(each, IconButton)))
    asked.hands.tap(asked.hands.text("repeat.remove_now"), exactly=True)
    assert "/data/anggota[2]" not in asked.session.form.nodes
