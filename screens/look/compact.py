"""A box that leaves no gap for what is not shown."""

from collections.abc import Iterator, Sequence
from typing import Any

from kivy.uix.boxlayout import BoxLayout


class CompactBox(BoxLayout):
    """Kivy's box puts spacing round every child; here one without a height (in a row: without a width) of its own takes
    none, so that what steps aside leaves no hole."""

    def _iterate_layout(self, sizes: Sequence[Any]) -> Iterator[tuple[int, float, float, float, float]]:
        along = 0 if self.orientation == "horizontal" else 1
        shown: list[int] = []
        hidden: list[int] = []
        for place, (size, hint, *_) in enumerate(sizes):
            (hidden if hint[along] is None and size[along] <= 0 else shown).append(place)
        left, top, right, bottom = self.padding
        if shown:
            for place, x, y, width, height in super()._iterate_layout([sizes[each] for each in shown]):
                yield shown[place], x, y, width, height
        else:
            self.minimum_size = left + right, top + bottom
        # They keep the width that their text will wrap to once there is one.
        across, along_it = self.width - left - right, self.height - top - bottom
        for place in hidden:
            yield place, self.x + left, self.y + bottom, across if along else 0, 0 if along else along_it
