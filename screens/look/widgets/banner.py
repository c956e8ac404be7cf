"""Banners: a coloured strip with an icon and a sentence that says what is so and what to do."""

from kivy.properties import BooleanProperty, ColorProperty, StringProperty

from screens.look.compact import CompactBox
from screens.look.speakable import Block, Live


class Banner(Block, Live, CompactBox):
    """``kind`` is one of info, success, warning, danger. Without a text it takes no room."""

    kind = StringProperty("info")
    text = StringProperty("")
    icon = StringProperty("")
    fill = ColorProperty()
    ink = ColorProperty()
    bar = ColorProperty()
    #: Larger letters, for what is read from some steps away.
    large = BooleanProperty(False)
