"""The visit: its kind with a list, what was used, the office's orders, a note; and the readiness report."""

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.field.readiness import MadeReport
from kiosk.field.visit_photo import photo_of
from protocol.field.readiness import CheckOutcome, ReadinessCheck
from protocol.field.visits import CheckStep, Consumable, VisitKind
from protocol.limits import NOTE_CHARACTERS
from screens.background.handover import Handover, work
from screens.look.widgets.banner import Banner
from screens.look.widgets.buttons import Chip
from screens.look.widgets.cards import ChoiceCard
from screens.look.widgets.entry import Entry, Layout
from screens.look.widgets.text import Column
from screens.navigation.flow import Flow
from screens.navigation.places import Name
from screens.staff.overview_model import TOUCH, dead_zones, order_text
from screens.staff.parts import StaffRoom

#: As the pages of the note and the photo are named in their place.
NOTE = "note"
PHOTO = "photo"


class KindChip(Chip):
    kind = ObjectProperty(None)


class StepCard(ChoiceCard):
    step = ObjectProperty(None)


class OrderCard(ChoiceCard):
    number = ObjectProperty(None)


class UsedRow(Column):
    """How many of something were used."""

    name = StringProperty("")
    number = StringProperty("0")
    what = ObjectProperty(None)

    __events__ = ("on_change",)

    def on_change(self, _more: int) -> None:
        """One more, or one less."""


class VisitScreen(StaffRoom):
    note = StringProperty("")
    has_photo = BooleanProperty(False)
    #: There is something of each on the page.
    has_steps = BooleanProperty(False)
    has_orders = BooleanProperty(False)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        super().__init__(flow, **kwargs)
        self._draft = flow.staff.context.draft
        for kind in VisitKind:
            chip = KindChip(text=flow.texts(f"staff.visit.kind.{kind}"), kind=kind)
            chip.bind(on_choose=self._choose_kind)
            self.ids.kinds.add_widget(chip)
        self._rows: dict[Consumable, UsedRow] = {}
        for what in Consumable:
            row = self._rows[what] = UsedRow(name=flow.texts(f"staff.used.{what}"), what=what)
            row.bind(on_change=self._use)
            self.ids.used.add_widget(row)
        self._show_orders()
        self.refresh()

    def refresh(self) -> None:
        texts, draft = self.flow.texts, self._draft
        for chip in self.ids.kinds.children:
            chip.chosen = chip.kind is draft.kind
        steps = self.ids.steps
        if [card.step for card in reversed(steps.children)] != list(draft.steps):
            steps.clear_widgets()
            for step in draft.steps:
                card = StepCard(title=texts(f"staff.step.{step}"), mark="check", step=step)
                card.bind(on_choose=self._tick)
                steps.add_widget(card)
        for card in steps.children:
            card.chosen = draft.is_checked(card.step)
        for card in self.ids.orders.children:
            card.chosen = draft.order_is_done(card.number)
        for what, row in self._rows.items():
            row.number = str(draft.used(what))
        self.has_steps = bool(draft.steps)
        self.note = draft.note
        self.has_photo = draft.photo is not None

    def write_note(self) -> None:
        self.flow.staff.open(Name.STAFF_VISIT, NOTE)

    def take_photo(self) -> None:
        self.flow.staff.open(Name.STAFF_VISIT, PHOTO)

    def drop_photo(self) -> None:
        self._draft.photo = None
        self.refresh()

    def go_forward(self) -> None:
        """The visit ends with signing out, when all is done."""
        self.flow.staff.open(Name.STAFF_REPORT)

    def _show_orders(self) -> None:
        orders = self.flow.staff.context.orders()
        for order in orders:
            title = self.flow.texts("staff.visit.order", number=order.number)
            card = OrderCard(title=title, detail=order_text(self.flow, order), mark="check", number=order.number)
            card.bind(on_choose=self._toggle_order)
            self.ids.orders.add_widget(card)
        self.has_orders = bool(orders)

    def _choose_kind(self, chip: KindChip) -> None:
        self._draft.kind = chip.kind
        self.refresh()

    def _tick(self, card: StepCard) -> None:
        step: CheckStep = card.step
        self._draft.tick(step)
        self.refresh()

    def _toggle_order(self, card: OrderCard) -> None:
        self._draft.toggle_order(card.number)
        self.refresh()

    def _use(self, row: UsedRow, more: int) -> None:
        self._draft.use(row.what, more)
        self.refresh()


