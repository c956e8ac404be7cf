"""The map's districts: drawn once for each upload, whoever looks."""

import json

from sqlalchemy import select

from server.deps import Deps
from server.fleet.city_map import SETTING
from server.foundation.actors import OPERATOR, SYSTEM
from server.storage import tables
from server.storage.named_settings import write_setting
from tests.server.conftest import FakeClock
from tests.server.fleet.test_server_alarms import statements
from tests.server.fleet.test_server_fleet import enrolled

SQUARE = [[112.6, -7.3], [112.8, -7.3], [112.8, -7.2], [112.6, -7.2], [112.6, -7.3]]


def geojson(*names: str) -> bytes:
    shape = {"type": "Polygon", "coordinates": [SQUARE]}
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name in names]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def names(deps: Deps) -> list[str]:
    return [one.name for one in deps.city_map.sheet().districts]


def test_districts_are_read_again_only_when_others_were_uploaded(sqlite_deps: Deps, clock: FakeClock) -> None:
    deps = sqlite_deps
    enrolled(deps)
    assert names(deps) == [] and deps.city_map.sheet().unplaced == 1
    deps.city_map.change(OPERATOR, geojson("Genteng"))
    assert names(deps) == ["Genteng"]
    with statements(deps) as asked:
        assert names(deps) == ["Genteng"]
    assert not any("settings.value" in one for one in asked)
    deps.city_map.change(OPERATOR, geojson("Genteng", "Bubutan"))
    assert names(deps) == ["Genteng", "Bubutan"]
    # Another process of the server took the next upload.
    clock.pass_time(minutes=1)
    with deps.units.begin(SYSTEM) as work:
        kept = work.connection.scalars(select(tables.settings.c.value).where(tables.settings.c.name == SETTING)).one()
        write_setting(work.connection, SETTING, kept[1:], OPERATOR.id, work.now)
    assert names(deps) == ["Bubutan"]
