"""Questions that are answered by typing: text, numbers, dates, times."""

from datetime import date
from typing import Any

from kivy.uix.boxlayout import BoxLayout

from forms import Node
from screens.citizen.application.form_model import Focus
from screens.citizen.controls.calendar import Calendar
from screens.citizen.controls.question import Question
from screens.citizen.follow_up.answers import layout_of
from screens.look.current import current
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import QuietButton
from screens.look.widgets.entry import Layout
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import LengthNote
from screens.look.widgets.text import Column


class TypedQuestion(Question):
    """One field, or two for a day with its time. What stands on a document may be scanned instead."""

    def build(self, node: Node) -> None:
        layouts = (Layout.DATE, Layout.TIME) if node.data_type == "dateTime" else (layout_of(node),)
        self._fields: dict[Layout, Field] = {}
        self._row = BoxLayout(size_hint_y=None, spacing=current().gap)
        for layout in layouts:
            field = Field(entry=self.model.entry(node, layout))
            field.bind(on_choose=self._chosen, height=self._fit)
            self._fields[layout] = field
            self._row.add_widget(field)
        self.add_widget(self._row)
        if node.data_type == "barcode" and self.model.flow.context.can_scan:
            self.add_widget(Banner(text=self.model.flow.texts("form.scan_or_type"), icon="barcode"))
        if Layout.DATE in layouts:
            self._offer_calendar()
        self._full = LengthNote(formatting=self.model.flow.formatting)
        self.add_widget(self._full)
        self._remark = Banner()
        self.add_widget(self._remark)
        self._wrong = Banner(kind="danger")
        self.add_widget(self._wrong)
        self._fit()

    def _offer_calendar(self) -> None:
        self._calendar: Calendar | None = None
        self._toggle = QuietButton(text=self.model.flow.texts("form.calendar.open"), icon="calendar-blank")
        self._toggle.bind(on_choose=self._toggle_calendar)
        self._place = Column()
        self.add_widget(self._toggle)
        self.add_widget(self._place)

    def _toggle_calendar(self, *_: Any) -> None:
        flow = self.model.flow
        if self._calendar is not None:
            self._close_calendar()
            return
        self.model.unfocus()
        value = self.node.value[:10]
        today = flow.context.now().astimezone(flow.formatting.zone).date()
        self._calendar = Calendar(flow.formatting, today, date.fromisoformat(value) if value else None)
        self._calendar.bind(on_pick=self._picked)
        self._place.add_widget(self._calendar)
        self._toggle.text = flow.texts("form.calendar.close")

    def _close_calendar(self) -> None:
        self._place.clear_widgets()
        self._calendar = None
        self._toggle.text = self.model.flow.texts("form.calendar.open")

    def _picked(self, _calendar: Calendar, day: date) -> None:
        self._close_calendar()
        self.model.entry(self.node, Layout.DATE).set(day.strftime("%d%m%Y"))

    def _fit(self, *_: Any) -> None:
        self._row.height = max(field.height for field in self._fields.values())

    def _chosen(self, field: Field) -> None:
        layout = next(layout for layout, own in self._fields.items() if own is field)
        self.model.focus_on(self.node, layout)

    def show(self, node: Node) -> None:
        placeholder = self.model.flow.texts("form.touch_to_type")
        for layout, field in self._fields.items():
            entry = self.model.entry(node, layout)
            if field.entry is not entry:
                field.entry = entry
            field.active = self.model.focus == Focus(self.ref, layout)
            field.wrong = bool(self.problem)
            field.placeholder = placeholder
            field.spoken = self.label
        self._full.follow(*(field.entry for field in self._fields.values()))
        self._wrong.text = self.problem
        oddity = self.model.oddity(node)
        self._remark.kind = "warning" if oddity else "info"
        self._remark.text = oddity or self._missing()

    def _missing(self) -> str:
        """How many of sixteen digits are still to be typed, while they are."""
        field = self._fields.get(Layout.NIK)
        if field is None or not field.active or self.problem or not field.entry.text or field.entry.full:
            return ""
        return self.model.flow.texts.count("identify.digits_missing", field.entry.limit - len(field.entry.text))
