"""Page mode: lines and pictures are put onto a page, anywhere and in four directions, and printed at once."""

from __future__ import annotations

from PIL import Image, ImageChops

from devices.printer.emulator.strips import Strip

MAX_PAGE_ROWS = 2_400
"""The longest page (300 mm); what lies below is not printed, as on a printer whose memory ends."""


class Page:
    """One page. Everything is in dots; an area is where lines go, turned by its direction."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._texts: list[str] = []
        self._areas: list[tuple[int, int, Image.Image]] = []
        self._lines: list[tuple[int, Image.Image]] = []
        self._box = (0, 0, width, MAX_PAGE_ROWS)
        self._direction = 0
        self.y = 0

    @property
    def line_width(self) -> int:
        """How wide a line may be: across the area, or along it when it is turned by a right angle."""
        return self._box[3] if self._direction in (1, 3) else self._box[2]

    def set_area(self, x: int, y: int, width: int, height: int) -> None:
        """``ESC W``; what falls off the page is cut off."""
        self._end_area()
        x, y = min(x, self._width - 1), min(y, MAX_PAGE_ROWS - 1)
        self._box = (x, y, max(1, min(width, self._width - x)), max(1, min(height, MAX_PAGE_ROWS - y)))

    def set_direction(self, direction: int) -> None:
        """``ESC T``: 0 left to right, 1 bottom to top, 2 right to left, 3 top to bottom."""
        self._end_area()
        self._direction = direction % 4

    def put(self, strip: Strip) -> None:
        """A line or picture at the place that is next in the area."""
        if strip.image is not None:
            self._lines.append((self.y, strip.image))
        if strip.text:
            self._texts.append(strip.text)
        self.y += strip.rows

    def printed(self) -> Strip | None:
        """The whole page down to its last dot, or None for one on which nothing is."""
        self._end_area()
        if not self._areas:
            return None
        rows = max(y + image.height for _, y, image in self._areas)
        sheet = Image.new("L", (self._width, rows), 255)
        for x, y, image in self._areas:
            # Areas may lie over one another: black stays black.
            here = sheet.crop((x, y, x + image.width, y + image.height))
            sheet.paste(ImageChops.darker(here, image), (x, y))
        bottom = (ImageChops.invert(sheet).getbbox() or (0, 0, 0, 1))[3]
        return Strip(bottom, sheet.crop((0, 0, self._width, bottom)), "\n".join(self._texts))

    def _end_area(self) -> None:
        if self._lines:
            x, y, width, height = self._box
            turned = self._direction in (1, 3)
            area = Image.new("L", (height, width) if turned else (width, height), 255)
            for top, image in self._lines:
                area.paste(image, (0, top))
            if self._direction:
                area = area.rotate(self._direction * 90, expand=True)
            self._areas.append((x, y, area))
        self._lines = []
        self.y = 0
