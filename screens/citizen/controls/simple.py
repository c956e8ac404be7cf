"""Questions with one plain control: a note, a tick, a value that is only shown, an order."""

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from forms import Node
from screens.citizen.controls.question import Question
from screens.citizen.follow_up.answers import in_words
from screens.look.widgets.banner import Banner
from screens.look.widgets.cards import Card, ChoiceCard
from screens.look.widgets.text import Lead


class NoteQuestion(Question):
    """Something to read."""

    def refresh(self) -> None:
        super().refresh()
        self.optional = False


class ShownQuestion(Question):
    """A value that the form worked out, or that may not be changed."""

    def build(self, node: Node) -> None:  # noqa: ARG002
        self._value = Lead()
        card = Card()
        card.add_widget(self._value)
        self.add_widget(card)

    def show(self, node: Node) -> None:
        self.optional = False
        flow = self.model.flow
        self._value.text = in_words(node, flow.formatting, flow.texts)


class ImpossibleQuestion(Question):
    """What a kiosk cannot take: said plainly; never blocks the way."""

    def build(self, node: Node) -> None:  # noqa: ARG002
        self.add_widget(Banner(kind="warning", text=self.model.flow.texts("form.impossible")))


class TriggerQuestion(Question):
    """A tick: "I have read this"."""

    def build(self, node: Node) -> None:  # noqa: ARG002
        self._card = ChoiceCard(mark="check", title=self.model.flow.texts("form.acknowledge"))
        self._card.bind(on_choose=self._chosen)
        self.add_widget(self._card)
        self._wrong = Banner(kind="danger")
        self.add_widget(self._wrong)

    def show(self, node: Node) -> None:
        self._card.chosen = node.value == "OK"
        self._card.wrong = bool(self.problem)
        self._wrong.text = self.problem

    def _chosen(self, _card: Any) -> None:
        self.model.answer(self.ref, "" if self.node.value == "OK" else "OK")


class RankLine(BoxLayout):
    """One thing in the order, with its way up and down."""

    place = StringProperty("")
    title = StringProperty("")
    key = StringProperty("")

    __events__ = ("on_down", "on_up")

    def on_up(self) -> None:
        """One place up was asked for."""

    def on_down(self) -> None:
        """One place down was asked for."""


class RankQuestion(Question):
    """Things in an order: each can be moved up and down. Untouched, the order is no answer yet."""

    def build(self, node: Node) -> None:  # noqa: ARG002
        self._lines = BoxLayout(orientation="vertical", size_hint_y=None, spacing=self.spacing)
        self._lines.bind(minimum_height=self._fit)
        self.add_widget(self._lines)
        self._accept = ChoiceCard(mark="check", title=self.model.flow.texts("form.rank_so"))
        self._accept.bind(on_choose=self._accepted)
        self.add_widget(self._accept)
        self._wrong = Banner(kind="danger")
        self.add_widget(self._wrong)

    def show(self, node: Node) -> None:
        labels = {choice.value: choice.label or choice.value for choice in node.choices}
        order = self._order(node)
        if [line.key for line in reversed(self._lines.children)] != order:
            self._lines.clear_widgets()
            for number, name in enumerate(order, 1):
                line = RankLine(place=str(number), title=labels[name], key=name)
                line.bind(on_up=self._up, on_down=self._down)
                self._lines.add_widget(line)
        self._accept.chosen = bool(node.value)
        self._accept.wrong = bool(self.problem)
        self._wrong.text = self.problem

    def _fit(self, _lines: Any, height: float) -> None:
        self._lines.height = height

    def _order(self, node: Node) -> list[str]:
        there = [choice.value for choice in node.choices]
        kept = [name for name in node.value.split() if name in there]
        return kept + [name for name in there if name not in kept]

    def _accepted(self, _card: Any) -> None:
        node = self.node
        self.model.answer(self.ref, "" if node.value else " ".join(self._order(node)))

    def _up(self, line: RankLine) -> None:
        self._move(line.key, -1)

    def _down(self, line: RankLine) -> None:
        self._move(line.key, 1)

    def _move(self, key: str, by: int) -> None:
        order = self._order(self.node)
        place = order.index(key)
        other = place + by
        if 0 <= other < len(order):
            order[place], order[other] = order[other], order[place]
            self.model.answer(self.ref, " ".join(order))
