"""What a question is for, read off its name, its keys and its constraint."""

import pytest

from forms import Node
from screens.citizen.follow_up.answers import layout_of
from screens.citizen.follow_up.purpose import asks_email, asks_name, asks_nik, asks_sixteen, is_email
from screens.look.widgets.entry import Layout
from tests.forms.form_kit import opened

SIXTEEN = "regex(., '^[0-9]{16}$')"
LONG = "regex(., '^[0-9]{6}(0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(0[1-9]|1[0-2])[0-9]{6}$')"


def question(name: str, constraint: str = "", appearance: str = "", data_type: str = "string") -> Node:
    rule = ' constraint="{}"'.format(constraint.replace("<", "&lt;")) if constraint else ""
    bind = f'<bind nodeset="/data/{name}" type="{data_type}"{rule}/>'
    look = f' appearance="{appearance}"' if appearance else ""
    body = f'<input ref="/data/{name}"{look}><label>Anything</label></input>'
    return opened(f"<{name}/>", bind, body).nodes[f"/data/{name}"]


@pytest.mark.parametrize(
    ("name", "constraint", "appearance"),
    [
        ("nik", "", ""),
        ("NIK", "", "numbers"),
        ("nik_ibu", "", "numbers"),
        ("nikIbu", "", ""),
        ("nik2", "", ""),
        ("no_nik", "", ""),
        ("nomor_ktp", "", ""),
        ("saksi_nik", "", "numbers"),
        ("saksi_nik", SIXTEEN, ""),
        ("nik_pengikut", f"{LONG} and . != '1'", "numbers"),
    ],
)
def test_a_nik_is_known_in_any_form(name: str, constraint: str, appearance: str) -> None:
    node = question(name, constraint, appearance)
    assert asks_nik(node)
    assert layout_of(node) is Layout.NIK


@pytest.mark.parametrize(
    ("name", "constraint", "appearance"),
    [
        ("alasan_ubah_nik", "", ""),
        ("nik_lama_dan_alasan", "", "multiline"),
        ("teknik", "", "numbers"),
        ("foto_ktp", "", ""),
        ("unik", "", ""),
        ("nik", "", "email"),
    ],
)
def test_what_only_sounds_like_it_is_written_freely(name: str, constraint: str, appearance: str) -> None:
    node = question(name, constraint, appearance)
    assert not asks_nik(node)
    assert layout_of(node) is not Layout.NIK


@pytest.mark.parametrize(
    ("constraint", "sixteen"),
    [
        (SIXTEEN, True),
        (LONG, True),
        ("regex(., '[0-9]{16}')", True),
        ("string-length(.) = 16", True),
        ("regex(., '^[0-9]{13,16}$')", False),
        ("regex(., '^.{16}$')", False),
        ("string-length(.) &lt;= 16", False),
        ("regex(., '^[0-9]{16}$') or . = 'none'", False),
        ("regex(., '^[0-9]{1,3}$')", False),
        ("regex(., '([')", False),
    ],
)
def test_sixteen_digits_are_read_off_the_constraint(constraint: str, sixteen: bool) -> None:
    assert asks_sixteen(question("nomor_kk", constraint.replace("&lt;", "<"), "numbers")) is sixteen


@pytest.mark.parametrize(("name", "named"), [("nama", True), ("nama_ibu", True), ("fullName", True), ("namai", False)])
def test_a_name_is_known_by_a_word_of_its_own(name: str, named: bool) -> None:
    assert asks_name(question(name)) is named
    assert not asks_name(question(name, appearance="multiline"))


@pytest.mark.parametrize(
    ("name", "appearance", "asked"),
    [
        ("surel", "", True),
        ("email", "", True),
        ("alamat_email", "", True),
        ("emailPemohon", "", True),
        ("kontak", "email", True),
        ("alasan_tanpa_email", "", False),
        ("alamat", "", False),
        ("email", "numbers", False),
        ("surel", "multiline", False),
    ],
)
def test_an_address_for_email_is_known_by_its_keys_or_its_name(name: str, appearance: str, asked: bool) -> None:
    node = question(name, appearance=appearance)
    assert asks_email(node) is asked
    assert (layout_of(node) is Layout.EMAIL) is asked


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("siti@contoh.id", True),
        ("siti.aminah+1@dinas.contoh.go.id", True),
        ("siti", False),
        ("siti@contoh", False),
        ("@contoh.id", False),
        ("siti@@contoh.id", False),
        ("siti@contoh.", False),
        ("siti@.id", False),
        ("siti@contoh..id", False),
        ("si ti@contoh.id", False),
        ("siti@contoh.i", False),
    ],
)
def test_what_can_be_an_address_for_email(typed: str, right: bool) -> None:
    assert is_email(typed) is right
