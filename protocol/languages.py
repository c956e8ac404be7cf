"""The languages of kiosks, slips and pages, one entry each. What else a new one needs is named by ``make lint``."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    #: BCP 47; also the name of its folders of texts.
    code: str
    #: As its speakers call it.
    name: str
    #: In CLDR: whose dates and numbers it writes.
    locale: str
    #: espeak-ng's voices that its speakers understand, the best first.
    voices: tuple[str, ...]
    #: Its time of day, as a CLDR pattern. CLDR has a colon for Javanese, whose readers write the dot of Indonesia.
    clock: str = "HH.mm"
    #: The back office is translated into it as well.
    office: bool = False


#: In the order in which they are offered.
REGISTRY: Final = (
    Language("id", "Bahasa Indonesia", "id_ID", ("id", "ms"), office=True),
    # Neither has a voice of its own (espeak-ng 1.51); an Indonesian one reads their spelling right.
    Language("jv", "Basa Jawa", "jv_ID", ("jv", "id", "ms")),
    # Madurese has no locale in CLDR; its speakers read Indonesian dates.
    Language("mad", "Bhâsa Madhurâ", "id_ID", ("mad", "id", "ms")),
    Language("en", "English", "en_GB", ("en-gb", "en", "en-us"), clock="HH:mm", office=True),
)
LANGUAGES: Final = tuple(language.code for language in REGISTRY)
OFFICE_LANGUAGES: Final = tuple(language.code for language in REGISTRY if language.office)
LANGUAGE_NAMES: Final = {language.code: language.name for language in REGISTRY}
#: What is said where a text lacks the language that was asked for.
FALLBACK: Final = "id"
_BY_CODE: Final = {language.code: language for language in REGISTRY}


def language_of(code: str) -> Language:
    """The registered language, or the fallback for a code that is not ours."""
    return _BY_CODE.get(code) or _BY_CODE[FALLBACK]
