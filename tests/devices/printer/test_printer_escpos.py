"""The bytes of a job."""

from __future__ import annotations

import pytest
from escpos.capabilities import CAPABILITIES

from devices.printer import SlipBuilder
from devices.printer import commands as codes
from devices.printer.emulator.grammar import Command, Kind
from devices.printer.emulator.parser import Parser, joined
from devices.printer.slips.escpos import BAND_ROWS, JobEncoder, UnknownProfile
from devices.printer.slips.layout import Typesetter
from devices.printer.slips.raster import Raster
from tests.devices.printer.printer_bench import example_slip


def parsed(encoder: JobEncoder, builder: SlipBuilder | None = None) -> list[Command]:
    setter = Typesetter(encoder.paper, encodable=encoder.encodable, native_qr=encoder.native_qr, fonts=())
    slip = builder.build() if builder else example_slip()
    return joined(Parser().feed(encoder.encode(setter.lay_out(slip))))


def test_a_job_begins_with_a_reset_and_ends_with_the_cut() -> None:
    commands = parsed(JobEncoder())
    assert commands[0].kind is Kind.INITIALISE
    assert commands[-1] == Command(Kind.CUT, (66, 0))


def test_a_printer_without_a_knife_feeds_to_its_tear_bar() -> None:
    commands = parsed(JobEncoder("POS-5890", 58))
    assert commands[-1] == Command(Kind.FEED_LINES, (codes.TEAR_OFF_LINES,))


def test_a_printer_with_a_presenter_gives_a_slip_out_and_draws_a_torso_back() -> None:
    encoder = JobEncoder("default", 80, presenter=True)
    assert parsed(encoder)[-2:] == [Command(Kind.CUT, (66, 0)), Command(Kind.PRESENTER, (5,))]
    assert Parser().feed(encoder.separator())[-2:] == [Command(Kind.CUT, (66, 0)), Command(Kind.PRESENTER, (2,))]


def test_the_code_page_is_chosen_after_the_reset() -> None:
    kinds = [command.kind for command in parsed(JobEncoder(), SlipBuilder().text("Café"))]
    assert kinds.index(Kind.INITIALISE) < kinds.index(Kind.CODE_PAGE) < kinds.index(Kind.TEXT)


def test_two_jobs_of_one_encoder_are_equal() -> None:
    encoder = JobEncoder()
    assert parsed(encoder, SlipBuilder().text("é€")) == parsed(encoder, SlipBuilder().text("é€"))


def test_pictures_go_in_bands_with_real_time_commands_off() -> None:
    commands = parsed(JobEncoder("default", 58), SlipBuilder().text("ﬁn"))
    kinds = [(c.kind, c.data[1:2]) for c in commands if c.kind in (Kind.EXTENDED, Kind.RASTER_IMAGE)]
    assert [kind for kind, _ in kinds] == [Kind.EXTENDED, Kind.RASTER_IMAGE, Kind.EXTENDED]


def test_a_tall_picture_is_cut_into_bands() -> None:
    from devices.printer.slips.escpos import _bands

    bands = _bands(Raster(2, BAND_ROWS + 1, bytes(2 * (BAND_ROWS + 1))))
    rows = [c.numbers[2] for c in Parser().feed(b"".join(bands)) if c.kind is Kind.RASTER_IMAGE]
    assert rows == [BAND_ROWS, 1]


@pytest.mark.parametrize("text", ["abc", "é", "€", "ñ", "─", ""])
def test_latin_text_has_a_code_page(text: str) -> None:
    assert JobEncoder().encodable(text)


@pytest.mark.parametrize("text", ["ж", "王", "ꦲ", "\x1b", "\x7f", "\x80", "\n", "😀"])
def test_anything_else_is_drawn(text: str) -> None:
    assert not JobEncoder().encodable(text)


def test_every_profile_builds_a_job() -> None:
    for name in CAPABILITIES["profiles"]:
        for width in (58, 80):
            encoder = JobEncoder(name, width)
            assert encoder.paper.columns * 12 <= encoder.paper.width_dots
            assert parsed(encoder)


def test_a_narrower_head_than_the_paper_is_respected() -> None:
    paper = JobEncoder("TM-T88III", 80).paper
    assert (paper.width_dots, paper.columns) == (512, 42)
    assert paper.dots_per_mm == pytest.approx(7.09, abs=0.01)


def test_an_unknown_profile_is_reported() -> None:
    with pytest.raises(UnknownProfile, match="Unheard-of"):
        JobEncoder("Unheard-of")


@pytest.mark.parametrize("n", [0, 5])
def test_status_questions_have_limits(n: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        codes.real_time_status(n)


@pytest.mark.parametrize("process_id", [b"abc", b"abcde", b"ab\x1fd", b"abc\x7f"])
def test_a_process_id_that_is_none_is_refused(process_id: bytes) -> None:
    with pytest.raises(ValueError, match="four printable"):
        codes.request_process_id(process_id)


def test_a_picture_without_its_data_is_refused() -> None:
    with pytest.raises(ValueError, match="fill"):
        codes.raster(2, 2, b"abc")
