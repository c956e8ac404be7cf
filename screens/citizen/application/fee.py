"""The fee, before anything is sent: how much, by which law, how to pay. No money is taken here."""

from typing import Any

from kivy.properties import StringProperty

from kiosk.catalogue.fee import fee_of
from screens.citizen.start.service_model import fee_in_words
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class FeeScreen(FlowPage):
    amount = StringProperty("")
    explained = StringProperty("")
    basis = StringProperty("")
    how = StringProperty("")
    account = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        session = flow.session
        if session is None or session.service is None:
            raise RuntimeError("nobody is here")
        standard, language = session.service.standard, flow.language
        payment = standard.payment
        super().__init__(
            flow=flow,
            amount=fee_in_words(flow, fee_of(session.service, session.form)),
            explained=standard.fee.get(language),
            basis=payment.basis.get(language) if payment is not None else "",
            how=payment.how.get(language) if payment is not None else "",
            account=payment.account if payment is not None else "",
            **kwargs,
        )

    def go_forward(self) -> None:
        self.flow.citizen.accept_fee()
