"""``python -m tools.translations``: no text is missing, unused, or unlike in another language. Part of ``make lint``.

Every registered language needs the kiosk's catalogue and the public pages' one, those of the office its own as well.

Keys are found as string literals and as the literal beginnings of f-strings in the kiosk's sources (.py and .kv), so a
key that is put together at run time counts as used when its beginning is written out (``f"case.problem.{kind}"``).
"""

import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from protocol.languages import FALLBACK, LANGUAGES, OFFICE_LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("screens", "kiosk", "program", "main.py")

#: The end of a key whose text is said of one thing, where a language has a form for that.
SINGULAR: Final = ".one"
#: Failpoints have dotted names as well, and so have files.
_KEY = re.compile(r"""(?<![\w/.{])(?<!failpoint\()(["'])([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)\1""")
_FILE = re.compile(r"\.(kv|md|xml|json|toml)\Z")
_PREFIX = re.compile(r"""\bf(["'])([a-z][a-z0-9_]*\.(?:[a-z0-9_]+\.)*[a-z0-9_]*)\{""")


@dataclass(frozen=True)
class Use:
    """Keys and beginnings of keys that the sources name, each with where."""

    keys: dict[str, str]
    prefixes: dict[str, str]


@dataclass(frozen=True)
class CatalogueSet:
    """One catalogue in several languages: ``<folder>/<language>/LC_MESSAGES/<name>.po``."""

    name: str
    folder: str
    languages: tuple[str, ...]

    def path(self, language: str) -> str:
        """Below the project's root."""
        return f"{self.folder}/{language}/LC_MESSAGES/{self.name}.po"


KIOSK: Final = CatalogueSet("kiosk", "assets/translations", LANGUAGES)
PUBLIC: Final = CatalogueSet("public", "server/foundation/translations", LANGUAGES)
OFFICE: Final = CatalogueSet("office", "server/foundation/translations", OFFICE_LANGUAGES)
SETS: Final = (KIOSK, PUBLIC, OFFICE)


def catalogues(of: CatalogueSet, root: Path = ROOT) -> dict[str, Catalog]:
    """The catalogue of each language that has one."""
    found = {}
    for language in of.languages:
        path = root / of.path(language)
        if path.is_file():
            with path.open("rb") as file:
                found[language] = read_po(file, locale=None)
    return found


def use(paths: Iterable[Path]) -> Use:
    keys: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{path.relative_to(ROOT)}:{number}"
            for match in _KEY.finditer(line):
                if not _FILE.search(match[2]):
                    keys.setdefault(match[2], where)
            for match in _PREFIX.finditer(line):
                prefixes.setdefault(match[2], where)
    return Use(keys, prefixes)


def placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def _forms(message: Message) -> tuple[str, ...]:
    """The text, or its plural forms."""
    text = message.string
    return (text or "",) if isinstance(text, str) or text is None else tuple(text)


def _by_key(catalogue: Catalog) -> dict[str, Message]:
    return {str(m.id if isinstance(m.id, str) else m.id[0]): m for m in catalogue if m.id}


def unlike(of: CatalogueSet, found: Mapping[str, Catalog]) -> Iterator[str]:
    """A sentence for each thing that one language has otherwise than the fallback."""
    texts = {language: _by_key(catalogue) for language, catalogue in found.items()}
    reference = texts[FALLBACK]
    for language in of.languages:
        if language not in found:
            yield f"{language}: {of.path(language)} is missing; begin with a copy of {of.path(FALLBACK)}"
    for language, messages in texts.items():
        for key in sorted(reference.keys() - messages.keys()):
            # A language without a singular of its own needs no text for one.
            if not key.endswith(SINGULAR):
                yield f"{language}: {key} is missing"
        for key in sorted(messages.keys() - reference.keys()):
            if not key.endswith(SINGULAR) or key.removesuffix(SINGULAR) not in reference:
                yield f"{language}: {key} is not in {FALLBACK}"
        for key in sorted(reference.keys() & messages.keys()):
            forms = _forms(messages[key])
            if not all(forms):
                yield f"{language}: {key} is empty"
                continue
            odd = placeholders(forms[-1]) ^ placeholders(_forms(reference[key])[-1])
            if odd:
                yield f"{language}: {key} has other placeholders than {FALLBACK}: {', '.join(sorted(odd))}"


def unused(catalogue: Catalog, used: Use) -> Iterator[str]:
    """A sentence for each key that is named and has no text, or has a text and is named nowhere."""
    reference = _by_key(catalogue)
    subjects = {key.partition(".")[0] for key in reference}
    for key, where in sorted(used.keys.items()):
        if key.partition(".")[0] in subjects and key not in reference and not _is_beginning(key, reference):
            yield f"{where}: {key} has no text"
    for key in sorted(reference):
        if key not in used.keys and not any(key.startswith(prefix) for prefix in used.prefixes):
            yield f"{FALLBACK}: {key} is used nowhere"


def _is_beginning(key: str, reference: Iterable[str]) -> bool:
    """Whether it names a group of keys (``"form.kind"`` where ``form.kind.text`` exists)."""
    return any(known.startswith(key + ".") for known in reference)


def sources() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        yield from [path] if path.is_file() else sorted([*path.rglob("*.py"), *path.rglob("*.kv")])


def main() -> int:
    found = [problem for one in SETS for problem in unlike(one, catalogues(one))]
    found += unused(catalogues(KIOSK)[FALLBACK], use(sources()))
    for problem in found:
        print(f"translations: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
