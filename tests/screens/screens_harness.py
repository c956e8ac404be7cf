"""The window of the tests, made before anything of Kivy's is imported, and the hands that touch it."""

from screens.shell.boot import BootOptions, prepare

#: Half the dots of a kiosk on a panel of the same size: the same layout in a quarter of the drawing time.
BOOT = BootOptions(driver="offscreen", width=540, height=960, dpi=48.0, max_fps=0)
prepare(BOOT)

from rehearsal.hands import ASSETS, Hands, NotThere  # noqa: E402

__all__ = ["ASSETS", "BOOT", "Hands", "NotThere"]
