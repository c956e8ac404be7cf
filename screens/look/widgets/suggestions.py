"""What may be meant by what is being typed, in a row above the keyboard: villages, names of a long list."""

from typing import Any

from kivy.properties import ListProperty
from kivy.uix.boxlayout import BoxLayout

from screens.look.speakable import SpokenRole
from screens.look.widgets.buttons import Chip


class Suggestion(Chip):
    """One of them; ``key`` says which."""

    spoken_role = SpokenRole.BUTTON

    def __init__(self, key: str, **kwargs: Any) -> None:
        self.key = key
        super().__init__(**kwargs)


class Suggestions(BoxLayout):
    """``choices`` are (key, text), the best first; asks for ``on_suggest`` with the key."""

    choices = ListProperty()

    __events__ = ("on_suggest",)

    def on_suggest(self, key: str) -> None:
        """One was chosen."""

    def on_choices(self, *_: object) -> None:
        self.clear_widgets()
        for key, text in self.choices:
            chip = Suggestion(key, text=text)
            chip.bind(on_choose=self._chosen)
            self.add_widget(chip)

    def _chosen(self, chip: Suggestion) -> None:
        self.dispatch("on_suggest", chip.key)
