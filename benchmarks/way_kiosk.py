"""The kiosk of the whole way's measure: the real program, touched by X events and driven at its core.

``python -m benchmarks.way_kiosk DISPLAY SENDS`` with the kiosk's settings in the environment. Prints one line of JSON on
the standard output when it is usable, and one when all is done. A process of its own, so that its memory is its own.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psutil

from kiosk.events import Event, Received, Step
from kiosk.session.citizen import HowIdentified
from kiosk.session.outcomes import Saved
from trial.demo.citizen import NIK
from trial.demo.hands import Hands

SERVICE: Final = "domisili"
#: Of a photo that the camera would have made of a card.
PHOTO_BYTES: Final = 150_000
ANSWERS: Final = {
    "nama": "Siti Contoh",
    "telepon": "081234567890",
    "jalan": "Jalan Contoh 1",
    "rt": "3",
    "rw": "5",
    "kecamatan": "gubeng",
    "kelurahan": "gubeng_airlangga",
    "sejak": "2020-02-01",
    "status_tinggal": "kos",
    "keperluan": "sekolah",
    "ada_pengantar": "tidak",
}
TOUCH_ROUNDS: Final = 8
PATIENCE_S: Final = 20.0
#: Longer than screens/shell/garbage.py waits before it tidies.
REST_S: Final = 3.0


class Eyes:
    """When what stands on the window last changed: noted after the frame that shows it was handed to the screen."""

    def __init__(self) -> None:
        from kivy.core.window import Window

        from trial.demo.hands import something_is_pressed, words_in_sight

        self._words_in_sight = words_in_sight
        self._something_is_pressed = something_is_pressed
        self._shown: tuple[str, ...] = ()
        self._pressed = False
        #: When a thing was first drawn as pressed, since then or ever.
        self.pressed_at = 0.0
        self._changed = threading.Condition()
        self._at = 0.0
        Window.bind(on_flip=self._flipped)

    def _flipped(self, *_: object) -> None:
        # on_flip runs before the buffers are exchanged; Kivy's own flip is the handler that was bound first.
        pressed = self._something_is_pressed()
        if pressed and not self._pressed:
            self.pressed_at = time.time()
        self._pressed = pressed
        shown = tuple(self._words_in_sight())
        if shown != self._shown:
            with self._changed:
                self._shown, self._at = shown, time.time()
                self._changed.notify_all()

    def wait_for(self, words: str) -> float:
        """The moment (seconds of the epoch) when ``words`` came into sight."""
        with self._changed:
            if not self._changed.wait_for(lambda: words in "\n".join(self._shown), PATIENCE_S):
                raise TimeoutError(f"{words!r} did not come")
            return self._at


class Measure:
    def __init__(self, program: Any, display: str, sends: int) -> None:
        self._program = program
        self._sends = sends
        self._hands = Hands(display, Path())
        self._eyes = Eyes()
        self._received: dict[str, float] = {}
        self._arrived = threading.Condition()
        program.kiosk.bus.subscribe(self._hear)

    def run(self) -> None:
        try:
            _say(usable_at=self._eyes.wait_for("Sentuh untuk mulai"))
            touches = [self._touch() for _ in range(TOUCH_ROUNDS)]
            before = _memory_at_rest()
            sent = [self._visit() for _ in range(self._sends)]
            _say(
                touch_ms=[answer for visit in touches for answer, _ in visit],
                page_ms=[page for visit in touches for _, page in visit],
                sends=[{"code": code, "at": at, "saved_ms": ms} for code, at, ms in sent],
                received=self._received,
                memory_mb={"before": before, "after": _memory_at_rest()},
            )
        finally:
            self._program.stop()

    def _touch(self) -> list[tuple[float, float]]:
        """The way to the services' page, and from there to a service's own page: of each touch, milliseconds from the
        finger's coming down to the frame that shows the thing pressed, and from its lifting to the page it leads to."""
        first = self._tap("Sentuh untuk mulai", "Layanan apa yang Anda butuhkan?")
        second = self._tap("Surat Keterangan Domisili", "Mulai isi formulir")
        self._hands.tap("Kembali")
        self._hands.see("Layanan apa yang Anda butuhkan?")
        self._hands.tap("Selesai")
        self._hands.see("Sentuh untuk mulai")
        return [first, second]

    def _tap(self, what: str, comes: str) -> tuple[float, float]:
        lifted = self._hands.tap(what)
        page = self._eyes.wait_for(comes)
        return (self._eyes.pressed_at - self._hands.came_down) * 1000, (page - lifted) * 1000

    def _visit(self) -> tuple[str, float, float]:
        """One citizen after the other, as at a kiosk: the next begins when the office has the last one's."""
        code, at, ms = self._hands.on_screen(self._send)
        with self._arrived:
            if not self._arrived.wait_for(lambda: code in self._received, PATIENCE_S):
                raise TimeoutError(f"{code} was not received")
        return code, at, ms

    def _send(self) -> tuple[str, float, float]:
        """A session at the core, on the screens' thread: the code, when "send" was touched, and ms until saved."""
        kiosk = self._program.kiosk
        session = kiosk.begin("id")
        session.choose(SERVICE)
        session.start_service()
        session.identify(NIK, HowIdentified.TYPED)
        session.continue_to_form()
        while session.step is Step.FORM:
            page = session.page
            for node in page.nodes if page else ():
                if node.name in ANSWERS:
                    session.answer(node.ref, ANSWERS[node.name])
                elif node.name == "foto_ktp":
                    session.attach(node.ref, b"\xff\xd8\xff\xe0" + bytes(PHOTO_BYTES))
            if violations := session.next_page():
                raise AssertionError([violation.ref for violation in violations])
        session.finish_review()
        session.agree()
        at = time.time()
        saved = kiosk.send()
        ms = (time.time() - at) * 1000
        if not isinstance(saved, Saved):
            raise AssertionError(f"not saved: {saved}")
        kiosk.end()
        return saved.code, at, ms

    def _hear(self, event: Event) -> None:
        if isinstance(event, Received):
            with self._arrived:
                self._received[event.code] = time.time()
                self._arrived.notify_all()


def _memory_at_rest() -> dict[str, float]:
    """Megabytes of this process once nobody has touched it for a while."""
    time.sleep(REST_S)
    memory = psutil.Process().memory_full_info()
    return {"unique": memory.uss / 1e6, "resident": memory.rss / 1e6}


def _say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def main(display: str, sends: int) -> int:
    from program.enrolled import enrolled
    from program.program import Program
    from program.settings import KioskSettings

    settings = KioskSettings()
    program = Program(settings, enrolled(settings))
    measure = Measure(program, display, sends)
    failed: list[BaseException] = []

    def run(job: Callable[[], None]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - reported by the exit code, from the thread that Kivy owns
            failed.append(error)

    driver = threading.Thread(target=run, args=(measure.run,), name="measure")
    driver.start()
    program.run()
    driver.join()
    for error in failed:
        print(f"way_kiosk: {type(error).__name__}: {error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2])))
