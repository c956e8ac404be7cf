"""How words are said: e taling and e pepet, the glottal stop, krama and Madurese, and what espeak-ng makes of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from devices.speech.espeak import EspeakEngine
from devices.speech.pronouncing import phonemes, spell_out
from devices.speech.pronouncing.indonesian import marked_e
from devices.speech.pronouncing.text import LONGEST_CLAUSE
from devices.speech.utterance import utterance
from rehearsal.spoken_words import PROGRAM, as_said, interface_words, reference, wrong
from tests.devices.speech.test_speech_speaker import program

#: Of the words that the kiosk shows, so many are said as dictionaries have it.
RIGHT = 0.99
#: New texts may have words that the reference does not know yet; so many of all it must know.
KNOWN = 0.97

with_espeak = pytest.mark.skipif(shutil.which(PROGRAM) is None, reason="espeak-ng is not installed")


@with_espeak
def test_the_kiosks_own_words_are_said_as_dictionaries_have_them() -> None:
    right = reference()
    ours = interface_words()
    known = sorted(ours & set(right))
    assert len(known) >= KNOWN * len(ours), f"not in rehearsal/spoken_words.tsv: {sorted(ours - set(right))}"
    amiss = wrong(as_said(known), right)
    assert len(known) - len(amiss) >= RIGHT * len(known), amiss


@pytest.mark.parametrize(
    ("word", "marked"),
    [
        *(
            ("enam", "ênam"),
            ("besar", "bêsar"),
            ("merah", "mèrah"),
            ("kesehatan", "kêsèhatan"),
            ("sebentar", "sêbêntar"),
        ),
        # Affixes are always pepet, and lead to the root, also where they swallow its first letter.
        *(("memeriksakannya", "mêmêriksakannya"), ("menerimanya", "mênêrimanya"), ("menyetujui", "mênyêtujui")),
        *(("dicetaknya", "dicètaknya"), ("membukanya", "mêmbukanya"), ("penyelenggaraan", "pênyêlênggaraan")),
    ],
)
def test_each_e_is_as_the_kbbi_marks_it(word: str, marked: str) -> None:
    assert marked_e(word) == marked


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(
            ("tidak", "t'ida?"),
            ("anaknya", "an'a?n^a"),
            ("masukkan", "mas'u?kan"),
            ("kaki", "k'aki"),
            ("bank", "b'aNk"),
        ),
        *(("maaf", "m'a?af"), ("saat", "s'a?at"), ("rakyat", "R'a?jat"), ("baik", "b'ai?"), ("mulai", "m'ulaI")),
        *(("benar", "b@n'aR"), ("nyanyi", "n^'an^i"), ("syarat", "S'aRat"), ("NIK", "n'ik")),
    ],
)
def test_indonesian_by_rules(word: str, said: str) -> None:
    assert phonemes(word, "id") == said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(
            ("dhateng", "d'at@N"),
            ("kathah", "k'atah"),
            ("cithak", "tS'ita?"),
            ("mangga", "m'ONgO"),
            ("punika", "pun'ikO"),
        ),
        *(("malih", "m'alih"), ("sae", "s'ae"), ("énggal", "'eNgal"), ("mèh", "m'Eh"), ("ingkang", "'iNkaN")),
    ],
)
def test_krama_by_rules(word: str, said: str) -> None:
    assert phonemes(word, "jv") == said


@pytest.mark.parametrize(
    ("word", "said"),
    [
        *(("Bhâghus", "b@g'us"), ("panèka", "pan'Eka"), ("panyo'onan", "pan^O?'Onan"), ("jhâlân", "dZ@l'@n")),
        *(("bânnya’", "b@nn^'a?"), ("èssè'è", "Ess'E?E"), ("dhibi'", "d'ibi?")),
    ],
)
def test_madurese_by_rules(word: str, said: str) -> None:
    assert phonemes(word, "mad") == said


@pytest.mark.parametrize("language", ["jv", "mad"])
def test_the_rules_know_every_letter_of_our_own_krama_and_madurese(language: str) -> None:
    words = interface_words(language)
    assert len(words) > 500
    assert [word for word in words if phonemes(word, language) is None] == []


@pytest.mark.parametrize("word", ["KTP", "BPJS", "a", "Xerxes", "ß"])
def test_what_is_not_known_is_left_as_it_is_written(word: str) -> None:
    assert spell_out(f"{word}.", "id") == f"{word}."


def test_an_abbreviation_with_a_dash_and_a_number_with_a_letter_stay_whole() -> None:
    assert spell_out("e-KTP 2a, tidak!", "id") == "e-KTP 2a, [[t'ida?]]!"


def test_english_is_not_touched() -> None:
    assert spell_out("Take a picture", "en") == "Take a picture"


def test_a_sentence_without_end_pauses_between_words_only() -> None:
    said = spell_out("permohonan surat keterangan " * 60, "id")
    assert max(len(clause.encode()) for clause in said.split(",")) <= LONGEST_CLAUSE + 10
    assert said.count("[[p@Rmoh'onan]]") == 60


def program_hears(tmp_path: Path, text: str, language: str) -> str:
    engine = EspeakEngine(
        program(tmp_path, f"cat >{tmp_path}/text"), {"id": ("id", "ms"), "jv": ("jv", "id"), "en": ("en-gb",)}
    )
    engine.open()
    engine.start(utterance(text, language, 150, 0.7)).wait(10)
    return (tmp_path / "text").read_text()


def test_the_program_is_given_the_sounds_and_nothing_that_a_citizen_wrote_as_such(tmp_path: Path) -> None:
    assert program_hears(tmp_path, "besar [[x]]", "id") == "[[b@s'aR]] [ [x]]"
    assert program_hears(tmp_path, "boten", "jv") == "[[b'ot@n]]"
    assert program_hears(tmp_path, "besar", "en") == "besar"


@with_espeak
def test_the_true_program_speaks_a_long_text_word_for_word() -> None:
    text = spell_out(utterance("selesai tidak " * 250, "id", 150, 1).text, "id")
    done = subprocess.run(
        [PROGRAM, "-q", "-x", "-v", "id", "--stdin"], input=text.encode(), capture_output=True, check=True
    )
    assert done.stdout.decode().count("s@l@s'aI") == done.stdout.decode().count("t'ida?") == 250
