"""The voice: the kiosk's own Indonesian words that are said as dictionaries have them, and what the dictionary costs.

The same espeak-ng speaks with the dictionary in front of it and alone, which is the peer. Right is what
``rehearsal/spoken_words.tsv`` has. Writes ``build/bench/voice.json``.
"""

import json
import time
from pathlib import Path

from devices.speech.pronouncing import spell_out
from devices.speech.pronouncing.text import phonemes
from rehearsal.spoken_words import as_said, interface_words, reference, wrong

RESULTS = Path("build/bench/voice.json")
SHOWN = 12


def main() -> int:
    right = reference()
    ours = interface_words()
    words = sorted(ours & set(right))
    amiss = wrong(as_said(words), right)
    alone = wrong(as_said(words, alone=True), right)
    page = " ".join(words[:200])
    phonemes.cache_clear()
    begun = time.perf_counter()
    spell_out(page, "id")
    first_ms = 1000 * (time.perf_counter() - begun)
    begun = time.perf_counter()
    spell_out(page, "id")
    again_ms = 1000 * (time.perf_counter() - begun)
    result = {
        "words": len(ours),
        "without_reference": sorted(ours - set(right)),
        "right_share": 1 - len(amiss) / len(words),
        "right_share_espeak_alone": 1 - len(alone) / len(words),
        "first_200_words_ms": first_ms,
        "again_200_words_ms": again_ms,
        "wrong": amiss,
    }
    RESULTS.write_text(json.dumps(result, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"{'':28}{'right':>8}  of {len(words)} words")
    print(f"{'dictionary and espeak-ng':28}{result['right_share']:8.1%}")
    print(f"{'espeak-ng alone':28}{result['right_share_espeak_alone']:8.1%}")
    print(f"200 words spelled out: {first_ms:.1f} ms the first time, {again_ms:.2f} ms again")
    for word, (said, should) in list(amiss.items())[:SHOWN]:
        print(f"  {word}: {said}, should be {should}")
    if result["without_reference"]:
        print(f"  not in the reference: {', '.join(sorted(ours - set(right)))}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
