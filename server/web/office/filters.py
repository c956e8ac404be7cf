"""What an officer asked the inbox to show: one of its lists, narrowed to a service, a stage, an area."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

#: The lists, in the order of the tabs.
SHOWS: Final = ("open", "mine", "new", "waiting", "late", "escalated", "done")
#: Longest id of a service, stage or area.
ID_CHARACTERS: Final = 64
#: The list that a browser saw last, which "next case" goes on with.
LIST_COOKIE: Final = "ekios_list"


@dataclass(frozen=True)
class Filters:
    show: str = SHOWS[0]
    service: str = ""
    stage: str = ""
    area: str = ""

    @property
    def narrowed(self) -> bool:
        return self != Filters(self.show)

    @property
    def members(self) -> dict[str, str]:
        """Those that are set; as they are saved, and as an address has them."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.members)

    def at(self, show: str) -> "Filters":
        return replace(self, show=show)


def read(members: Mapping[str, Any]) -> Filters:
    """What an address, a cookie or a saved view says; what it should not say is left out."""
    kept = {
        name: value[:ID_CHARACTERS]
        for name in ("show", "service", "stage", "area")
        if isinstance(value := members.get(name), str) and value
    }
    if kept.get("show") not in SHOWS:
        kept.pop("show", None)
    return Filters(**kept)


def of_query(query: str) -> Filters:
    return read(dict(parse_qsl(query)))
