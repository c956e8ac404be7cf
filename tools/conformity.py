"""``python -m tools.conformity``: writes ``docs/conformity.md`` from the tests that are marked with a clause of EN 301 549.

A test says which clauses it shows: ``@pytest.mark.en301549("5.1.3.8")``. Every clause of chapters 5 to 8 stands here with its
title; one that no test shows needs a reason. A test of the tools keeps the page in step.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "conformity.md"
MARKER: Final = "en301549"


class Standing(StrEnum):
    SHOWN = "shown by tests"
    INSTALLER = "for whoever builds and mounts it"
    OTHER = "does not apply"
    OPEN = "not met yet"


@dataclass(frozen=True)
class Clause:
    number: str
    title: str
    #: Why no test shows it, or what is left beside the tests.
    reason: str = ""
    standing: Standing = Standing.SHOWN


def _other(number: str, title: str, reason: str) -> Clause:
    return Clause(number, title, reason, Standing.OTHER)


def _installer(number: str, title: str, reason: str) -> Clause:
    return Clause(number, title, reason, Standing.INSTALLER)


_NO_CALLS: Final = "Nobody speaks with anybody through a kiosk: help is called by a signal."
_SILENT: Final = "The only videos are sign-language clips, which are silent and repeat the page's text."
_PLACE: Final = "The place in front of the kiosk: `docs/install.md`, “Where it is mounted”."
_HOUSING: Final = "The housing and its keypad: `docs/install.md`, “Where it is mounted”."

#: EN 301 549 V3.2.1; clauses that are headings alone are left out.
CLAUSES: Final = (
    Clause("5.1.3.1", "Audio output of visual information"),
    Clause("5.1.3.2", "Auditory output delivery including speech"),
    Clause("5.1.3.3", "Auditory output correlation"),
    Clause("5.1.3.4", "Speech output user control"),
    Clause("5.1.3.5", "Speech output automatic interruption"),
    Clause("5.1.3.6", "Speech output for non-text content"),
    _other("5.1.3.7", "Speech output for video information", _SILENT),
    Clause("5.1.3.8", "Masked entry"),
    Clause("5.1.3.9", "Private access to personal data"),
    Clause("5.1.3.10", "Non-interfering audio output"),
    Clause("5.1.3.11", "Private listening volume"),
    Clause(
        "5.1.3.12", "Speaker volume", "How loud a step is depends on the amplifier: at least 65 dBA, to be measured."
    ),
    Clause("5.1.3.13", "Volume reset"),
    Clause("5.1.3.14", "Spoken languages"),
    Clause("5.1.3.15", "Non-visual error identification"),
    Clause("5.1.3.16", "Receipts, tickets and transactional outputs"),
    Clause("5.1.4", "Functionality closed to text enlargement"),
    _other("5.1.5", "Visual output for auditory information", "Whatever is heard stands on the page as text."),
    Clause("5.1.6.2", "Input focus"),
    _other("5.1.7", "Access without speech", "Nothing is asked for by voice."),
    Clause("5.2", "Activation of accessibility features"),
    _other("5.3", "Biometrics", "Nobody is recognised by their body."),
    _other("5.4", "Preservation of accessibility information during conversion", "Nothing is converted."),
    Clause("5.5.1", "Means of operation"),
    _installer("5.5.2", "Operable parts discernibility", _HOUSING),
    Clause("5.6.1", "Tactile or auditory status of locking or toggle controls"),
    Clause("5.6.2", "Visual status of locking or toggle controls"),
    Clause("5.7", "Key repeat"),
    Clause("5.8", "Double-strike key acceptance"),
    Clause("5.9", "Simultaneous user actions"),
    _other("6.1", "Audio bandwidth for speech", _NO_CALLS),
    _other("6.2", "Real-time text functionality", _NO_CALLS),
    _other("6.3", "Caller ID", _NO_CALLS),
    _other("6.4", "Alternatives to voice-based services", _NO_CALLS),
    _other("6.5", "Video communication", _NO_CALLS),
    _other("6.6", "Alternatives to video-based services", _NO_CALLS),
    _other("7.1.1", "Captioning playback", _SILENT),
    _other("7.1.2", "Captioning synchronization", _SILENT),
    _other("7.1.3", "Preservation of captioning", _SILENT),
    _other("7.1.4", "Captions characteristics", _SILENT),
    _other("7.1.5", "Spoken subtitles", _SILENT),
    _other("7.2.1", "Audio description playback", _SILENT),
    _other("7.2.2", "Audio description synchronization", _SILENT),
    _other("7.2.3", "Preservation of audio description", _SILENT),
    _other("7.3", "User controls for captions and audio description", _SILENT),
    _installer("8.1.2", "Standard connections", _HOUSING),
    Clause("8.1.3", "Colour"),
    _installer("8.2.1.1", "Speech volume range", "The amplifier's range: at least 18 dB, to be measured."),
    Clause("8.2.1.2", "Incremental volume control"),
    _other("8.2.2.1", "Fixed-line devices", _NO_CALLS),
    _other("8.2.2.2", "Wireless communication devices", _NO_CALLS),
    Clause("8.3.2.1", "Unobstructed high forward reach", "Keypad, tray and scanner are the housing's."),
    Clause("8.3.2.2", "Unobstructed low forward reach", "Keypad, tray and scanner are the housing's."),
    _installer("8.3.2.3", "Obstructed forward reach", _PLACE),
    _installer("8.3.2.4", "Knee and toe clearance width", _PLACE),
    _installer("8.3.2.5", "Toe clearance", _PLACE),
    _installer("8.3.2.6", "Knee clearance", _PLACE),
    Clause("8.3.3.1", "Unobstructed high side reach", "Keypad, tray and scanner are the housing's."),
    Clause("8.3.3.2", "Unobstructed low side reach", "Keypad, tray and scanner are the housing's."),
    _installer("8.3.3.3", "Obstructed side reach", _PLACE),
    _installer("8.3.4.1", "Change in level", _PLACE),
    _installer("8.3.4.2", "Clear floor or ground space", _PLACE),
    _installer("8.3.4.3", "Approach", _PLACE),
    _installer("8.3.5", "Visibility", _PLACE),
    Clause("8.3.6", "Installation instructions"),
    _installer("8.4.1", "Numeric keys", _HOUSING),
    _installer("8.4.2", "Operation of mechanical parts", _HOUSING),
    _other(
        "8.4.3", "Keys, tickets and fare cards", "A slip is the same to every hand; nothing is put back into the kiosk."
    ),
    _installer("8.5", "Tactile indication of speech mode", _HOUSING),
)

_HEAD: Final = """\
# Accessibility: EN 301 549, clauses 5 to 8

