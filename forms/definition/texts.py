"""Labels, hints, messages, and translations."""

from __future__ import annotations

import re
from collections.abc import Iterable

from forms.definition.formulas import Formulas
from forms.definition.model import Formula, Text, TextSource, Translation
from forms.xmltree import NodeKind, XmlNode

_ITEXT = re.compile(r"""\s*jr:itext\(\s*(?:'([^']*)'|"([^"]*)"|(.+))\s*\)\s*\Z""", re.DOTALL)
_FILE = re.compile(r"jr://(?:images|audio|video|file)/(.+)\Z", re.DOTALL)
PYXFORM_MISSING = "-"
NO_TRANSLATION = Translation(None, None, {}, {})
MEDIA_FORMS = frozenset({"audio", "big-image", "image", "video"})


def file_name(address: str) -> str:
    """``plan.png`` of ``jr://images/plan.png``."""
    match = _FILE.match(address.strip())
    return match.group(1) if match else address.strip()


def read_words(element: XmlNode, formulas: Formulas, ref: str, what: str) -> Text | None:
    """The literal parts and outputs of an element; None where it is empty."""
    if element.content is None:
        if element.elements:
            parts = [part for child in element.elements if (part := _output(child, formulas, ref, what)) is not None]
            return Text(tuple(parts)) if parts else None
        return Text((element.text,)) if element.text else None
    found: list[str | Formula] = []
    for child in element.content:
        if child.node_kind is NodeKind.TEXT:
            found.append(child.text)
        elif child.node_kind is NodeKind.ELEMENT:
            output = _output(child, formulas, ref, what)
            if output is not None:
                found.append(output)
    return Text(tuple(found)) if found else None


def _output(element: XmlNode, formulas: Formulas, ref: str, what: str) -> str | Formula | None:
    if element.name != "output":
        # Some authors write markup into labels; its words are kept.
        return element.string_value() or None
    source = element.attribute("value") or element.attribute("ref")
    return formulas.read(source, ref, f"value in the {what}") if source else None


def read_source(element: XmlNode, formulas: Formulas, ref: str, what: str) -> TextSource | None:
    """The source of a ``<label>`` or ``<hint>``."""
    address = element.attribute("ref")
    if address is not None:
        return read_reference(address, formulas, ref, what)
    return TextSource(read_words(element, formulas, ref, what) or Text(()), None, None)


def read_reference(address: str, formulas: Formulas, ref: str, what: str) -> TextSource | None:
    """A source that is written as ``jr:itext(…)`` or as a path."""
    match = _ITEXT.match(address)
    if match is None:
        formula = formulas.read(address, ref, what)
        return None if formula is None else TextSource(Text((formula,)), None, None)
    static = match.group(1) if match.group(1) is not None else match.group(2)
    if static is not None:
        return TextSource(None, None, static)
    formula = formulas.read(match.group(3), ref, what)
    return None if formula is None else TextSource(None, formula, None)


def read_message(value: str | None, formulas: Formulas, ref: str, what: str) -> TextSource | None:
    """A ``jr:constraintMsg`` or ``jr:requiredMsg``: ``jr:itext(…)`` or plain words."""
    if not value:
        return None
    if _ITEXT.match(value):
        return read_reference(value, formulas, ref, what)
    return TextSource(Text((value,)), None, None)


def read_translations(model: XmlNode, formulas: Formulas) -> tuple[dict[str, dict[str, Translation]], str | None]:
    """All translations by language and identifier, and the default language (None where there are none)."""
    languages: dict[str, dict[str, Translation]] = {}
    default: str | None = None
    for itext in model.named("itext"):
        for translation in itext.named("translation"):
            language = translation.attribute("lang")
            if language is None:
                continue
            if translation.attribute("default") is not None and default is None:
                default = language
            texts = languages.setdefault(language, {})
            for text in translation.named("text"):
                identifier = text.attribute("id")
                if identifier is not None:
                    texts[identifier] = _read_translation(text, formulas, identifier)
    default = default or next(iter(languages), None)
    return _completed(languages, default), default


def _completed(languages: dict[str, dict[str, Translation]], default: str | None) -> dict[str, dict[str, Translation]]:
    """Every language with every text: what it lacks, part by part, is the default language's, else the first one's.

    Pictures and sounds are taken from the default language only: a question can do without them, not without words.
    """
    if len(languages) < 2 or default is None:
        return languages
    order = [languages[default], *(texts for name, texts in languages.items() if name != default)]
    identifiers = dict.fromkeys(identifier for texts in order for identifier in texts)
    return {
        name: {
            identifier: _complete(
                texts.get(identifier, NO_TRANSLATION), [known.get(identifier, NO_TRANSLATION) for known in order]
            )
            for identifier in identifiers
        }
        for name, texts in languages.items()
    }


def _complete(own: Translation, others: list[Translation]) -> Translation:
    """``others`` holds the same text in all languages, the default one first."""
    text = _present(own.text, (other.text for other in others))
    guidance = _present(own.guidance, (other.guidance for other in others))
    media = own.media if own.media.keys() >= others[0].media.keys() else {**others[0].media, **own.media}
    if text is own.text and guidance is own.guidance and media is own.media:
        return own
    return Translation(text, guidance, media, own.forms or others[0].forms)


def _present(own: Text | None, others: Iterable[Text | None]) -> Text | None:
    if not _is_missing(own):
        return own
    return next((other for other in others if not _is_missing(other)), own)


def _is_missing(text: Text | None) -> bool:
    """Nothing at all, or what pyxform writes where a sheet's cell is blank in one language and not in another."""
    if text is None:
        return True
    words = "".join(part if isinstance(part, str) else "…" for part in text.parts)
    return words.strip() in ("", PYXFORM_MISSING)


def _read_translation(element: XmlNode, formulas: Formulas, identifier: str) -> Translation:
    forms: dict[str, Text] = {}
    media: dict[str, str] = {}
    for value in element.elements:
        form = (value.attribute("form") if value.attributes else None) or ""
        if form in MEDIA_FORMS:
            media[form] = file_name(value.text)
        else:
            forms[form] = read_words(value, formulas, identifier, "translation") or Text(())
    words = next((forms[form] for form in ("", "long", "short") if form in forms), None)
    return Translation(words, forms.get("guidance"), media, forms)
