"""What became of a scan: lies over the upper edge of whatever is in sight, so that nothing below it moves."""

from typing import Any

from screens.look.widgets.banner import Banner


class ScanNote(Banner):
    """A touch on it is for it alone: what lies below is not meant."""

    def on_touch_down(self, touch: Any) -> bool:
        return bool(self.collide_point(*touch.pos))
