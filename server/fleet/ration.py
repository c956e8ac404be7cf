"""Which items of a batch are within the quotas of their kiosk and of their NIKs, and when the others are welcome again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from protocol.messages import ItemKind
from server.fleet.quotas import Quota, Quotas
from server.foundation.vault import Vault
from server.work.unit_of_work import UnitOfWork

#: Set before a NIK's HMAC, so that the one of a quota is found in no case.
_CONTEXT: Final = "quota:"
_OF_KIND: Final = {
    ItemKind.SUBMISSION: Quota.SUBMISSIONS,
    **dict.fromkeys((ItemKind.ANSWER, ItemKind.OBJECTION, ItemKind.REOPENING), Quota.ANSWERS),
}


@dataclass(frozen=True)
class Asked:
    """An item that was not stored before. ``nik`` None: none is kept of it."""

    id: str
    kind: ItemKind
    nik: str | None = None


@dataclass(frozen=True)
class Shares:
    #: How long the items wait that are not taken now.
    later: dict[str, timedelta] = field(default_factory=dict)
    #: It is the kiosk's own quota that is used up, not somebody's in front of it.
    of_kiosk: bool = False


class Ration:
    def __init__(self, quotas: Quotas, vault: Vault) -> None:
        self._quotas = quotas
        self._vault = vault

    def share(self, work: UnitOfWork, asked: Mapping[str, Sequence[Asked]]) -> dict[str, Shares]:
        """Of what kiosks ask, by their ids, in the caller's unit of work; the first ones of a kiosk's batch are taken first."""
        of_kiosks = {
            (kiosk_id, quota): list(dict.fromkeys(one.id for one in items if _OF_KIND[one.kind] is quota))
            for kiosk_id, items in asked.items()
            for quota in dict.fromkeys(_OF_KIND[one.kind] for one in items)
        }
        of_niks = {kiosk_id: self._by_nik(items) for kiosk_id, items in asked.items()}
        niks = dict.fromkeys((subject, Quota.NIK) for mine in of_niks.values() for subject in mine)
        buckets = self._quotas.buckets(work.connection, [*of_kiosks, *niks])
        later: dict[str, dict[str, timedelta]] = {kiosk_id: {} for kiosk_id in asked}
        used_up: dict[str, set[Quota]] = {kiosk_id: set() for kiosk_id in asked}
        for (kiosk_id, quota), ids in of_kiosks.items():
            granted = buckets.take(kiosk_id, quota, len(ids))
            later[kiosk_id].update(dict.fromkeys(ids[granted.number :], granted.wait))
            if granted.wait:
                used_up[kiosk_id].add(quota)
        for kiosk_id, mine in of_niks.items():
            for subject, found in mine.items():
                ids = [one for one in found if one not in later[kiosk_id]]
                granted = buckets.take(subject, Quota.NIK, len(ids))
                later[kiosk_id].update(dict.fromkeys(ids[granted.number :], granted.wait))
                if granted.wait:
                    used_up[kiosk_id].add(Quota.NIK)
        buckets.write()
        for kiosk_id, quotas in used_up.items():
            for quota in sorted(quotas):
                self._quotas.note(work, kiosk_id, quota)
        return {kiosk_id: Shares(later[kiosk_id], bool(used_up[kiosk_id] - {Quota.NIK})) for kiosk_id in asked}

    def _by_nik(self, asked: Sequence[Asked]) -> dict[str, list[str]]:
        """Ids by their NIK's HMAC."""
        found: dict[str, list[str]] = {}
        for one in asked:
            if one.nik is not None:
                ids = found.setdefault(self._vault.nik_index(_CONTEXT + one.nik), [])
                if one.id not in ids:
                    ids.append(one.id)
        return found
