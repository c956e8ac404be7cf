"""What is wrong with a service description, as sentences for administrators in Indonesian and English.

The member that is concerned is the problem's ``column`` (``standard.working_days``, ``stages.0.name``); the page says how
that field is called.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from forms import Form, FormError, Kind
from protocol.packs import ServiceDescription
from protocol.pictograms import NAMES
from server.catalogue.service_drafts import Problem, Severity
from server.catalogue.workflow import Workflow

SHEET: Final = "service"
#: By pydantic's type of error; the names in braces are what pydantic says of it.
_SENTENCES: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "missing": {"id": "Belum diisi.", "en": "Not filled in yet."},
        "indonesian": {"id": "Teks bahasa Indonesia belum diisi.", "en": "The Indonesian text is missing."},
        "number": {"id": "Tulis bilangan bulat, misalnya 3.", "en": "Write a whole number, for example 3."},
        "least": {"id": "Paling sedikit {ge}.", "en": "At least {ge}."},
        "most": {"id": "Paling banyak {le}.", "en": "At most {le}."},
        "name": {
            "id": "Hanya huruf kecil, angka, titik, garis bawah dan tanda hubung; paling panjang 64.",
            "en": "Only small letters, digits, dots, underscores and hyphens; at most 64.",
        },
        "long": {"id": "Paling panjang {max_length} huruf.", "en": "At most {max_length} characters."},
        "few": {"id": "Isi paling sedikit {min_length}.", "en": "At least {min_length} is needed."},
        "many": {"id": "Paling banyak {max_length}.", "en": "At most {max_length}."},
        "choice": {"id": "Pilih salah satu dari yang ada.", "en": "Choose one of those that there are."},
        "other": {"id": "Isian ini tidak dapat dipakai.", "en": "This cannot be used."},
    }
)
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "missing": "missing",
        "none_required": "missing",
        "value_error": "indonesian",
        "int_parsing": "number",
        "int_type": "number",
        "int_from_float": "number",
        "greater_than_equal": "least",
        "less_than_equal": "most",
        "string_pattern_mismatch": "name",
        "string_too_long": "long",
        "string_too_short": "missing",
        "too_short": "few",
        "too_long": "many",
        "literal_error": "choice",
        "enum": "choice",
    }
)

#: By ``Workflow.problem``.
_WORKFLOW: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "undecided": {
            "id": "Tidak ada tahap yang memutuskan. Pilih “Diputuskan” pada salah satu tahap.",
            "en": "No stage decides. Choose “It is decided” at one of them.",
        },
        "order": {
            "id": "Urutan tahap: diperiksa, diputuskan, hasil dibuat, diserahkan; yang terakhir itu satu kali.",
            "en": "The order of stages is: checked, decided, made, handed out; the last of these once.",
        },
        "four_eyes": {
            "id": "Sebelum tahap pertama belum ada yang bekerja. Pilih orang lain pada tahap berikutnya.",
            "en": "Nobody worked before the first stage. Ask for somebody else at a later one.",
        },
    }
)


def of_error(error: ValidationError) -> tuple[Problem, ...]:
    """A problem for each member that cannot be."""
    return tuple(_problem(one) for one in error.errors(include_input=True, include_url=False))


def of_description(description: ServiceDescription, form: Form | None) -> tuple[Problem, ...]:
    """What a description that is whole in itself does not fit: its own stages, the form's questions."""
    problems = []
    stages = [stage.id for stage in description.stages]
    if len(set(stages)) != len(stages):
        problems.append(
            _said("stages", {"id": "Dua tahap memakai id yang sama.", "en": "Two stages have the same id."})
        )
    if key := Workflow.of(description).problem:
        problems.append(_said("stages", _WORKFLOW[key]))
    if description.icon not in NAMES:
        problems.append(_said("icon", _SENTENCES["choice"]))
    for member in ("requirement_pictograms", "procedure_pictograms"):
        if not set(getattr(description.standard, member)) <= set(NAMES):
            problems.append(_said(f"standard.{member}", _SENTENCES["choice"]))
    if form is not None and description.nik_question and not _has_question(form, description.nik_question):
        name = description.nik_question
        said = {
            "id": f"Formulir tidak punya pertanyaan “{name}” untuk NIK.",
            "en": f"The form has no question “{name}” for the NIK.",
        }
        problems.append(_said("nik_question", said))
    if form is not None:
        problems += [
            *_of_fee(description.standard.fee_rule, form),
            *_of_slip(description, form),
            *_of_complaint(description, form),
        ]
    return tuple(problems)


def _of_fee(rule: str, form: Form) -> list[Problem]:
    try:
        form.formula(rule or "0")
    except FormError as error:
        fault = "; ".join(problem.message for problem in error.problems)
        said = {
            "id": f"Rumus biaya tidak dapat dipakai: {fault} Tulis pertanyaan sebagai ${{nama}}.",
            "en": f"The fee's rule cannot be used: {fault} Write questions as ${{name}}.",
        }
        return [_said("standard.fee_rule", said)]
    return []


def _of_slip(description: ServiceDescription, form: Form) -> list[Problem]:
    """Only choices, dates and times: a slip that was left behind tells nobody's name or number."""
    nodes = {node.name: node for node in form.open().nodes.values()}
    problems = []
    for name in description.slip.answers:
        node = nodes.get(name)
        if node is None:
            said = {
                "id": f"Formulir tidak punya pertanyaan “{name}”.",
                "en": f"The form has no question “{name}”.",
            }
        elif node.kind not in (Kind.SELECT1, Kind.SELECT) and node.data_type not in ("date", "time", "dateTime"):
            said = {
                "id": f"“{name}” bukan pilihan, tanggal, atau jam; isian lain tidak dicetak pada struk.",
                "en": f"“{name}” is no choice, date or time; other answers are not printed on slips.",
            }
        else:
            continue
        problems.append(_said("slip.answers", said))
    return problems


def _of_complaint(description: ServiceDescription, form: Form) -> list[Problem]:
    """Lists and counts go by these two, so each is one choice."""
    nodes = {node.name: node for node in form.open().nodes.values()}
    problems = []
    for member in ("classification_question", "topic_question"):
        name = getattr(description, member)
        if name and (name not in nodes or nodes[name].kind is not Kind.SELECT1):
            said = {
                "id": f"Formulir tidak punya pertanyaan pilihan tunggal “{name}”.",
                "en": f"The form has no question of one choice called “{name}”.",
            }
            problems.append(_said(member, said))
    return problems


def _problem(error: ErrorDetails) -> Problem:
    kind = _KINDS.get(error["type"], "other")
    if kind == "number" and error["input"] in ("", None):
        kind = "missing"
    if kind == "name" and error["input"] == "":
        kind = "missing"
    context: dict[str, Any] = dict(error.get("ctx", {}))
    sentences = {language: text.format_map(context) for language, text in _SENTENCES[kind].items()}
    return _said(".".join(map(str, error["loc"])), sentences)


def _said(column: str, sentences: Mapping[str, str]) -> Problem:
    return Problem(Severity.ERROR, sentences["en"], SHEET, column=column, texts=dict(sentences))


def _has_question(form: Form, name: str) -> bool:
    return any(node.name == name for node in form.open().nodes.values())
