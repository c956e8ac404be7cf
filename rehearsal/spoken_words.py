"""The words of the kiosk's own texts, and how espeak-ng says them beside how dictionaries have it.

``spoken_words.tsv`` holds a word of ours each with its sounds in IPA and where they are from: ``g2p_id``, the lexicon of
the package g2p-id-py (Apache-2.0), which is another one than the dictionary in front of espeak-ng was made of; or ``KBBI``,
for forms that it lacks (their roots looked up, their affixes by rule) and for names of places.
"""

import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from babel.messages.pofile import read_po

from devices.speech.pronouncing import spell_out

ASSETS: Final = Path(__file__).resolve().parents[1] / "assets"
REFERENCE: Final = Path(__file__).with_name("spoken_words.tsv")
PROGRAM: Final = "espeak-ng"
#: English headings within the services' files, and what is no word.
FOREIGN: Final = frozenset({"default", "language", "title", "form", "billboard", "box", "go", "oss", "rp", "m²"})

_PLACEHOLDER: Final = re.compile(r"\$?\{[^}]*\}|<[^>]*>|https?:\S+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CELL: Final = re.compile(r"(?<!\\)\|")
#: espeak-ng's names of sounds, the longest first, in the reference's letters.
_IPA: Final = (
    *(("tS", "tʃ"), ("dZ", "dʒ"), ("n^", "ɲ"), ("aI", "ai"), ("aU", "au"), ("OI", "oi"), ("R2", "r"), ("_|", "ʔ")),
    *(("N", "ŋ"), ("S", "ʃ"), ("C", "ʃ"), ("@", "ə"), ("?", "ʔ"), ("E", "e"), ("O", "o"), ("R", "r"), ("g", "ɡ")),
)
#: A k before a consonant may or may not be a glottal stop; the two dictionaries differ, and so do people.
_K_WITHIN: Final = re.compile(r"[kʔ](?=[bdɡhjklmnprstwɲŋʃf])")
#: Between two vowels, where the reference has the vowels alone.
_GLIDES: Final = (("aja", "aia"), ("awa", "aua"), ("uwa", "ua"))


def interface_words(language: str = "id") -> frozenset[str]:
    """Every word that the kiosk's texts and the sample services have in a language, but for abbreviations."""
    plain = (_PLACEHOLDER.sub(" ", text) for text in _texts(language))
    found = (word for text in plain for word in _WORD.findall(text) if len(word) > 1 and word[1:].islower())
    return frozenset(word.lower() for word in found) - FOREIGN


def reference() -> dict[str, str]:
    """Word by word how dictionaries have it."""
    rows = (line.split("\t") for line in REFERENCE.read_text(encoding="utf-8").splitlines())
    return {word: sounds for word, sounds, _source in rows}


def as_said(words: Sequence[str], *, alone: bool = False) -> dict[str, str]:
    """How the true espeak-ng says them; ``alone``: without the dictionary in front of it."""
    text = "".join(f"{word if alone else spell_out(word, 'id')}.\n" for word in words)
    command = [PROGRAM, "-q", "-x", "-v", "id", "--stdin"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60)
    return dict(zip(words, (line.strip() for line in done.stdout.decode().splitlines()), strict=True))


def wrong(said: Mapping[str, str], right: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Words whose sounds differ: how they are said, and how they should be."""
    pairs = {word: (_comparable(_ipa(sounds)), _comparable(right[word])) for word, sounds in said.items()}
    return {word: pair for word, pair in pairs.items() if pair[0] != pair[1]}


def _ipa(sounds: str) -> str:
    text = sounds.replace("'", "").replace(",", "")
    for name, letter in _IPA:
        text = text.replace(name, letter)
    return text


def _comparable(sounds: str) -> str:
    text = _K_WITHIN.sub("k", sounds)
    for glide, vowels in _GLIDES:
        text = text.replace(glide, vowels)
    return text


def _texts(language: str) -> Iterator[str]:
    with (ASSETS / "translations" / language / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        for message in read_po(file):
            if message.id:
                yield from (message.string,) if isinstance(message.string, str) else message.string or ()
    for path in sorted((ASSETS / "services").glob("*/service.toml")):
        yield from _of(language, tomllib.loads(path.read_text(encoding="utf-8")))
    for path in sorted((ASSETS / "services").glob("*/form.md")):
        yield from _cells(language, path.read_text(encoding="utf-8").splitlines())


def _of(language: str, content: Any, key: str = "") -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _of(language, value, name)
    elif isinstance(content, list):
        for value in content:
            yield from _of(language, value, key)
    elif isinstance(content, str) and key == language and " " in content:
        yield content


def _cells(language: str, lines: Iterable[str]) -> Iterator[str]:
    """The columns of a form's tables in that language."""
    columns: list[int] = []
    for line in lines:
        cells = [cell.strip() for cell in _CELL.split(line)]
        headings = [number for number, cell in enumerate(cells) if cell.endswith(f"({language})")]
        if headings:
            columns = headings
        else:
            yield from (cells[number] for number in columns if number < len(cells))
