"""Which of the gallery's states shows which page, and which layer over it: one of each is enough for a short run."""

from typing import Any, Final

from screens_harness import Hands

from screens.navigation.places import Name, Over

PAGES: Final[dict[Name, str]] = {
    Name.HOME: "home",
    Name.APPROVAL: "not-approved",
    Name.OUT_OF_SERVICE: "out-of-service",
    Name.NOTHING_WORKS: "nothing-works",
    Name.THANKS: "thanks",
    Name.SERVICES: "services",
    Name.GROUP: "group",
    Name.SEARCH: "search-found",
    Name.TIMES: "times",
    Name.BUDGET: "budget",
    Name.SERVICE: "service",
    Name.PRIVACY: "complaint-privacy",
    Name.IDENTIFY: "identify-complete",
    Name.FORM: "form-fields",
    Name.REVIEW: "review",
    Name.FEE: "fee",
    Name.CONSENT: "consent-agreed",
    Name.SAVED: "saved-printed",
    Name.RATE: "rate-nine",
    Name.SAVE_DRAFT: "save-draft",
    Name.RESUME_DRAFT: "resume-draft",
    Name.RESUMED: "resumed",
    Name.TRACK: "track-typing",
    Name.CASE: "case-question",
    Name.ANSWER: "answer-typed",
    Name.STAFF_PIN: "staff-pin-typed",
    Name.STAFF: "staff-overview",
    Name.STAFF_PAPER: "staff-paper",
    Name.STAFF_DEVICE: "staff-printer",
    Name.STAFF_TOUCH: "staff-touch",
    Name.STAFF_OUTBOX: "staff-outbox-parked",
    Name.STAFF_MACHINE: "staff-line",
    Name.STAFF_CLEANING: "staff-cleaning",
    Name.STAFF_POWER: "staff-power-asked",
    Name.STAFF_VISIT: "staff-visit-ticked",
    Name.STAFF_REPORT: "staff-report-made",
    Name.STAFF_WAITING: "staff-waiting-saved",
}
LAYERS: Final[dict[Over, str]] = {
    Over.ADJUST: "home-adjust",
    Over.HELP: "home-help",
    Over.SWITCHES: "home-switches",
    Over.LEAVE: "session-leave",
    Over.FEWER: "repeat-fewer",
    Over.CODE: "code-asked",
    Over.SIGNING: "signing",
    Over.PHOTO: "control-photo-enlarged",
}
#: States of PAGES and LAYERS, each with what it shows.
SHOWS: Final[dict[str, Any]] = {state: shown for each in (PAGES, LAYERS) for shown, state in each.items()}


def in_sight(hands: Hands) -> Name | Over:
    """The layer over the page, or the page."""
    flow = hands.app.flow
    return flow.place.name if flow.over is Over.NOTHING else flow.over
