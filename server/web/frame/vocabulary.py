"""Words of a vocabulary (conditions, actions, kinds of alarms) in a language."""

from collections.abc import Callable


def said(say: Callable[..., str], group: str, word: str) -> str:
    """The text of ``group.word``; a word of a newer kiosk or server that has no text yet is shown as it is."""
    key = f"{group}.{word.lower()}"
    text = say(key)
    return word.replace("_", " ").lower() if text == key else text
