"""How much of the panel hands reach, from its lower edge."""

from dataclasses import dataclass

from screens.look.tokens import LOWERED, REACH_MM, pixels


@dataclass(frozen=True, slots=True)
class Panel:
    """The window in pixels, its dots per inch, and its lower edge in millimetres above the floor."""

    width: float
    height: float
    dpi: float
    bottom_mm: float

    def share(self, *, lowered: bool) -> float:
        """The lower part of the height that pages take: nothing in it is higher than REACH_MM above the floor.

        ``lowered``: for somebody who sits. A panel that lies is low enough for that.
        """
        within = pixels(REACH_MM - self.bottom_mm, self.dpi) / max(1.0, self.height)
        wanted = LOWERED if lowered and self.height > self.width else 1.0
        return min(wanted, within, 1.0)
