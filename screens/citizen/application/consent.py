"""Consent in plain words, and the button that sends."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class ConsentScreen(FlowPage):
    consent = StringProperty("")
    agreed = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        session = flow.session
        if session is None:
            raise RuntimeError("nobody is here")
        super().__init__(
            flow=flow,
            consent=session.catalogue.consent.get(flow.language),
            agreed=session.consent_at is not None,
            **kwargs,
        )
        self._session = session

    def toggle(self) -> None:
        """Agrees, or takes it back."""
        if self.agreed:
            self._session.disagree()
        else:
            self._session.agree()
        self.agreed = not self.agreed

    def go_forward(self) -> None:
        if self.agreed:
            self.flow.citizen.send()
