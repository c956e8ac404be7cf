"""Many envelopes opened at once, as the keeper is asked for it: JSON in, JSON out, nothing but data.

Asked: ``{"zone": …, "items": [[kiosk id, kiosk part, item], …], "absent": [packs that do not exist]}``. Answered: of each item
``{"refused": reason}``, or what :class:`~server.submissions.opening.Opened` holds; or ``{"packs": [numbers]}``, when packs
have to be told first.
"""

import json
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from protocol.messages import Content, ItemKind, SubmissionItem
from protocol.packs import unpack
from server.cases.finding.headlines import Headline
from server.catalogue.pack_content import PackContent, PackService, Services, read_content
from server.keeper.sealing_keys import PrivateSealingKeys
from server.submissions.opening import Opened, Opener, Refused

#: Packs that are kept; kiosks run one or two.
PACKS_IN_MEMORY: Final = 4


@dataclass(frozen=True)
class Asked:
    kiosk_id: str
    kiosk_part: str
    item: SubmissionItem
    #: The same as it came.
    raw: Any


class PackUnknown(LookupError):
    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class _ToldPacks:
    def __init__(self) -> None:
        self._contents: OrderedDict[int, PackContent] = OrderedDict()
        self.absent: Collection[int] = ()

    def learn(self, number: int, archive: bytes) -> None:
        self._contents[number] = read_content(*unpack(archive))
        while len(self._contents) > PACKS_IN_MEMORY:
            self._contents.popitem(last=False)

    def service(self, number: int, service_id: str) -> PackService | None:
        """Raises PackUnknown."""
        if number in self.absent:
            return None
        if number not in self._contents:
            raise PackUnknown(number)
        self._contents.move_to_end(number)
        return self._contents[number].service(service_id)


class Openings:
    """In the keeper."""

    def __init__(self, keys: PrivateSealingKeys) -> None:
        self._keys = keys
        self._packs = _ToldPacks()
        self._openers: dict[str, Opener] = {}

    def learn(self, number: int, archive: bytes) -> None:
        self._packs.learn(number, archive)

    def open_all(self, asked: bytes) -> bytes:
        question = json.loads(asked)
        zone = question["zone"]
        opener = self._openers.setdefault(zone, Opener(self._keys.get, self._packs, zone))
        self._packs.absent = frozenset(question["absent"])
        found, unknown = [], set()
        for kiosk_id, kiosk_part, item in question["items"]:
            try:
                found.append(_told(opener.open(kiosk_id, kiosk_part, SubmissionItem.model_validate(item))))
            except PackUnknown as missing:
                unknown.add(missing.number)
        if unknown:
            return json.dumps({"packs": sorted(unknown)}).encode()
        return json.dumps(found).encode()


def _told(opened: Opened | Refused) -> dict[str, Any]:
    if isinstance(opened, Refused):
        return {"refused": opened.reason}
    return {
        "content": opened.content.model_dump_json(),
        "kept": None if opened.kept is opened.content else opened.kept.model_dump_json(),
        "violations": opened.violations,
        "fee": opened.fee_rupiah,
        "classification": opened.classification,
        "topic": opened.topic,
        "headline": [opened.headline.name, opened.headline.topic, opened.headline.topic_path],
        "terms": opened.terms,
        "notes": opened.notes,
    }


def question(zone: str, items: Collection[Asked], absent: Collection[int]) -> bytes:
    told = [(one.kiosk_id, one.kiosk_part, one.raw) for one in items]
    return json.dumps({"zone": zone, "items": told, "absent": sorted(absent)}).encode()


def read(one: dict[str, Any], item: SubmissionItem, services: Services) -> Opened | Refused:
    """What the keeper told of an item; ``services`` are the server's own."""
    if "refused" in one:
        return Refused(one["refused"])
    content = Content.model_validate_json(one["content"])
    service = services.service(item.pack_version, item.service) if item.kind is ItemKind.SUBMISSION else None
    name, topic, path = one["headline"]
    return Opened(
        item=item,
        content=content,
        description=None if service is None else service.description,
        kept=content if one["kept"] is None else Content.model_validate_json(one["kept"]),
        headline=Headline(name, topic, tuple(path)),
        terms=tuple((kind, term) for kind, term in one["terms"]),
        violations=tuple(one["violations"]),
        fee_rupiah=one["fee"],
        classification=one["classification"],
        topic=one["topic"],
        notes=tuple((event, error) for event, error in one["notes"]),
    )
