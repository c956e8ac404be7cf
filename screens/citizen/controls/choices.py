"""Questions that are answered by choosing: one or several."""

from collections.abc import Sequence
from typing import Any, Final

from kivy.properties import BooleanProperty, StringProperty

from forms import Choice, Node
from screens.citizen.application import form_media
from screens.citizen.controls.finding import SHOWN_AT_MOST, LongList
from screens.citizen.controls.question import Question
from screens.citizen.follow_up.answers import Control, control_of, in_words, is_folded, is_long_choice
from screens.look.current import current
from screens.look.speakable import Live
from screens.look.widgets.banner import Banner
from screens.look.widgets.cards import ChoiceCard, TileGrid
from screens.look.widgets.field import Field
from screens.look.widgets.field_note import FieldNote
from screens.look.widgets.text import Caption, Column

#: So many of them stand above the keyboard.
SUGGESTED: Final = 3
#: Choices no longer than this stand in two columns.
SHORT: Final = 18


class ChoiceGrid(TileGrid):
    """Cards in one or two columns."""


class Fold(ChoiceCard):
    """A folded list: shows what is chosen, opens when touched."""

    opened = BooleanProperty(False)


class PlaceInList(Live, Caption):
    """Which of a long list are in sight."""


class Pager(Column):
    """The way to the rest of a long list."""

    text = StringProperty("")
    can_before = BooleanProperty(False)
    can_more = BooleanProperty(False)

    __events__ = ("on_before", "on_more")

    def on_before(self) -> None:
        """Those before."""

    def on_more(self) -> None:
        """The next ones."""


class ChoiceQuestion(Question):
    """Cards: one of them, or any number. Folded when the form says "minimal" among other questions; a list too long
    to read is narrowed by typing, and can be gone through piece by piece."""

    __events__ = ("on_turned",)

    def on_turned(self) -> None:
        """Another piece of a long list is in sight."""

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
        self._list = LongList()
        self._nothing = FieldNote()
        self.add_widget(self._nothing)
        self._wrong = Banner(kind="danger")
        self._cards = ChoiceGrid(cols=1)
        # Below a long list nobody would see it.
        for each in (self._wrong, self._cards) if is_long_choice(node) else (self._cards, self._wrong):
            self.add_widget(each)
        self._pager = Pager()
        self._pager.bind(on_before=self._before, on_more=self._more)

    def show(self, node: Node) -> None:
        opened = self.model.is_open(node)
        if self._fold is not None:
            chosen = self.model.flow.texts("form.touch_to_choose")
            if node.value:
                chosen = in_words(node, self.model.flow.formatting, self.model.flow.texts)
            self._fold.title = chosen
            self._fold.opened = opened
            self._fold.wrong = bool(self.problem)
        self._show_search(opened)
        self._show_cards(self._in_sight(node) if opened else ())
        self._show_pager(opened)
        values = set(node.value.split()) if self._several else {node.value}
        for card in self._cards.children:
            card.chosen = card.key in values
            card.wrong = bool(self.problem) and (card.chosen or not node.value)
        self._wrong.text = self.problem

    def _show_search(self, opened: bool) -> None:
        if self._field is None or opened == (self._field.parent is not None):
            return
        if opened:
            self.add_widget(self._field, index=self.children.index(self._nothing) + 1)
        else:
            self.remove_widget(self._field)

    def _show_pager(self, opened: bool) -> None:
        flow, listed, pager = self.model.flow, self._list, self._pager
        paged = self._field is not None and opened
        self._nothing.text = flow.texts("form.choices.nothing") if paged and not listed.total else ""
        wanted = paged and listed.total > SHOWN_AT_MOST
        if wanted and pager.parent is None:
            self.add_widget(pager, index=self.children.index(self._cards))
        elif not wanted and pager.parent is not None:
            self.remove_widget(pager)
        number = flow.formatting.number
        pager.text = flow.texts(
            "form.choices.shown", first=number(listed.first + 1), last=number(listed.last), total=number(listed.total)
        )
        pager.can_before, pager.can_more = listed.first > 0, listed.last < listed.total

    def _show_cards(self, choices: tuple[Choice, ...]) -> None:
        wanted = tuple((choice.value, choice.label or choice.value) for choice in choices)
        if wanted == self._shown:
            return
        self._shown = wanted
        self._cards.clear_widgets()
        self._cards.cols = self._columns(choices)
        for choice in choices:
            self._cards.add_widget(self._card(choice))

    def _in_sight(self, node: Node) -> tuple[Choice, ...]:
        """Never more than a piece of a long list: there are lists of all villages."""
        if self._field is None:
            return tuple(node.choices)
        self._list.look(node.choices, self.model.search(node).text, node.value.split())
        return self._list.in_sight()

    def _columns(self, choices: Sequence[Choice]) -> int:
        look = current()
        short = all(len(choice.label or "") <= SHORT for choice in choices)
        return 2 if short and len(choices) > 1 and look.body < look.mm(11) else 1

    def _card(self, choice: Choice) -> ChoiceCard:
        card = ChoiceCard(
            title=choice.label or choice.value, key=choice.value, mark="check" if self._several else "radio"
        )
        name = choice.media.get("image")
        if name:
            card.texture = form_media.picture(self.model.flow, name)
            card.icon = "" if card.texture is not None else "image-broken"
        card.bind(on_choose=self._chosen)
        return card

    def suggestions(self) -> tuple[tuple[str, str], ...]:
        """The best of what was found by typing, to stand above the keyboard."""
        node = self.node
        if self._field is None or self._field.parent is None or not self.model.search(node).text.strip():
            return ()
        return tuple((choice.value, choice.label or choice.value) for choice in self._in_sight(node)[:SUGGESTED])

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

    def _before(self, _pager: Any) -> None:
        self._turn(-1)

    def _more(self, _pager: Any) -> None:
        self._turn(1)

    def _turn(self, pieces: int) -> None:
        self._list.turn(pieces)
        self.refresh()
        self.dispatch("on_turned")

    def _unfold(self, _fold: Any) -> None:
        self.model.unfold(self.ref)
