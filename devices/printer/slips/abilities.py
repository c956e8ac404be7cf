"""What the printers of the world can do, as python-escpos knows it.

Its file is JSON, which it reads with a parser for YAML: a third of a second of the first slip, and of every start. It takes a
pickle instead where it finds one that is newer; so it is given one, in a folder that is gone afterwards. Left to itself, it
leaves its own behind at each start.
"""

import importlib
import importlib.util
import json
import os
import pickle
import platform
import sys
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

MODULE: Final = "escpos.capabilities"
_FOLDER: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_LOCK: Final = threading.Lock()


def abilities() -> dict[str, Any]:
    """By "profiles" and "encodings". To be asked before anything else of python-escpos is imported; from any thread."""
    with _LOCK:
        if MODULE not in sys.modules and _FOLDER not in os.environ:
            _import_quickly()
        known: dict[str, Any] = importlib.import_module(MODULE).CAPABILITIES
    return known


def _import_quickly() -> None:
    spec = importlib.util.find_spec("escpos")
    places = (spec.submodule_search_locations if spec is not None else None) or []
    file = next((file for place in places if (file := Path(place, "capabilities.json")).exists()), None)
    if file is None:
        return
    with TemporaryDirectory(prefix="escpos-") as folder:
        kept = Path(folder, f"{platform.python_version()}.capabilities.pickle")
        kept.write_bytes(pickle.dumps(json.loads(file.read_text(encoding="utf-8"))))
        os.environ[_FOLDER] = folder
        try:
            importlib.import_module(MODULE)
        finally:
            del os.environ[_FOLDER]
