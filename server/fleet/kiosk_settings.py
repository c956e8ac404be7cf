"""Settings that administrators change for all kiosks, a group or one; the feed carries what counts for each.

What is set for one kiosk counts before what its groups have, and that before what all have; of several groups the last by
name. A kiosk brings a value that is out of its own limits to the nearest one, so a wrong number here cannot break it. What is
not set here stays what the kiosk's program has.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from protocol import sealing_keys
from protocol.field import orders
from protocol.kiosk_settings import OFFERED
from protocol.messages import FeedType
from server.fleet.field_work import told_orders
from server.foundation.actors import Actor
from server.open_city.audiences import EVERYBODY, Audience, Reach, audiences_of, kiosks_of, widest_first
from server.storage import tables
from server.storage.named_settings import read_setting, write_setting
from server.work.unit_of_work import UnitOfWork, UnitsOfWork

_NAME: Final = "kiosks"


class KioskSettings:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def values(self, audience: Audience = EVERYBODY) -> dict[str, float]:
        """What is set for the audience itself, by name."""
        with self._units.engine.connect() as connection:
            return set_for(connection, audience)

    def inherited(self, audience: Audience) -> dict[str, float]:
        """What counts for the audience where nothing is set for it: of a kiosk, what its groups have as well."""
        with self._units.engine.connect() as connection:
            if audience.reach is Reach.KIOSK:
                return _merged(_all_set(connection), audiences_of(connection, audience.id)[:-1])
            return {} if audience == EVERYBODY else set_for(connection, EVERYBODY)

    def own(self) -> list[Audience]:
        """Groups and kiosks for which something is set."""
        with self._units.engine.connect() as connection:
            names = connection.execute(
                select(tables.settings.c.name, tables.settings.c.value).where(
                    tables.settings.c.name.startswith(f"{_NAME}:", autoescape=True)
                )
            ).all()
        found = [Audience.read(row.name.removeprefix(f"{_NAME}:")) for row in names if row.value]
        return [one for one in found if one is not None]

    def change(
        self, actor: Actor, values: Mapping[str, float | None], audience: Audience = EVERYBODY
    ) -> tuple[str, ...]:
        """Sets numbers; None is what counts otherwise. Gives the names whose value cannot be: nothing was changed then."""
        wrong = tuple(name for name, value in values.items() if not _fits(name, value))
        if wrong:
            return wrong
        chosen = {name: value for name, value in values.items() if value is not None}
        with self._units.begin(actor) as work:
            if chosen == set_for(work.connection, audience):
                return ()
            kiosks = kiosks_of(work.connection, audience)
            before = values_of(work.connection, kiosks)
            write_setting(work.connection, _name(audience), chosen, actor.id, work.now)
            tell_changed(work, before)
            work.audit("kiosks.settings", str(audience) if audience.id else "kiosks", chosen)
        return ()


def set_for(connection: Connection, audience: Audience) -> dict[str, float]:
    return _numbers(read_setting(connection, _name(audience)))


def feed_values(connection: Connection, kiosk_id: str) -> dict[str, Any]:
    """Everything that the ``settings`` event carries: a kiosk replaces what it had by it."""
    values = _with_keys(connection, _merged(_all_set(connection), audiences_of(connection, kiosk_id)))
    return values | _orders(told_orders.open_at(connection, [kiosk_id]), kiosk_id)


def values_of(connection: Connection, kiosks: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As :func:`feed_values`, of many kiosks at once, in the order given."""
    layers = _all_set(connection)
    group, member = tables.kiosk_groups.c, tables.kiosk_group_members.c
    groups: dict[str, list[str]] = {}
    for row in connection.execute(
        select(member.kiosk_id, group.id)
        .join(tables.kiosk_groups, member.group_id == group.id)
        .order_by(group.name, group.id)
    ):
        groups.setdefault(row.kiosk_id, []).append(row.id)
    keys, orders = _with_keys(connection, {}), told_orders.open_at(connection, kiosks)
    return {
        one: _merged(layers, widest_first(one, groups.get(one, ()))) | keys | _orders(orders, one) for one in kiosks
    }


def tell_all(work: UnitOfWork) -> None:
    """Tells every kiosk of the fleet what counts for it."""
    told = values_of(work.connection, kiosks_of(work.connection, EVERYBODY))
    work.to_each_kiosk(FeedType.SETTINGS, {one: (values,) for one, values in told.items() if values})


def tell_changed(work: UnitOfWork, before: Mapping[str, Mapping[str, Any]]) -> None:
    """Tells the kiosks of ``before`` (what counted, in the order of their ids) what counts now, where it differs."""
    now = values_of(work.connection, list(before))
    work.to_each_kiosk(FeedType.SETTINGS, {one: (values,) for one, values in now.items() if values != before[one]})


def forget(work: UnitOfWork, audience: Audience) -> None:
    """What was set for an audience that is no more."""
    work.connection.execute(delete(tables.settings).where(tables.settings.c.name == _name(audience)))


def _all_set(connection: Connection) -> dict[str, dict[str, float]]:
    """What is set for each audience, by the name of its setting."""
    setting = tables.settings.c
    query = select(setting.name, setting.value).where(setting.name.startswith(_NAME, autoescape=True))
    return {row.name: _numbers(row.value) for row in connection.execute(query)}


def _merged(layers: Mapping[str, Mapping[str, float]], audiences: Sequence[Audience]) -> dict[str, Any]:
    """What counts of ``layers`` (as :func:`_all_set`) for who belongs to ``audiences``, the widest first."""
    merged: dict[str, Any] = {}
    for audience in audiences:
        merged |= layers.get(_name(audience), {})
    return merged


def _with_keys(connection: Connection, values: Mapping[str, Any]) -> dict[str, Any]:
    keys = read_setting(connection, sealing_keys.SETTING)
    return {**values, **({} if keys is None else {sealing_keys.SETTING: keys})}


def _orders(told: Mapping[str, Any], kiosk_id: str) -> dict[str, Any]:
    return {orders.SETTING: told[kiosk_id]} if kiosk_id in told else {}


def _numbers(kept: Any) -> dict[str, float]:
    return {str(name): float(value) for name, value in kept.items()} if isinstance(kept, dict) else {}


def _name(audience: Audience) -> str:
    return f"{_NAME}:{audience}" if audience.id else _NAME


def _fits(name: str, value: float | None) -> bool:
    setting = OFFERED.get(name)
    return setting is not None and (value is None or setting.allows(value))
