"""A number on a range: each number a button where they are few, stars where the form wants marks, else steps."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.gridlayout import GridLayout

from forms import Node, Range
from screens.citizen.controls.question import Question
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import Chip, QuietButton
from screens.look.widgets.stepper import Stepper
from screens.look.widgets.text import Row

#: A range of so many numbers is shown whole; a longer one is stepped through.
SHOWN_AT_MOST: Final = 15
#: A jump is about this part of a long range.
JUMPS: Final = 8
#: Steps that people count in.
ROUND_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100)


class NumberGrid(GridLayout):
    """The numbers, several in a row."""


class NumberChip(Chip):
    """A number of the range; ``starred`` where it stands for marks."""

    key = StringProperty("")
    starred = BooleanProperty(False)


def numbers(limits: Range) -> tuple[Decimal, ...]:
    """All numbers of a range, rising; a range with endless many gives one more than can be shown."""
    low, high, step = bounds(limits)
    found: list[Decimal] = []
    while low <= high and len(found) <= SHOWN_AT_MOST:
        found.append(low)
        low += step
    return tuple(found)


def bounds(limits: Range) -> tuple[Decimal, Decimal, Decimal]:
    """Least, greatest, step above 0."""
    low, high = sorted((Decimal(str(limits.start)), Decimal(str(limits.end))))
    return low, high, abs(Decimal(str(limits.step))) or Decimal(1)


def jump(limits: Range) -> Decimal:
    """A round number of steps, about a JUMPS-th of the range."""
    low, high, step = bounds(limits)
    wanted = (high - low) / step / JUMPS
    return step * max((each for each in ROUND_STEPS if each <= wanted), default=1)


class RangeQuestion(Question):
    """Touching the chosen number again takes it back, where an answer is not required."""

    def build(self, node: Node) -> None:
        self._grid: NumberGrid | None = None
        self._stepper: Stepper | None = None
        if node.range is None:
            return
        there = numbers(node.range)
        if len(there) <= SHOWN_AT_MOST:
            self._build_grid(node, there)
        else:
            self._build_stepper(node.range)
        self._wrong = Banner(kind="danger")
        self.add_widget(self._wrong)

    def _build_grid(self, node: Node, there: tuple[Decimal, ...]) -> None:
        self._grid = NumberGrid(cols=min(5, len(there)))
        for number in there:
            chip = NumberChip(
                key=lexical(number, node.data_type),
                text=self._wording(number),
                starred="rating" in node.appearance,
                icon="star" if "rating" in node.appearance else "",
            )
            chip.bind(on_choose=self._chosen)
            self._grid.add_widget(chip)
        self.add_widget(self._grid)

    def _build_stepper(self, limits: Range) -> None:
        self._stepper = Stepper()
        self._stepper.bind(on_less=self._less, on_more=self._more)
        self.add_widget(self._stepper)
        self._jump = jump(limits)
        row, texts, wording = Row(), self.model.flow.texts, self._wording(self._jump)
        self._down = QuietButton(text=texts("stepper.less_by", n=wording), icon="minus", repeats=True)
        self._up = QuietButton(text=texts("stepper.more_by", n=wording), icon="plus", repeats=True)
        self._down.bind(on_choose=self._far_less)
        self._up.bind(on_choose=self._far_more)
        row.add_widget(self._down)
        row.add_widget(self._up)
        self.add_widget(row)

    def show(self, node: Node) -> None:
        value = number_of(node.value)
        self._wrong.text = self.problem
        if self._grid is not None:
            for chip in self._grid.children:
                here = number_of(chip.key)
                reached = value is not None and here is not None and here < value
                chip.chosen = here is not None and (here == value or (chip.starred and reached))
                chip.wrong = bool(self.problem) and (chip.chosen or value is None)
        elif self._stepper is not None and node.range is not None:
            low, high, _step = bounds(node.range)
            self._stepper.text = self._wording(value) if value is not None else "–"
            self._stepper.can_less = self._down.enabled = value is None or value > low
            self._stepper.can_more = self._up.enabled = value is None or value < high

    def _wording(self, number: Decimal) -> str:
        return self.model.flow.formatting.number(float(number))

    def _chosen(self, chip: NumberChip) -> None:
        node = self.node
        again = number_of(node.value) == number_of(chip.key) and not node.required
        self.model.answer(self.ref, "" if again else chip.key)

    def _less(self, _stepper: Any) -> None:
        self._move(-1)

    def _more(self, _stepper: Any) -> None:
        self._move(1)

    def _far_less(self, _button: Any) -> None:
        self._move(-1, far=True)

    def _far_more(self, _button: Any) -> None:
        self._move(1, far=True)

    def _move(self, direction: int, *, far: bool = False) -> None:
        node = self.node
        if node.range is None:
            return
        low, high, step = bounds(node.range)
        value = number_of(node.value)
        moved = low if value is None else value + direction * (self._jump if far else step)
        self.model.answer(self.ref, lexical(min(max(moved, low), high), node.data_type))


def lexical(number: Decimal, data_type: str) -> str:
    """As the form keeps it."""
    return str(int(number)) if data_type == "int" else f"{number.normalize():f}"


def number_of(text: str) -> Decimal | None:
    """The number a value stands for; None: none."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
