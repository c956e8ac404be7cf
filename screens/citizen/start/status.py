"""Whole screens that tell one thing: goodbye; not approved yet; out of service; nothing works, and where the next kiosk is."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.machine.line_state import Approval
from screens.navigation.flow import Flow
from screens.navigation.view import View


class StatusScreen(View, BoxLayout):
    """An icon, a sentence, what to do. The flow leaves it when it is over."""

    flow = ObjectProperty(None)
    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
    detail = StringProperty("")
    can_dismiss = BooleanProperty(False)

    def dismiss(self) -> None:
        self.flow.rest.dismiss_thanks()


class ThanksScreen(StatusScreen):
    """All is wiped; goodbye."""

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="hand-waving",
            title=texts("thanks.title"),
            text=texts(flow.rest.farewell.text_key),
            detail=texts("thanks.wiped"),
            can_dismiss=True,
            **kwargs,
        )


class ApprovalScreen(StatusScreen):
    """For whoever sets a new kiosk up: what to compare in the office, or that it was refused."""

    def __init__(self, flow: Flow, approval: Approval, **kwargs: Any) -> None:
        texts, waiting = flow.texts, approval is Approval.WAITING
        super().__init__(
            flow=flow,
            icon="fingerprint" if waiting else "prohibit",
            title=texts("approval.title" if waiting else "approval.refused.title"),
            text=texts("approval.text" if waiting else "approval.refused.text"),
            detail=flow.context.identity.fingerprint if waiting else "",
            **kwargs,
        )


class OutOfServiceScreen(StatusScreen):
    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="wrench",
            title=texts("out.title"),
            text=texts("out.text"),
            detail=flow.next_kiosk(),
            **kwargs,
        )


class NothingWorksScreen(StatusScreen):
    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        texts = flow.texts
        super().__init__(
            flow=flow,
            icon="warning-octagon",
            title=texts("nothing.title"),
            text=texts("nothing.text"),
            detail=flow.next_kiosk(),
            **kwargs,
        )
