"""Envelopes opened by the keeper, as the intake asks for it."""

import json
from collections.abc import Sequence
from typing import Any, Final

import structlog

from server.catalogue.packs import PackRepository
from server.keeper.client import Keeper, KeeperDied
from server.keeper.messages import OPEN
from server.submissions.opening import Opened, Refused
from server.submissions.openings import Asked, question, read

#: An envelope is refused when opening it ended so many keepers that had nothing else to do.
DEATHS_MOST: Final = 2

_log = structlog.get_logger("server.submissions.opening")


class OpenedApart:
    """Any thread. ``zone``: the city's, which dates without an offset are meant in."""

    def __init__(self, keeper: Keeper, packs: PackRepository, zone: str) -> None:
        self._keeper = keeper
        self._packs = packs
        self._zone = zone

    def open_all(self, asked: Sequence[Asked]) -> list[Opened | Refused]:
        """What each of them holds, in their order. Raises KeeperAway: nothing is known of any.

        One that ends the keeper costs the others nothing: each is then opened alone.
        """
        try:
            found = self._ask(asked)
        except KeeperDied:
            found = [self._alone(one) for one in asked]
        made = [read(told, one.item, self._packs) for told, one in zip(found, asked, strict=True)]
        for one in made:
            if isinstance(one, Opened):
                for event, error in one.notes:
                    _log.warning(event, service=one.item.service, pack=one.item.pack_version, error=error)
        return made

    def _ask(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        packs: list[tuple[int, bytes]] = []
        absent: set[int] = set()
        while True:
            answer = json.loads(self._keeper.ask(OPEN, question(self._zone, asked, absent), packs))
            if isinstance(answer, list):
                return answer
            archives = {number: self._packs.archive(number) for number in answer["packs"]}
            absent |= {number for number, archive in archives.items() if archive is None}
            packs = [(number, archive) for number, archive in archives.items() if archive is not None]

    def _alone(self, one: Asked) -> dict[str, Any]:
        for _ in range(DEATHS_MOST):
            try:
                return self._ask([one])[0]
            except KeeperDied:
                continue
        _log.error("opening.ends_the_keeper", service=one.item.service, pack=one.item.pack_version)
        return {"refused": "opening it ended the process that opens"}
