"""Dates, times and amounts: one way to write them, for screens, slips and pages."""

from datetime import UTC, date, datetime, time

import pytest

from protocol.formats import Formatting

AT = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "moment", "amount", "number"),
    [
        ("id", "24 November 2026, 14.05", "Rp 150.000", "1.234,5"),
        ("jv", "24 November 2026, 14.05", "Rp 150.000", "1.234,5"),
        ("mad", "24 November 2026, 14.05", "Rp 150.000", "1.234,5"),
        ("en", "24 November 2026, 14:05", "Rp 150,000", "1,234.5"),
    ],
)
def test_each_language_has_its_own_signs(language: str, moment: str, amount: str, number: str) -> None:
    formatting = Formatting(language, "Asia/Jakarta")
    assert formatting.moment(AT) == moment
    assert formatting.rupiah(150_000) == amount
    assert formatting.number(1234.5) == number


def test_a_language_that_is_not_ours_is_written_as_the_fallback() -> None:
    assert Formatting("xx", UTC).rupiah(1000) == "Rp 1.000"


def test_free_is_said() -> None:
    assert Formatting("id", UTC).rupiah(0) == "Rp 0"


def test_a_float_has_no_noise() -> None:
    assert Formatting("en", UTC).number(0.1 + 0.2) == "0.3"


def test_a_day_without_a_time_is_the_same_everywhere() -> None:
    assert Formatting("id", "Asia/Jayapura").day(date(2026, 1, 1)) == "1 Januari 2026"


def test_a_moment_is_given_where_its_reader_is() -> None:
    assert Formatting("id", "Asia/Jayapura").clock(AT) == "16.05"
    assert Formatting("id", "Asia/Jayapura").hour(time(14, 5)) == "14.05"


def test_a_slip_has_digits_alone() -> None:
    assert Formatting("id", "Asia/Jakarta").stamp(AT) == "24-11-2026 14.05"


@pytest.mark.parametrize(
    ("data_type", "stored", "read"),
    [
        ("date", "2026-11-24", "24 November 2026"),
        ("time", "14:05:00.000", "14.05"),
        # At the hour of whoever answered, whatever the reader's zone.
        ("dateTime", "2026-11-24T14:05:00.000+07:00", "24 November 2026, 14.05"),
        ("decimal", "23200.50", "23.200,5"),
        ("int", "1200", "1.200"),
        ("string", "2026-11-24", "2026-11-24"),
        ("date", "besok", "besok"),
    ],
)
def test_an_answer_is_read_by_the_type_of_its_question(data_type: str, stored: str, read: str) -> None:
    assert Formatting("id", UTC).answer(data_type, stored) == read


@pytest.mark.parametrize(
    ("data_type", "stored", "read"),
    [
        ("date", "2026-11-24", "Selasa, 24 November 2026"),
        ("time", "14:05:00.000", "14.05"),
        ("dateTime", "2026-11-24T14:05:00.000+07:00", "24 November 2026, 14.05"),
        ("date", "besok", ""),
        ("string", "Budi", ""),
    ],
)
def test_only_days_and_hours_are_appointments(data_type: str, stored: str, read: str) -> None:
    assert Formatting("id", "Asia/Jakarta").appointment(data_type, stored) == read
