"""Identification: hold a card before the scanner, or type the NIK."""

from typing import Any

from kivy.properties import BooleanProperty, StringProperty

from kiosk.events import Scanned
from screens.citizen.application.identify_model import IdentifyModel
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage


class IdentifyScreen(FlowPage):
    can_scan = BooleanProperty(True)
    remark = StringProperty("")
    remark_kind = StringProperty("info")

    def __init__(self, flow: Flow, model: IdentifyModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.type_into(model.entry)
        self.refresh()

    def go_forward(self) -> None:
        self.model.forward()

    def scanned(self, event: Scanned) -> bool:
        if event.nik is not None:
            self.model.scanned(event.nik)
        return event.nik is not None

    def show_banner(self) -> None:
        super().show_banner()
        self.can_scan = self.flow.context.can_scan

    def refresh(self) -> None:
        if self.model is None:
            return
        model, texts = self.model, self.flow.texts
        self.can_forward = model.entry.full
        if model.problem is not None:
            self.remark, self.remark_kind = texts(model.problem.text_key), "danger"
        elif model.warned:
            asked = texts(model.warned[0].text_key)
            self.remark, self.remark_kind = f"{asked} {texts('identify.go_on_anyway')}", "warning"
        elif model.entry.full:
            self.remark, self.remark_kind = texts("identify.complete"), "success"
        elif model.entry.text:
            self.remark, self.remark_kind = texts.count("identify.digits_missing", model.digits_missing), "info"
        else:
            self.remark = ""
