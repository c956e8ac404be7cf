"""Calling an officer, within the help: one touch, and what came of it."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.session.help_calls import HelpCall
from screens.look.widgets.text import Column

#: Whether the office has heard is looked at this often, in seconds, while the help is open.
LOOK_EVERY_S: Final = 0.5


class CallOfficer(Column):
    flow = ObjectProperty(None)
    message = StringProperty("")
    kind = StringProperty("info")
    can_call = BooleanProperty(True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._problem = False
        self._look(0)
        self._looking = Clock.schedule_interval(self._look, LOOK_EVERY_S)

    def close(self) -> None:
        """Help that is no longer in sight looks no more, whenever it is collected."""
        self._looking.cancel()

    def call(self) -> None:
        self._problem = not self.flow.context.help_calls.call(self.flow.place.name.lower())
        self._look(0)

    def _look(self, _seconds: float) -> None:
        flow = self.flow
        call = flow.context.help_calls.current()
        if call is not None and not call.awaited:
            # Of the citizen before, who has gone: no promise to this one.
            call = None
        self.can_call = call is None
        if self._problem:
            self.message, self.kind = flow.texts("help.call.failed"), "danger"
        elif call is None:
            self.message = ""
        else:
            self.message, self.kind = self._said(call)

    def _said(self, call: HelpCall) -> tuple[str, str]:
        """What came of the call, and the banner's kind."""
        texts, formatting = self.flow.texts, self.flow.formatting
        time, until = formatting.clock(call.at), formatting.clock(call.until)
        if call.coming:
            return texts("help.coming", until=until), "success"
        if call.reported:
            return texts("help.called", time=time, until=until), "success"
        if self.flow.context.line_is_down:
            return texts("help.call.no_line", until=until), "warning"
        return texts("help.call.waiting", until=until), "info"
