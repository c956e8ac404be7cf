"""What all questions share: the label, the hint, the picture, what is wrong; below it the control itself."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from forms import Node
from screens.citizen.application import form_media
from screens.citizen.application.form_model import FormModel
from screens.look.compact import CompactBox
from screens.look.speakable import Group
from screens.look.widgets.buttons import QuietButton

HEAD_PARTS: Final = 4
"""Children above the control in the rule: label, hint, picture, what stands for it."""


class ListenButton(QuietButton):
    """Plays the question as its author recorded it."""

    voice = ObjectProperty(None)
    sound = ObjectProperty(b"")

    def on_choose(self) -> None:
        self.voice.play(self.sound)


class Question(Group, CompactBox):
    """Base of all controls. ``refresh`` shows the node as it is now."""

    label = StringProperty("")
    hint = StringProperty("")
    problem = StringProperty("")
    optional = BooleanProperty(False)
    #: The only question of its page: its label is the page's heading.
    alone = BooleanProperty(False)
    picture = ObjectProperty(None, allownone=True)
    #: Stands for a picture that cannot be shown.
    placeholder = StringProperty("")

    def __init__(self, model: FormModel, node: Node, alone: bool, **kwargs: Any) -> None:
        self.model = model
        self.ref = node.ref
        super().__init__(alone=alone, **kwargs)
        self.picture = self._picture(node)
        self._offer_sound(node)
        self.build(node)
        self.refresh()

    @property
    def node(self) -> Node:
        return self.model.form.nodes[self.ref]

    def build(self, node: Node) -> None:
        """Makes what answers are given with."""

    def refresh(self) -> None:
        """Shows the question as it is now."""
        node = self.node
        self.label = node.label or ""
        self.hint = "\n".join(text for text in (node.hint, node.guidance) if text)
        self.optional = not node.required and not node.readonly
        self.problem = self.model.problem(node)
        self.show(node)

    def show(self, node: Node) -> None:
        """Shows the answer as it is now."""

    def holds_back(self) -> bool:
        """Whether going on would lose something begun here; tells what to do about it."""
        return False

    @property
    def introduction(self) -> tuple[str, ...]:
        """What is spoken on the way in."""
        optional = self.model.flow.texts("form.optional") if self.optional and self.label else ""
        return tuple(text for text in (self.label, optional, self.hint, self.placeholder, self.problem) if text)

    def on_parent(self, _widget: object, parent: object, /) -> None:
        """Out of sight: what it was saying ends."""
        if parent is None:
            self.model.flow.voice.hush_recording()

    def _offer_sound(self, node: Node) -> None:
        """A question that was recorded can be heard, where there is something to hear it from."""
        name, voice = node.media.get("audio"), self.model.flow.voice
        sound = form_media.sound(self.model.flow, name) if name and voice.possible else None
        if sound is None:
            return
        listen = ListenButton(text=self.model.flow.texts("form.listen"), icon="speaker-high", voice=voice, sound=sound)
        self.add_widget(listen, index=len(self.children) - HEAD_PARTS)

    def _picture(self, node: Node) -> Any:
        name = node.media.get("image")
        found = form_media.picture(self.model.flow, name) if name else None
        self.placeholder = self.model.flow.texts("form.picture_missing") if name and found is None else ""
        return found
