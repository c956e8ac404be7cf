"""Banners: a coloured strip with an icon and a sentence that says what is so and what to do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, StringProperty

from screens.look.compact import CompactBox
from screens.look.speakable import Block, Live

#: By kind, the icon: what it means is never said by its colour alone.
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {"info": "info", "success": "check-circle", "warning": "warning", "danger": "warning-octagon"}
)


class Banner(Block, Live, CompactBox):
    """``kind`` is one of info, success, warning, danger. Without a text it takes no room."""

    kind = StringProperty("info")
    text = StringProperty("")
    #: In the place of its kind's.
    icon = StringProperty("")
    sign = StringProperty(KINDS["info"])
    #: Pixels that are kept for it, with or without a text.
    least = NumericProperty(0)
    #: What it says changes while somebody looks on: what was high once stays so, and nothing below moves back.
    stays = BooleanProperty(False)
    fill = ColorProperty()
    ink = ColorProperty()
    bar = ColorProperty()
    #: Larger letters, for what is read from some steps away.
    large = BooleanProperty(False)

    def on_kind(self, _widget: object, kind: str) -> None:
        self.sign = KINDS[kind]

    def __init__(self, **options: Any) -> None:
        #: One frame later: before its lines are broken anew for its width it is as high as it never stays.
        self._keep = Clock.create_trigger(self._keep_height)
        super().__init__(**options)

    def on_width(self, _widget: object, _width: float) -> None:
        if self.stays:
            self.least = 0
            self._keep()

    def on_height(self, _widget: object, _height: float) -> None:
        if self.stays:
            self._keep()

    def _keep_height(self, _seconds: float) -> None:
        self.least = max(self.least, self.height)
