"""Tells what is on the screen to somebody who does not see it.

A new page is read from its top to where the focus begins; then each stop, what was typed, what changed by itself. All
of it is what stands on the screen, in its language.
"""

import math
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from screens.access.focus import FocusRing, Stop
from screens.access.keys import SWITCHES, Action
from screens.look.speakable import Group, Live, texts_in
from screens.look.widgets.entry import POINT, Entry, Layout
from screens.look.widgets.frame import Head
from screens.navigation.flow import Flow

#: Saying something takes at most this much longer than its words and the rate make expect.
SLACK: Final = 1.5
#: Keys of people who see, or that ask for the voice themselves.
NOT_FOR_THE_VOICE: Final = SWITCHES | {Action.SPEECH, Action.JACK_IN, Action.JACK_OUT}


class Narrator:
    """``any_key``: on the resting screen, whatever key is pressed first asks for the voice."""

    def __init__(self, flow: Flow, *, any_key: bool = True) -> None:
        self._flow = flow
        self._any_key = any_key
        self._topic: object = None
        self._widget: Any = None
        self._narrated: tuple[str, ...] = ()
        self._groups: list[weakref.ref[Any]] = []
        self._live: tuple[str, ...] = ()
        self._entry: Any = None
        self._typed = ""
        self._was_on = False
        #: A key or a finger did something, and nothing was said for it yet.
        self._asked = False
        #: What is being said was asked for: the idle time waits until it is over, at most until then. 0: it was not.
        self._held_until = 0.0
        #: When what was asked for is over for certain, whatever is said behind it.
        self._over_at = 0.0

    @property
    def on(self) -> bool:
        return self._flow.voice.on

    @property
    def holds_time(self) -> bool:
        """Whether somebody is listening: who hears a long text is not idle."""
        voice = self._flow.voice
        held = voice.speaking and self._now() < self._held_until
        return self._flow.idle_left is None and (voice.playing or held)

    # --- on and off ------------------------------------------------------------------------------------------------

    def key_pressed(self, action: Action) -> None:
        """Before a key does anything: the first one at the resting screen asks for the voice."""
        self._asked = True
        resting = self._flow.session is None and self._flow.place.rests
        if self._any_key and resting and action not in NOT_FOR_THE_VOICE and not self.on:
            self._flow.voice.start()

    def touched(self) -> None:
        """A finger left the glass: what comes of it was asked for."""
        self._asked = True

    def plugged(self, plugged: bool) -> None:
        """Headphones came or went: without them nothing private is said aloud."""
        if plugged:
            self._flow.voice.start()
        else:
            self._flow.voice.stop()

    def asked(self, action: Action) -> None:
        """A key of the voice itself."""
        voice = self._flow.voice
        match action:
            case Action.SPEECH if self.on:
                voice.stop()
            case Action.SPEECH:
                voice.start()
            case Action.REPEAT:
                self._repeat()
            case Action.SLOWER | Action.FASTER:
                voice.change_rate(1 if action is Action.FASTER else -1)
                self._repeat()
            case Action.QUIETER | Action.LOUDER:
                self._flow.preferences.change_volume(1 if action is Action.LOUDER else -1)
                self._hold()
            case Action.JACK_IN | Action.JACK_OUT:
                voice.keypad_jack = action is Action.JACK_IN
                self.plugged(voice.keypad_jack)

    def wipe(self) -> None:
        """Forgets what was spoken."""
        self._topic = self._widget = self._entry = None
        self._narrated, self._groups, self._live, self._typed = (), [], (), ""
        self._asked, self._held_until = False, 0.0

    # --- what is spoken ----------------------------------------------------------------------------------------------

    def look(self, ring: FocusRing, layer: Any, topic: object) -> None:
        """Compares with what was spoken before. ``topic`` differs when it is another page."""
        if not self.on or layer is None:
            self._was_on = False
            return
        greeting, self._was_on = not self._was_on, True
        # In another language the page is read anew.
        topic = (topic, self._flow.language)
        if greeting or topic != self._topic:
            if ring.current is None:
                ring.first()
            self._introduce(ring, layer, topic, (self._flow.texts("speech.greeting"),) if greeting else ())
            return
        stop = ring.current
        self._echo(layer)
        live = self._live_texts(layer)
        news = [text for text in live if text not in self._live]
        self._live = live
        if stop is not None and stop.widget is not self._remembered():
            self._say((*news, *self._arrival(stop)), after=not self._asked, asked=self._asked)
            self._remember(stop)
        elif news:
            self._say(news, after=True, asked=self._asked)

    def moved(self, stop: Stop | None) -> None:
        """The focus went somewhere by a key."""
        if stop is not None and self.on:
            self._say(self._arrival(stop))
            self._remember(stop)

    def offered(self, stops: Sequence[Stop]) -> None:
        """A group is offered to somebody with switches: its first and its last."""
        if self.on:
            first, last = (str(getattr(stop.widget, "says", "")) for stop in (stops[0], stops[-1]))
            self._say((self._flow.texts("switches.group", first=first, last=last),))

    def chosen(self, ring: FocusRing, layer: Any) -> None:
        """Something was chosen: what was typed, or how it stands now."""
        if not self.on:
            return
        if self._echo(layer):
            return
        stop = ring.current
        if stop is None:
            return
        narrated = self._utterance(stop)
        if stop.widget is not self._remembered():
            self.moved(stop)
        elif narrated != self._narrated:
            self._say(part for part in narrated if part not in self._narrated)
            self._remember(stop)

    def say_again(self, stop: Stop | None) -> None:
        """OK on something that is only to be read."""
        if stop is not None and self.on:
            self._say(self._utterance(stop))

    # --- inside ----------------------------------------------------------------------------------------------------

    def _introduce(self, ring: FocusRing, layer: Any, topic: object, greeting: tuple[str, ...]) -> None:
        self._topic = topic
        self._groups = []
        stop = ring.current
        parts = list(greeting)
        if isinstance(layer, Group):
            parts += layer.introduction
            self._groups = [weakref.ref(layer)]
        for each in ring.stops():
            if stop is not None and each.widget is stop.widget:
                break
            if each.text and not isinstance(each.zone, Head):
                parts += self._on_the_way(each)
                parts += self._utterance(each)
                self._groups = [weakref.ref(group) for group in each.groups]
        if stop is not None:
            parts += self._arrival(stop)
        self._live = self._live_texts(layer)
        parts += [text for text in self._live if text not in parts]
        self._entry = getattr(layer, "entry", None)
        self._typed = self._entry.text if self._entry is not None else ""
        if greeting:
            # Switched on: the key that did it may have named a stop already, which the page's text ends with.
            self._say(parts)
        else:
            self._say_page(parts)
        self._remember(stop)

    def _say_page(self, parts: list[str]) -> None:
        """A page that came by itself waits until what is being said is over. One that was asked for, and the warning
        before a session ends, cannot wait: they say that they cut it off."""
        speaking = self._flow.voice.speaking
        waits = speaking and not self._asked and self._flow.idle_left is None
        cuts = speaking and not waits
        mark = (self._flow.texts("speech.cut_off"),) if cuts else ()
        self._flow.voice.say((*mark, *parts), self._flow.language, after=waits, anew=True)
        self._hold()

    def _arrival(self, stop: Stop) -> tuple[str, ...]:
        """The groups that the focus enters, and the stop itself; a name that both have is said once."""
        way = self._on_the_way(stop)
        return (*way, *(part for part in self._utterance(stop) if part not in way))

    def _on_the_way(self, stop: Stop) -> tuple[str, ...]:
        """What is said of the groups that the focus enters."""
        known = [group() for group in self._groups]
        return tuple(
            part for group in stop.groups if not any(group is each for each in known) for part in group.introduction
        )

    def _utterance(self, stop: Stop) -> tuple[str, ...]:
        widget = stop.widget
        if hasattr(widget, "utterance"):
            return tuple(widget.utterance(self._flow.texts))
        if isinstance(widget, Group) and widget in stop.groups:
            return ()
        if isinstance(widget, Group):
            return widget.introduction
        return tuple(texts_in(widget))

    def _echo(self, layer: Any) -> bool:
        """Says what was typed since the last look. Whether something was."""
        entry: Entry | None = getattr(layer, "entry", None)
        if entry is not self._entry:
            self._entry, self._typed = entry, entry.text if entry is not None else ""
            return False
        if entry is None or entry.text == self._typed:
            return False
        before, now, self._typed = self._typed, entry.text, entry.text
        texts = self._flow.texts
        if entry.layout is Layout.DECIMAL:
            decimal = texts("keyboard.decimal")
            before, now = before.replace(POINT, decimal), now.replace(POINT, decimal)
        if entry.layout is Layout.PIN:
            self._say((texts.count("speech.typed_secret", len(now)),))
        elif now.startswith(before):
            added = now[len(before) :]
            self._say((texts("keyboard.space") if added == " " else added,))
        elif len(now) == len(before) and now[:-1] == before[:-1]:
            # Another letter of the same key of a keypad.
            self._say((now[-1],))
        elif before.startswith(now):
            self._say((texts("speech.erased", text=before[len(now) :]) if now else texts("speech.state.blank"),))
        else:
            self._say((now,))
        return True

    def _live_texts(self, layer: Any) -> tuple[str, ...]:
        """Also what became of a scan, which lies over every layer."""
        scan = self._flow.scans.text
        return (*((scan,) if scan else ()), *_live_texts(layer))

    def _remembered(self) -> Any:
        return self._widget() if self._widget is not None else None

    def _remember(self, stop: Stop | None) -> None:
        if stop is None:
            self._widget, self._narrated, self._groups = None, (), []
            return
        self._widget = weakref.ref(stop.widget)
        self._narrated = self._utterance(stop)
        self._groups = [weakref.ref(group) for group in stop.groups]

    def _say(self, parts: Iterable[str], *, after: bool = False, asked: bool = True) -> None:
        """``asked``: by a key or a finger; else it came by itself, and nobody may be there to hear it."""
        voice = self._flow.voice
        held_until = self._held_until if after and voice.speaking else 0.0
        voice.say(parts, self._flow.language, after=after)
        if asked:
            self._hold()
        else:
            # Behind what was asked for, which is waited for all the same, but not for news without end.
            self._held_until = min(held_until, self._over_at)

    def _repeat(self) -> None:
        self._flow.voice.repeat()
        self._hold()

    def _hold(self) -> None:
        """What is said from now on was asked for; while it is warned that the session ends, nothing puts that off."""
        self._asked = False
        self._held_until = math.inf if self._flow.idle_left is None else 0.0
        self._over_at = self._now() + SLACK * self._flow.voice.takes_s

    def _now(self) -> float:
        return self._flow.context.monotonic()


def _live_texts(widget: Any) -> Iterator[str]:
    """What is spoken when it changes by itself: banners, the number of a stepper."""
    if widget.opacity == 0:
        return
    if isinstance(widget, Live):
        if widget.text:
            yield widget.text
        return
    for child in reversed(widget.children):
        yield from _live_texts(child)
