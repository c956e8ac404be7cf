"""Slips designed once, laid out for both papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.printer import SlipBuilder
from devices.printer.slips.escpos import JobEncoder
from devices.printer.slips.layout import QR_QUIET, Code, Layout, Picture, TextLine, Typesetter
from devices.printer.slips.paper import CUT_FEED_MM, LINE_MM, PAPER_58, PAPER_80, Paper
from devices.printer.slips.slip import MAX_ELEMENTS, MAX_QR, MAX_SIGNS, MAX_SPACE, Row, Signs, Slip, Text
from tests.devices.printer.printer_bench import example_slip

DRAWN = "ﬁnal"
"""Its first letter is in no code page of a printer and in Pillow's own font, which every machine has."""

NOWHERE = "王"
"""Neither in a code page nor in that font."""


SIGNS = Path(__file__).parents[3] / "assets" / "pictograms" / "Pictograms.ttf"


def lay_out(
    slip: SlipBuilder | Slip, paper: Paper = PAPER_80, *, copy: bool = False, signs: Path | None = SIGNS
) -> Layout:
    encoder = JobEncoder()
    built = slip.build() if isinstance(slip, SlipBuilder) else slip
    return Typesetter(paper, encodable=encoder.encodable, fonts=(), signs=signs).lay_out(built, copy=copy)


def texts(layout: Layout) -> list[str]:
    return [line.text for line in layout.lines if isinstance(line, TextLine)]


@pytest.mark.parametrize("paper", [PAPER_58, PAPER_80])
def test_no_line_is_wider_than_the_paper(paper: Paper) -> None:
    slip = (
        SlipBuilder()
        .title("Dinas Kependudukan dan Pencatatan Sipil Kota Contoh")
        .row("Label yang sangat panjang sekali untuk satu kolom", "nilai " * 40)
        .text("satukatayangtidakmuatdalamsatubariskertaskarenaterlalupanjangsekali" * 2)
    )
    for line in lay_out(slip, paper).lines:
        assert isinstance(line, TextLine)
        assert len(line.text) * line.size <= paper.columns


def test_the_same_words_stand_on_both_papers() -> None:
    words = [" ".join(texts(lay_out(example_slip(), paper))).split() for paper in (PAPER_58, PAPER_80)]
    strip = [[w for w in ws if set(w) != {"─"} and w != ":"] for ws in words]
    assert strip[0] == strip[1]


def test_values_of_neighbouring_rows_stand_in_one_column() -> None:
    lines = texts(lay_out(SlipBuilder().row("Kode", "A1").row("Layanan", "B2").row("X", "C3")))
    assert {line.index(value) for line, value in zip(lines, ("A1", "B2", "C3"), strict=True)} == {10}


def test_rows_that_are_not_neighbours_have_columns_of_their_own() -> None:
    lines = texts(lay_out(SlipBuilder().row("Kode", "A1").rule().row("Layanan lain", "B2")))
    assert (lines[0].index("A1"), lines[2].index("B2")) == (7, 15)


def test_a_long_value_hangs_under_its_column() -> None:
    lines = texts(
        lay_out(SlipBuilder().row("Alamat", "Jalan Raya Kebon Jeruk Nomor 27 RT 05 RW 11 Kelurahan Sukamaju"))
    )
    assert len(lines) == 2
    assert lines[1].startswith(" " * 9) and lines[1][9] != " "


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("lacak.kotacontoh.go.id/t/K7M2P84TZWDJ", ["lacak.kotacontoh.go.id/t/", "K7M2P84TZWDJ"]),
        ("a" * 32, ["a" * 32]),
        ("a" * 33, ["a" * 32, "a"]),
        ("lacak.go.id/" + "b" * 33, ["lacak.go.id/", "b" * 32, "b"]),
    ],
)
def test_an_address_that_is_too_long_is_broken_behind_a_slash(address: str, lines: list[str]) -> None:
    assert texts(lay_out(SlipBuilder().text(address), PAPER_58)) == lines


def test_a_long_label_wraps_in_its_column() -> None:
    lines = texts(lay_out(SlipBuilder().row("Alamat lengkap pemohon layanan", "Jalan Raya")))
    assert lines == ["Alamat lengkap  : Jalan Raya", "pemohon layanan"]


def test_a_copy_says_so_on_top_and_only_there() -> None:
    assert "COPY" in texts(lay_out(example_slip(), copy=True))[0]
    assert not any("COPY" in text for text in texts(lay_out(example_slip())))


def test_text_without_a_code_page_becomes_a_picture() -> None:
    (line,) = lay_out(SlipBuilder().row("Nama", DRAWN)).lines
    assert isinstance(line, Picture)
    assert line.text == f"Nama : {DRAWN}"
    assert line.raster.width_bytes * 8 == PAPER_80.width_dots


def test_a_drawn_row_keeps_the_column_of_its_neighbours() -> None:
    lines = lay_out(SlipBuilder().row("Nama ibu kandung", DRAWN).row("Kode", "A1")).lines
    (printed,) = (line.text for line in lines if isinstance(line, TextLine))
    assert len(lines) == 2
    assert printed.index("A1") >= len("Nama ibu kandung") + 3


def test_drawn_text_wraps_at_the_paper_s_edge() -> None:
    lines = lay_out(SlipBuilder().text(f"{DRAWN} kata di kertas " * 9), PAPER_58).lines
    assert len(lines) > 3
    assert all(isinstance(line, Picture) for line in lines)


def test_a_drawn_word_longer_than_the_paper_is_broken() -> None:
    lines = lay_out(SlipBuilder().text("ﬁ" * 120), PAPER_58).lines
    assert sum(len(line.text) for line in lines if isinstance(line, Picture)) == 120
    assert len(lines) > 3


