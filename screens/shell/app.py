"""The Kivy app. ``screens.shell.boot.prepare(options)`` comes first, in the same process; then::

    from screens.texts import load_catalogues          # no Kivy in it: the kiosk's Ports.texts
    from screens.app import AppOptions, build_app

    app = build_app(kiosk, AppOptions(assets=..., catalogues=catalogues, boot=boot_options))
    app.run()                                           # until app.ask_stop(), from any thread

The app subscribes to the kiosk's bus while it runs, calls ``kiosk.tick``, and ends a session when it is stopped. It never
starts or stops the kiosk, its devices or the line: whoever built them does.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.clock import Clock
from kivy.core.window import Window

from kiosk.events import EndReason, Event, HeadphonesChanged, SessionEnded
from kiosk.kiosk import Kiosk
from protocol.languages import LANGUAGES
from screens.access.keys import KeyMap
from screens.access.narrator import Narrator
from screens.drawing.painter import Painter
from screens.language.texts import Catalogues
from screens.look.current import Look, use
from screens.look.reach import Panel
from screens.look.rules import load_look
from screens.look.stillness import Stillness, keep
from screens.navigation.appearance import Appearance
from screens.navigation.flow import Flow
from screens.shell.boot import BootOptions, check_window
from screens.shell.garbage import GarbageCollector
from screens.shell.keypad import Keypad
from screens.shell.pages import load_pages
from screens.shell.stage import Stage

logger = logging.getLogger(__name__)

#: Seconds after the start when everything has been built.
SETTLED_S: Final = 2.0
#: Seconds between two ticks of the kiosk.
TICK_S: Final = 0.2
#: A fault within so many seconds of another is the same one again.
SAME_FAULT_S: Final = 15.0
#: Then a notice is shown for so long before a page is tried again.
RETRY_S: Final = 5.0
#: As long as it is being said, no page is tried; but for no longer than this.
FAULT_MESSAGE_SPOKEN_S: Final = 30.0
#: Passes of layout within a frame: texts, cards, panes and pages settle one after the other before anything is drawn.
LAYOUT_PASSES: Final = 60


@dataclass(frozen=True)
class AppOptions:
    #: The folder with fonts, icons, pictures.
    assets: Path
    catalogues: Catalogues
    boot: BootOptions = field(default_factory=BootOptions)
    #: What the home screen looks like, and what every session ends with.
    appearance: Appearance = field(default_factory=Appearance)
    keys: KeyMap = field(default_factory=KeyMap)
    #: On the resting screen any key asks for the voice; else only its own key and headphones do.
    any_key_speaks: bool = True
    #: The same key of a keypad counts once within so many seconds.
    same_key_s: float = 0.0
    #: Garbage is collected between touches; not in tests, whose apps come and go.
    collects_garbage: bool = False
    #: Pages are made while nobody touches the glass; not in tests, which count widgets.
    makes_ahead: bool = False
    #: Called once, after the first frame was drawn.
    when_usable: Callable[[], None] | None = None


class Inbox:
    """Events of any thread, handed over to Kivy's in order."""

    def __init__(self, deliver: Any) -> None:
        self._events: deque[Event] = deque()
        self._deliver = deliver
        self._trigger = Clock.create_trigger(self._empty, -1)

    def put(self, event: Event) -> None:
        self._events.append(event)
        self._trigger()

    def _empty(self, _seconds: float) -> None:
        while self._events:
            self._deliver(self._events.popleft())

    def close(self) -> None:
        self._trigger.cancel()
        self._events.clear()


class Failsafe(ExceptionHandler):
    """A bug in a screen ends the session, never the kiosk: wiped, counted, logged, back to the home screen. After one of
    the forms engine the session goes on."""

    def __init__(self, app: "KioskApp") -> None:
        self._app = app
        self.count = 0

    def handle_exception(self, inst: BaseException) -> Any:
        if isinstance(inst, KeyboardInterrupt | SystemExit):
            return ExceptionManager.RAISE
        self.count += 1
        logger.error("a screen failed (%d since the start)", self.count, exc_info=inst)
        if not self._app.regain(inst):
            self._app.recover()
        return ExceptionManager.PASS


