"""Fuzzing with atheris: XML and expressions. ``python -m tests.forms.fuzz_forms [xml|xpath] -max_total_time=60``."""

import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports(include=["forms"]):
    from forms import FormError, load_form
    from forms.conformance.xpath_cases import DocumentHost
    from forms.xmltree import NodeKind, XmlNode
    from forms.xpath import Context, XPathError, compile_expression, parse

from tests.forms.form_kit import xform


def one_xml(data: bytes) -> None:
    """Any bytes are a form or a FormError; a form opens and is written."""
    pieces = atheris.FuzzedDataProvider(data)
    text = pieces.ConsumeUnicodeNoSurrogates(len(data))
    for source in (data, xform(text), xform("<a/>", text), xform("<a/>", "", text)):
        try:
            load_form(source).open().to_xml()
        except FormError:
            continue


def one_xpath(data: bytes) -> None:
    """Any text is an expression or an XPathError."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(len(data))
    document = XmlNode(NodeKind.DOCUMENT)
    document.elements = [XmlNode(NodeKind.ELEMENT, "r", text="1", up=document)]
    try:
        compile_expression(parse(text)).text(Context(document.elements[0], DocumentHost(document, document)))
    except XPathError:
        return


TARGETS: dict[str, Callable[[bytes], None]] = {"xml": one_xml, "xpath": one_xpath}


def main(arguments: list[str]) -> None:
    """Fuzz one target; the rest of the arguments go to libFuzzer."""
    name = arguments[1] if len(arguments) > 1 and arguments[1] in TARGETS else "xpath"
    atheris.Setup([arguments[0], *(argument for argument in arguments[1:] if argument not in TARGETS)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
