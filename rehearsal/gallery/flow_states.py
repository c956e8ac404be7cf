"""Beside a submission: rating, the choice of a complaint, the fee, drafts, an open city, calling an officer."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, Final

from kiosk.drafts.drafts import Resumed
from kiosk.session.privacy import Privacy
from kiosk.store.documents import StoredDocument
from rehearsal.every_control import SERVICE_ID
from rehearsal.gallery.session_states import STATES as VISIT
from rehearsal.gallery.way import PAGES, Way, answer_page, domicile_form, forward, open_form, open_service, start

_MADE: Final = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
_TIMES: Final[dict[str, Any]] = {
    "since": "2026-01-01T00:00:00Z",
    "weight": "1/9",
    "agencies": [
        {
            "id": "kelurahan",
            "name": {"id": "Kelurahan dan Kecamatan", "en": "Urban Village and District Office"},
            "decided": 212,
            "median_days": 1,
            "ninetieth_days": 3,
            "in_time_percent": 88,
            "index": "88.42",
            "grade": "A",
            "services": [
                {
                    "id": "domisili",
                    "name": {"id": "Surat Keterangan Domisili", "en": "Letter of Domicile"},
                    "promised_days": 2,
                    "decided": 180,
                    "median_days": 1,
                    "ninetieth_days": 3,
                    "in_time_percent": 88,
                },
                {"id": "usaha", "name": {"id": "Surat Keterangan Usaha"}, "promised_days": 2, "decided": 3},
            ],
            "complaints_answered": 31,
            "complaints_open": 4,
            "complaints_late": 2,
        },
        {"id": "dinkes", "name": {"id": "Dinas Kesehatan dan Puskesmas"}, "decided": 3},
    ],
}
_BUDGET: Final[dict[str, Any]] = {
    "year": 2026,
    "source": "Perda APBD 12/2025",
    "lines": [
        {"name": {"id": name}, "planned_rupiah": planned, "spent_rupiah": spent}
        for name, planned, spent in (
            ("Pendidikan", 2_500_000_000_000, 1_900_000_000_000),
            ("Jalan dan jembatan", 1_200_000_000_000, 990_000_000_000),
            ("Kebersihan dan taman", 600_000_000_000, 640_000_000_000),
        )
    ],
}

#: Answers of the advertising permit that must fit.
_ADVERTISING: Final = {"npwpd": "1234567890123", "mulai": "2026-12-24"}


def _publish(way: Way) -> None:
    for name, body in (("transparency", _TIMES), ("budget", _BUDGET)):
        way.hands.kiosk.open_city.keep(StoredDocument(name, 1, _MADE, body))


def _times(way: Way) -> None:
    way.flow.citizen.open_times()


def _agency(way: Way) -> None:
    way.flow.citizen.open_times("kelurahan")


def _budget(way: Way) -> None:
    way.flow.citizen.open_budget()


def _rated(way: Way) -> None:
    way.settle()
    way.hands.tap(way.flow.texts("rate.score.3"), exactly=True)


def _nine(way: Way) -> None:
    way.flow.rating.begin()


def _complaint(way: Way) -> None:
    way.flow.citizen.open_service("pengaduan")


def _secret(way: Way) -> None:
    way.session.choose_privacy(Privacy.SECRET)


def _fee(way: Way) -> None:
    """From the home screen to what an advertising permit costs."""
    open_form(way, "reklame")
    for _ in range(PAGES):
        page = way.session.page
        if way.flow.place.name != "FORM" or page is None:
            break
        for node in page.nodes:
            if node.name in _ADVERTISING:
                way.session.answer(node.ref, _ADVERTISING[node.name])
        answer_page(way)
    way.session.finish_review()


def _save(way: Way) -> None:
    way.flow.drafts.begin_save()


def _born(way: Way) -> None:
    way.page.model.entry.type("17081990")


def _fetch(way: Way) -> None:
    way.flow.drafts.begin_resume("DRAF9QXF0001")


def _came_back(way: Way) -> None:
    way.flow.drafts.went_on(Resumed("domisili", 12, 2, changed=True), "DRAF9QXF0001", date(1990, 8, 17))


def _call(way: Way) -> None:
    way.hands.kiosk.help_calls.call("services")
    way.flow.open_help()


def _every_control(way: Way) -> None:
    open_service(way, SERVICE_ID)


def _signed(way: Way) -> None:
    way.flow.open_signing()


STATES: Final[dict[str, tuple[Callable[[Way], None], ...]]] = {
    "rated": (*VISIT["saved"], _rated),
    "rate-nine": (*VISIT["saved"], _rated, _nine),
    "complaint-privacy": (start, _complaint, forward),
    "complaint-secret": (start, _complaint, forward, _secret),
    "fee": (_fee,),
    "signing": (_every_control, _signed),
    "save-draft": (domicile_form, answer_page, _save, _born),
    "save-draft-kept": (domicile_form, answer_page, _save, _born, forward),
    "resume-draft": (start, _fetch),
    "resumed": (start, _came_back),
    "times": (_publish, start, _times),
    "times-agency": (_publish, start, _times, _agency),
    "budget": (_publish, start, _budget),
    "help-called": (start, _call),
}
