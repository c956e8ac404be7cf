"""Every class that a template names has a style: one that was renamed or lost would leave a page bare without a word."""

import re
from pathlib import Path

import server.web

WEB = Path(next(iter(server.web.__path__)))
#: Of a value that a template fills in, only what stands around it is known: ``pill-{{ kind }}``.
FILLED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
#: States that look like the plain thing.
PLAIN = {"ahead"}


def styled() -> set[str]:
    sheets = (WEB / "frame" / "static").glob("*.css")
    return {name for sheet in sheets for name in re.findall(r"\.([A-Za-z][\w-]*)", sheet.read_text(encoding="utf-8"))}


def named(template: str) -> set[str]:
    """Whole names only: one with a filled-in part belongs to a family that the sheets have one by one."""
    names: set[str] = set()
    for value in re.findall(r'class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', template):
        names |= {part for part in FILLED.sub("\0", value).split() if "\0" not in part}
        names |= {part for clause in re.findall(r"%\}([^{]*)\{%", value) for part in clause.split() if "\0" not in part}
    return names


def test_every_class_of_a_template_has_a_style() -> None:
    templates = sorted(WEB.rglob("*.html"))
    bare = {f"{path.name}: {name}" for path in templates for name in named(path.read_text()) - styled() - PLAIN}
    assert len(templates) > 40
    assert bare == set()


def test_a_class_without_a_style_is_found() -> None:
    assert named('<p class="callout callout-{{ kind }}{% if new %} is-new{% endif %} lost">') - styled() == {"lost"}
