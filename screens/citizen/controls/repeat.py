"""Things that can be several: followers, children, items. Each listed with what was answered; add and remove."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from forms import Node
from screens.citizen.application import problems
from screens.citizen.application.form_model import FormModel
from screens.citizen.follow_up.answers import in_words, is_asked
from screens.look.compact import CompactBox
from screens.look.speakable import Group
from screens.look.widgets.buttons import Surface
from screens.look.widgets.text import Column

#: So many answers of an instance stand on its line.
SHOWN_ANSWERS = 3


class InstanceBody(Surface):
    """What was answered; choosing it opens it."""

    title = StringProperty("")
    detail = StringProperty("")


class InstanceLine(BoxLayout):
    """One of the several, and beside it the way to take it away: a target within a target would never be reached."""

    title = StringProperty("")
    detail = StringProperty("")
    ref = StringProperty("")
    can_remove = BooleanProperty(True)

    __events__ = ("on_choose", "on_remove")

    def on_choose(self) -> None:
        """It is to be opened."""

    def on_remove(self) -> None:
        """It is to be taken away."""


class RemovalAsked(Group, CompactBox):
    """In place of one of the several: whether it is really to go. Who presses twice keeps it."""

    title = StringProperty("")
    text = StringProperty("")
    ref = StringProperty("")

    __events__ = ("on_keep", "on_remove")

    @property
    def introduction(self) -> tuple[str, ...]:
        return (self.text,)

    def on_keep(self) -> None:
        """It stays."""

    def on_remove(self) -> None:
        """It is to be taken away."""


class RepeatPanel(Group, CompactBox):
    """All instances of a repeat."""

    label = StringProperty("")
    hint = StringProperty("")
    add_text = StringProperty("")
    can_add = BooleanProperty(True)

    def __init__(self, model: FormModel, ref: str, **kwargs: Any) -> None:
        self.model = model
        self.ref = ref
        self._shown: tuple[tuple[str, str, bool], ...] | None = None
        #: Which one is asked about before it is taken away.
        self._asked = ""
        super().__init__(**kwargs)
        self.refresh()

    def refresh(self) -> None:
        node = self.model.form.nodes[self.ref]
        texts = self.model.flow.texts
        self.label = node.label or ""
        self.hint = node.hint or ""
        self.can_add = node.can_add
        instances = list(node.children)
        wanted = tuple((child.ref, self._summary(child), child.ref == self._asked) for child in instances)
        self.ids.twice.text = "\n".join(problems.twins(self.model.flow, node))
        self.add_text = texts("repeat.add") if not instances else texts("repeat.add_another")
        if wanted == self._shown:
            return
        self._shown = wanted
        lines: Column = self.ids.lines
        lines.clear_widgets()
        for number, child in enumerate(instances, 1):
            title = f"{number}. {child.label or self.label}"
            lines.add_widget(self._question(child, title) if child.ref == self._asked else self._line(child, title))

    @property
    def introduction(self) -> tuple[str, ...]:
        return tuple(text for text in (self.label, self.hint) if text)

    def add(self) -> None:
        self.model.add_instance(self.ref)

    def _open(self, line: InstanceLine) -> None:
        self.model.open_instance(line.ref)

    def _line(self, instance: Node, title: str) -> InstanceLine:
        line = InstanceLine(
            title=title, detail=self._summary(instance), ref=instance.ref, can_remove=instance.can_remove
        )
        line.bind(on_remove=self._ask, on_choose=self._open)
        return line

    def _question(self, instance: Node, title: str) -> RemovalAsked:
        text = self.model.flow.texts("repeat.remove_really", what=title)
        question = RemovalAsked(title=title, text=text, ref=instance.ref)
        question.bind(on_keep=self._keep, on_remove=self._remove)
        return question

    def _ask(self, line: InstanceLine) -> None:
        """At once when nothing was answered; else after a question."""
        if _is_answered(self.model.form.nodes[line.ref]):
            self._asked = line.ref
            self.refresh()
        else:
            self._remove(line)

    def _keep(self, _question: RemovalAsked) -> None:
        self._asked = ""
        self.refresh()

    def _remove(self, line: InstanceLine | RemovalAsked) -> None:
        self._asked = ""
        self.model.remove_instance(line.ref)

    def _summary(self, instance: Node) -> str:
        flow = self.model.flow
        answers = [
            in_words(node, flow.formatting, flow.texts) for node in _leaves(instance) if node.relevant and node.label
        ]
        return ", ".join([answer for answer in answers if answer][:SHOWN_ANSWERS])


def _leaves(node: Node) -> list[Node]:
    if not node.children:
        return [node]
    return [leaf for child in node.children for leaf in _leaves(child)]


def _is_answered(instance: Node) -> bool:
    """Whether somebody would have to answer something again."""
    return any(node.value and is_asked(node) for node in _leaves(instance))
