"""The window's one widget: the page in sight, and what lies over it. Pages are made on demand and let go of."""

import weakref
from collections.abc import Callable
from typing import Any, Final

from kivy.uix.floatlayout import FloatLayout

from kiosk.events import Event, Scanned
from kiosk.session.session import Session
from screens.look.focus_mark import FocusMark
from screens.look.loudness_sign import LoudnessSign
from screens.look.pressable import CANCELLED
from screens.look.widgets.sign import Batik
from screens.navigation.flow import Flow
from screens.navigation.places import Place
from screens.shell.fault_message import FaultMessage
from screens.shell.overlays import IdlePanel
from screens.shell.pages import ASLEEP, IDLE, LAYERS, PAGES
from screens.shell.switch_panel import SwitchPanel

#: Whose session it is, and where in it; holds no session alive.
Standing = tuple["weakref.ref[Session] | None", Place]
#: In ``touch.ud``: where the flow stood when the finger came down.
_BEGAN: Final = "began"


def _nobody() -> None:
    """Before the app listens."""


class Stage(FloatLayout):
    """Shows what the flow says; ``show`` compares and makes anew only what differs."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow = flow
        self.page: Any = None
        self.over: Any = None
        #: What is shown while no page can be made; its text is made now, as long as all is well.
        self.fault_message: FaultMessage | None = None
        self.fault_lines = flow.in_every_language("nothing.title")
        self._page_key: tuple[Place, object] | None = None
        self._over_key: tuple[str, object] | None = None
        #: For whom and where the page in sight was made.
        self._shown: Standing | None = None
        #: Whoever leads the kiosk somewhere and looks only there needs no pages on the way: none is made meanwhile.
        self.held = False
        #: Called when a finger left the glass, after what it did.
        self.on_finger: Callable[[], None] = _nobody
        #: The lower part of the height that pages take: what hands reach.
        self.share = 1.0
        #: What is seen above them.
        self.upper: Batik | None = None
        #: Round what has the focus; over everything.
        self.mark = FocusMark()
        #: How loud the voice is, after a key changed it.
        self.loudness = LoudnessSign()
        self.add_widget(self.loudness)
        self.add_widget(self.mark)

    @property
    def in_step(self) -> bool:
        """Whether the page in sight is of where the flow stands. When not, which lasts a frame, a finger or a key is
        meant for what is gone: it is passed over."""
        return self._shown is not None and self._shown == self._standing()

    @property
    def layer(self) -> Any:
        """What keys operate: the topmost of what is in sight."""
        return self.over if self.over is not None else self.page

    @property
    def topic(self) -> object:
        """Which layer is in sight and, for a page that changes within, which of its pages."""
        # Not where the flow stands by now: that page may not be in sight yet.
        place = self._page_key[0] if self._page_key is not None else None
        over = self._over_key[0] if self._over_key is not None else ""
        return (place, over, getattr(self.layer, "topic", ""))

    def show(self) -> None:
        """Brings page and layers in line with the flow. A page is rebuilt when the look changes."""
        if self.held:
            return
        flow = self.flow
        self._shown = self._standing()
        page_key = (flow.place, (flow.appearance, self.share))
        if page_key != self._page_key:
            same_place = self._page_key is not None and self._page_key[0] == flow.place
            self._page_key = page_key
            kept = self.page.hand_over() if same_place and self.page is not None else None
            self._drop_page()
            self.page = PAGES[flow.place.name].make(flow, flow.place.detail, kept)
            self.page.size_hint_y = self._reach()
            self.add_widget(self.page, index=len(self.children))
        elif self.page is not None:
            self.page.show_refusal()
        over_key = "IDLE" if flow.idle_left is not None else "ASLEEP" if flow.rest.asleep else flow.over
        heard = (flow.voice.on, flow.voice.rate, flow.voice.volume)
        switching = flow.preferences.switching
        over_now = (over_key, (flow.appearance, self.share, *heard, switching.on, switching.pace_s))
        if over_now != self._over_key:
            self._over_key = over_now
            self._drop_over()
            layer = IDLE if flow.idle_left is not None else ASLEEP if flow.rest.asleep else LAYERS.get(flow.over)
            if layer is not None:
                self.over = layer.make(flow, "", None)
                self.over.size_hint_y = self._reach()
                # Below the loudness and the mark, which is on top.
                self.add_widget(self.over, index=2)
        if isinstance(self.over, IdlePanel):
            self.over.count()
        self._drop_fault_message()

    def _reach(self) -> float:
        """The part of the height that is used; above it is cloth."""
        if self.upper is not None:
            self.remove_widget(self.upper)
            self.upper = None
        if self.share < 1:
            self.upper = Batik(size_hint=(1, 1 - self.share), pos_hint={"top": 1})
            self.add_widget(self.upper, index=len(self.children))
        return self.share

    def hear(self, event: Event) -> None:
        """Hands an event to the page in sight."""
        if self.held and (self._page_key is None or self._page_key[0] != self.flow.place):
            return
        if self.page is None:
            return
        if isinstance(event, Scanned):
            self.page.scanned(event)
        else:
            self.page.handle(event)
            self.page.show_banner()

    def tick(self) -> None:
        """Several times a second: what changes while nobody does anything."""
        self.loudness.tick(self.flow.kiosk.clock.monotonic())
        if isinstance(self.over, SwitchPanel):
            self.over.tick()

    def clear(self) -> None:
        """Lets go of everything in sight."""
        self._drop_page()
        self._drop_over()
        self.loudness.hide()
        self._page_key = self._over_key = self._shown = None

    def show_fault(self) -> None:
        """No page can be made just now: says so until one can."""
        self.clear()
        self._drop_fault_message()
        self.fault_message = FaultMessage(self.fault_lines)
        self.add_widget(self.fault_message)

    def on_touch_down(self, touch: Any) -> bool:
        in_step = self.in_step
        self.flow.touched()
        if not in_step:
            return True
        touch.ud[_BEGAN] = self._shown
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        # Kivy hands it to what it began on as well, also when that is gone: the mark tells it.
        if touch.ud.get(_BEGAN) != self._standing():
            touch.ud[CANCELLED] = True
        handled = bool(super().on_touch_up(touch))
        if touch.grab_current is None:
            self.on_finger()
        return handled

    def _standing(self) -> "Standing":
        session = self.flow.session
        return (weakref.ref(session) if session is not None else None, self.flow.place)

    def _drop_page(self) -> None:
        page, self.page = self.page, None
        if page is not None:
            self.remove_widget(page)
            page.close()

    def _drop_over(self) -> None:
        over, self.over = self.over, None
        if over is not None:
            self.remove_widget(over)
            over.close()

    def _drop_fault_message(self) -> None:
        fault_message, self.fault_message = self.fault_message, None
        if fault_message is not None:
            self.remove_widget(fault_message)
