"""Banners: a coloured strip with an icon and a sentence that says what is so and what to do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kivy.properties import BooleanProperty, ColorProperty, StringProperty

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
    fill = ColorProperty()
    ink = ColorProperty()
    bar = ColorProperty()
    #: Larger letters, for what is read from some steps away.
    large = BooleanProperty(False)

    def on_kind(self, _widget: object, kind: str) -> None:
        self.sign = KINDS[kind]
