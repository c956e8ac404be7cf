"""Questions that are answered by choosing: one or several."""

from io import BytesIO
from typing import Any, Final

from kivy.core.image import Image as CoreImage
from kivy.properties import BooleanProperty
from rapidfuzz import fuzz

from forms import Choice, Node
from screens.citizen.answers import Control, control_of, in_words, is_folded, is_long_choice
from screens.citizen.controls.question import Question
from screens.look.banner import Banner
from screens.look.cards import ChoiceCard, TileGrid
from screens.look.current import current
from screens.look.field import Field

#: Of a long list so many are shown at a time.
SHOWN_AT_MOST: Final = 8
#: So many of them stand above the keyboard.
SUGGESTED: Final = 3
#: Choices no longer than this stand in two columns.
SHORT: Final = 18
#: A choice is found when its likeness with what was typed is at least this, of 100.
LIKENESS: Final = 70


class ChoiceGrid(TileGrid):
    """Cards in one or two columns."""


class Fold(ChoiceCard):
    """A folded list: shows what is chosen, opens when touched."""

    opened = BooleanProperty(False)


class ChoiceQuestion(Question):
    """Cards: one of them, or any number. Folded when the form says "minimal" among other questions; a list too long
    to read is narrowed by typing."""

    def build(self, node: Node) -> None:
        self._several = control_of(node) is Control.SEVERAL
        self._shown: tuple[tuple[str, str], ...] | None = None
        self._fold: Fold | None = None
        if is_folded(node) and not self.alone:
            self._fold = Fold()
            self._fold.bind(on_choose=self._unfold)
            self.add_widget(self._fold)
        self._field: Field | None = None
        if is_long_choice(node):
            self._field = Field(entry=self.model.search(node), icon="magnifying-glass", active=True)
            self._field.spoken = self._field.placeholder = self.model.flow.texts("form.find")
        self._cards = ChoiceGrid(cols=self._columns(node))
        self.add_widget(self._cards)
        self._wrong = Banner(kind="danger")
        self.add_widget(self._wrong)

    def show(self, node: Node) -> None:
        opened = self.model.is_open(node)
        if self._fold is not None:
            chosen = self.model.flow.texts("form.touch_to_choose")
            if node.value:
                chosen = in_words(node, self.model.flow.formatting, self.model.flow.texts)
            self._fold.title = chosen
            self._fold.opened = opened
        self._show_search(opened)
        self._show_cards(self._found(node) if opened else ())
        values = set(node.value.split()) if self._several else {node.value}
        for card in self._cards.children:
            card.chosen = card.key in values
        self._wrong.text = self.problem

    def _show_search(self, opened: bool) -> None:
        if self._field is None or opened == (self._field.parent is not None):
            return
        if opened:
            self.add_widget(self._field, index=self.children.index(self._cards) + 1)
        else:
            self.remove_widget(self._field)

    def _show_cards(self, choices: tuple[Choice, ...]) -> None:
        wanted = tuple((choice.value, choice.label or choice.value) for choice in choices)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._cards.clear_widgets()
        for choice in choices:
            self._cards.add_widget(self._card(choice))
        self._cards.cols = self._columns(self.node)

    def _found(self, node: Node) -> tuple[Choice, ...]:
        choices = tuple(node.choices)
        if not is_long_choice(node):
            return choices
        query = self.model.search(node).text.strip().casefold()
        if not query:
            return tuple(choice for choice in choices if choice.value in node.value.split())[:SHOWN_AT_MOST]
        starting = [choice for choice in choices if (choice.label or "").casefold().startswith(query)]
        alike = [
            choice
            for choice in choices
            if choice not in starting and fuzz.partial_ratio(query, (choice.label or "").casefold()) >= LIKENESS
        ]
        return tuple((starting + alike)[:SHOWN_AT_MOST])

    def _columns(self, node: Node) -> int:
        look = current()
        short = all(len(choice.label or "") <= SHORT for choice in node.choices)
        return 2 if short and len(node.choices) > 1 and look.body < look.mm(11) else 1

    def _card(self, choice: Choice) -> ChoiceCard:
        card = ChoiceCard(
            title=choice.label or choice.value, key=choice.value, mark="check" if self._several else "radio"
        )
        name = choice.media.get("image")
        data = self.model.flow.media(name) if name else None
        if name and data is not None:
            card.texture = CoreImage(BytesIO(data), ext=name.rpartition(".")[2].lower()).texture
        card.bind(on_choose=self._chosen)
        return card

    def suggestions(self) -> tuple[tuple[str, str], ...]:
        """The best of what was found by typing, to stand above the keyboard."""
        node = self.node
        if self._field is None or self._field.parent is None or not self.model.search(node).text.strip():
            return ()
        return tuple((choice.value, choice.label or choice.value) for choice in self._found(node)[:SUGGESTED])

    def pick(self, value: str) -> None:
        """Chooses it, or takes it back when it was chosen and need not be."""
        node = self.node
        if not self._several:
            again = node.value == value and not node.required
            self.model.answer(self.ref, "" if again else value)
            return
        values = set(node.value.split()) ^ {value}
        self.model.answer(self.ref, " ".join(choice.value for choice in node.choices if choice.value in values))

    def _chosen(self, card: ChoiceCard) -> None:
        self.pick(card.key)

    def _unfold(self, _fold: Any) -> None:
        self.model.unfold(self.ref)
