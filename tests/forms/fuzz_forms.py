"""Fuzzing with atheris: XML and expressions. ``python -m tests.forms.fuzz_forms [xml|xpath] -max_total_time=60``.

Half of the inputs are taken as they are; the other half choose among the words of XForms and XPath, so that most of
what comes out is well-formed and reaches the engine behind the parsers.
"""

import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["forms"]):
    from forms import FormError, load_form
    from forms.conformance.xpath_cases import DocumentHost
    from forms.xmltree import parse_xml
    from forms.xpath import Context, XPathError, compile_expression, parse
    from forms.xpath.functions import FUNCTIONS

from tests.forms.form_kit import world, xform

_NAMES = ["a", "b", "r", "x", "meta", "instanceID", "item", "name", "label"]
_PATHS = ["/data/a", "/data/b", "/data/r", "/data/r/x", "../x", ".", "/data/nothing", "/data/a/@k", "/data/r[1]/x"]
_ELEMENTS = [
    "input", "select", "select1", "rank", "range", "trigger", "upload", "group", "repeat", "item", "itemset", "value",
    "label", "hint", "output", "setvalue", "bind", "instance", "itext", "translation", "text", "a", "b", "r", "x",
]  # fmt: skip
_ATTRIBUTES = [
    "ref", "nodeset", "value", "calculate", "relevant", "readonly", "required", "constraint", "type", "appearance",
    "jr:count", "jr:template", "jr:preload", "jr:constraintMsg", "event", "id", "lang", "default", "start", "end", "step",
    "form", "src",
]  # fmt: skip
_WORDS = [
    "int", "decimal", "date", "geopoint", "odk-instance-first-load", "xforms-value-changed", "odk-new-repeat",
    "jr:itext('t')", "true()", "false()", "t", "1", "0", "guidance", "jr://file/x.csv", "timestamp", "uid", "field-list",
]  # fmt: skip
_TOKENS = [
    *_PATHS, "1", "0.5", "'a'", "''", "//", "/", "*", "(", ")", "[", "]", ",", "+", "-", "=", "!=", "<", ">=", "|",
    " and ", " or ", " div ", " mod ", "@k", "ancestor::", "preceding::*", "position()", "last()", "current()/", "node()",
    *(f"{prefix}:{name}(" if prefix else f"{name}(" for prefix, name in sorted(FUNCTIONS)),
]  # fmt: skip
_DOCUMENT = parse_xml('<data><a k="1">2026-01-31</a><b>2 3</b><r><x>1</x></r><r><x/></r></data>', limit=1_000)
MOST_ELEMENTS = 24
MOST_TOKENS = 24


def _expression(pieces: atheris.FuzzedDataProvider) -> str:
    return "".join(pieces.PickValueInList(_TOKENS) for _ in range(pieces.ConsumeIntInRange(1, MOST_TOKENS)))


def _value(pieces: atheris.FuzzedDataProvider) -> str:
    kind = pieces.ConsumeIntInRange(0, 3)
    if kind == 0:
        text = _expression(pieces)
    elif kind == 1:
        text = pieces.ConsumeUnicodeNoSurrogates(8)
    else:
        text = pieces.PickValueInList(_PATHS if kind == 2 else _WORDS)
    readable = "".join(character for character in text if character.isprintable())
    return readable.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _elements(pieces: atheris.FuzzedDataProvider, names: list[str]) -> str:
    """Well-formed elements with attributes, some inside each other."""
    parts: list[str] = []
    opened: list[str] = []
    for _ in range(pieces.ConsumeIntInRange(0, MOST_ELEMENTS)):
        if opened and pieces.ConsumeBool():
            parts.append(f"</{opened.pop()}>")
            continue
        name = pieces.PickValueInList(names)
        chosen = {pieces.PickValueInList(_ATTRIBUTES) for _ in range(pieces.ConsumeIntInRange(0, 3))}
        attributes = "".join(f' {key}="{_value(pieces)}"' for key in sorted(chosen))
        parts.append(f"<{name}{attributes}>")
        opened.append(name)
    parts.extend(f"</{name}>" for name in reversed(opened))
    return "".join(parts)


def one_xml(data: bytes) -> None:
    """Any bytes are a form or a FormError; a form opens, takes answers, is written, judged, and read."""
    pieces = atheris.FuzzedDataProvider(data)
    if pieces.ConsumeBool():
        sources: list[bytes | str] = [data, xform(pieces.ConsumeUnicodeNoSurrogates(len(data)))]
    else:
        instance = "<a/><b/><r><x/></r>" if pieces.ConsumeBool() else _elements(pieces, _NAMES)
        binds, body, model = (_elements(pieces, _ELEMENTS) for _ in range(3))
        sources = [xform(instance, binds, body, model)]
    for source in sources:
        try:
            session = load_form(source).open(world())
        except FormError:
            continue
        for ref, node in list(session.nodes.items()):
            if not node.readonly and node.definition.is_leaf:
                try:
                    session.set(ref, pieces.PickValueInList(["1", "a", "2026-01-31"]))
                except (KeyError, ValueError):
                    continue  # an answer that is refused, or a node that an answer before has taken away
        session.pages()
        session.validate()
        sent = session.to_xml()
        session.form.check(sent, world())
        session.form.read(sent, world())


def one_xpath(data: bytes) -> None:
    """Any text is an expression or an XPathError; what is an expression has every type."""
    pieces = atheris.FuzzedDataProvider(data)
    text = _expression(pieces) if pieces.ConsumeBool() else pieces.ConsumeUnicodeNoSurrogates(len(data))
    context = Context(_DOCUMENT.elements[0].elements[0], DocumentHost(_DOCUMENT, _DOCUMENT))
    try:
        expression = compile_expression(parse(text))
    except XPathError:
        return
    for read in (expression.text, expression.number, expression.boolean, expression.nodes, expression.condition):
        try:
            read(context)
        except XPathError:
            continue


TARGETS: dict[str, Callable[[bytes], None]] = {"xml": one_xml, "xpath": one_xpath}


def main(arguments: list[str]) -> None:
    """Fuzz one target; the rest of the arguments go to libFuzzer."""
    name = arguments[1] if len(arguments) > 1 and arguments[1] in TARGETS else "xpath"
    atheris.Setup([arguments[0], *(argument for argument in arguments[1:] if argument not in TARGETS)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