class KioskApp(App):
    """One window, one stage."""

    use_kivy_settings = False

    def __init__(self, kiosk: Kiosk, options: AppOptions, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kiosk = kiosk
        self.options = options
        self.flow = Flow(kiosk, options.catalogues, self._changed, options.appearance)
        self.flow.clips.look_in(options.assets / "signing")
        self.stage: Stage | None = None
        self.narrator = Narrator(self.flow, any_key=options.any_key_speaks)
        self.keypad: Keypad | None = None
        self.failsafe = Failsafe(self)
        self.painter = Painter(Window, whole=options.boot.drawing == "whole")
        self._garbage = GarbageCollector()
        self._inbox = Inbox(self._hear)
        self._unsubscribe: Any = None
        self._tick_event: Any = None
        self._stop_trigger = Clock.create_trigger(self._stop_now)
        self._show_trigger = Clock.create_trigger(self._show, -1)
        #: After a fault nothing is shown until this came, in a later frame, or after the notice.
        self._afresh_trigger = Clock.create_trigger(self._show_afresh)
        self._recovering = False
        self._failed_at: float | None = None
        self._fault_message_until: float | None = None
        #: Somebody was listening to what failed, and does not know yet that it did.
        self._heard = False

    def build(self) -> Stage:
        check_window(self.options.boot)
        Clock.max_iteration = LAYOUT_PASSES
        keep(Stillness(self.kiosk.clock.monotonic, partial(self.kiosk.settings.number, "touch_rest_s")))
        load_look()
        load_pages()
        self._use_look()
        self.stage = Stage(self.flow, makes_ahead=self.options.makes_ahead)
        self.stage.on_finger = self._finger
        self.keypad = Keypad(self.flow, self.stage, self.options.keys, self.narrator, self.options.same_key_s)
        return self.stage

    def on_start(self) -> None:
        Window.bind(
            on_request_close=self._refuse_close, on_keyboard=self._key, on_key_up=self._key_up, size=self._resized
        )
        self.painter.start()
        ExceptionManager.add_handler(self.failsafe)
        self._unsubscribe = self.kiosk.bus.subscribe(self._receive)
        self._tick_event = Clock.schedule_interval(self._tick, TICK_S)
        self._show_trigger()
        Clock.schedule_once(self._first_frame, 0)
        if self.options.collects_garbage:
            Clock.schedule_once(self._all_is_built, SETTLED_S)

    def on_stop(self) -> None:
        Clock.unschedule(self._first_frame)
        Clock.unschedule(self._is_usable)
        Clock.unschedule(self._all_is_built)
        self._afresh_trigger.cancel()
        self._garbage.stop()
        if self._tick_event is not None:
            self._tick_event.cancel()
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._inbox.close()
        self.kiosk.end(EndReason.CANCELLED)
        if self.keypad is not None:
            self.keypad.close()
        if self.stage is not None:
            self.stage.clear()
        ExceptionManager.remove_handler(self.failsafe)
        self.painter.stop()
        Window.unbind(
            on_request_close=self._refuse_close, on_keyboard=self._key, on_key_up=self._key_up, size=self._resized
        )

    def ask_stop(self) -> None:
        """Ends the app soon; from any thread."""
        if threading.current_thread() is threading.main_thread():
            self.stop()
        else:
            self._stop_trigger()

    def open_settings(self, *_: Any) -> bool:
        """Kivy's settings are a way out of the kiosk: there is none."""
        return False

    def regain(self, error: BaseException) -> bool:
        """After a fault of the forms engine: a page made anew, in a later frame, from where the session was good last."""
        try:
            if not self.flow.regain(error, made=self.stage is not None and self.stage.page is not None):
                return False
            self._wipe()
        except Exception:
            logger.exception("the session could not go on from where it was good last")
            return False
        self._recovering = True
        self._afresh_trigger()
        return True

    def recover(self) -> None:
        """After a fault: wipe the session and begin with a fresh page, in a later frame. When that fails, too, a message
        is shown, and now and then a page is tried again."""
        now = self.kiosk.clock.monotonic()
        again = self._failed_at is not None and now - self._failed_at < SAME_FAULT_S
        self._heard = self.flow.voice.on or (again and self._heard)
        self._failed_at, self._recovering = now, True
        self._afresh_trigger.cancel()
        for step in (self.flow.recover, self._wipe):
            try:
                step()
            except Exception:
                logger.exception("what failed could not be wiped as it should")
        if again and self.stage is not None:
            self.stage.show_fault()
            self._fault_message_until = now + RETRY_S
            if self._heard:
                self._heard = False
                self._say_fault_message(self.stage.fault_lines)
        else:
            self._fault_message_until = None
            self._afresh_trigger()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _fault_message_is_over(self, now: float) -> bool:
        if self._fault_message_until is None or now < self._fault_message_until:
            return False
        return not self.flow.voice.speaking or now >= self._fault_message_until + FAULT_MESSAGE_SPOKEN_S

    def _say_fault_message(self, lines: Iterable[str]) -> None:
        try:
            self.flow.voice.tell(zip(lines, LANGUAGES, strict=True))
        except Exception:
            logger.exception("the notice could not be said")

    def _changed(self) -> None:
        self._show_trigger()

    def _show(self, _seconds: float) -> None:
        if self.stage is not None and not self._recovering:
            self._use_look()
            page, over = self.stage.page, self.stage.over
            self.stage.show()
            self.flow.shown()
            if self.stage.page is not page:
                self._garbage.left()
            if over is not None and self.stage.over is not over:
                self._garbage.left()
            self._settle_focus()

    def _show_afresh(self, _seconds: float) -> None:
        self._recovering = False
        self._show(0)

    def _wipe(self) -> None:
        """A session ended: its widgets and textures go, and nothing of what was spoken or had the focus is kept."""
        if self.stage is not None:
            self.stage.clear()
        if self.keypad is not None:
            self.keypad.wipe()

    def _settle_focus(self) -> None:
        if self.keypad is not None:
            self.keypad.settle()

    def _use_look(self) -> None:
        appearance = self.flow.appearance
        share = self._share()
        if self.stage is not None and share != self.stage.share:
            self.stage.ahead.drop()
            self.stage.share = share
        look = Look(
            texts=self.flow.texts,
            assets=self.options.assets,
            width=int(Window.width),
            height=round(Window.height * share),
            panel_height=int(Window.height),
            dpi=self.options.boot.dpi,
            contrast=appearance.contrast,
            text_size=appearance.text_size,
        )
        use(look)
        # What every frame begins with: pages draw no ground of their own, which would be a quarter of all drawing.
        Window.clearcolor = look.c.ground

    def _share(self) -> float:
        """The lower part of the window that pages take."""
        boot = self.options.boot
        bottom = boot.bottom_mm if boot.bottom_mm is not None else self.kiosk.settings.number("panel_bottom_mm")
        panel = Panel(Window.width, Window.height, boot.dpi, bottom)
        return panel.share(lowered=self.flow.appearance.lowered)

    def _receive(self, event: Event) -> None:
        """Of any thread. A session ends on the screens' own, and its page with it: nothing that is due in this frame, no
        key and no finger finds a page whose session is over."""
        if isinstance(event, SessionEnded):
            self._wipe()
        self._inbox.put(event)

    def _hear(self, event: Event) -> None:
        self.flow.hear(event)
        # The page that the event belongs to must be in sight before it is notified.
        self._show(0)
        if self.stage is not None:
            self.stage.hear(event)
        if isinstance(event, HeadphonesChanged):
            self.flow.touched()
            self.narrator.plugged(event.plugged)
        self._settle_focus()

    def _tick(self, _seconds: float) -> None:
        if self._fault_message_until is not None and self._fault_message_is_over(self.kiosk.clock.monotonic()):
            self._fault_message_until = None
            self._afresh_trigger()
        if self.narrator.holds_time:
            self.flow.touched()
        self.flow.tick()
        if self.keypad is not None:
            self.keypad.switches.tick()
        if self.stage is not None:
            self.stage.tick()
        if self.narrator.on:
            self._settle_focus()

    def _resized(self, *_: Any) -> None:
        if self.stage is not None:
            self.stage.clear()
        self._show_trigger()

    def _refuse_close(self, *_: Any, **__: Any) -> bool:
        return True

    def _first_frame(self, _seconds: float) -> None:
        """It is drawn at the end of this turn."""
        Clock.schedule_once(self._is_usable, 0)

    def _is_usable(self, _seconds: float) -> None:
        if self.options.when_usable is not None:
            self.options.when_usable()

    def _all_is_built(self, _seconds: float) -> None:
        self._garbage.start()

    def _finger(self) -> None:
        self._garbage.touched()
        if self.keypad is not None:
            self.keypad.touched()

    def _key(self, _window: Any, key: int, scancode: int, _text: str, modifiers: Any) -> bool:
        """Every key is ours: Kivy's own (Esc, F1) would lead out of the kiosk."""
        self._garbage.touched()
        if self.keypad is not None:
            self.keypad.pressed(key, modifiers, scancode)
            self._show_trigger()
        return True

    def _key_up(self, _window: Any, key: int, *_: Any) -> bool:
        if self.keypad is not None:
            self.keypad.released(key)
        return True

    def _stop_now(self, _seconds: float) -> None:
        self.stop()


def build_app(kiosk: Kiosk, options: AppOptions) -> KioskApp:
    """The app over a kiosk that was built and started; see the module's text."""
    return KioskApp(kiosk, options)
