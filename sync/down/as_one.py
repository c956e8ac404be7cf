"""Program, pack and settings go back as one.

Before a new program is tried, the old one notes with which pack and which settings it worked. When it runs again within
KEPT_FOR, whoever sent it back, it works with those. What was published meanwhile waits until something newer is; so does
nothing that citizens or field staff did: what they sent, and what waits to be sent, is never taken back.
"""

from datetime import datetime, timedelta
from typing import Final

from kiosk.store import Store

#: Later, packs and settings have gone their own way, and only the program goes back.
KEPT_FOR: Final = timedelta(days=7)
#: Not among what goes back: a key that the city no longer seals to would be used again.
_STAYS: Final = frozenset({"sealing_keys"})
_NOTE: Final = "before_program"
_HELD: Final = "packs_held"


def note(store: Store, *, now: datetime, runs: int, next_one: int, pack: int) -> None:
    """Release ``runs`` is about to give way to ``next_one``."""
    settings = {name: value for name, value in store.settings.all().items() if name not in _STAYS}
    store.marks.set(_NOTE, {"at": now.isoformat(), "runs": runs, "next": next_one, "pack": pack, "settings": settings})


def back_as_one(store: Store, *, now: datetime, runs: int) -> bool:
    """At the start of release ``runs``: whether it came back, and pack and settings with it."""
    noted = store.marks.get(_NOTE)
    if not isinstance(noted, dict) or noted["runs"] != runs:
        return False
    with store.transaction():
        store.marks.remove(_NOTE)
        if now - datetime.fromisoformat(noted["at"]) > KEPT_FOR:
            return False
        stays = {name: value for name, value in store.settings.all().items() if name in _STAYS}
        store.settings.replace({**noted["settings"], **stays})
        kept = [pack.version for pack in store.packs.newest_first()]
        if noted["pack"] in kept and kept[0] > noted["pack"]:
            store.marks.set(_HELD, {"after": noted["pack"], "through": kept[0]})
    return True


def noted_pack(store: Store) -> int:
    """The pack that the program before would go back to; 0: none."""
    noted = store.marks.get(_NOTE)
    return int(noted["pack"]) if isinstance(noted, dict) else 0


def may_run(store: Store, pack: int) -> bool:
    """Whether the pack is not one that waits for something newer."""
    held = store.marks.get(_HELD)
    return not (isinstance(held, dict) and held["after"] < pack <= held["through"])
