"""A long list without typing: piece by piece, by touch and by keys; and who finds nothing sees so."""

import pytest
from keys_kit import press, walk_to
from kivy.core.window import Window
from screens_harness import Hands
from speech_kit import Ears, Listener

from forms import Choice, load_form
from protocol.languages import LANGUAGES
from rehearsal import Rehearsal
from rehearsal.citizen import Citizen
from rehearsal.gallery.control_states import show
from rehearsal.gallery.way import Way
from screens.citizen.controls.choices import Fold
from screens.citizen.controls.finding import SHOWN_AT_MOST, LongList
from screens.look.layouts import BACKSPACE
from screens.look.widgets.banner import Banner
from screens.look.widgets.cards import ChoiceCard

VILLAGES = 83_000
#: The towns of the sample list, and "another".
TOWNS = 32


@pytest.fixture
def ears(rehearsal: Rehearsal) -> Ears:
    return Ears(rehearsal)


def open_list(hands: Hands, name: str = "kota", value: str | None = None) -> None:
    show(name, value)(Way(hands))
    hands.settle()


def cards(hands: Hands) -> list[str]:
    there = [each for each in hands.widgets() if isinstance(each, ChoiceCard) and not isinstance(each, Fold)]
    return [each.key for each in there]


def answer(hands: Hands) -> str:
    (question,) = Citizen(hands).questions()
    return question.node.value


def shown(hands: Hands, first: int, last: int, total: int = TOWNS) -> str:
    return hands.text("form.choices.shown", first=first, last=last, total=total)


def test_the_first_of_a_long_list_are_shown_without_typing(citizens: Hands) -> None:
    open_list(citizens)
    assert cards(citizens) == [
        *("bangkalan", "banyuwangi", "batu", "blitar", "bojonegoro", "bondowoso"),
        *("gresik", "jember", "jombang", "kediri", "lamongan", "lumajang"),
    ]
    citizens.must_see(shown(citizens, 1, 12))


def test_what_is_missing_is_shown_where_it_is_seen_on_a_panel_that_lies(citizens: Hands) -> None:
    width, height = Window.size
    citizens.turn(height, width)
    open_list(citizens)
    citizens.forward()
    (reported,) = [each for each in citizens.widgets() if isinstance(each, Banner) and each.text == "Mohon diisi."]
    holder = citizens.page.ids.pane.ids.holder
    assert holder.y <= reported.y
    assert reported.top <= holder.top
    citizens.turn(width, height)


def test_every_choice_is_reached_by_touch_alone(citizens: Hands) -> None:
    open_list(citizens)
    (question,) = Citizen(citizens).questions()
    found = cards(citizens)
    for _ in range(2):
        citizens.tap(citizens.text("form.choices.more"))
        assert len(cards(citizens)) <= SHOWN_AT_MOST
        found += cards(citizens)
    assert found == [choice.value for choice in question.node.choices]
    citizens.must_see(shown(citizens, 25, TOWNS))
    citizens.tap("Tulungagung")
    assert answer(citizens) == "tulungagung"


def test_there_is_a_way_back_and_no_way_beyond_the_ends(citizens: Hands) -> None:
    open_list(citizens)
    before = cards(citizens)
    for key in ("form.choices.more", "form.choices.before"):
        citizens.tap(citizens.text(key))
    assert cards(citizens) == before
    disabled = [getattr(each, "text", "") for each in citizens.widgets() if getattr(each, "enabled", True) is False]
    assert citizens.text("form.choices.before") in disabled


def test_another_piece_begins_at_its_top(citizens: Hands) -> None:
    open_list(citizens)
    citizens.tap(citizens.text("form.choices.more"))
    citizens.settle(4)
    assert citizens.page.ids.pane.offset == 0


def test_what_is_chosen_stays_where_it_is_and_comes_first_when_one_returns(citizens: Hands) -> None:
    open_list(citizens)
    citizens.tap(citizens.text("form.choices.more"))
    before = cards(citizens)
    citizens.tap("Malang", exactly=True)
    assert cards(citizens) == before
    open_list(citizens, value="surabaya")
    assert cards(citizens)[:2] == ["surabaya", "bangkalan"]


def test_several_are_chosen_from_different_pieces(citizens: Hands) -> None:
    open_list(citizens, "kota_lain")
    citizens.tap("Gresik", exactly=True)
    citizens.tap(citizens.text("form.choices.more"))
    citizens.tap("Malang", exactly=True)
    assert answer(citizens) == "gresik malang"


