"""Before a complaint: whether anybody may know who complains, in plain words."""

from typing import Any, Final

from kivy.properties import StringProperty

from kiosk.session.privacy import Privacy
from screens.look.widgets.cards import ChoiceCard
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage

_ICONS: Final = {Privacy.ANONYMOUS: "detective", Privacy.SECRET: "lock-key"}


class PrivacyScreen(FlowPage):
    """Two choices, each with what follows from it; a touch goes on."""

    clock = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        session = flow.session
        if session is None or session.service is None:
            raise RuntimeError("nobody is here")
        super().__init__(flow=flow, clock=session.service.standard.time.get(flow.language), **kwargs)
        self._session = session
        texts = flow.texts
        for privacy in Privacy:
            card = ChoiceCard(
                title=texts(privacy.text_key),
                detail=texts(f"{privacy.text_key}.how"),
                icon=_ICONS[privacy],
                key=privacy.value,
                chosen=session.privacy is privacy,
            )
            card.bind(on_choose=self._chosen)
            self.ids.choices.add_widget(card)

    def _chosen(self, card: ChoiceCard) -> None:
        self._session.choose_privacy(Privacy(card.key))
