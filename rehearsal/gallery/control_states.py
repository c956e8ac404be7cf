"""A question of every kind: empty, answered, wrong; and what some kinds have besides."""

from collections.abc import Callable
from typing import Final

from protocol.peripherals import CaptureFault, Hint
from rehearsal.citizen import card_of
from rehearsal.devices import Sight
from rehearsal.every_control import ANSWERS, READONLY_ID, SERVICE_ID, WRONG
from rehearsal.gallery.way import Way, answer_page, open_form
from screens.citizen.controls.viewfinder import Viewfinder
from screens.look.widgets.entry import TEXT_LENGTH

Step = Callable[[Way], None]


def show(name: str, value: str | None = None) -> Step:
    """The page that asks the question ``name``, answered with ``value``; "" attaches a photo."""

    def shows(way: Way) -> None:
        open_form(way, SERVICE_ID)
        ref = f"/data/{name}"
        if value:
            way.session.answer(ref, value)
        elif value is not None:
            way.session.attach(ref, way.rehearsal.camera.jpeg)
        way.session.show(ref)

    return shows


def _read_only(name: str) -> Step:
    def shows(way: Way) -> None:
        open_form(way, READONLY_ID)
        way.session.show(f"/data/{name}")

    return shows


def _forward(way: Way) -> None:
    way.page.go_forward()


def _away(way: Way) -> None:
    way.page.model.unfocus()


def _calendar(way: Way) -> None:
    way.hands.tap(way.flow.texts("form.calendar.open"))


def _years(way: Way) -> None:
    way.hands.tap(way.flow.texts("form.calendar.year", year="2026"))


def _months(way: Way) -> None:
    way.hands.tap(way.flow.texts("form.calendar.month", month=way.flow.formatting.month_names()[10]))


def _too_long(way: Way) -> None:
    way.page.entry.type("Siti " * (TEXT_LENGTH // 5 + 1))


def _search(way: Way) -> None:
    way.page.entry.type("sura")


def _search_in_vain(way: Way) -> None:
    way.page.entry.type("xyzxyz")


def _more(way: Way) -> None:
    way.hands.tap(way.hands.text("form.choices.more"))


def _no_camera(way: Way) -> None:
    way.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")


def _too_dark(way: Way) -> None:
    way.rehearsal.camera.become("READY", "TOO_DARK")


def _in_sight(hint: Hint) -> Step:
    """The camera has found the sheet, and has that to say."""

    def looks(way: Way) -> None:
        way.rehearsal.camera.in_sight = Sight(way.rehearsal.camera.sheet, hint)
        view = next(each for each in way.hands.widgets() if isinstance(each, Viewfinder))
        # A hint that came twice is shown.
        for _ in range(2):
            way.hands.join()
            if view.sighting is not None:
                view.sighting.look()
            way.hands.join()

    return looks


def _doubtful(kind: CaptureFault) -> Step:
    def shoots(way: Way) -> None:
        way.rehearsal.camera.problem = kind
        question = way.citizen.questions()[0]
        way.citizen.answer(question)

    return shoots


def _enlarge(way: Way) -> None:
    way.hands.tap(way.hands.text("photo.enlarge"))


def _add(way: Way) -> None:
    way.page.model.add_instance("/data/anggota")


def _list(way: Way) -> None:
    way.session.show("/data/anggota")


def _take_away(way: Way) -> None:
    way.hands.tap(way.hands.text("repeat.remove", what="1."))


def guests(*names: str) -> Step:
    """The page that asks how many guests there are, each of whom was filled in."""

    def fills(way: Way) -> None:
        show("kunjungan/jumlah_tamu", str(len(names)))(way)
        for number, name in enumerate(names, 1):
            way.session.answer(f"/data/kunjungan/tamu[{number}]/nama_tamu", name)
        way.session.answering.settle()

    return fills


def _fewer(way: Way) -> None:
    model = way.page.model
    model.focus_on(model.questions[0])
    way.page.entry.set("1")
    model.unfocus()


def _first_choice(way: Way) -> None:
    way.hands.tap_widget(card_of(way.citizen.questions()[0], "kursi"))


def _states() -> dict[str, tuple[Step, ...]]:
    made: dict[str, tuple[Step, ...]] = {}
    for name, value in ANSWERS.items():
        slug = name.replace("_", "-")
        made[f"control-{slug}"] = (show(name),)
        if value is not None:
            made[f"control-{slug}-answered"] = (show(name, value),)
            made[f"control-{slug}-missing"] = (show(name), _forward)
            if value:
                made[f"control-{slug}-readonly"] = (_read_only(name),)
        if name in WRONG:
            made[f"control-{slug}-wrong"] = (show(name, WRONG[name]), _forward)
    return made


STATES: Final[dict[str, tuple[Step, ...]]] = {
    **_states(),
    "control-photo": (show("foto"),),
    "control-photo-ready": (show("foto"), _in_sight(Hint.READY)),
    "control-photo-far": (show("foto"), _in_sight(Hint.TOO_FAR)),
    "control-photo-no-camera": (_no_camera, show("foto")),
    "control-photo-dark-room": (_too_dark, show("foto")),
    "control-photo-too-dark": (show("foto"), _doubtful(CaptureFault.TOO_DARK)),
    "control-photo-blurred": (show("foto"), _doubtful(CaptureFault.TOO_BLURRED)),
    "control-photo-glare": (show("foto"), _doubtful(CaptureFault.GLARE)),
    "control-photo-taken": (show("foto", ""),),
    "control-photo-enlarged": (show("foto", ""), _enlarge),
    "control-several-half": (show("bantuan"), _first_choice),
    "control-list-typed": (show("kota"), _search),
    "control-list-nothing": (show("kota"), _search_in_vain),
    "control-list-more": (show("kota"), _more),
    "control-text-full": (show("nama"), _too_long),
    "control-text-unfocused": (show("nama"), _away),
    "control-calendar": (show("lahir"), _calendar),
    "control-calendar-years": (show("lahir"), _calendar, _years),
    "control-calendar-months": (show("lahir"), _calendar, _months),
    "control-calendar-answered": (show("janji", "2026-12-01T09:30:00.000"), _calendar),
    "repeat-empty": (show("anggota"),),
    "repeat-first": (show("anggota"), _add),
    "repeat-two": (show("anggota"), _add, answer_page, _list, _add, answer_page, _list),
    "repeat-fewer": (guests("Siti", "Budi", "Ani"), _fewer),
    "repeat-remove": (show("anggota"), _add, answer_page, _list, _take_away),
}
