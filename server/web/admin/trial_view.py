"""What a trial shows: questions as fields of a page, answers in words, the slip. Words are the kiosk's own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from starlette.datastructures import FormData

from forms import PLACE_TYPES, Kind, Node
from protocol.formats import Formatting
from protocol.limits import NIK_DIGITS
from protocol.packs import SLIP_ANSWERS, ServiceDescription
from server.web.admin.trial import Trial

#: More choices than this are a list to fold out; more than that are found by letters, as at the kiosk.
LISTED_MOST: Final = 16
FOLDED_MOST: Final = 200
FOUND_SHOWN: Final = 30
#: Fields of the page: an answer, letters to find a choice by, the place of a choice in a ranking.
ANSWER: Final = "a:"
FIND: Final = "f:"
RANK: Final = "r:"

_GROUPS: Final = (Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE)
_MODES: Final[Mapping[str, str]] = {"int": "numeric", "decimal": "decimal"}
_TYPES: Final[Mapping[str, str]] = {"date": "date", "time": "time", "dateTime": "datetime-local"}

Say = Callable[..., str]


def control_of(node: Node) -> str:
    """What a kiosk shows for a question: ``screens`` has the same table for its widgets."""
    if node.readonly or node.kind is Kind.NOTE:
        return "shown" if node.value else "note"
    match node.kind:
        case Kind.SELECT1 | Kind.SELECT:
            return "one" if node.kind is Kind.SELECT1 else "several"
        case Kind.RANK | Kind.TRIGGER:
            return node.kind.value.lower()
        case Kind.RANGE:
            return "range" if node.range is not None else "text"
        case Kind.UPLOAD:
            return "photo" if (node.media_type or "").startswith("image/") else "impossible"
        case Kind.INPUT:
            return "impossible" if node.data_type in PLACE_TYPES else _TYPES.get(node.data_type, "text")
        case _:
            return "shown"


# --- what was sent --------------------------------------------------------------------------------------------------


def answers(trial: Trial, form: FormData) -> dict[str, str]:
    """Of the questions of the page in sight, as the engine takes them."""
    page = trial.page
    found: dict[str, str] = {}
    for node in page.nodes if page is not None else ():
        value = _answer(node, control_of(node), form)
        if value is not None:
            found[node.ref] = value
    return found


def _answer(node: Node, control: str, form: FormData) -> str | None:
    """None: the page did not ask."""
    name = f"{ANSWER}{node.ref}"
    sent = [str(one).strip().replace("\r\n", "\n") for one in form.getlist(name)]
    match control:
        case "several":
            return " ".join(one for one in sent if one)
        case "rank":
            places = {choice.value: _digits(form.get(f"{RANK}{node.ref}:{choice.value}")) for choice in node.choices}
            return " ".join(sorted(places, key=lambda value: places[value])) if any(places.values()) else ""
        case "trigger":
            return "OK" if sent else ""
        case "photo":
            return f"{node.name}.jpg" if sent else ""
        case "time":
            return f"{sent[0]}:00.000" if sent and sent[0] else ""
        case "datetime-local":
            return f"{sent[0]}:00.000" if sent and sent[0] else ""
        case "note" | "shown" | "impossible":
            return None
        case _:
            return sent[0] if sent else None


def _digits(text: object) -> int:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 6 else 0


# --- what is shown --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """The kiosk's texts in the language of the trial."""

    kiosk: Say
    formatting: Formatting


def questions(trial: Trial, words: Words, form: FormData) -> list[dict[str, Any]]:
    page = trial.page
    return [_question(trial, node, words, form) for node in page.nodes] if page is not None else []


def _question(trial: Trial, node: Node, words: Words, form: FormData) -> dict[str, Any]:
    control = control_of(node)
    typed = trial.typed.get(node.ref)
    letters = form.get(f"{FIND}{node.ref}", "")
    return {
        "ref": node.ref,
        "name": f"{ANSWER}{node.ref}",
        "control": control,
        "label": node.label or node.name,
        "hint": node.hint or "",
        "guidance": node.guidance or "",
        "image": node.media.get("image", ""),
        "other_media": [file for kind, file in node.media.items() if kind != "image"],
        "required": node.required,
        "problem": problem(trial, node, words),
        "value": typed if typed is not None else _shown(node, control),
        "words": in_words(node, words),
        "mode": _MODES.get(node.data_type, "numeric" if "numbers" in node.appearance else "text"),
        "long": "multiline" in node.appearance,
        "range": node.range,
        **_choices(node, control, letters if isinstance(letters, str) else ""),
    }


def _shown(node: Node, control: str) -> str:
    """The value as the field of a page has it."""
    if control == "time":
        return node.value[:5]
    return node.value[:16] if control == "datetime-local" else node.value


def _choices(node: Node, control: str, letters: str) -> dict[str, Any]:
    if control not in ("one", "several", "rank"):
        return {"options": [], "finding": False, "folded": False, "letters": "", "more": 0}
    chosen = node.value.split() if node.kind is not Kind.SELECT1 else [node.value]
    total = len(node.choices)
    finding = total > FOLDED_MOST
    options: list[dict[str, Any]] = []
    more = 0
    wanted = letters.casefold().split()
    for choice in node.choices:
        on = choice.value in chosen
        label = choice.label or choice.value
        if finding and not on and not (wanted and all(one in label.casefold() for one in wanted)):
            continue
        if finding and not on and len(options) >= FOUND_SHOWN:
            more += 1
            continue
        place = chosen.index(choice.value) + 1 if on else len(options) + 1
        image = choice.media.get("image", "")
        options.append({"value": choice.value, "label": label, "on": on, "place": place, "image": image})
    if finding:
        options.sort(key=lambda one: not one["on"])
    folded = control == "one" and not finding and ("minimal" in node.appearance or total > LISTED_MOST)
    return {"options": options, "finding": finding, "folded": folded, "letters": letters, "more": more}