@pytest.mark.parametrize("paper", [PAPER_58, PAPER_80])
def test_a_code_leaves_its_quiet_zone(paper: Paper) -> None:
    (code,) = (
        x for x in lay_out(SlipBuilder().qr("https://kios.example/t/" + "A" * 60), paper).lines if isinstance(x, Code)
    )
    assert code.side_dots + 8 * code.module_dots <= paper.width_dots
    assert code.module_dots >= 4


@pytest.mark.parametrize(("characters", "module"), [(20, 8), (60, 7), (200, 5), (MAX_QR, 4)])
def test_a_dense_code_takes_the_whole_width_of_a_narrow_paper(characters: int, module: int) -> None:
    (code,) = (x for x in lay_out(SlipBuilder().qr("a" * characters), PAPER_58).lines if isinstance(x, Code))
    assert code.module_dots == module
    assert code.side_dots + QR_QUIET * module <= PAPER_58.width_dots


def test_a_printer_without_codes_of_its_own_gets_a_picture() -> None:
    encoder = JobEncoder()
    setter = Typesetter(PAPER_58, encodable=encoder.encodable, native_qr=False, fonts=())
    lines = setter.lay_out(SlipBuilder().qr("ABCD-EFGH-JKM7").build()).lines
    assert [line.text for line in lines if isinstance(line, Picture)] == ["[QR ABCD-EFGH-JKM7]"]


def test_the_length_is_that_of_the_lines_and_the_feed_to_the_knife() -> None:
    assert lay_out(SlipBuilder().text("satu").text("dua")).length_mm == pytest.approx(2 * LINE_MM + CUT_FEED_MM)


def test_an_empty_slip_is_only_a_feed() -> None:
    assert lay_out(SlipBuilder()).length_mm == CUT_FEED_MM


def test_a_slip_at_its_limit_is_built_and_one_element_more_is_a_bug() -> None:
    builder = SlipBuilder()
    for _ in range(MAX_ELEMENTS):
        builder.rule()
    with pytest.raises(ValueError, match="at most"):
        builder.rule()
    assert len(builder.build().elements) == MAX_ELEMENTS


@pytest.mark.parametrize("data", ["", "A" * (MAX_QR + 1), "a\nb", "two  spaces", "\x1b@"])
def test_a_code_says_exactly_what_was_asked_for_or_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="not fit"):
        SlipBuilder().qr(data)


def test_a_code_at_its_limit_is_printed() -> None:
    lines = lay_out(SlipBuilder().qr("A" * MAX_QR)).lines
    assert any(isinstance(line, Code) for line in lines)


@pytest.mark.parametrize(
    ("asked", "lines"), [(-1, 0), (0, 0), (1, 1), (MAX_SPACE, MAX_SPACE), (MAX_SPACE + 1, MAX_SPACE)]
)
def test_space_has_limits(asked: int, lines: int) -> None:
    assert len(lay_out(SlipBuilder().space(asked)).lines) == lines


def test_line_ends_in_a_text_are_kept() -> None:
    assert texts(lay_out(SlipBuilder().text("satu\n\ndua"))) == ["satu", "", "dua"]


def test_a_character_that_no_font_has_is_a_question_mark_and_counted() -> None:
    layout = lay_out(Slip((Text(f"a{NOWHERE}b"), Row("Nama", NOWHERE * 2))))
    assert [line.text for line in layout.lines if isinstance(line, TextLine)] == ["a?b", "Nama : ??"]
    assert layout.substituted == 3


def test_a_drawn_line_keeps_what_its_fonts_have() -> None:
    (line,) = lay_out(Slip((Text(DRAWN + NOWHERE),))).lines
    assert isinstance(line, Picture)
    assert line.text == f"{DRAWN}?"


def test_nothing_is_counted_when_everything_can_be_shown() -> None:
    assert lay_out(example_slip()).substituted == 0


def black(picture: Picture) -> tuple[int, int]:
    """The first and the last column with something in it."""
    rows = [
        picture.raster.data[at : at + picture.raster.width_bytes]
        for at in range(0, len(picture.raster.data), picture.raster.width_bytes)
    ]
    columns = [column for row in rows for column in range(len(row) * 8) if row[column // 8] >> (7 - column % 8) & 1]
    return min(columns), max(columns)


@pytest.mark.parametrize("paper", [PAPER_58, PAPER_80])
@pytest.mark.parametrize("characters", ["\ue000", "\ue000\ue001\ue002\ue003", "\ue005" * MAX_SIGNS])
@pytest.mark.parametrize("linked", [True, False])
def test_signs_stand_whole_in_the_middle_of_the_paper(paper: Paper, characters: str, linked: bool) -> None:
    (picture,) = lay_out(SlipBuilder().signs(characters, linked=linked), paper).lines
    assert isinstance(picture, Picture)
    left, right = black(picture)
    assert 0 <= left < right < paper.width_dots
    # A drawing need not fill its square.
    assert abs(left - (paper.width_dots - 1 - right)) < paper.width_dots / 8


def test_a_slip_keeps_the_first_signs_and_nothing_else() -> None:
    assert SlipBuilder().signs("\ue000" * (MAX_SIGNS + 1)).build().elements == (Signs("\ue000" * MAX_SIGNS),)
    assert SlipBuilder().signs("a\x1b\ue001").build().elements == (Signs("\ue001"),)
    assert SlipBuilder().signs("abc").build().elements == ()


def test_without_a_font_of_signs_the_slip_does_without() -> None:
    assert texts(lay_out(SlipBuilder().signs("\ue000").text("satu"), signs=None)) == ["satu"]
