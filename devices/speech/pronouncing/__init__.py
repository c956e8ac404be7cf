"""How words are said where espeak-ng would say them wrong: a dictionary and rules in front of it, a language each.

espeak-ng 1.51 reads every Indonesian *e* by its stress, so that "enam" (ênam) and "besar" (bêsar) come out as "énam" and
"bésar", and has no glottal stop at the end of "tidak". It knows no Javanese and no Madurese. What is known here is handed to
it as phonemes; every other word stays as it is written.
"""

from devices.speech.pronouncing.text import phonemes, spell_out

__all__ = ["phonemes", "spell_out"]
