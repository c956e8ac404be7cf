"""The window's one widget: the page in sight, and what lies over it. Pages are made on demand and let go of."""

import weakref
from collections.abc import Callable
from math import dist
from typing import Any, Final

from kivy.uix.floatlayout import FloatLayout

from kiosk.events import Event, Scanned
from kiosk.ports import ScanKind
from kiosk.session.session import Session
from screens.look.current import current
from screens.look.focus_mark import FocusMark
from screens.look.loudness_sign import LoudnessSign
from screens.look.pressable import CANCELLED
from screens.look.stillness import stillness
from screens.look.widgets.sign import Batik
from screens.navigation.flow import Flow
from screens.navigation.places import Over, Place
from screens.shell.ahead import Ahead
from screens.shell.fault_message import FaultMessage
from screens.shell.overlays import IdlePanel
from screens.shell.pages import ASLEEP, IDLE, LAYERS, PAGES
from screens.shell.scan_note import ScanNote
from screens.shell.switch_panel import SwitchPanel

#: Whose session it is, where in it, and what lies over that; holds no session alive.
Standing = tuple["weakref.ref[Session] | None", Place, object, str]
#: Touches that are no farther apart are the same finger's, which hammers.
HAMMER_MM: Final = 20.0
#: In ``touch.ud``: where the flow stood when the finger came down.
_BEGAN: Final = "began"


def _nobody() -> None:
    """Before the app listens."""


class Stage(FloatLayout):
    """Shows what the flow says; ``show`` compares and makes anew only what differs."""

    def __init__(self, flow: Flow, *, makes_ahead: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow = flow
        self.ahead = Ahead(flow, self._page_size)
        self._makes_ahead = makes_ahead
        if makes_ahead:
            flow.expect = self.ahead.expect
        self.page: Any = None
        self.over: Any = None
        #: What is shown while no page can be made; its text is made now, as long as all is well.
        self.fault_message: FaultMessage | None = None
        self.fault_lines = flow.in_every_language("nothing.title")
        self._page_key: tuple[Place, object] | None = None
        self._over_key: tuple[str, object] | None = None
        #: For whom and where the page in sight was made.
        self._shown: Standing | None = None
        #: Since when, and where the last finger came down.
        self._shown_at = stillness().now()
        self._touched_at = (0.0, 0.0)
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
        #: What became of a scan; over the page and its layers.
        self.scan_note: ScanNote | None = None
        self._note_key: object = None

    @property
    def in_step(self) -> bool:
        """Whether the page in sight is of where the flow stands. When not, which lasts a frame, a finger or a key is
        meant for what is gone: it is passed over."""
        return self._shown is not None and self._shown == self._standing()

    @property
    def listens(self) -> bool:
        """Whether what is in sight has been there for long enough to be meant by a finger."""
        return self.in_step and stillness().lasted(self._shown_at)

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
        standing = self._standing()
        if standing != self._shown:
            self._shown, self._shown_at = standing, stillness().now()
        page_key = (flow.place, (flow.appearance, self.share))
        if page_key != self._page_key:
            same_place = self._page_key is not None and self._page_key[0] == flow.place
            self._page_key = page_key
            kept = self.page.hand_over() if same_place and self.page is not None else None
            self._drop_page()
            made = self.ahead.take(flow.place) if kept is None else None
            self.page = made if made is not None else PAGES[flow.place.name].make(flow, flow.place.detail, kept)
            self.page.size_hint_y = self._reach()
            self.add_widget(self.page, index=len(self.children))
        elif self.page is not None:
            self.page.show_refusal()
        over_key = standing[-1]
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
        self._show_scan_note()
        self._drop_fault_message()

    def _show_scan_note(self) -> None:
        note, text = self.flow.scans.note, self.flow.scans.text
        # Made anew with what it lies over: what was added last is on top.
        key = (note, text, self._page_key, self._over_key) if note is not None else None
        if key == self._note_key:
            return
        self._drop_scan_note()
        if note is not None:
            self._note_key = key
            self.scan_note = ScanNote(text=text, kind=note.kind)
            self.scan_note.top = self.height * (self.page.size_hint_y or 1) - current().mm(4)
            self.scan_note.bind(height=self._keep_note_up)
            self.add_widget(self.scan_note, index=1)

    def _keep_note_up(self, note: ScanNote, _height: float) -> None:
        note.top = self.height * (self.page.size_hint_y or 1) - current().mm(4)

    def _drop_scan_note(self) -> None:
        if self.scan_note is not None:
            self.remove_widget(self.scan_note)
        self.scan_note = self._note_key = None

    def _reach(self) -> float:
        """The part of the height that is used; above it is cloth."""
        if self.upper is not None:
            self.remove_widget(self.upper)
            self.upper = None
        if self.share < 1:
            self.upper = Batik(size_hint=(1, 1 - self.share), pos_hint={"top": 1})
            self.add_widget(self.upper, index=len(self.children))
        return self.share

    def _page_size(self) -> tuple[float, float]:
        return (self.width, self.height * self.share)

    def hear(self, event: Event) -> None:
        """Hands an event to the page in sight."""
        if self.held and (self._page_key is None or self._page_key[0] != self.flow.place):
            return
        if self.page is None:
            # No page can be made: a badge leads to where somebody can look after that.
            if isinstance(event, Scanned) and event.kind == ScanKind.STAFF_BADGE:
                self.flow.scans.answer(event)
            return
        if isinstance(event, Scanned):
            if self.flow.over is not Over.NOTHING or not self.page.scanned(event):
                self.flow.scans.answer(event)
        else:
            self.page.handle(event)
            self.page.show_banner()

    def tick(self) -> None:
        """Several times a second: what changes while nobody does anything."""
        if self._makes_ahead and not self.held:
            self.ahead.rest()
        self.loudness.tick(self.flow.context.monotonic())
        if isinstance(self.over, SwitchPanel):
            self.over.tick()

    def clear(self) -> None:
        """Lets go of everything in sight."""
        self._drop_scan_note()
        self.ahead.drop()
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
        if self.flow.staff.deaf:
            return True
        listens, warned = self.listens, isinstance(self.over, IdlePanel)
        if not listens:
            self._hammered(touch)
        self._touched_at = touch.pos
        self.flow.scans.touched()
        if not warned or not listens:
            self.flow.touched()
        if not listens:
            return True
        touch.ud[_BEGAN] = self._shown
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: Any) -> bool:
        # Kivy hands it to what it began on as well, also when that is gone: the mark tells it.
        if touch.ud.get(_BEGAN) != self._standing():
            touch.ud[CANCELLED] = True
        handled = bool(super().on_touch_up(touch))
        if touch.grab_current is None:
            # Not when it came down: one of the warning's two answers is to leave.
            self.flow.touched()
            self.on_finger()
        return handled

    def _hammered(self, touch: Any) -> None:
        """A finger comes down again and again where it did before: it has not looked at what is in sight now."""
        if self.in_step and dist(self._touched_at, touch.pos) <= current().mm(HAMMER_MM):
            self._shown_at = stillness().now()

    def _standing(self) -> "Standing":
        flow, session = self.flow, self.flow.session
        over = "IDLE" if flow.idle_left is not None else "ASLEEP" if flow.rest.asleep else flow.over
        if session is None:
            return (None, flow.place, None, over)
        return (weakref.ref(session), flow.place, session.standing, over)

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
