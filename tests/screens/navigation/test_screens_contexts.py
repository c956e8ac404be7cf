"""Pages know of the kiosk what their context gives them; only navigation, which makes the contexts, holds the kiosk itself."""

import re
from pathlib import Path

import screens

ROOT = Path(next(iter(screens.__path__)))
#: ``flow.kiosk``, ``self._flow.kiosk`` and the like; ``kiosk = flow.kiosk`` as well.
WHOLE_KIOSK = re.compile(r"\bflow\.kiosk\b|\b_flow\.kiosk\b")


def test_no_page_reaches_for_the_whole_kiosk() -> None:
    sources = [path for path in sorted(ROOT.rglob("*")) if path.suffix in (".py", ".kv")]
    using = {path.relative_to(ROOT).parts[0] for path in sources if WHOLE_KIOSK.search(path.read_text())}
    assert using == {"navigation"}