_MISSING: Final[Mapping[str, str]] = {
    "one": "form.problem.required.choose",
    "several": "form.problem.required.choose",
    "range": "form.problem.required.choose",
    "photo": "form.problem.required.photo",
    "trigger": "form.problem.required.tick",
}


def problem(trial: Trial, node: Node, words: Words) -> str:
    """Why the answer cannot stay, as a kiosk says it; "" when nothing is wrong, or nobody asked yet."""
    if node.ref in trial.refused:
        if node.range is not None:
            low, high = sorted((float(node.range.start), float(node.range.end)))
            return words.kiosk(
                "form.problem.range", low=words.formatting.number(low), high=words.formatting.number(high)
            )
        return words.kiosk("form.problem.number" if node.data_type in _MODES else "form.problem.type")
    violation = node.violation if trial.asked else None
    if violation is None:
        return ""
    if violation.message:
        return violation.message
    if violation.kind == "required":
        return words.kiosk(_MISSING.get(control_of(node), "form.problem.required"))
    return words.kiosk("form.problem.constraint")


def repeat(trial: Trial, words: Words) -> dict[str, Any] | None:
    """The page that offers one more of several; None for other pages."""
    page = trial.page
    node = page.repeat if page is not None else None
    if node is None:
        return None
    return {
        "ref": node.ref,
        "label": node.label or node.name,
        "hint": node.hint or "",
        "can_add": node.can_add,
        "instances": [
            {
                "ref": one.ref,
                "can_remove": one.can_remove,
                "line": ", ".join(answer for leaf in _leaves(one) if (answer := in_words(leaf, words)))[:200],
            }
            for one in node.children
        ],
    }


def review(trial: Trial, words: Words) -> list[dict[str, str]]:
    """Headings and answers in the form's order, as a kiosk's review lists them."""
    return list(_reviewed(trial.session.root, words))


def _reviewed(node: Node, words: Words) -> Iterator[dict[str, str]]:
    for child in node.children:
        if not child.relevant:
            continue
        if child.kind in _GROUPS:
            lines = list(_reviewed(child, words))
            if lines and child.label and child.kind is not Kind.REPEAT:
                yield {"ref": "", "label": child.label, "answer": ""}
            yield from lines
        elif child.kind is not Kind.MODEL_VALUE and control_of(child) not in ("note", "impossible"):
            answer = in_words(child, words) or words.kiosk("review.no_answer")
            yield {"ref": child.ref, "label": child.label or child.name, "answer": answer}


def calculated(trial: Trial) -> list[tuple[str, str]]:
    """What the form worked out and nobody sees: names and values."""
    return [
        (node.name, node.value)
        for node in trial.session.nodes.values()
        if node.kind is Kind.MODEL_VALUE and node.definition.bind.calculate is not None
    ]


def fee_words(trial: Trial, words: Words) -> str:
    amount, least = trial.amount
    if not least:
        return words.formatting.rupiah(amount or 0)
    return words.kiosk("fee.from", amount=words.formatting.rupiah(amount)) if amount else words.kiosk("fee.unknown")


def slip(trial: Trial, service: ServiceDescription, words: Words) -> list[tuple[str, str]]:
    """Labels and words of the answers that the slip repeats: choices, dates and times alone."""
    asked = {node.name: node for node in trial.session.nodes.values() if node.relevant}
    found = []
    for name in service.slip.answers[:SLIP_ANSWERS]:
        node = asked.get(name)
        if node is None:
            continue
        choices = node.kind in (Kind.SELECT1, Kind.SELECT)
        said = in_words(node, words) if choices else words.formatting.appointment(node.data_type, node.value)
        if said:
            found.append((node.label or node.name, said))
    return found


def masked(nik: str) -> str:
    return nik[:4] + "*" * (NIK_DIGITS - 6) + nik[-2:]


def in_words(node: Node, words: Words) -> str:
    """An answer as people read it; "" when there is none."""
    value = node.value
    if not value:
        return ""
    match node.kind:
        case Kind.SELECT1 | Kind.SELECT:
            return ", ".join(node.labels(value))
        case Kind.RANK:
            return ", ".join(f"{place}. {label}" for place, label in enumerate(node.labels(value), 1))
        case Kind.UPLOAD:
            return words.kiosk("form.photo_taken")
        case Kind.TRIGGER:
            return words.kiosk("form.acknowledged")
        case _:
            return _plain(node, value, words)


def _plain(node: Node, value: str, words: Words) -> str:
    if node.data_type == "boolean":
        return words.kiosk("form.yes" if value in ("true", "1") else "form.no")
    return words.formatting.answer("decimal" if node.is_number and "." in value else node.data_type, value)


def _leaves(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.kind in _GROUPS:
            yield from _leaves(child)
        elif child.relevant and child.kind is not Kind.MODEL_VALUE:
            yield child


def words_of(say: Callable[..., str], language: str, zone: Any = UTC) -> Words:
    return Words(lambda key, **values: say(language, key, **values), Formatting(language, zone))