For whoever buys kiosks or answers for them. After this page you know which clause of the European standard for accessible
ICT (EN 301 549 V3.2.1) is shown by which test, what is left to whoever builds and mounts the kiosk, and what does not apply.
Clauses 9 (web), 10 (documents) and 11 (software) are not on it.

Written by `python -m tools.conformity` from the marks on the tests; change those, not this page.

"""


def marked(root: Path = ROOT) -> dict[str, tuple[str, ...]]:
    """By clause, the tests that show it (``tests/…/test_x.py::test_y``), in order."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if MARKER not in text:
            continue
        for number, test in _marks(ast.parse(text)):
            found.setdefault(number, []).append(f"{path.relative_to(root)}::{test}")
    return {number: tuple(tests) for number, tests in found.items()}


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for mark in function.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == MARKER:
                yield from ((ast.literal_eval(number), function.name) for number in mark.args)


def faults(tests: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What does not fit: marks of no clause, clauses with neither a test nor a reason, or with both."""
    known = {clause.number: clause for clause in CLAUSES}
    found = [
        f"{tests[number][0]} is marked with {number}, which is no clause" for number in tests if number not in known
    ]
    for clause in CLAUSES:
        shown = clause.number in tests
        if clause.standing is Standing.SHOWN and not shown:
            found.append(f"{clause.number} ({clause.title}): no test shows it, and nothing says why")
        if clause.standing is not Standing.SHOWN and shown:
            found.append(f"{clause.number} ({clause.title}): {clause.standing}, and {tests[clause.number][0]} shows it")
        if clause.standing is not Standing.SHOWN and not clause.reason:
            found.append(f"{clause.number} ({clause.title}): {clause.standing}, and nothing says why")
    return found


def page(tests: Mapping[str, tuple[str, ...]]) -> str:
    """``docs/conformity.md``."""
    counts = ", ".join(f"{sum(each.standing is one for each in CLAUSES)} {one}" for one in Standing)
    rows = ["| clause | what it asks for | how it stands |", "| --- | --- | --- |"]
    for clause in CLAUSES:
        parts = [f"`{test}`" for test in tests.get(clause.number, ())]
        if clause.standing is not Standing.SHOWN:
            parts = [f"{clause.standing.value.capitalize()}. {clause.reason}"]
        elif clause.reason:
            parts.append(clause.reason)
        rows.append(f"| {clause.number} | {clause.title} | {'<br>'.join(parts)} |")
    return _HEAD + f"Of {len(CLAUSES)} clauses: {counts}.\n\n" + "\n".join(rows) + "\n"


def main() -> int:
    tests = marked()
    found = faults(tests)
    for fault in found:
        print(f"conformity: {fault}")
    if not found:
        PAGE.write_text(page(tests), encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
