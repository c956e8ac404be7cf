"""Lines below a field, about what is being typed: nothing was found, nothing more fits."""

from kivy.properties import ObjectProperty

from screens.look.current import current
from screens.look.widgets.banner import Banner
from screens.look.widgets.entry import Entry


class FieldNote(Banner):
    """The page keeps it in sight as it does its field."""


class LengthNote(FieldNote):
    """Takes no room until a key is pressed for which there is none. ``formatting`` writes the number."""

    formatting = ObjectProperty(None)

    def follow(self, *entries: Entry) -> None:
        """Says so of the first entry of which it is true."""
        full = next((entry for entry in entries if entry.overfull), None)
        self.kind = "warning"
        self.text = "" if full is None else current().texts("keyboard.full", n=self.formatting.number(full.limit))
