"""The touch test's page: targets over the whole panel, which go out under the finger. It ends by itself."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.properties import StringProperty
from kivy.uix.floatlayout import FloatLayout

from kiosk.field.touch_test import Cell, TouchTest
from screens.look.current import current
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.navigation.view import View
from screens.staff.overview_model import TOUCH

#: Without a touch for so long, nobody will find more: a zone that is dead must not hold anybody here.
QUIET_S: Final = 15.0
LOOK_EVERY_S: Final = 0.5
#: Between two targets, in millimetres.
GAP_MM: Final = 0.8


class TouchPad(View, FloatLayout):
    remaining = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow = flow
        self._test: TouchTest | None = None
        self._colours: dict[Cell, Color] = {}
        self._heard_at = flow.context.monotonic()
        self._ended = False
        self._event = Clock.schedule_interval(self._look, LOOK_EVERY_S)

    def close(self) -> None:
        super().close()
        self._event.cancel()

    def on_size(self, *_: object) -> None:
        """A panel of another size is another test."""
        look = current()
        if min(self.size) > look.mm(GAP_MM) * 10:
            self._test = TouchTest(self.width / look.mm(1), self.height / look.mm(1))
            self._draw(self._test)

    def on_touch_down(self, touch: Any) -> bool:
        self._heard(touch.pos, down=True)
        return bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: Any) -> bool:
        self._heard(touch.pos, down=False)
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: Any) -> bool:
        if self._test is not None:
            self._test.up()
        handled = bool(super().on_touch_up(touch))
        if self._test is not None and not self._test.left:
            self.finish()
        return handled

    def finish(self) -> None:
        """What was found is kept, and told on the panel's page."""
        if self._ended or self._test is None:
            return
        self._ended = True
        staff = self.flow.staff
        staff.machine.keep_touch_verdict(self._test.verdict(self.flow.context.now()))
        staff.open(Name.STAFF_DEVICE, TOUCH)

    def _heard(self, pos: tuple[float, float], *, down: bool) -> None:
        test = self._test
        if test is None or self._ended:
            return
        self._heard_at = self.flow.context.monotonic()
        x, y = (pos[0] - self.x) / self.width, (pos[1] - self.y) / self.height
        for cell in test.down(x, y) if down else test.move(x, y):
            self._colours[cell].rgba = current().c.success
        self.remaining = self.flow.texts("staff.touch.left", number=test.left)

    def _look(self, _seconds: float) -> None:
        if self.flow.context.monotonic() - self._heard_at >= QUIET_S:
            self.finish()

    def _draw(self, test: TouchTest) -> None:
        look = current()
        gap = look.mm(GAP_MM)
        width, height = self.width / test.columns, self.height / test.rows
        self.canvas.before.clear()
        self._colours.clear()
        with self.canvas.before:
            for row in range(test.rows):
                for column in range(test.columns):
                    self._colours[column, row] = Color(*look.c.sunken)
                    Rectangle(
                        pos=(self.x + column * width + gap, self.y + row * height + gap),
                        size=(width - 2 * gap, height - 2 * gap),
                    )
        self.remaining = self.flow.texts("staff.touch.left", number=test.left)
