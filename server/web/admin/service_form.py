"""A service description as a form of a page: what its fields are called, and the description that they make."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.datastructures import FormData

from protocol import pictograms as pictogram_names
from protocol.languages import FALLBACK, LANGUAGES
from protocol.line.base import ServiceKind
from protocol.packs import PICTOGRAM_LINES, StageWork, StageWorkers

#: Texts by language: members of the description, with dots for depth.
TEXTS: Final = (
    "name",
    "summary",
    "standard.time",
    "standard.fee",
    "standard.product",
    "standard.complaints",
    "slip.title",
    "slip.next_step",
)
#: How a fee is paid; they stand where something of it is filled in.
PAYMENT_TEXTS: Final = ("standard.payment.basis", "standard.payment.how")
#: Several texts by language, written one a line.
LINES: Final = ("standard.requirements", "standard.procedure")
#: By those, where the names of their pictograms stand.
PICTOGRAMS: Final = {
    "standard.requirements": "standard.requirement_pictograms",
    "standard.procedure": "standard.procedure_pictograms",
}
#: Pictograms that can be chosen before their lines are written.
SPARE_LINES: Final = 3
LONG: Final = frozenset({"summary", "standard.complaints", "slip.next_step"})
#: Empty rows for further stages below those that there are.
SPARE_STAGES: Final = 2
#: Asked of complaints only.
COMPLAINT_QUESTIONS: Final = ("classification_question", "topic_question")
STAGES_MOST: Final = 12
#: What a stage may be for; the first leaves it to its place among the others.
STAGE_WORKS: Final = ("", *(one.value for one in StageWork))
STAGE_WORKERS: Final = tuple(one.value for one in StageWorkers)
_DIGITS_MOST: Final = 12


def read(
    form: FormData, agencies: Mapping[str, dict[str, str]], kept: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The description as it was typed; what is missing or wrong stays so, and the model reports it.

    Members of ``kept``, the description so far, that the page does not ask for stay as they are.
    """
    description: dict[str, Any] = {
        "agency": {"id": _one(form, "agency"), "name": agencies.get(_one(form, "agency"), {})},
        "icon": _one(form, "icon"),
        "life_events": [str(one) for one in form.getlist("life_events")],
        "keywords": _by_language(form, "keywords", lambda text: _split(text.replace(",", "\n"))),
        "standard": {
            "working_days": _number(_one(form, "standard.working_days")),
            "fee_rupiah": _number(_one(form, "standard.fee_rupiah")),
            "fee_from": "standard.fee_from" in form,
            "fee_rule": _one(form, "standard.fee_rule"),
            "payment": _payment(form),
        },
        "slip": {"answers": _split(_one(form, "slip.answers").replace(",", "\n"))},
        "identification": _one(form, "identification"),
        "nik_question": _one(form, "nik_question"),
        "consent": "consent" in form,
        "needs": ["camera"] if "camera" in form else [],
        "kind": _one(form, "kind") or ServiceKind.SERVICE.value,
        "privacy_question": _one(form, "privacy_question"),
        "identity_group": _one(form, "identity_group"),
        "stages": _stages(form),
        **{name: _one(form, name) for name in COMPLAINT_QUESTIONS if name in form},
    }
    for path in TEXTS:
        _put(description, path, _by_language(form, path, str.strip))
    for path in LINES:
        texts = _by_language(form, path, _split)
        _put(description, path, texts)
        _put(description, PICTOGRAMS[path], _pictograms(form, path, len(texts.get(FALLBACK, ()))))
    return _with_the_rest(description, kept or {})


