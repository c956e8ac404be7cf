"""What lies over a page: language and display, help, "really leave?", "really fewer?", and the
warning before a session ends by itself."""

from typing import Any

from kivy.properties import ObjectProperty, StringProperty

from protocol.languages import LANGUAGE_NAMES
from screens.citizen.application.drafts import SaveLater
from screens.citizen.start.help import CallOfficer
from screens.look.colours import Contrast
from screens.look.current import current
from screens.look.tokens import TextSize
from screens.look.widgets.buttons import Chip
from screens.look.widgets.dialog import Dialog
from screens.navigation.flow import Flow
from screens.navigation.view import View


class LanguageChip(Chip):
    language = StringProperty("")


class Panel(View, Dialog):
    """A dialog of the stage's."""

    flow = ObjectProperty(None)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow=flow, **kwargs)


class AdjustPanel(Panel):
    """Language, text size, contrast; each choice is seen at once."""

    def on_kv_post(self, base_widget: Any) -> None:
        """What this kiosk cannot do leaves no hole."""
        super().on_kv_post(base_widget)
        for code, name in LANGUAGE_NAMES.items():
            chip = LanguageChip(language=code, text=name, chosen=code == self.flow.language)
            chip.bind(on_choose=self._choose_language)
            self.ids.languages.add_widget(chip)
        for chip, possible in ((self.ids.voice, self.flow.voice.possible), (self.ids.lower, self.can_lower)):
            if not possible:
                self.ids.switches.remove_widget(chip)

    @property
    def can_lower(self) -> bool:
        """A panel that lies is low enough."""
        look = current()
        return look.portrait or self.flow.appearance.lowered

    def answer_yes(self) -> None:
        self.flow.close_over()

    def _choose_language(self, chip: Any) -> None:
        self.flow.preferences.set_language(chip.language)

    def choose_size(self, name: str) -> None:
        self.flow.preferences.set_text_size(TextSize(name))

    def choose_contrast(self, name: str) -> None:
        self.flow.preferences.set_contrast(Contrast(name))

    def toggle_lowered(self) -> None:
        self.flow.preferences.set_lowered(not self.flow.appearance.lowered)

    def toggle_voice(self) -> None:
        self.flow.preferences.toggle_voice()

    def change_rate(self, by: int) -> None:
        self.flow.preferences.change_rate(by)

    def change_volume(self, by: int) -> None:
        self.flow.preferences.change_volume(by)

    @property
    def pace_text(self) -> str:
        """How long each offer stays for somebody with one switch; "" for everybody else."""
        switching = self.flow.preferences.switching
        if not (switching.on and switching.auto) or switching.calibration is not None:
            return ""
        return str(self.flow.texts("switches.pace", seconds=self.flow.formatting.tenths(switching.pace_s)))

    def change_pace(self, by: int) -> None:
        self.flow.preferences.change_pace(by)


class HelpPanel(Panel):
    """How this works, and whom to ask."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="question",
            title=texts("help.title"),
            text=texts("help.text", kiosk=flow.context.identity.name),
            yes_text=texts("help.close"),
            no_text=texts("help.leave") if flow.session is not None else "",
            **kwargs,
        )
        self._call = CallOfficer(flow=flow)
        self.add_widget(self._call)

    def close(self) -> None:
        super().close()
        self._call.close()

    def answer_yes(self) -> None:
        self.flow.close_over()

    def answer_no(self) -> None:
        self.flow.ask_leave()


class LeavePanel(Panel):
    """Really stop? Nothing was sent yet."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="sign-out",
            title=texts("leave.title"),
            text=texts("leave.text"),
            yes_text=texts("leave.stay"),
            no_text=texts("leave.go"),
            **kwargs,
        )
        if flow.drafts.can_save:
            self.add_widget(SaveLater(flow=flow))

    def answer_yes(self) -> None:
        self.flow.close_over()

    def answer_no(self) -> None:
        self.flow.citizen.leave()


class FewerPanel(Panel):
    """Really fewer? People who were filled in would not be sent. Who presses twice keeps them."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts, fewer = flow.texts, flow.fewer
        super().__init__(
            flow=flow,
            icon="users",
            title=texts("fewer.title"),
            text=texts.count("fewer.text", fewer.count, what=fewer.what),
            yes_text=texts("fewer.keep"),
            no_text=texts("fewer.go"),
            **kwargs,
        )

    def answer_yes(self) -> None:
        self.flow.fewer.answer(go=False)

    def answer_no(self) -> None:
        self.flow.fewer.answer(go=True)


class CodePanel(Panel):
    """Nobody saw a slip come out: have you got the code? Who presses twice goes back to it."""

    code = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="receipt",
            title=texts("code.title"),
            text=texts("code.text"),
            code=flow.context.codes.display(flow.slips.owed),
            yes_text=texts("code.stay"),
            no_text=texts("code.go"),
            **kwargs,
        )

    def answer_yes(self) -> None:
        self.flow.parting.stay()

    def answer_no(self) -> None:
        self.flow.parting.has_code()


class IdlePanel(Panel):
    """Nobody touched for a while: a countdown that one touch ends."""

    def __init__(self, flow: Flow) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="hourglass-medium",
            title=texts("idle.title"),
            yes_text=texts("idle.stay"),
            no_text=texts("idle.end"),
        )
        self._longest = 0
        self.count()

    def count(self) -> None:
        """Shows the seconds that are left."""
        left = self.flow.idle_left or 0
        self._longest = max(self._longest, left)
        self.text = self.flow.texts.count("idle.left", left)
        self.part = left / self._longest if self._longest else 0

    def answer_yes(self) -> None:
        self.flow.touched()

    def answer_no(self) -> None:
        self.flow.citizen.leave()
