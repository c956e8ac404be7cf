"""``python -m screens.gallery [--all]``: pictures of every screen, each checked by code for text that is cut or leaves
its box, with an index page, in ``build/gallery``.

The short set shows every screen once and the main ones in each text size, contrast, language and orientation;
``--all`` is every combination.
"""

import argparse
import html
import itertools
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from screens.appearance import Appearance
from screens.boot import BootOptions, prepare
from screens.look.colours import Contrast
from screens.look.tokens import TextSize
from screens.rehearsal import Photo
from screens.texts import LANGUAGES

ROOT: Final = Path(__file__).resolve().parent.parent
OUT: Final = ROOT / "build" / "gallery"
SIZES: Final = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
MAIN: Final = ("home", "services", "form-fields", "saved")
#: A letter may lean out of its box by this much, in pixels.
TOLERANCE: Final = 2.0
SETTLE: Final = 4


@dataclass(frozen=True)
class Shot:
    """One picture to take: which screen, how it looks, which way up."""

    screen: str
    appearance: Appearance
    orientation: str

    @property
    def name(self) -> str:
        look = self.appearance
        parts = (self.screen, look.language, look.contrast, look.text_size, self.orientation)
        return "-".join(str(part).lower() for part in parts)


def plan(screens: Sequence[str], everything: bool) -> Iterator[Shot]:
    """The shots in the order in which they are taken: by orientation, then by look."""
    if everything:
        for orientation, language, contrast, size, screen in itertools.product(
            SIZES, LANGUAGES, Contrast, TextSize, screens
        ):
            yield Shot(screen, Appearance(language, contrast, size), orientation)
        return
    for orientation in SIZES:
        for screen in screens:
            yield Shot(screen, Appearance(), orientation)
        for screen in (name for name in MAIN if name in screens):
            for language in LANGUAGES[1:]:
                yield Shot(screen, Appearance(language=language), orientation)
            for contrast in tuple(Contrast)[1:]:
                yield Shot(screen, Appearance(contrast=contrast), orientation)
            for size in (TextSize.SMALL, TextSize.LARGE, TextSize.EXTRA):
                yield Shot(screen, Appearance(text_size=size), orientation)


def cut_texts(root: Any) -> list[str]:
    """Texts in sight that are larger than their box, and things that can be touched but lie outside of the window."""
    from kivy.uix.label import Label

    from screens.look.page import Page

    found = []
    for widget in _shown(root):
        if isinstance(widget, Label) and widget.text and widget.width > 0 and not widget.shorten:
            width, height = widget.texture_size
            if width > widget.width + TOLERANCE or height > widget.height + TOLERANCE:
                found.append(f"cut: {widget.text!r:.60} is {width}×{height} in {widget.width:.0f}×{widget.height:.0f}")
        if isinstance(widget, Page):
            outside = [part for part in widget.children if part.top > root.top + TOLERANCE or part.y < -TOLERANCE]
            found += [f"outside: {type(part).__name__}" for part in outside]
            if widget.ids.pane.height < 1:
                found.append("the page has no room for what it is about")
    return found


def _shown(widget: Any) -> Iterator[Any]:
    if widget.opacity == 0:
        return
    yield widget
    for child in widget.children:
        yield from _shown(child)


class Studio:
    """The app on a rehearsed kiosk, led to each screen."""

    def __init__(self, folder: Path, boot: BootOptions) -> None:
        from kivy.base import runTouchApp

        from screens.app import AppOptions, build_app
        from screens.rehearsal import rehearse
        from screens.sample_city import read_sample_city
        from screens.texts import load_catalogues

        assets = ROOT / "assets"
        catalogues = load_catalogues(assets / "translations")
        self.rehearsal = rehearse(folder, catalogues, read_sample_city(assets / "services"))
        self.app = build_app(self.rehearsal.kiosk, AppOptions(assets=assets, catalogues=catalogues, boot=boot))
        self.app._run_prepare()
        runTouchApp(embedded=True)
        self.settle()

    @property
    def stage(self) -> Any:
        """The window's one widget."""
        return self.app.stage

    @property
    def page(self) -> Any:
        return self.stage.page

    def settle(self, frames: int = SETTLE) -> None:
        from kivy.base import EventLoop

        for _ in range(frames):
            EventLoop.idle()

    def turn(self, orientation: str) -> None:
        from kivy.core.window import Window

        if tuple(Window.size) != SIZES[orientation]:
            Window.size = SIZES[orientation]
        self.settle()

    def lead_to(self, screen: str) -> None:
        """From the home screen; whoever was here before has gone."""
        flow, kiosk, steps = self.app.flow, self.rehearsal.kiosk, _WAYS[screen]
        kiosk.end()
        self.settle(2)
        flow.dismiss_thanks()
        flow.close_over()
        for step in steps:
            step(self)
            self.settle(2)

    def take(self, shot: Shot) -> list[str]:
        """Takes the picture; what is wrong with it."""
        self.turn(shot.orientation)
        self.app.flow.appearance = shot.appearance
        self.lead_to(shot.screen)
        self.app.flow.appearance = shot.appearance
        self.app.flow.set_language(shot.appearance.language)
        self.settle()
        self.stage.export_to_png(str(OUT / f"{shot.name}.png"))
        return cut_texts(self.stage)

    def close(self) -> None:
        from kivy.base import stopTouchApp

        stopTouchApp()
        self.app.stop()
        self.rehearsal.close()


def _start(studio: Studio) -> None:
    studio.app.flow.start()


