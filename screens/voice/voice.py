"""The kiosk's voice as a citizen sets it: on or off, how fast, how loud. Knows nothing of Kivy.

Silent until somebody asks for it, by headphones or by a key; everything goes back at the end of the session.
"""

from collections.abc import Iterable
from typing import Final

from kiosk.ports import Availability, Headphones, Speaker
from kiosk.settings import Settings
from screens.voice.pronunciation import sentence

#: Words a minute.
RATES: Final = (90, 120, 150, 180, 220, 270, 330)
USUAL_RATE: Final = 2
#: From silent to as loud as the amplifier is set; the first one is never quite silent.
VOLUMES: Final = (0.2, 0.4, 0.55, 0.7, 0.85, 1.0)


class Voice:
    """``speaker`` None: this kiosk cannot speak, and nothing that is asked of it does anything."""

    def __init__(self, speaker: Speaker | None, headphones: Headphones | None, settings: Settings) -> None:
        self._speaker = speaker
        self._headphones = headphones
        self._settings = settings
        #: What was said last and what was added to it, each with its language.
        self._said: list[tuple[str, str]] = []
        #: Something that was asked for or must be heard, whether the voice is on or not.
        self._playing = False
        self.on = False
        #: Headphones in a keypad's own jack, which tells of them by a key.
        self.keypad_jack = False
        self._rate = USUAL_RATE
        self._volumes = self._usual_volumes()

    @property
    def possible(self) -> bool:
        """There is something to speak with, and it did not say that it cannot."""
        return self._speaker is not None and self._speaker.state().availability != Availability.UNAVAILABLE

    @property
    def rate(self) -> int:
        """Words a minute."""
        return RATES[self._rate]

    @property
    def through_headphones(self) -> bool:
        """What is said now is heard in headphones, which have a loudness of their own."""
        return self.keypad_jack or (self._headphones is not None and self._headphones.plugged)

    @property
    def volume(self) -> float:
        """0 to 1, of what it is heard through."""
        return VOLUMES[self._step]

    @property
    def loudness(self) -> tuple[int, int]:
        """Which step of how many, from 1."""
        return self._step + 1, len(VOLUMES)

    @property
    def speaking(self) -> bool:
        return (self.on or self._playing) and self._speaker is not None and self._speaker.speaking

    @property
    def playing(self) -> bool:
        """A recording that was asked for is being played."""
        return self._playing and self.speaking

    @property
    def takes_s(self) -> float:
        """How long it takes to say what was said last, about."""
        return 60.0 * sum(len(text.split()) for text, _ in self._said) / self.rate

    @property
    def can_faster(self) -> bool:
        return self._rate < len(RATES) - 1

    @property
    def can_slower(self) -> bool:
        return self._rate > 0

    @property
    def can_louder(self) -> bool:
        return self._step < len(VOLUMES) - 1

    @property
    def can_quieter(self) -> bool:
        return self._step > 0

    def start(self) -> None:
        self.on = self.possible

    def stop(self) -> None:
        """Silent, at once."""
        self.on = False
        self.hush()

    def say(self, parts: Iterable[str], language: str, *, after: bool = False, anew: bool = False) -> None:
        """Says the pieces, cutting off what is being said, or ``after`` it. Nothing while the voice is off. ``anew``: it
        alone is repeated, although what was said before is finished first."""
        text = sentence(parts)
        if self.on and text:
            # Of hints that come one after the other the last one is worth repeating.
            self._said = [*(self._said[:1] if after and not anew else ()), (text, language)]
            self._speak(text, language, after=after)

    def sample(self, text: str, language: str) -> None:
        """How it sounds now: says ``text``, then what was said last; that is what is repeated later on."""
        if self.on:
            self._speak(sentence([text]), language, after=False)
            self._say_again(after=True)

    def tell(self, lines: Iterable[tuple[str, str]]) -> None:
        """Says each text in its language, also while the voice is off: whoever heard a page hears why it is gone."""
        if self.possible:
            self._said = [(sentence([text]), language) for text, language in lines]
            self._say_again()
            self._playing = True

    def play(self, sound: bytes) -> None:
        """A recording of a form, also while nothing else is spoken: who asks for it wants to hear it."""
        if self._speaker is not None and self.possible:
            self._speaker.play(sound, volume=self.volume)
            self._playing = True

    def hush_recording(self) -> None:
        """Ends a recording; what is spoken goes on."""
        if self.playing:
            self.hush()

    def repeat(self) -> None:
        """What was said last, once more, as fast and as loud as is set now."""
        if self.on:
            self._say_again()

    def hush(self) -> None:
        self._playing = False
        if self._speaker is not None:
            self._speaker.hush()

    def change_rate(self, by: int) -> None:
        self._rate = min(max(self._rate + by, 0), len(RATES) - 1)

    def change_volume(self, by: int) -> None:
        self._volumes[self.through_headphones] = min(max(self._step + by, 0), len(VOLUMES) - 1)

    def wipe(self) -> None:
        """The session is over: nothing that was said is kept. Headphones that are still plugged keep it on."""
        self.hush()
        self._said = []
        self._rate, self._volumes = USUAL_RATE, self._usual_volumes()
        self.on = self.possible and self.through_headphones

    @property
    def _step(self) -> int:
        return self._volumes[self.through_headphones]

    def _say_again(self, *, after: bool = False) -> None:
        for number, (text, language) in enumerate(self._said):
            self._speak(text, language, after=after or number > 0)

    def _speak(self, text: str, language: str, *, after: bool) -> None:
        if self._speaker is not None:
            self._playing = False
            self._speaker.say(text, language=language, rate=self.rate, volume=self.volume, after=after)

    def _usual_volumes(self) -> dict[bool, int]:
        """The steps nearest to the settings, through headphones (True) and through the loudspeaker."""
        wanted = {True: self._settings.number("headphone_volume"), False: self._settings.number("volume")}
        steps = range(len(VOLUMES))
        return {outlet: min(steps, key=lambda step: abs(VOLUMES[step] - share)) for outlet, share in wanted.items()}
