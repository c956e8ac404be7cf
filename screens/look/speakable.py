"""What a widget says when the focus comes to it: its label, what it is, how it stands.

Mixed into everything that can be chosen; groups say what the things within them have in common. Texts come from the
look's catalogue, so whatever is said is in the citizen's language.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from kivy.uix.label import Label

from screens.language.texts import Texts


class SpokenRole(StrEnum):
    """What a thing is, as it is spoken to somebody who does not see it; ``speech.role.*`` are the words."""

    #: To be read only.
    TEXT = "TEXT"
    BUTTON = "BUTTON"
    #: One of several.
    RADIO = "RADIO"
    #: Any of several.
    CHECK = "CHECK"
    FIELD = "FIELD"
    #: Of the keyboard: said without a word for what it is.
    KEY = "KEY"


class Speakable:
    """Mixin: ``says`` is the label, ``spoken_role`` what it is, ``states`` how it stands."""

    spoken_role = SpokenRole.BUTTON

    @property
    def says(self) -> str:
        """By default what was written for the ear, else every text in it."""
        return str(getattr(self, "spoken", "")) or ". ".join(texts_in(self))

    def states(self, texts: Texts) -> tuple[str, ...]:
        """How it stands, in words: chosen or not, by default."""
        if getattr(self, "chosen", False):
            return (texts("speech.state.chosen"),)
        return (texts("speech.state.not_chosen"),) if self.spoken_role is SpokenRole.CHECK else ()

    def utterance(self, texts: Texts) -> tuple[str, ...]:
        """All that is said of it, piece by piece."""
        role = {
            SpokenRole.BUTTON: "speech.role.button",
            SpokenRole.RADIO: "speech.role.radio",
            SpokenRole.CHECK: "speech.role.check",
            SpokenRole.FIELD: "speech.role.field",
        }.get(self.spoken_role)
        usable = "" if getattr(self, "enabled", True) else texts("speech.state.disabled")
        parts = (self.says, texts(role) if role else "", *self.states(texts), usable)
        return tuple(part for part in parts if part)


class Group:
    """Mixin: holds things that belong together; ``introduction`` is said when the focus enters."""

    height: float

    @property
    def introduction(self) -> tuple[str, ...]:
        return ()


class Silent:
    """Mixin: pictures and signs made of letters; never read out."""


def texts_in(widget: Any) -> Iterator[str]:
    """The texts of all labels in sight below a widget, in reading order."""
    if widget.opacity == 0 or isinstance(widget, Silent):
        return
    if isinstance(widget, Label):
        text = getattr(widget, "spoken", "") or widget.text
        if text and widget.height > 0:
            yield text
    for child in reversed(widget.children):
        yield from texts_in(child)


class Block:
    """Mixin: texts that are read as one."""

    height: float


class Live:
    """Mixin: its ``text`` is spoken when it changes, wherever the focus is."""

    text: str
