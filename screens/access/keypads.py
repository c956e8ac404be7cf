"""Keypads for the blind whose keys send codes of their own: which code each key sends, as usages of the USB keyboard page.

A setting names the table (``EKIOS_KEYS__KEYPAD``); what a keypad was programmed to send otherwise goes into
``EKIOS_KEYS__NAMES``, which goes before it.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from screens.access.keys import Action


class KeypadTable(StrEnum):
    #: Arrows and Enter, as any keyboard sends.
    KEYBOARD = "keyboard"
    #: Storm Interface 1400 series AudioNav, default table: F17 and up, so that no key types anything.
    STORM_AUDIONAV = "storm-audionav"
    #: Storm Interface EZ-Key (EZ Access), default table: the same keys and one for help.
    STORM_EZ_KEY = "storm-ez-key"


#: ``<<`` and ``>>`` go one back and one on; up and down do as well, for who hears; the round key chooses. The jack tells
#: of headphones; louder and quieter are the consumer page's, which arrive as the keyboard's own.
_STORM: Final[Mapping[Action, tuple[str, ...]]] = MappingProxyType(
    {
        Action.UP: ("hid:6c",),
        Action.DOWN: ("hid:6d",),
        Action.OK: ("hid:6e",),
        Action.JACK_IN: ("hid:6f",),
        Action.JACK_OUT: ("hid:70",),
        Action.RIGHT: ("hid:71",),
        Action.LEFT: ("hid:72",),
        Action.LOUDER: ("hid:80",),
        Action.QUIETER: ("hid:81",),
    }
)

#: What each table adds to a keyboard's own keys.
TABLES: Final[Mapping[KeypadTable, Mapping[Action, tuple[str, ...]]]] = MappingProxyType(
    {
        KeypadTable.KEYBOARD: MappingProxyType({}),
        KeypadTable.STORM_AUDIONAV: _STORM,
        KeypadTable.STORM_EZ_KEY: MappingProxyType({**_STORM, Action.HELP: ("hid:68",)}),
    }
)
