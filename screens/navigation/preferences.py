"""What a citizen sets for the eyes and the ears, from language to loudness; goes back to the kiosk's own afterwards."""

from dataclasses import replace
from typing import TYPE_CHECKING

from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.navigation.appearance import Appearance
from screens.navigation.overlays.switching import Switching
from screens.voice.voice import Voice

if TYPE_CHECKING:
    from screens.navigation.flow import Flow


class Preferences:
    """At any point of a session, and before it; answers and page stay."""

    def __init__(self, flow: "Flow", default: Appearance) -> None:
        self._flow = flow
        self._default = default
        self.appearance = default
        kiosk = flow.kiosk
        self.switching = Switching()
        self.voice = Voice(kiosk.ports.speaker, kiosk.ports.headphones, kiosk.settings)

    @property
    def altered(self) -> bool:
        """Whether it looks otherwise than the kiosk does by itself."""
        return self.appearance != self._default

    def reset(self) -> None:
        """The kiosk's own look and language again, and nobody's switches."""
        self.appearance = self._default
        self.switching.stop()

    def dress(self, appearance: Appearance) -> None:
        """The kiosk's own look and language from now on."""
        self._default = self.appearance = appearance
        self.set_language(appearance.language)

    def set_language(self, language: str) -> None:
        self.appearance = replace(self.appearance, language=language)
        self._flow.kiosk.set_language(language)
        self._flow.tell()

    def set_text_size(self, size: TextSize) -> None:
        self._wear(replace(self.appearance, text_size=size))

    def set_lowered(self, lowered: bool) -> None:
        self._wear(replace(self.appearance, lowered=lowered))

    def set_contrast(self, contrast: Contrast) -> None:
        self._wear(replace(self.appearance, contrast=contrast))

    def toggle_voice(self) -> None:
        if self.voice.on:
            self.voice.stop()
        else:
            self.voice.start()
        self._flow.tell()

    def change_rate(self, by: int) -> None:
        """The voice slower or faster; what was said last is the sample."""
        self.voice.change_rate(by)
        self.voice.repeat()
        self._flow.tell()

    def change_volume(self, by: int) -> None:
        self.voice.change_volume(by)
        self.voice.sample(self.loudness_text, self._flow.language)
        self._flow.tell()

    @property
    def loudness_text(self) -> str:
        """How loud it is, and through what."""
        step, of = self.voice.loudness
        key = "speech.loudness.headphones" if self.voice.through_headphones else "speech.loudness.speaker"
        return self._flow.texts(key, n=step, of=of)

    def change_pace(self, by: int) -> None:
        """Of what is offered to somebody with one switch."""
        self.switching.change_pace(by)
        self._flow.tell()

    def _wear(self, appearance: Appearance) -> None:
        self.appearance = appearance
        self._flow.tell()
