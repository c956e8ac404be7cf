"""The way of the pen for each pictogram, on a grid of 48."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Units of the grid's side, and of the stroke; its ends and corners are round.
GRID: Final = 48
STROKE: Final = 3.0


def _box(x: float, y: float, width: float, height: float, r: float = 3) -> str:
    w, h = width - 2 * r, height - 2 * r
    return (
        f"M{x + r} {y}h{w}a{r} {r} 0 0 1 {r} {r}v{h}a{r} {r} 0 0 1 -{r} {r}h-{w}"
        f"a{r} {r} 0 0 1 -{r} -{r}v-{h}a{r} {r} 0 0 1 {r} -{r}z"
    )


def _ring(x: float, y: float, r: float) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 -{2 * r} 0z"


_SHEET: Final = "M12 5h17l9 9v29H12zM29 5v9h9"
#: Something stands before its lower right corner.
_SHEET_BEHIND: Final = "M20 43H9V5h17l9 9v6M26 5v9h9"
_CARD: Final = _box(4, 10, 40, 28)
_CARD_LINES: Final = "M29 19h9M29 25h9M29 31h5"
_TICK: Final = "M27 35l4 4 7-8"
_ON_THE_WALL: Final = _ring(24, 24, 18)

#: By name: the way of the pen, as the ``d`` of an SVG path.
DRAWINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # --- who, and what happens in a life
        "person": _ring(24, 14, 8) + "M9 43c0-9 6-14 15-14s15 5 15 14",
        "people": _ring(17, 14, 7) + "M4 41c0-9 5-14 13-14s13 5 13 14M31 8a6 6 0 0 1 0 13M35 28c6 1 9 6 9 13",
        "family": _ring(13, 12, 5)
        + _ring(35, 12, 5)
        + _ring(24, 25, 4)
        + "M4 40V31c0-6 3-9 9-9M44 40V31c0-6-3-9-9-9M15 43c0-6 3-9 9-9s9 3 9 9",
        "baby": _ring(24, 17, 11) + "M20 16h.01M28 16h.01M20 21c2 2.500 6 2.500 8 0M24 6c0-4 4-4 5-1"
        "M9 43c1-7 7-11 15-11s14 4 15 11z",
        "elderly": _ring(19, 9, 5) + "M19 19v12l-6 12M19 31l7 12M19 21l9 6M33 43V28a3 3 0 0 0-6 0",
        "wheelchair": _ring(21, 8, 4) + "M21 17v12h12l5 12h4M21 22h9M16 22a11 11 0 1 0 15 14",
        "wedding": _ring(17, 30, 11) + _ring(31, 30, 11) + "M24 5l5 5-5 5-5-5z",
        "candle": "M18 23h12v19H18zM11 42h26M24 23v-4M24 15c-5-4-1-7 0-11 1 4 5 7 0 11z",
        "house": "M5 23 24 7l19 16M11 19v23h26V19M19 42V29h10v13",
        "moving": "M9 36H4V12h24v24H18M28 19h9l7 9v8h-5M30 36h-2"
        + _ring(13.5, 37, 4.5)
        + _ring(34.5, 37, 4.5)
        + "M9 25l7-6 7 6",
        "shop": "M9 25v18h30V25M5 18l5-12h28l5 12c0 4-2 6-5 6s-5-2-5-6c0 4-2 6-4.500 6S24 22 24 18c0 4-2 6-4.500 6S15 22 15 18"
        "c0 4-2 6-5 6s-5-2-5-6zM19 43V32h10v11",
        "health": "M24 42C11 33 5 26 5 17a9.500 9.500 0 0 1 19-3 9.500 9.500 0 0 1 19 3c0 9-6 16-19 25zM24 19v13M17.500 25.500h13",
        "stethoscope": "M12 5H8v12a9 9 0 0 0 18 0V5h-4M17 26v6a9 9 0 0 0 18 0v-5" + _ring(35, 22, 5),
        "hospital": "M8 43V8h32v35M4 43h40M24 13v10M19 18h10M19 43V32h10v11",
        "school": "M4 19 24 9l20 10-20 10zM12 23v11c7 6 17 6 24 0V23M44 19v12",
        "speech": "M5 8h38v27H25l-11 9v-9H5zM14 18h20M14 25h12",
        "megaphone": "M6 18v11h8l20 10V8L14 18zM14 29l3 13h6l-2-9M39 19c3 2 3 7 0 9",
        "city": "M5 43V20h13v23M18 43V6h14v37M32 43V15h11v28M3 43h42M11 27h.01M11 34h.01M25 14h.01M25 22h.01M25 30h.01"
        "M38 23h.01M38 31h.01",
        # --- what one brings
        "identity-card": _CARD + _ring(16, 20, 4) + "M9 32c0-4 2.500-6 7-6s7 2 7 6" + _CARD_LINES,
        "identity-number": _CARD
        + "M11 20l3-2.500v13M21 20c0-4 7-4 7 0 0 3-7 6-7 10.500h7M34 17.500h5l-3 5c5 0 5 8-1 8",
        "family-card": _CARD
        + _ring(13, 20, 3)
        + _ring(24, 20, 3)
        + "M8 31c0-4 1.500-5 5-5s5 1 5 5M19 31c0-4 1.500-5 5-5s5 1 5 5"
        "M35 19h4M35 25h4M35 31h4",
        "health-card": _CARD + "M16 17v14M9 24h14" + _CARD_LINES,
        "tax-card": _CARD + _ring(12, 20, 2.5) + _ring(21, 29, 2.5) + "M22 18 11 31" + _CARD_LINES,
        "business-number": _CARD + "M10 24l2-6h10l2 6zM12 24v8h10v-8" + _CARD_LINES,
        "rt-letter": _SHEET + "M17 30l8-7 8 7M20 28v9h10v-9M18 15h5",
        "birth-note": _SHEET + _ring(25, 24, 5) + "M18 38c.500-4 3-6 7-6s6.500 2 7 6zM18 14h5",
        "marriage-book": "M9 5h27a3 3 0 0 1 3 3v32a3 3 0 0 1-3 3H9zM15 5v38" + _ring(24, 25, 4.5) + _ring(30, 25, 4.5),
        "diploma": "M26 34H5V8h38v14M13 16h22M13 24h10" + _ring(35, 30, 6) + "M31 36v8l4-2.500 4 2.500v-8",
        "ruling": "M22 6l13 13-8 8-13-13zM20.500 20.500 6 35M26 43h17",
        "passport": _box(10, 5, 28, 38)
        + _ring(24, 20, 7)
        + "M17 20h14M24 13c-4 4-4 10 0 14M24 13c4 4 4 10 0 14M18 35h12",
        "document": _SHEET + "M18 21h13M18 28h13M18 35h8",
        "address": "M24 44c9-9 14-16 14-23a14 14 0 1 0-28 0c0 7 5 14 14 23z" + _ring(24, 20, 5),
        "camera": "M5 14h9l4-6h12l4 6h9v27H5z" + _ring(24, 27, 7),
        "measure": "M5 33 33 5l10 10-28 28zM13 25l5 5M20 18l5 5M27 11l5 5",
        "writing": "M6 43h36M11 35l2-9L33 6l8 8-20 19zM28 11l8 8",
        "nothing-needed": _ON_THE_WALL + "M15 24l7 7 12-13",
        "phone": "M15 5h6l4 11-5 4a22 22 0 0 0 9 9l4-5 10 4v6c0 5-4 8-9 8C19 42 7 29 7 14c0-5 3-9 8-9z",
        "envelope": "M4 11h40v27H4zM4 12l20 15 20-15",
        # --- how it goes
        "kiosk": _box(11, 4, 26, 27) + "M18 12h12M18 18h12M18 24h6M21 31v8M27 31v8M14 43h20v-4H14z",
        "form": "M34 16v-2l-9-9H8v38h12M25 5v9h9M14 21h10M14 28h6M25 40l1.500-6L39 21l5 5-13 13z",
        "photograph": "M5 14V5h9M34 5h9v9M43 34v9h-9M14 43H5v-9M15 13h12l6 6v16H15zM21 21h4M21 28h6",
        "choose": "M6 9h.01M14 9h28M6 20h.01M14 20h8M6 31h.01M14 31h4"
        "M31 43l-6-9a2.500 2.500 0 0 1 4-3l3 3V19a2.500 2.500 0 0 1 5 0v10l4 1a4 4 0 0 1 3 4v9",
        "check": _SHEET_BEHIND + "M15 20h8M15 27h4" + _ring(30, 30, 8) + "M36 36l8 8",
        "sign": "M5 43h38M6 35c4-12 9-12 9-4s5 4 8-1M25 29l2-8L39 7l6 6-12 13z",
        "signed": _SHEET_BEHIND + "M15 21h10M15 28h5" + _ring(32, 35, 10) + _TICK,
        "stamp": "M18 29c2-4 0-7-1-11a7.200 7.200 0 1 1 14 0c-1 4-3 7-1 11h9v8H9v-8zM7 43h34",
        "collect": "M17 4h11l6 6v15H17zM28 4v6h6M4 33h6l6-4h8a3 3 0 0 1 0 6h-6M25 35l12-5a3.500 3.500 0 0 1 3 6l-15 7H4",
        "counter": _ring(24, 11, 6) + "M12 30c0-6 4-10 12-10s12 4 12 10M4 30h40M9 30v13h30V30",
        "agency": "M4 19 24 6l20 13zM10 19v17M19 19v17M29 19v17M38 19v17M7 36h34M4 43h40",
        "forwarded": "M4 24h19M15 15l9 9-9 9M30 43V17l7-9 7 9v26zM37 24h.01M37 32h.01",
        "work": _ring(24, 24, 6)
        + _ring(24, 24, 13)
        + "M24 4v7M24 37v7M4 24h7M37 24h7M10 10l5 5M33 33l5 5M38 10l-5 5M15 33l-5 5",
        "changed": "M41 19a18 18 0 0 0-33-4M7 5v11h11M7 29a18 18 0 0 0 33 4M41 43V32H30",
        "closed": "M4 11h15l5 6h20v25H4zM16 29l6 6 11-12",
        "arrival": "M4 43V18h17v25zM11 26h3M11 34h3M34 41c6-6 10-10 10-15a10 10 0 1 0-20 0c0 5 4 9 10 15z"
        + _ring(34, 26, 3),
        "waiting": "M11 5h26M11 43h26M15 5c0 11 9 13 9 19s-9 8-9 19M33 5c0 11-9 13-9 19s9 8 9 19",
        "clock": _ON_THE_WALL + "M24 13v12l8 5",
        "calendar": "M6 10h36v33H6zM6 20h36M15 5v9M33 5v9M15 28h.01M24 28h.01M33 28h.01M15 35h.01M24 35h.01",
        "ticket": "M5 12h38v7a5 5 0 0 0 0 10v7H5v-7a5 5 0 0 0 0-10zM31 17v2M31 23v2M31 29v2M15 21l4-3v12",
        "calculator": _box(9, 4, 30, 40)
        + "M16 12h16v6H16zM17 26h.01M24 26h.01M31 26h.01M17 34h.01M24 34h.01M31 34h.01",
        "bill": "M10 5h28v38l-4.700-4-4.600 4-4.700-4-4.700 4-4.600-4-4.700 4zM18 14h12M18 22h12M18 30h6",
        "pay": "M24 30H4V9h36v13" + _ring(22, 19.5, 5) + _ring(35, 34, 9) + "M35 30v8",
        "printed": "M13 17V5h22v12M13 35H4V17h40v18h-9M13 28h22v16H13z",
        "internet": _ON_THE_WALL + "M6 24h36M24 6c-6 5-8 11-8 18s2 13 8 18M24 6c6 5 8 11 8 18s-2 13-8 18",
        "then": "M9 24h29M27 13l11 11-11 11",
        # --- what else a city does
        "billboard": "M4 6h40v23H4zM14 29v14M34 29v14M12 14h24M12 21h14",
        "event": "M9 43V5M9 8h30l-7 8 7 8H9",
        "safety": "M24 4 8 10v12c0 10 7 17 16 21 9-4 16-11 16-21V10zM16 23l6 6 10-11",
        "lost": _ON_THE_WALL + "M18 19a6 6 0 1 1 9 5c-2 1.500-3 2.500-3 5M24 35h.01",
        "aid": _ring(27, 13, 9) + "M27 9v8M4 32h6l6-4h8a3 3 0 0 1 0 6h-6M25 34l12-5a3.500 3.500 0 0 1 3 6l-15 7H4",
        "food": "M4 24h40c0 9-6 16-15 16H19C10 40 4 33 4 24zM17 17c-3-4 3-6 0-11M29 17c-3-4 3-6 0-11",
        "land": "M5 13l12-6 14 6 12-6v28l-12 6-14-6-12 6zM17 7v28M31 13v28",
        "water": "M24 4c9 11 14 18 14 25a14 14 0 0 1-28 0c0-7 5-14 14-25zM17 29a7 7 0 0 0 7 7",
        "light": "M17 34c-5-4-8-8-8-13a15 15 0 0 1 30 0c0 5-3 9-8 13v3H17zM19 44h10",
        "road": "M16 5 5 43M32 5l11 38M24 7v6M24 20v7M24 34v8",
        "waste": "M7 12h34M18 12V5h12v7M11 12l2 31h22l2-31M20 20v15M28 20v15",
        "tree": "M24 44V22M24 35l8-6M24 35c-9 0-15-5-15-14a15 16 0 0 1 30 0c0 5-2 9-6 12",
        "vehicle": "M5 36V25l6-14h26l6 14v11zM5 25h38M10 36v7M38 36v7M12 31h3M33 31h3",
    }
)
