"""A kiosk's screens in a process of their own, on the display of the environment, until SIGTERM: ``python THIS FOLDER``.

Kivy's own ways out are opened on purpose, so that nothing stands before them but what is tried: Esc ends, F1 opens its
settings. For each key that comes in a line goes out: its code, and how many widgets stand in the window.
"""

import signal
import sys
import threading
from pathlib import Path

from screens.shell.boot import BootOptions, prepare

BOOT = BootOptions(driver="x11", width=540, height=960, dpi=48.0, fullscreen=False)


def main(folder: Path) -> None:
    prepare(BOOT)
    from kivy.app import App
    from kivy.clock import Clock
    from kivy.config import Config
    from kivy.core.window import Window, WindowBase

    from rehearsal import rehearse
    from rehearsal.hands import ASSETS
    from rehearsal.sample_city import read_sample_city
    from screens.language.texts import load_catalogues
    from screens.shell.app import AppOptions, KioskApp

    Config.set("kivy", "exit_on_escape", "1")
    WindowBase.on_keyboard.exit_on_escape = True
    KioskApp.open_settings = App.open_settings
    catalogues = load_catalogues(ASSETS / "translations")
    rehearsal = rehearse(folder, catalogues, read_sample_city(ASSETS / "services"))
    app = KioskApp(rehearsal.kiosk, AppOptions(assets=ASSETS, catalogues=catalogues, boot=BOOT))

    def pressed(_window: object, code: int, *_: object) -> bool:
        print("key", code, len(Window.children), flush=True)
        return False

    def begin(_seconds: float) -> None:
        # Bound after the kiosk's own, it is asked before it.
        Window.bind(on_keyboard=pressed)
        print("ready", flush=True)

    Clock.schedule_once(begin, 1)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=app.ask_stop).start())
    app.run()
    rehearsal.close()
    print("ended", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
