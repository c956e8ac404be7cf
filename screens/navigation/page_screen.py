"""What all screens of a session have in common: the frame's strips speak to the flow."""

from typing import Any

from kivy.clock import Clock
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from screens.look.widgets.buttons import IconButton
from screens.look.widgets.page import Page
from screens.navigation.view import View
from screens.navigation.view_model import ViewModel


class FlowPage(View, Page):
    """A page within a session. Back, help and adjust go to the flow; screens override the way forward."""

    flow = ObjectProperty(None)
    model = ObjectProperty(None, allownone=True)

    def __init__(self, flow: Any, model: Any = None, **kwargs: Any) -> None:
        self._to_reveal: Widget | None = None
        self._refused = ""
        self._reveal_trigger = Clock.create_trigger(self._reveal_now)
        super().__init__(flow=flow, model=model, **kwargs)
        self.place = flow.place_text()
        self.can_leave = flow.session is not None
        self.show_banner()
        self.show_refusal()
        if flow.clips.there():
            self._offer_signing()
        if isinstance(model, ViewModel):
            model.follow(self.refresh)

    def come_into_sight(self) -> None:
        """It was made ahead: what may have changed since is written anew."""
        self.place = self.flow.place_text()
        self.show_banner()
        self.show_refusal()

    def go_back(self) -> None:
        self.flow.back()

    def ask_help(self) -> None:
        self.flow.open_help()

    def ask_adjust(self) -> None:
        self.flow.open_adjust()

    def _offer_signing(self) -> None:
        """A key for the page in sign language, beside the other two at the top."""
        key = IconButton(icon="hand-waving", spoken=self.flow.texts("signing.title"), pos_hint={"center_y": 0.5})
        key.bind(on_choose=self._sign)
        self.ids.head.offer(key)

    def _sign(self, _key: IconButton) -> None:
        self.flow.open_signing()

    def ask_leave(self) -> None:
        self.flow.ask_leave()

    def show_banner(self) -> None:
        """Writes into the banner what the citizen will have to do without; called anew when that changes."""
        self.banner = self.flow.banner()
        self.banner_kind = "warning"

    def hand_over(self) -> ViewModel | None:
        self.type_into(None)
        return super().hand_over()

    def close(self) -> None:
        super().close()
        self.left()

    def show_refusal(self) -> None:
        """Writes why it could not be sent; called anew when somebody tried to."""
        if self.flow.citizen.refused or self._refused:
            self.problem = self._refused = self.flow.citizen.refused

    def reveal_later(self, widget: Widget) -> None:
        """Moves the pane so that the widget is seen, when the layout has settled."""
        self._to_reveal = widget
        self._reveal_trigger()

    def _reveal_now(self, _seconds: float) -> None:
        widget, self._to_reveal = self._to_reveal, None
        if widget is not None and widget.get_root_window() is not None:
            self.ids.pane.reveal(widget)
            # Of a question that is higher than the pane that was its beginning; where one types comes first.
            self._keep_trigger()
