"""Pictures and sounds of the open form. What cannot be shown is a placeholder and an alarm, never the end of a session."""

from typing import Any

from forms.media import PICTURE_FORMATS, begins_as_sound, ending_of
from kiosk.machine.content import MediaFault
from screens.look.decoded import NotShown, TooLarge, texture_of
from screens.navigation.flow import Flow


def picture(flow: Flow, file: str) -> Any:
    """The texture of a picture; None, with the office told, where it is missing or cannot be shown."""
    data = flow.citizen.media(file)
    if data is None:
        flow.citizen.media_failed(file, MediaFault.MISSING)
        return None
    form = PICTURE_FORMATS.get(ending_of(file))
    try:
        return texture_of(data, (form,)) if form is not None else _failed(flow, file, MediaFault.BROKEN)
    except TooLarge:
        return _failed(flow, file, MediaFault.TOO_LARGE)
    except NotShown:
        return _failed(flow, file, MediaFault.BROKEN)


def sound(flow: Flow, file: str) -> bytes | None:
    """A recording; None, with the office told, where it is missing or none."""
    data = flow.citizen.media(file)
    if data is None:
        flow.citizen.media_failed(file, MediaFault.MISSING)
        return None
    if not begins_as_sound(file, data):
        flow.citizen.media_failed(file, MediaFault.BROKEN)
        return None
    return data


def _failed(flow: Flow, file: str, fault: MediaFault) -> None:
    flow.citizen.media_failed(file, fault)