def _group(studio: Studio) -> None:
    studio.app.flow.open_group("agency:kelurahan")


def _search(studio: Studio) -> None:
    studio.app.flow.open_search()


def _typed_search(studio: Studio) -> None:
    studio.page.model.entry.type("akta")


def _service(studio: Studio) -> None:
    studio.app.flow.open_service("domisili")


def _identify(studio: Studio) -> None:
    studio.page.go_forward()


def _wrong_nik(studio: Studio) -> None:
    studio.page.model.entry.type("3578013213900001")


def _nik(studio: Studio) -> None:
    studio.page.model.entry.type("3578014107900001")
    studio.page.go_forward()


def _answer_page(studio: Studio) -> None:
    """Answers what the page in sight asks, and goes on."""
    session = studio.rehearsal.kiosk.session
    page = session.page if session is not None else None
    if session is None or page is None:
        return
    known = {"date": "1990-08-17", "time": "08:30:00.000", "int": "3", "decimal": "3.5"}
    for node in page.nodes:
        if node.kind == "UPLOAD":
            photo = studio.rehearsal.camera.capture()
            if isinstance(photo, Photo):
                session.attach(node.ref, photo.jpeg)
        elif node.choices and not node.value:
            session.answer(node.ref, node.choices[-1].value)
        elif not node.value and not node.readonly:
            text = (
                "081234567890" if node.name == "telepon" else "003" if "numbers" in node.appearance else "Siti Aminah"
            )
            session.answer(node.ref, known.get(node.data_type, text))
    session.next_page()


def _review(studio: Studio) -> None:
    for _ in range(30):
        if studio.app.flow.place.name != "FORM":
            return
        _answer_page(studio)
        studio.settle(1)


def _missing(studio: Studio) -> None:
    studio.page.go_forward()


def _focus(studio: Studio) -> None:
    model = studio.page.model
    model.focus_on(model.questions[1])


def _agree(studio: Studio) -> None:
    studio.page.toggle()


def _track(studio: Studio) -> None:
    studio.app.flow.open_track()


def _adjust(studio: Studio) -> None:
    studio.app.flow.open_adjust()


def _help(studio: Studio) -> None:
    studio.app.flow.open_help()


def _leave(studio: Studio) -> None:
    studio.app.flow.ask_leave()


def _finish(studio: Studio) -> None:
    studio.app.flow.finish()


_FORM: Final = (_start, _service, _identify, _nik)
_WAYS: Final[dict[str, tuple[Any, ...]]] = {
    "home": (),
    "services": (_start,),
    "group": (_start, _group),
    "search": (_start, _search),
    "search-found": (_start, _search, _typed_search),
    "service": (_start, _service),
    "identify": (_start, _service, _identify),
    "identify-wrong": (_start, _service, _identify, _wrong_nik),
    "form-fields": _FORM,
    "form-typing": (*_FORM, _focus),
    "form-missing": (*_FORM, _missing),
    "form-choices": (*_FORM, _answer_page),
    "form-date": (*_FORM, _answer_page, _answer_page),
    "form-photo": (*_FORM, *(_answer_page,) * 5),
    "review": (*_FORM, _review),
    "consent": (*_FORM, _review, _identify),
    "saved": (*_FORM, _review, _identify, _agree, _identify),
    "track": (_start, _track),
    "adjust": (_start, _adjust),
    "help": (_start, _help),
    "leave": (*_FORM, _leave),
    "thanks": (_start, _finish),
}


def write_index(shots: Sequence[Shot], problems: dict[str, list[str]]) -> None:
    """``index.html``: all pictures, those with a problem first."""
    cards = "".join(
        f'<figure class="{"bad" if problems[shot.name] else "good"}"><a href="{shot.name}.png">'
        f'<img loading="lazy" src="{shot.name}.png" alt="{shot.name}"></a>'
        f"<figcaption>{shot.name}{''.join('<br>' + html.escape(each) for each in problems[shot.name])}</figcaption></figure>"
        for shot in sorted(shots, key=lambda shot: not problems[shot.name])
    )
    style = (
        "body{font:14px sans-serif;background:#f7f5f0;margin:16px}main{display:flex;flex-wrap:wrap;gap:16px}"
        "figure{margin:0;width:260px}img{width:100%;border:1px solid #999}.bad figcaption{color:#b3372b}"
    )
    (OUT / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>eKios gallery</title><style>{style}</style>'
        f"<h1>eKios: {len(shots)} pictures, {sum(bool(each) for each in problems.values())} with a problem</h1>"
        f"<main>{cards}</main></html>",
        encoding="utf-8",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="screens.gallery")
    parser.add_argument("--all", action="store_true", help="every screen in every look")
    parser.add_argument("--screen", action="append", choices=tuple(_WAYS), help="only this one (can be repeated)")
    options = parser.parse_args(arguments)
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    width, height = SIZES["portrait"]
    boot = BootOptions(driver="offscreen", width=width, height=height, max_fps=0)
    prepare(boot)
    shots = list(plan(options.screen or tuple(_WAYS), options.all))
    problems: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(Path(folder), boot)
        for shot in shots:
            problems[shot.name] = studio.take(shot)
            for problem in problems[shot.name]:
                print(f"{shot.name}: {problem}")
        studio.close()
    write_index(shots, problems)
    bad = sum(bool(each) for each in problems.values())
    print(f"{len(shots)} pictures, {bad} with a problem: {OUT / 'index.html'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