class NoteScreen(StaffRoom):
    """What the office should know; no names of citizens."""

    entry_shown = ObjectProperty(None)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._draft = flow.staff.context.draft
        self._entry = Entry(Layout.LETTERS, self._draft.note, limit=NOTE_CHARACTERS)
        super().__init__(flow, entry_shown=self._entry, **kwargs)
        self.type_into(self._entry)
        self._stop = self._entry.listen(self._typed)

    def close(self) -> None:
        super().close()
        self._stop()

    def go_back(self) -> None:
        self.flow.staff.open(Name.STAFF_VISIT)

    def go_forward(self) -> None:
        self.go_back()

    def _typed(self) -> None:
        self._draft.write(self._entry.text)


class PhotoScreen(StaffRoom):
    """A photo of what somebody should see; the live picture is clear here, because somebody aims by it."""

    source = ObjectProperty(None, allownone=True)

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._camera = flow.context.camera
        self._work: Handover[bytes | None] | None = None
        super().__init__(flow, **kwargs)
        if self._camera is None:
            self.problem, self.can_forward = flow.texts("staff.test.not_here"), False
            return
        self._camera.start_preview()
        self.source = self._camera.latest

    def close(self) -> None:
        super().close()
        if self._work is not None:
            self._work.cancel()
        if self._camera is not None:
            self.source = None
            self._camera.stop_preview()

    def go_back(self) -> None:
        self.flow.staff.open(Name.STAFF_VISIT)

    def go_forward(self) -> None:
        frame = self._camera.latest() if self._camera is not None else None
        if frame is None:
            self.problem = self.flow.texts("photo.problem.no_frame")
        elif self._work is None:
            self._work = work(lambda: photo_of(frame), self._taken, None)

    def _taken(self, photo: bytes | None) -> None:
        self._work = None
        if photo is None:
            self.problem = self.flow.texts("photo.problem.no_frame")
            return
        self.flow.staff.context.draft.photo = photo
        self.go_back()


class ReportTexts:
    """What the printed report says, in the language of whoever prints it."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def title(self) -> str:
        return self._flow.texts("staff.report")

    def verdict(self, ready: bool) -> str:
        return self._flow.texts("staff.report.ready" if ready else "staff.report.not_ready")

    def check(self, check: ReadinessCheck) -> tuple[str, str]:
        name = self._flow.texts(f"staff.component.{check.name}")
        return name, self._flow.texts(f"staff.check.{check.outcome}")

    def facts(self, made: MadeReport) -> tuple[tuple[str, str], ...]:
        texts, flow = self._flow.texts, self._flow
        return (
            (texts("slip.kiosk"), flow.context.identity.name),
            (texts("slip.made"), flow.formatting.moment(made.report.made_at)),
            (texts("staff.report.by"), made.report.staff_id),
            (texts("staff.report.digest"), made.digest),
        )


class ReportScreen(StaffRoom):
    busy = BooleanProperty(False)
    verdict = StringProperty("")
    ready = BooleanProperty(True)
    said = StringProperty("")
    #: Name and finding of each check.
    lines = ListProperty()

    def __init__(self, flow: Flow, **kwargs: Any) -> None:
        self._made: MadeReport | None = None
        self._work: Handover[MadeReport | None] | None = None
        super().__init__(flow, **kwargs)

    def close(self) -> None:
        super().close()
        if self._work is not None:
            self._work.cancel()

    def go_forward(self) -> None:
        """Tests everything, signs, prints, and sends it to the office."""
        if self.busy:
            return
        self.busy = True
        self.can_forward = False
        self.said = self.flow.texts("staff.report.testing")
        self._work = work(self.flow.staff.context.make_report, self._done, None)

    def _done(self, made: MadeReport | None) -> None:
        self.busy, self.can_forward, self._work = False, True, None
        texts, words = self.flow.texts, ReportTexts(self.flow)
        if made is None:
            self.said = texts("staff.report.failed")
            return
        self.ready = made.report.ready
        self.verdict = words.verdict(self.ready)
        self._show(made)
        printed = self.flow.staff.context.print_report(made, words)
        self.said = texts("staff.report.made" if printed else "staff.report.unprinted", digest=made.digest)

    def _show(self, made: MadeReport) -> None:
        kinds = {CheckOutcome.GOOD: "success", CheckOutcome.BAD: "danger", CheckOutcome.UNTESTED: "warning"}
        lines = self.ids.checks
        lines.clear_widgets()
        for check in made.report.checks:
            name, found = ReportTexts(self.flow).check(check)
            detail = "" if check.outcome is CheckOutcome.GOOD or not check.detail else f" ({check.detail})"
            if check.name == TOUCH and check.outcome is CheckOutcome.BAD:
                detail = f" ({dead_zones(self.flow)})"
            lines.add_widget(Banner(text=f"{name}: {found}{detail}", kind=kinds[check.outcome]))
