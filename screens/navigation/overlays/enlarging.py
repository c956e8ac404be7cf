"""A photograph that somebody wants to see larger: which one lies over the page."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screens.navigation.flow import Flow


class EnlargingFlow:
    """Holds a photograph only while it is looked at."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.reset()

    def reset(self) -> None:
        self.photo = b""
        #: What it shows, in the citizen's language.
        self.title = ""

    def open(self, photo: bytes, title: str) -> None:
        self.photo, self.title = photo, title
        self._flow.open_enlarged()

    def close(self) -> None:
        self.reset()
        self._flow.close_over()
