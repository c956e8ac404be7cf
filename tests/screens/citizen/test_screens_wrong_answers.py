"""What is wrong with an answer is said where it stands, in words that mend it: a NIK, an address, a number, people who stand
twice."""

import pytest
from flows_kit import session_of
from questions_kit import ask, field_of, question_of
from screens_harness import Hands

from rehearsal.citizen import Citizen
from rehearsal.gallery.way import Way, open_form
from screens.citizen.application.review_model import ReviewModel
from screens.look.widgets.entry import Layout
from screens.look.widgets.field import Field

NIK = "3578014107900001"
FOLLOWER = "3578014107920007"


# --- numbers and addresses ------------------------------------------------------------------------------------------


@pytest.fixture
def followers(citizens: Hands) -> Hands:
    """A service for which family members are entered, at its first question."""
    open_form(Way(citizens), "pindah")
    citizens.settle()
    return citizens


def add_follower(hands: Hands, nik: str, name: str) -> str:
    """One more, straight into the form; its reference."""
    session = session_of(hands)
    ref = session.add_repeat("/data/keluarga/pengikut")
    session.answer(f"{ref}/nik_pengikut", nik)
    session.answer(f"{ref}/nama_pengikut", name)
    session.answer(f"{ref}/hubungan_pengikut", session.form.nodes[f"{ref}/hubungan_pengikut"].choices[0].value)
    return ref


def with_family(hands: Hands) -> None:
    session = session_of(hands)
    kind = next(node for node in session.form.nodes.values() if node.name == "jenis_kepindahan")
    session.answer(kind.ref, next(choice.value for choice in kind.choices if choice.value != "kepala"))


def open_follower(hands: Hands, nik: str = "") -> None:
    with_family(hands)
    ref = add_follower(hands, nik, "Budi")
    session_of(hands).show(ref)
    hands.settle(4)
    hands.tap_widget(field_of(hands))


def test_a_nik_takes_sixteen_digits_and_says_how_many_are_missing(followers: Hands) -> None:
    open_follower(followers)
    assert followers.key("+") is None
    followers.type(FOLLOWER[:14])
    assert followers.unseen("3578 0141 0792 00", "Kurang 2 angka lagi.") == []
    followers.type(f"{FOLLOWER[14:]}9")
    assert followers.page.entry.text == FOLLOWER


@pytest.mark.parametrize(
    ("typed", "reported"),
    [
        (FOLLOWER[:15], "NIK terdiri dari 16 angka. Silakan lengkapi. Kurang 1 angka lagi."),
        ("3578014113920007", "Angka ke-7 sampai ke-12 bukan tanggal lahir yang ada."),
        ("3578014107920000", "Empat angka terakhir tidak mungkin 0000."),
        (NIK, "NIK ini sama dengan: NIK."),
    ],
)
def test_what_is_wrong_with_a_nik_is_said_as_it_is(followers: Hands, typed: str, reported: str) -> None:
    open_follower(followers)
    followers.type(typed)
    followers.forward()
    for _ in range(3):
        if followers.sees(reported):
            break
        followers.forward()
    assert followers.unseen(reported) == []
    assert question_of(followers, "nik_pengikut").problem


def test_an_address_for_email_says_what_it_should_look_like(asked: Hands) -> None:
    ask(asked, "/data/surel")
    asked.type("siti@contoh")
    asked.page.model.unfocus()
    asked.settle()
    assert asked.unseen(asked.text("form.problem.email")) == []
    asked.tap_widget(field_of(asked))
    asked.type(".id")
    assert not question_of(asked, "surel").problem


def test_another_number_of_sixteen_digits_is_typed_alike(followers: Hands) -> None:
    ask(followers, next(ref for ref in session_of(followers).form.nodes if ref.endswith("nomor_kk")))
    followers.tap_widget(
        next(each for each in question_of(followers, "nomor_kk").walk(restrict=True) if isinstance(each, Field))
    )
    assert followers.page.entry.layout is Layout.NIK
    followers.type("357801200815000")
    followers.page.model.unfocus()
    followers.settle()
    assert followers.unseen("Nomor ini terdiri dari 16 angka. Kurang 1 angka lagi.") == []
    followers.tap_widget(
        next(each for each in question_of(followers, "nomor_kk").walk(restrict=True) if isinstance(each, Field))
    )
    followers.type("1")
    assert not question_of(followers, "nomor_kk").problem


# --- people who stand twice ----------------------------------------------------------------------------------------


def test_a_follower_who_was_entered_already_is_asked_about_once(followers: Hands) -> None:
    with_family(followers)
    add_follower(followers, FOLLOWER, "Budi")
    second = add_follower(followers, FOLLOWER, "Budi Santoso")
    session_of(followers).show(second)
    followers.settle(4)
    here = session_of(followers).page
    followers.forward()
    assert session_of(followers).page == here
    assert followers.unseen("Ini sudah diisi untuk: Anggota keluarga yang ikut pindah 2. Budi.") == []
    assert not question_of(followers, "nik_pengikut").problem
    followers.forward()
    assert session_of(followers).page != here


def test_the_list_says_who_stands_twice_until_one_of_them_goes(followers: Hands) -> None:
    with_family(followers)
    add_follower(followers, FOLLOWER, "Budi")
    second = add_follower(followers, FOLLOWER, "Budi")
    session_of(followers).show("/data/keluarga/pengikut")
    followers.settle(3)
    told = followers.text("review.twice", what="3578 0141 0792 0007", where="Anggota keluarga yang ikut pindah")
    assert followers.unseen(told) == []
    followers.page.model.remove_instance(second)
    followers.settle()
    assert not followers.sees(told)


def test_the_review_says_who_stands_twice(followers: Hands) -> None:
    with_family(followers)
    for _ in range(2):
        add_follower(followers, FOLLOWER, "Budi")
    add_follower(followers, "3578014107910006", "Ani")
    reported = ReviewModel(followers.app.flow, session_of(followers)).warnings()
    assert reported == (
        followers.text("review.twice", what="3578 0141 0792 0007", where="Anggota keluarga yang ikut pindah"),
    )


# --- what is marked in red -----------------------------------------------------------------------------------------


def test_the_red_strip_names_the_fields_and_goes_with_the_last_of_them(asked: Hands) -> None:
    ask(asked, "/data/alamat/jalan")
    asked.forward()
    reported = asked.text("form.look_above", what="Jalan dan nomor rumah, RT, Rumah milik sendiri?")
    assert asked.page.problem == reported
    asked.type("Melati 2")
    assert asked.page.problem == asked.text("form.look_above", what="RT, Rumah milik sendiri?")
    citizen = Citizen(asked)
    citizen.answer(question_of(asked, "rt"), "3")
    citizen.answer(question_of(asked, "milik"), "ya")
    assert asked.page.problem == ""


def test_a_number_that_is_too_large_is_said_in_the_citizens_words(asked: Hands) -> None:
    ask(asked, "/data/anak")
    asked.type("99999999999")
    asked.forward()
    assert asked.unseen(asked.text("form.problem.number_size")) == []
    assert not [text for text in asked.texts() if text.startswith("This takes")]
