"""Turning the machine off, as field staff ask for on its panel."""

import logging
import subprocess
from typing import Final

logger = logging.getLogger(__name__)

#: The session's own right: a polkit rule of the installation lets the kiosk's user do it.
COMMAND: Final = ("systemctl", "poweroff")
#: It returns at once, or never.
WAIT_S: Final = 10.0


class SystemPower:
    """By systemd; ``command`` is another's in tests."""

    def __init__(self, command: tuple[str, ...] = COMMAND) -> None:
        self._command = command

    def shut_down(self) -> bool:
        try:
            done = subprocess.run(self._command, capture_output=True, timeout=WAIT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            logger.error("the machine is not turned off: %s", type(error).__name__)
            return False
        if done.returncode != 0:
            logger.error("the machine is not turned off: %s", done.stderr.decode(errors="replace")[:200])
        return done.returncode == 0
