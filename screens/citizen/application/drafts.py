"""Save for later: a birth date, then a code to take along. Go on: the code and the birth date. And what came back."""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.events import ComponentChanged, Event, Scanned, SlipPrinted
from screens.citizen.follow_up.slip_model import SlipModel
from screens.look.widgets.buttons import PlainButton
from screens.look.widgets.field import Field
from screens.navigation.drafts import ResumeModel, SaveModel, Saving
from screens.navigation.flow import Flow
from screens.navigation.page_screen import FlowPage
from screens.navigation.slips import SlipState


class SaveLater(PlainButton):
    """The way to finish another day, below a form; steps aside while something is typed."""

    flow = ObjectProperty(None)
    shown = BooleanProperty(True)

    def on_choose(self) -> None:
        self.flow.drafts.begin_save()


class SaveDraftScreen(FlowPage):
    kept = BooleanProperty(False)
    code = StringProperty("")
    #: What a kiosk's scanner reads.
    qr = StringProperty("")
    until = StringProperty("")
    slip_message = StringProperty("")
    slip_kind = StringProperty("info")
    print_text = StringProperty("")

    def __init__(self, flow: Flow, model: SaveModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.refresh()

    def handle(self, event: Event) -> None:
        if isinstance(event, SlipPrinted | ComponentChanged):
            self.refresh()

    def print_again(self) -> None:
        self.model.print_slip()

    def go_back(self) -> None:
        self.flow.drafts.back_to_form()

    def go_forward(self) -> None:
        self.model.forward()

    def refresh(self) -> None:
        model = self.model
        if model is None:
            return
        texts = self.flow.texts
        self.kept, self.code, self.until = model.state is Saving.KEPT, model.code, model.until
        self.qr = model.kept.code if model.kept is not None else ""
        self._show_slip()
        self.problem = model.problem
        self.heading = texts("draft.kept") if self.kept else texts("draft.save.title")
        self.intro = "" if self.kept else texts("draft.save.how")
        self.back = "" if model.state is not Saving.ASKING else texts("draft.save.back")
        words = {Saving.ASKING: "draft.save.go", Saving.SENDING: "draft.save.sending", Saving.KEPT: "saved.finish"}
        self.forward = texts(words[model.state])
        self.can_forward = self.kept or (model.state is Saving.ASKING and model.entry.full)
        self.type_into(model.entry if model.state is Saving.ASKING else None)

    def _show_slip(self) -> None:
        kept = self.model.kept
        if kept is None:
            return
        slip = SlipModel(self.flow, kept.code, SlipState.NOT_PRINTED)
        self.slip_message, self.slip_kind = slip.message, slip.kind
        again = "saved.print_again" if slip.came_out else "saved.print"
        self.print_text = self.flow.texts(again) if slip.may_print else ""


class ResumeDraftScreen(FlowPage):
    def __init__(self, flow: Flow, model: ResumeModel, **kwargs: Any) -> None:
        super().__init__(flow=flow, model=model, **kwargs)
        self.refresh()

    def go_forward(self) -> None:
        self.model.forward()

    def scanned(self, event: Scanned) -> bool:
        return bool(self.model.scanned(event.code))

    def focus(self, field: Field) -> None:
        self.model.focus(field.entry)

    def refresh(self) -> None:
        model = self.model
        if model is None:
            return
        self.ids.code.active = model.active is model.code
        self.ids.born.active = model.active is model.born
        self.problem = model.problem
        texts = self.flow.texts
        if model.asking:
            self.forward = texts("draft.resume.asking")
        else:
            self.forward = texts("draft.resume.go") if model.code.full else texts("form.next_field")
        self.can_forward = not model.asking and (model.complete or (model.code.full and model.active is model.code))
        self.type_into(None if model.asking else model.active)


class ResumedScreen(FlowPage):
    """What came back, and what has to be answered anew, before the form goes on."""

    service = StringProperty("")
    changed = StringProperty("")

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        resumed = flow.drafts.resumed
        if resumed is None:
            raise RuntimeError("nothing came back")
        service = flow.context.catalogue.get(resumed.service)
        texts = flow.texts
        changed = ""
        if resumed.changed:
            changed = texts("draft.resumed.changed", kept=resumed.kept, dropped=resumed.dropped)
        super().__init__(
            flow=flow,
            service=service.name.get(flow.language) if service is not None else "",
            intro=texts.count("draft.resumed.kept", resumed.kept),
            changed=changed,
            **kwargs,
        )

    def go_forward(self) -> None:
        self.flow.drafts.back_to_form()
