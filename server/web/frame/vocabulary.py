"""Words of a vocabulary (conditions, actions, kinds of alarms) in a language."""

from collections.abc import Callable

from protocol.formats import Formatting
from protocol.messages import CaseState


def said(say: Callable[..., str], group: str, word: str) -> str:
    """The text of ``group.word``; a word of a newer kiosk or server that has no text yet is shown as it is."""
    key = f"{group}.{word.lower()}"
    text = say(key)
    return word.replace("_", " ").lower() if text == key else text


def fee_in_words(state: CaseState, formatting: Formatting, say: Callable[..., str]) -> str:
    """What a case costs; empty where nobody can say yet."""
    if state.fee_rupiah is None:
        return ""
    amount = formatting.rupiah(state.fee_rupiah)
    return say("fee.least", amount=amount) if state.fee_least else amount