def test_what_was_found_is_shown_piece_by_piece_too(citizens: Hands) -> None:
    open_list(citizens)
    citizens.type("a")
    citizens.settle()
    assert len(cards(citizens)) == SHOWN_AT_MOST
    citizens.tap(citizens.text("form.choices.more"))
    assert 0 < len(cards(citizens)) <= SHOWN_AT_MOST
    citizens.type("b")
    citizens.settle()
    citizens.strike(BACKSPACE)
    citizens.settle()
    assert not citizens.sees(shown(citizens, 13, 24))


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_finds_nothing_sees_so(citizens: Hands, language: str) -> None:
    citizens.app.flow.preferences.set_language(language)
    open_list(citizens)
    citizens.type("xyzxyz")
    citizens.settle()
    assert cards(citizens) == []
    citizens.must_see(citizens.text("form.choices.nothing"))
    citizens.page.entry.clear()
    citizens.settle()
    assert len(cards(citizens)) == SHOWN_AT_MOST
    assert not citizens.sees(citizens.text("form.choices.nothing"))


def test_a_short_list_has_no_pieces(citizens: Hands) -> None:
    open_list(citizens, "pekerjaan_cepat")
    assert not citizens.sees(citizens.text("form.choices.more"))
    assert cards(citizens)


def test_keys_alone_go_through_the_pieces(citizens: Hands) -> None:
    open_list(citizens)
    walk_to(citizens, citizens.text("form.choices.more"))
    press(citizens, "enter")
    assert cards(citizens)[0] == "madiun"
    walk_to(citizens, "Magetan")
    press(citizens, "enter")
    assert answer(citizens) == "magetan"


# --- all villages --------------------------------------------------------------------------------------------------


class Counted(list[Choice]):
    """Choices that count which of them were looked at."""

    def __init__(self, number: int) -> None:
        super().__init__(Choice(str(each), f"Desa {each}", {}) for each in range(number))
        self.looked = 0

    def __getitem__(self, place):  # type: ignore[no-untyped-def, override]
        self.looked += 1
        return super().__getitem__(place)

    def __iter__(self):  # type: ignore[no-untyped-def, override]
        for place in range(len(self)):
            yield self[place]


def test_of_all_villages_no_more_than_a_piece_is_looked_at_until_somebody_types() -> None:
    villages, listed = Counted(VILLAGES), LongList()
    listed.look(villages, "", ())
    assert [choice.value for choice in listed.in_sight()] == [str(each) for each in range(SHOWN_AT_MOST)]
    listed.turn(1)
    listed.in_sight()
    assert villages.looked == 2 * SHOWN_AT_MOST


def test_all_villages_are_read_once_however_much_is_typed() -> None:
    villages, listed = Counted(VILLAGES), LongList()
    for query in ("d", "de", "desa 8299", "desa 82999"):
        listed.look(villages, query, ())
        assert len(listed.in_sight()) <= SHOWN_AT_MOST
    assert villages.looked <= VILLAGES + 4 * SHOWN_AT_MOST
    assert listed.in_sight()[0].label == "Desa 82999"


def test_the_engines_list_of_all_villages_is_gone_through() -> None:
    rows = "\n".join(["name,label", *(f"{each},Desa {each}" for each in range(VILLAGES))])
    form = load_form(
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title>v</h:title>'
        '<model><instance><data id="v"><village/></data></instance>'
        '<instance id="villages" src="jr://file-csv/villages.csv"/></model></h:head><h:body><select1 ref="/data/village">'
        '<itemset nodeset="instance(\'villages\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
        "</select1></h:body></h:html>",
        {"villages.csv": rows.encode()},
    )
    choices, listed = form.open().nodes["/data/village"].choices, LongList()
    listed.look(choices, "", ())
    listed.turn(VILLAGES // SHOWN_AT_MOST)
    assert listed.in_sight()[-1].label == f"Desa {VILLAGES - 1}"
    listed.turn(1)
    assert listed.last == VILLAGES
    assert len(choices._made) <= 2 * SHOWN_AT_MOST


def test_the_pieces_of_a_long_list_are_heard(ears: Ears, hands: Hands) -> None:
    hands.app.flow.voice.start()
    open_list(hands)
    listener = Listener(hands, ears)
    walk_to(hands, hands.text("form.choices.more"))
    listener.listen()
    listener.press("enter")
    assert shown(hands, 13, 24) in listener.last + listener.listen()
