"""A calendar to pick a day from: a month's days, the months of a year, or years, so that a birthday is as near as next week."""

from calendar import Calendar as Weeks
from collections.abc import Iterable
from datetime import date, timedelta
from enum import Enum
from typing import Any, Final

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from protocol.formats import Formatting
from screens.look.speakable import SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Column

DAYS: Final = 7
#: A month can touch six weeks.
WEEKS: Final = 6
MONTHS: Final = 12
#: Years that are shown at once: a birthday is at most a few touches away.
YEARS: Final = 20
#: Nobody who is served was born before, or makes an appointment after.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)


class Shown(Enum):
    """What there is to touch."""

    DAYS = "DAYS"
    MONTHS = "MONTHS"
    YEARS = "YEARS"


class CalendarGrid(GridLayout):
    """Days under their weekdays, months, or years."""


class CalendarNames(BoxLayout):
    """The weekdays' names."""

    texts = ListProperty([""] * DAYS)


class CalendarCell(Surface):
    spoken_role = SpokenRole.RADIO
    text = StringProperty("")
    chosen = BooleanProperty(False)
    #: Today, this month, this year.
    today = BooleanProperty(False)


class CalendarDay(CalendarCell):
    #: None: a day of another month, which is not shown.
    day = ObjectProperty(None, allownone=True)


class CalendarPart(CalendarCell):
    """A month or a year; ``number`` says which."""

    number = NumericProperty(0)


class Calendar(Column):
    """``chosen``: the day that is marked. ``on_pick`` is dispatched with the day that was touched."""

    month_text = StringProperty("")
    year_text = StringProperty("")
    can_before = BooleanProperty(True)
    can_after = BooleanProperty(True)
    choosing_month = BooleanProperty(False)
    choosing_year = BooleanProperty(False)

    __events__ = ("on_pick",)

    def __init__(self, formatting: Formatting, today: date, chosen: date | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._formatting = formatting
        self._today = today
        self._chosen = chosen
        self._first = (chosen or today).replace(day=1)
        self._shown = Shown.DAYS
        #: The first of the years in sight.
        self._years_from = 0
        self._weeks = Weeks(formatting.first_weekday)
        self._months = formatting.month_names()
        self._cells: list[CalendarDay] = []
        self._names = CalendarNames(texts=formatting.weekday_names())
        for _ in range(DAYS * WEEKS):
            cell = CalendarDay()
            cell.bind(on_choose=self._touched)
            self._cells.append(cell)
        self._show()

    def on_pick(self, day: date) -> None:
        """A day was touched."""

    def before(self) -> None:
        """The month before; of months the year, of years those before."""
        match self._shown:
            case Shown.DAYS:
                self._go((self._first - timedelta(days=1)).replace(day=1))
            case Shown.MONTHS:
                self._go(self._first.replace(year=self._first.year - 1))
            case Shown.YEARS:
                self._years_from -= YEARS
                self._show()

    def after(self) -> None:
        """The next month; of months the year, of years those behind."""
        match self._shown:
            case Shown.DAYS:
                self._go((self._first + timedelta(days=31)).replace(day=1))
            case Shown.MONTHS:
                self._go(self._first.replace(year=self._first.year + 1))
            case Shown.YEARS:
                self._years_from += YEARS
                self._show()

    def choose_month(self) -> None:
        """Shows the months, or the days again."""
        self._turn(Shown.DAYS if self._shown is Shown.MONTHS else Shown.MONTHS)

    def choose_year(self) -> None:
        """Shows the years, or the days again."""
        year = self._first.year
        self._years_from = year - (year - EARLIEST.year) % YEARS
        self._turn(Shown.DAYS if self._shown is Shown.YEARS else Shown.YEARS)

    def _turn(self, shown: Shown) -> None:
        self._shown = shown
        self._show()

    def _go(self, first: date) -> None:
        self._first = first
        self._show()

    def _show(self) -> None:
        first, texts = self._first, self._formatting
        self.month_text = self._months[first.month - 1]
        self.year_text = str(first.year)
        self.choosing_month, self.choosing_year = self._shown is Shown.MONTHS, self._shown is Shown.YEARS
        body = self.ids.body
        body.clear_widgets()
        match self._shown:
            case Shown.DAYS:
                self.can_before = first > EARLIEST
                self.can_after = (first + timedelta(days=31)).replace(day=1) <= LATEST
                body.add_widget(self._names)
                body.add_widget(self._days(texts))
            case Shown.MONTHS:
                self.can_before, self.can_after = first.year > EARLIEST.year, first.year < LATEST.year
                parts = [
                    self._part(month, self._months[month - 1], month == first.month, self._this(first.year, month))
                    for month in range(1, MONTHS + 1)
                ]
                body.add_widget(self._grid(3, parts))
            case Shown.YEARS:
                self.can_before = self._years_from > EARLIEST.year
                self.can_after = self._years_from + YEARS <= LATEST.year
                years = range(self._years_from, self._years_from + YEARS)
                parts = [self._part(year, str(year), year == first.year, year == self._today.year) for year in years]
                body.add_widget(self._grid(4, parts))

    def _this(self, year: int, month: int) -> bool:
        return (year, month) == (self._today.year, self._today.month)

    def _days(self, formatting: Formatting) -> CalendarGrid:
        first = self._first
        days = [day for week in self._weeks.monthdatescalendar(first.year, first.month) for day in week]
        for cell, day in zip(self._cells, days, strict=False):
            inside = day.month == first.month
            cell.day = day if inside else None
            cell.text = str(day.day) if inside else ""
            cell.spoken = formatting.weekday(day) if inside else ""
            cell.chosen, cell.today = inside and day == self._chosen, inside and day == self._today
            if cell.parent is not None:
                cell.parent.remove_widget(cell)
        return self._grid(DAYS, self._cells[: len(days)])

    def _grid(self, columns: int, cells: Iterable[CalendarCell]) -> CalendarGrid:
        grid = CalendarGrid(cols=columns)
        for cell in cells:
            grid.add_widget(cell)
        return grid

    def _part(self, number: int, text: str, chosen: bool, today: bool) -> CalendarPart:
        part = CalendarPart(number=number, text=text, chosen=chosen, today=today)
        part.bind(on_choose=self._narrowed)
        return part

    def _narrowed(self, part: CalendarPart) -> None:
        """A year leads to its months, a month to its days."""
        if self._shown is Shown.YEARS:
            self._first = self._first.replace(year=part.number)
            self._turn(Shown.MONTHS)
        else:
            self._first = self._first.replace(month=part.number)
            self._turn(Shown.DAYS)

    def _touched(self, cell: CalendarDay) -> None:
        if cell.day is not None:
            self.dispatch("on_pick", cell.day)
