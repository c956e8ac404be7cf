"""A month to pick a day from: for days that are near, where the weekday matters. Birthdays are faster typed."""

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import Any, Final

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from protocol.formats import Formatting
from screens.look.speakable import SpokenRole
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Column

DAYS: Final = 7
#: A month can touch six weeks.
WEEKS: Final = 6
#: Nobody who is served was born before, or makes an appointment after.
EARLIEST: Final = date(1900, 1, 1)
LATEST: Final = date(2199, 12, 31)


class CalendarGrid(GridLayout):
    """The weekdays' names, and the days below them."""


class CalendarDay(Surface):
    spoken_role = SpokenRole.RADIO
    text = StringProperty("")
    chosen = BooleanProperty(False)
    today = BooleanProperty(False)
    #: None: a day of another month, which is not shown.
    day = ObjectProperty(None, allownone=True)


class Calendar(Column):
    """``chosen``: the day that is marked. ``on_pick`` is dispatched with the day that was touched."""

    month_text = StringProperty("")
    can_before = BooleanProperty(True)
    can_after = BooleanProperty(True)

    __events__ = ("on_pick",)

    def __init__(self, formatting: Formatting, today: date, chosen: date | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._formatting = formatting
        self._today = today
        self._chosen = chosen
        self._first = (chosen or today).replace(day=1)
        self._weeks = Weeks(formatting.first_weekday)
        self._cells: list[CalendarDay] = []
        self.ids.names.texts = formatting.weekday_names()
        for _ in range(DAYS * WEEKS):
            cell = CalendarDay()
            cell.bind(on_choose=self._touched)
            self._cells.append(cell)
        self._show()

    def on_pick(self, day: date) -> None:
        """A day was touched."""

    def before(self) -> None:
        """The month before."""
        self._go((self._first - timedelta(days=1)).replace(day=1))

    def after(self) -> None:
        """The month after."""
        self._go((self._first + timedelta(days=31)).replace(day=1))

    def _go(self, first: date) -> None:
        self._first = first
        self._show()

    def _show(self) -> None:
        first = self._first
        self.month_text = self._formatting.month(first)
        self.can_before = first > EARLIEST
        self.can_after = (first + timedelta(days=31)).replace(day=1) <= LATEST
        days = [day for week in self._weeks.monthdatescalendar(first.year, first.month) for day in week]
        grid = self.ids.grid
        if len(grid.children) != len(days):
            grid.clear_widgets()
            for cell in self._cells[: len(days)]:
                grid.add_widget(cell)
        for cell, day in zip(self._cells, days, strict=False):
            inside = day.month == first.month
            cell.day = day if inside else None
            cell.text = str(day.day) if inside else ""
            cell.spoken = self._formatting.weekday(day) if inside else ""
            cell.chosen, cell.today = inside and day == self._chosen, inside and day == self._today

    def _touched(self, cell: CalendarDay) -> None:
        if cell.day is not None:
            self.dispatch("on_pick", cell.day)