def _with_the_rest(description: dict[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**kept, **description}
    for name in ("standard", "slip"):
        before = kept.get(name)
        whole[name] = {**(before if isinstance(before, Mapping) else {}), **description[name]}
    return whole


def value(description: Mapping[str, Any], path: str) -> Any:
    """The member at ``path``, or None."""
    found: Any = description
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def fields(description: Mapping[str, Any], paths: Sequence[str]) -> list[dict[str, Any]]:
    """Fields for texts by language: {path, long, texts: [(language, text)]}."""
    return [
        {
            "path": path,
            "long": path in LONG or path in LINES,
            "texts": [(language, _shown((value(description, path) or {}).get(language))) for language in LANGUAGES],
        }
        for path in paths
    ]


def pictograms(description: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """A row for each line of a text of several: {name, line, chosen}; and some for lines that are yet to be written."""
    lines = (value(description, path) or {}).get(FALLBACK) or ()
    chosen = value(description, PICTOGRAMS[path]) or ()
    return [
        {
            "name": f"{path}.pictogram.{place}",
            "line": lines[place] if place < len(lines) else "",
            "chosen": chosen[place] if place < len(chosen) else pictogram_names.FALLBACK,
        }
        for place in range(min(len(lines) + SPARE_LINES, PICTOGRAM_LINES))
    ]


def keywords(description: Mapping[str, Any]) -> dict[str, Any]:
    kept = description.get("keywords") or {}
    return {
        "path": "keywords",
        "long": False,
        "texts": [(language, ", ".join(kept.get(language) or ())) for language in LANGUAGES],
    }


def stages(description: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The workflow's rows and some empty ones."""
    rows = [
        {
            "id": stage.get("id", ""),
            "days": stage.get("working_days", ""),
            "name": dict(stage.get("name") or {}),
            "does": stage.get("does") or "",
            "by": stage.get("by") or "",
            "four_eyes": bool(stage.get("four_eyes")),
        }
        for stage in description.get("stages") or ()
    ]
    empty = {"id": "", "days": "", "name": {}, "does": "", "by": "", "four_eyes": False}
    return (rows + [empty] * SPARE_STAGES)[:STAGES_MOST]


def _payment(form: FormData) -> dict[str, Any] | None:
    """None for a service that tells nothing of paying: one without a fee."""
    made: dict[str, Any] = {path.rpartition(".")[2]: _by_language(form, path, str.strip) for path in PAYMENT_TEXTS} | {
        name: _one(form, f"standard.payment.{name}") for name in ("account", "payment_code")
    }
    return made if any(made.values()) else None


def _stages(form: FormData) -> list[dict[str, Any]]:
    found = []
    for row in range(STAGES_MOST):
        name = _by_language(form, f"stage.{row}.name", str.strip)
        stage_id = _one(form, f"stage.{row}.id")
        if stage_id or name:
            found.append(
                {
                    "id": stage_id,
                    "name": name,
                    "working_days": _number(_one(form, f"stage.{row}.days")),
                    "does": _one(form, f"stage.{row}.does") or None,
                    "by": _one(form, f"stage.{row}.by") or StageWorkers.OFFICERS.value,
                    "four_eyes": f"stage.{row}.four_eyes" in form,
                }
            )
    return found


def _pictograms(form: FormData, path: str, lines: int) -> list[str]:
    """One for each line that is written, as many as a pack holds."""
    count = min(lines, PICTOGRAM_LINES)
    return [_one(form, f"{path}.pictogram.{place}") or pictogram_names.FALLBACK for place in range(count)]


def _by_language(form: FormData, path: str, make: Any) -> dict[str, Any]:
    """Languages that were left empty are left out: Indonesian stands in for them."""
    made = {language: make(_one(form, f"{path}.{language}")) for language in LANGUAGES}
    return {language: text for language, text in made.items() if text}


def _one(form: FormData, name: str) -> str:
    found = form.get(name, "")
    return found.strip().replace("\r\n", "\n") if isinstance(found, str) else ""


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | str:
    """A number where it is one; else the text as typed, which the model refuses."""
    digits = text.replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MOST else text


def _put(description: dict[str, Any], path: str, found: Any) -> None:
    *way, last = path.split(".")
    place = description
    for name in way:
        place = place[name]
    place[last] = found


def _shown(kept: Any) -> str:
    return "\n".join(kept) if isinstance(kept, list | tuple) else str(kept or "")
