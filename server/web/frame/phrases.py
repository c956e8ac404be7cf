"""How times, durations and money are said in a language."""

from datetime import date, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from babel.core import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

#: Javanese and Madurese month names have no data or are not in use: both write the Indonesian ones.
_LOCALES: Final = {"id": "id", "en": "en_GB", "jv": "id", "mad": "id"}


def locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "id"))


def day(of: date, language: str) -> str:
    """``24 November 2026``."""
    return format_date(of, "d MMMM y", locale=locale(language))


def long_date(at: datetime, language: str, zone: ZoneInfo) -> str:
    """``24 November 2026``."""
    return day(at.astimezone(zone).date(), language)


def short_date(at: datetime, language: str, zone: ZoneInfo) -> str:
    """``24 Nov 2026``."""
    return format_date(at.astimezone(zone).date(), "d MMM y", locale=locale(language))


def moment(at: datetime, language: str, zone: tzinfo | None) -> str:
    """``24 Nov 2026, 14.05``."""
    return format_datetime(at.astimezone(zone), "d MMM y, HH.mm", locale=locale(language))


def clock(at: datetime, zone: ZoneInfo) -> str:
    """``14.05``."""
    return at.astimezone(zone).strftime("%H.%M")


def weekday(at: datetime, language: str, zone: ZoneInfo) -> str:
    """``Selasa, 24 November 2026``."""
    return format_date(at.astimezone(zone).date(), "EEEE, d MMMM y", locale=locale(language))


def weekday_of(day: date, language: str) -> str:
    """``Selasa, 24 November 2026``."""
    return format_date(day, "EEEE, d MMMM y", locale=locale(language))


def tenths(amount: float, language: str) -> str:
    """``12,3``; ``60`` where nothing stands behind the comma."""
    return format_decimal(amount, "#,##0.#", locale=locale(language))


def rupiah(amount: int) -> str:
    """``Rp 150.000``; free is ``Rp 0``, never left out."""
    return "Rp " + f"{amount:,}".replace(",", ".")
