"""What the process that others are forked from has at hand; see ``tests.forked``."""

import gc

from server import __main__ as server_command
from server.foundation import texts
from server.submissions import keeper_child
from server.web.frame.site import KIOSK_TEXTS
from tests.devices.printer import kiosk_process
from tests.server import conftest as server_kit
from tests.sync import processes

__all__ = ["keeper_child", "kiosk_process", "processes", "server_command", "server_kit"]

texts.load()
texts.load(KIOSK_TEXTS)
gc.freeze()
