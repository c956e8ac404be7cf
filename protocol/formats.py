"""Dates, times, numbers and amounts as people of each language write them: on screens, slips, pages and documents."""

from datetime import date, datetime, time, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_day_names, get_month_names
from babel.numbers import format_decimal

from protocol.languages import language_of

#: Digits behind the decimal sign: enough for every measure, and more than a float's noise.
DECIMALS: Final = 6


class Formatting:
    """``language``: a code of ours; ``zone``: where the reader's clock hangs, or its name."""

    def __init__(self, language: str, zone: tzinfo | str) -> None:
        known = language_of(language)
        self._locale = Locale.parse(known.locale)
        self._clock = known.clock
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone

    def day(self, at: date | datetime) -> str:
        """ "24 November 2026"."""
        return str(format_date(self._local(at), "d MMMM y", locale=self._locale))

    def short_day(self, at: date | datetime) -> str:
        """ "24 Nov 2026"."""
        return str(format_date(self._local(at), "d MMM y", locale=self._locale))

    def weekday(self, at: date | datetime) -> str:
        """ "Selasa, 24 November 2026"."""
        return str(format_date(self._local(at), "EEEE, d MMMM y", locale=self._locale))

    def month_names(self) -> tuple[str, ...]:
        """Twelve, from January on."""
        names = get_month_names("wide", "stand-alone", locale=self._locale)
        return tuple(str(names[month]) for month in range(1, 13))

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
        return str(format_time(at, self._clock, locale=self._locale))

    def moment(self, at: datetime) -> str:
        """ "24 November 2026, 14.05"."""
        return f"{self.day(at)}, {self.clock(at)}"

    def short_moment(self, at: datetime) -> str:
        """ "24 Nov 2026, 14.05"."""
        return f"{self.short_day(at)}, {self.clock(at)}"

    def stamp(self, at: datetime) -> str:
        """ "24-11-2026 14.05": digits alone, for a narrow slip."""
        return f"{self._local(at):%d-%m-%Y} {self.clock(at)}"

    def number(self, value: float) -> str:
        """Digits in groups, with a decimal sign of the language; no trailing zeros."""
        return str(format_decimal(round(value, DECIMALS), f"#,##0.{'#' * DECIMALS}", locale=self._locale))

    def answer(self, data_type: str, text: str) -> str:
        """What was answered to a question of this type of XForms, as it is stored there: a day, an hour and a number as people
        write them, anything else as it is."""
        try:
            match data_type:
                case "date":
                    return self.day(date.fromisoformat(text[:10]))
                case "time":
                    return self.hour(time.fromisoformat(text[:5]))
                case "dateTime":
                    # As it was answered: of the zone of whoever answered.
                    at = datetime.fromisoformat(text)
                    return f"{self.day(at.date())}, {self.hour(at.time())}"
                case "int" | "decimal":
                    return self.number(float(text))
        except ValueError:
            pass
        return text

    def appointment(self, data_type: str, text: str) -> str:
        """A day with its name, an hour, or both, of such an answer; blank where it is none."""
        try:
            match data_type:
                case "date":
                    return self.weekday(date.fromisoformat(text))
                case "time":
                    return self.hour(time.fromisoformat(text))
                case "dateTime":
                    return self.moment(datetime.fromisoformat(text))
        except ValueError:
            pass
        return ""

    def tenths(self, value: float) -> str:
        """ "12,3"; "60" where nothing stands behind the comma."""
        return str(format_decimal(value, "#,##0.#", locale=self._locale))

    def rupiah(self, amount: int) -> str:
        """ "Rp 25.000"; free is "Rp 0", never left out."""
        return f"Rp {self.number(amount)}"

    def _local(self, at: date | datetime) -> date:
        return at.astimezone(self.zone).date() if isinstance(at, datetime) and at.tzinfo else at
