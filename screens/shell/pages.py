"""Every page and every layer over it, each once: what it is about, the widget that shows it, and its files of rules."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kivy.uix.widget import Widget

from kiosk.city.ratings import Element
from kiosk.machine.line_state import Approval
from kiosk.session.session import Session
from runtime.when_wanted import when_wanted
from screens.background.handover import ask
from screens.citizen.application.complaint import PrivacyScreen
from screens.citizen.application.consent import ConsentScreen
from screens.citizen.application.drafts import ResumeDraftScreen, ResumedScreen, SaveDraftScreen
from screens.citizen.application.fee import FeeScreen
from screens.citizen.application.form import FormScreen
from screens.citizen.application.form_model import FormModel
from screens.citizen.application.identify import IdentifyScreen
from screens.citizen.application.identify_model import IdentifyModel
from screens.citizen.application.review import ReviewScreen
from screens.citizen.application.review_model import ReviewModel
from screens.citizen.follow_up.answer import AnswerScreen
from screens.citizen.follow_up.case import CaseScreen
from screens.citizen.follow_up.case_model import CaseModel
from screens.citizen.follow_up.rating import RateScreen
from screens.citizen.follow_up.saved import SavedScreen
from screens.citizen.follow_up.saved_model import SavedModel
from screens.citizen.follow_up.track import TrackScreen
from screens.citizen.follow_up.track_model import TrackModel
from screens.citizen.start.attract import AttractScreen
from screens.citizen.start.home import HomeScreen
from screens.citizen.start.home_model import HomeModel
from screens.citizen.start.open_city import AgencyTimesScreen, BudgetScreen, TimesScreen
from screens.citizen.start.service import ServiceScreen
from screens.citizen.start.service_model import ServiceModel
from screens.citizen.start.services import GroupScreen, SearchScreen, ServicesScreen
from screens.citizen.start.services_model import MOST_USED, GroupModel, SearchModel, ServicesModel
from screens.citizen.start.status import ApprovalScreen, NothingWorksScreen, OutOfServiceScreen, ThanksScreen
from screens.look.rules import load_file
from screens.navigation.drafts import ResumeModel, SaveModel
from screens.navigation.flow import Flow
from screens.navigation.places import Name, Over
from screens.navigation.view_model import ViewModel
from screens.shell.enlarged import EnlargedPanel
from screens.shell.overlays import AdjustPanel, CodePanel, FewerPanel, HelpPanel, IdlePanel, LeavePanel
from screens.shell.signing import SigningPanel
from screens.shell.switch_panel import SwitchPanel

# Nobody waits for the pages of field staff when a kiosk starts.
if TYPE_CHECKING:
    from screens.staff import (
        care,
        overview,
        overview_model,
        pages,
        rooms,
        staff_model,
        touch_pad,
        visit,
        waiting,
        waiting_model,
    )
else:
    care = when_wanted("screens.staff.care")
    overview = when_wanted("screens.staff.overview")
    overview_model = when_wanted("screens.staff.overview_model")
    pages = when_wanted("screens.staff.pages")
    rooms = when_wanted("screens.staff.rooms")
    staff_model = when_wanted("screens.staff.staff_model")
    touch_pad = when_wanted("screens.staff.touch_pad")
    visit = when_wanted("screens.staff.visit")
    waiting = when_wanted("screens.staff.waiting")
    waiting_model = when_wanted("screens.staff.waiting_model")

_SCREENS: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Route:
    """A row of the table."""

    #: Of the flow, and of what the page is about when it is about something.
    screen: Callable[..., Widget]
    #: In ``screens/``, without their ending, in this order. A file that several pages need stands with the first.
    kv: tuple[str, ...] = ()
    #: Of the flow and the place's detail.
    about: Callable[[Flow, str], Any] | None = None
    #: Of a page that may be made before somebody goes there: all that it says, to be compared when they do.
    says: Callable[[Flow, str], object] | None = None

    def make(self, flow: Flow, detail: str, kept: ViewModel | None) -> Widget:
        """The page; with what the one before handed over, when it is made anew in another look."""
        if self.about is None:
            return self.screen(flow)
        model = kept if kept is not None else self.about(flow, detail)
        try:
            return self.screen(flow, model)
        except BaseException:
            if isinstance(model, ViewModel):
                model.close()
            raise


def _of_flow(model: Callable[[Flow], Any], flow: Flow, _detail: str) -> Any:
    return model(flow)


def _of_detail(kind: Callable[[str], Any], _flow: Flow, detail: str) -> Any:
    return kind(detail)


def _session(flow: Flow) -> Session:
    if flow.session is None:
        raise RuntimeError("nobody is here")
    return flow.session


def _offered(flow: Flow, _detail: str) -> object:
    """What the list of services is made of."""
    return (flow.context.catalogue, tuple(service.id for service in flow.context.most_used(MOST_USED)))


def _standard(flow: Flow, detail: str) -> object:
    return _service(flow, detail).look()


def _service(flow: Flow, detail: str) -> ServiceModel:
    service = flow.context.catalogue.get(detail)
    if service is None:
        raise KeyError(detail)
    return ServiceModel(flow, service)


def _form(flow: Flow, _detail: str) -> FormModel:
    return FormModel(flow, _session(flow))


def _review(flow: Flow, _detail: str) -> ReviewModel:
    return ReviewModel(flow, _session(flow))


def _saved(flow: Flow, _detail: str) -> SavedModel:
    submission = _session(flow).submission
    if submission is None:
        raise RuntimeError("nothing was sent")
    return SavedModel(flow, submission)


def _save(flow: Flow, _detail: str) -> SaveModel:
    return SaveModel(flow, ask)


def _resume(flow: Flow, detail: str) -> ResumeModel:
    return ResumeModel(flow, detail, ask)


def _track(flow: Flow, code: str) -> TrackModel:
    return TrackModel(flow, ask, code)


def _case(flow: Flow, _detail: str) -> CaseModel:
    return CaseModel(flow, ask)


def _times(flow: Flow, agency: str) -> Widget:
    return AgencyTimesScreen(flow, agency) if agency else TimesScreen(flow)


_STATUS: Final = ("citizen/start/status",)
_DRAFTS: Final = ("citizen/application/drafts",)
_STAFF: Final = ("staff/parts",)
_STAFF_PAGES: Final = (*_STAFF, "staff/pages")
_CARE: Final = (*_STAFF, "staff/care")
_VISIT: Final = (*_STAFF, "staff/visit")
_PANELS: Final = ("shell/overlays",)
#: Of every kind of question.
_FORM: Final = (
    *("citizen/controls/question", "citizen/controls/calendar", "citizen/controls/choices", "citizen/controls/simple"),
    *("citizen/controls/range", "citizen/controls/photo", "citizen/controls/signature", "citizen/controls/repeat"),
    *_DRAFTS,
)

PAGES: Final[dict[Name, Route]] = {
    Name.HOME: Route(HomeScreen, ("citizen/start/home",), partial(_of_flow, HomeModel)),
    Name.APPROVAL: Route(ApprovalScreen, _STATUS, partial(_of_detail, Approval)),
    Name.OUT_OF_SERVICE: Route(OutOfServiceScreen, _STATUS),
    Name.NOTHING_WORKS: Route(NothingWorksScreen, _STATUS),
    Name.THANKS: Route(ThanksScreen, _STATUS),
    Name.SERVICES: Route(ServicesScreen, ("citizen/start/services",), partial(_of_flow, ServicesModel), _offered),
    Name.GROUP: Route(GroupScreen, ("citizen/start/services",), GroupModel),
    Name.SEARCH: Route(SearchScreen, ("citizen/start/services",), partial(_of_flow, SearchModel)),
    Name.TIMES: Route(_times, ("citizen/start/open_city",), partial(_of_detail, str)),
    Name.BUDGET: Route(BudgetScreen, ("citizen/start/open_city",)),
    Name.SERVICE: Route(ServiceScreen, ("citizen/start/service",), _service, _standard),
    Name.PRIVACY: Route(PrivacyScreen, ("citizen/application/complaint",)),
    Name.IDENTIFY: Route(IdentifyScreen, ("citizen/application/identify",), partial(_of_flow, IdentifyModel)),
    Name.FORM: Route(FormScreen, _FORM, _form),
    Name.REVIEW: Route(ReviewScreen, ("citizen/application/review",), _review),
    Name.FEE: Route(FeeScreen, ("citizen/application/fee",)),
    Name.CONSENT: Route(ConsentScreen, ("citizen/application/consent",)),
    Name.SAVED: Route(SavedScreen, ("citizen/follow_up/saved", "citizen/follow_up/rating"), _saved),
    Name.RATE: Route(RateScreen, ("citizen/follow_up/rating",), partial(_of_detail, Element)),
    Name.SAVE_DRAFT: Route(SaveDraftScreen, _DRAFTS, _save),
    Name.RESUME_DRAFT: Route(ResumeDraftScreen, _DRAFTS, _resume),
    Name.RESUMED: Route(ResumedScreen, _DRAFTS),
    Name.TRACK: Route(TrackScreen, ("citizen/follow_up/track",), _track),
    Name.CASE: Route(CaseScreen, ("citizen/follow_up/case", "citizen/follow_up/rating"), _case),
    Name.ANSWER: Route(AnswerScreen, ("citizen/follow_up/answer",)),
    Name.STAFF_PIN: Route(
        lambda *about: pages.PinScreen(*about), _STAFF_PAGES, lambda flow, _: staff_model.PinModel(flow)
    ),
    Name.STAFF: Route(
        lambda *about: overview.OverviewScreen(*about),
        (*_STAFF, "staff/overview"),
        lambda flow, _: overview_model.StaffModel(flow),
    ),
    Name.STAFF_PAPER: Route(
        lambda *about: pages.PaperScreen(*about), _STAFF_PAGES, lambda flow, _: staff_model.PaperModel(flow)
    ),
    Name.STAFF_DEVICE: Route(
        lambda *about: rooms.device_page(*about), (*_STAFF, "staff/devices"), partial(_of_detail, str)
    ),
    Name.STAFF_TOUCH: Route(lambda *about: touch_pad.TouchPad(*about), ("staff/touch_pad",)),
    Name.STAFF_OUTBOX: Route(
        lambda *about: pages.OutboxScreen(*about), _STAFF_PAGES, lambda flow, _: staff_model.OutboxModel(flow)
    ),
    Name.STAFF_MACHINE: Route(
        lambda *about: rooms.machine_page(*about), (*_STAFF, "staff/machine"), partial(_of_detail, str)
    ),
    Name.STAFF_CLEANING: Route(lambda *about: care.CleaningScreen(*about), _CARE),
    Name.STAFF_POWER: Route(lambda *about: care.PowerScreen(*about), _CARE),
    Name.STAFF_VISIT: Route(lambda *about: rooms.visit_page(*about), _VISIT, partial(_of_detail, str)),
    Name.STAFF_REPORT: Route(lambda *about: visit.ReportScreen(*about), _VISIT),
    Name.STAFF_WAITING: Route(
        lambda *about: waiting.WaitingScreen(*about),
        ("staff/waiting",),
        lambda flow, _: waiting_model.WaitingModel(flow),
    ),
}
LAYERS: Final[dict[Over, Route]] = {
    Over.ADJUST: Route(AdjustPanel, _PANELS),
    Over.HELP: Route(HelpPanel, (*_PANELS, "citizen/start/help")),
    Over.SWITCHES: Route(SwitchPanel, (*_PANELS, "shell/switch_panel")),
    Over.LEAVE: Route(LeavePanel, _PANELS),
    Over.FEWER: Route(FewerPanel, _PANELS),
    Over.CODE: Route(CodePanel, _PANELS),
    Over.SIGNING: Route(SigningPanel, (*_PANELS, "shell/signing")),
    Over.PHOTO: Route(EnlargedPanel, (*_PANELS, "shell/enlarged")),
}
#: Over everything that the citizen opened: the session is about to end, or nobody was there for a while.
IDLE: Final = Route(IdlePanel, _PANELS)
ASLEEP: Final = Route(AttractScreen, ("citizen/start/attract",), partial(_of_flow, HomeModel))


def rule_files() -> tuple[Path, ...]:
    """Of all pages and layers, each once, in the order in which they are to be loaded."""
    names = dict.fromkeys(name for row in (*PAGES.values(), *LAYERS.values(), IDLE, ASLEEP) for name in row.kv)
    return tuple(_SCREENS / f"{name}.kv" for name in names)


def load_pages() -> None:
    """Makes all rules known to Kivy; the look's come first (``screens.look.rules.load_look``)."""
    for path in rule_files():
        load_file(path)
