"""Dates, times and amounts as people of each language write them."""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names

from forms.languages import STAND_INS

_LOCALES: Final = {"id": "id_ID", "jv": "jv_ID", "en": "en_GB"}


class Formatting:
    """``zone``: the kiosk's time zone, by name."""

    def __init__(self, language: str, zone: str) -> None:
        self._locale = Locale.parse(_LOCALES.get(STAND_INS.get(language, language), "id_ID"))
        self.zone = ZoneInfo(zone)

    def day(self, at: date | datetime) -> str:
        """ "24 November 2026"."""
        return str(format_date(self._local(at), "d MMMM y", locale=self._locale))

    def weekday(self, at: date | datetime) -> str:
        """ "Selasa, 24 November 2026"."""
        return str(format_date(self._local(at), "EEEE, d MMMM y", locale=self._locale))

    def month(self, at: date) -> str:
        """ "November 2026"."""
        return str(format_date(at, "LLLL y", locale=self._locale))

    @property
    def first_weekday(self) -> int:
        """0 for Monday, 6 for Sunday: as the calendar on the wall has it."""
        return int(self._locale.first_week_day)

    def weekday_names(self) -> tuple[str, ...]:
        """Seven short ones, from the first of the week on."""
        names = get_day_names("abbreviated", "stand-alone", locale=self._locale)
        return tuple(str(names[(self.first_weekday + place) % 7]) for place in range(7))

    def clock(self, at: datetime) -> str:
        """ "14.05" or "14:05", on 24 hours."""
        return self.hour(at.astimezone(self.zone).time())

    def hour(self, at: time) -> str:
        """As a clock on the wall shows it, whatever its zone."""
        separator = ":" if self._locale.language == "en" else "."
        return at.strftime(f"%H{separator}%M")

    def moment(self, at: datetime) -> str:
        return f"{self.day(at)}, {self.clock(at)}"

    def number(self, value: float) -> str:
        """Digits in groups, with a decimal sign of the language; no trailing zeros."""
        whole = f"{value:,.6f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
        return whole if self._locale.language == "en" else whole.translate(_SWAPPED)

    def rupiah(self, amount: int) -> str:
        """ "Rp 25.000"; zero is "Rp 0"."""
        return f"Rp {self.number(amount)}"

    def _local(self, at: date | datetime) -> date:
        return at.astimezone(self.zone).date() if isinstance(at, datetime) and at.tzinfo else at


_SWAPPED: Final = str.maketrans(",.", ".,")
