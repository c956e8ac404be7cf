"""Which items of a batch are within the quotas of their kiosk and of their NIKs, and when the others are welcome again."""

from collections.abc import Sequence
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

    def share(self, work: UnitOfWork, kiosk_id: str, asked: Sequence[Asked]) -> Shares:
        """In the caller's unit of work; the first ones of a batch are taken first."""
        later: dict[str, timedelta] = {}
        used_up: set[Quota] = set()
        for kind, quota in _OF_KIND.items():
            ids = list(dict.fromkeys(one.id for one in asked if one.kind is kind))
            if not ids:
                continue
            granted = self._quotas.take(work.connection, kiosk_id, quota, len(ids))
            later.update(dict.fromkeys(ids[granted.number :], granted.wait))
            if granted.wait:
                used_up.add(quota)
        for subject, ids in self._by_nik(asked, later).items():
            granted = self._quotas.take(work.connection, subject, Quota.NIK, len(ids))
            later.update(dict.fromkeys(ids[granted.number :], granted.wait))
            if granted.wait:
                used_up.add(Quota.NIK)
        for quota in sorted(used_up):
            self._quotas.note(work, kiosk_id, quota)
        return Shares(later, bool(used_up - {Quota.NIK}))

    def _by_nik(self, asked: Sequence[Asked], later: dict[str, timedelta]) -> dict[str, list[str]]:
        """Ids by their NIK's HMAC, in one order for all kiosks, so that two of them never wait for each other."""
        found: dict[str, list[str]] = {}
        for one in asked:
            if one.nik is not None and one.id not in later:
                ids = found.setdefault(self._vault.nik_index(_CONTEXT + one.nik), [])
                if one.id not in ids:
                    ids.append(one.id)
        return dict(sorted(found.items()))
