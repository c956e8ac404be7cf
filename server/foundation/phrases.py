"""What officers ask for again and again, as fixed phrases: the citizen reads each in their own language."""

from enum import StrEnum

from server.foundation.texts import Texts


class Phrase(StrEnum):
    """Its words are ``phrase.<value>``, in the citizens' languages."""

    PHOTO_UNREADABLE = "photo_unreadable"
    OTHER_DOCUMENT = "other_document"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_EXPIRED = "document_expired"
    DATA_DIFFERS = "data_differs"
    ADDRESS_INCOMPLETE = "address_incomplete"
    PURPOSE_UNCLEAR = "purpose_unclear"
    COME_TO_OFFICE = "come_to_office"


def question(texts: Texts, language: str, phrase: Phrase | None, text: str) -> str:
    """What is asked: the phrase in the citizen's language, then what the officer added."""
    words = texts.say(language, f"phrase.{phrase}") if phrase is not None else ""
    return "\n".join(part for part in (words, text.strip()) if part)
