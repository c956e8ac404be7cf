"""The city's map: districts from a GeoJSON that administrators upload, kiosks as points, drawn to a sheet of given width.

No tiles and no outside host: the sheet is a plain projection (equirectangular, true at the city's own latitude), which
within a city nobody can tell from any other.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from server.fleet.states import SHOWN, KioskState
from server.foundation.actors import Actor
from server.storage import tables
from server.storage.named_settings import read_setting, write_setting
from server.work.unit_of_work import UnitsOfWork

SETTING: Final = "districts"
#: Of the uploaded file, and of what is in it; borders in more detail are not seen at this size.
FILE_BYTES: Final = 5_000_000
DISTRICTS: Final = 500
POINTS: Final = 100_000
#: Width of the sheet, and the margin around the city.
WIDTH: Final = 1000.0
MARGIN: Final = 20.0
#: More kiosks than this are drawn as one mark for those that are close together.
SINGLY: Final = 300
CELL: Final = 40.0
#: A city that is one point still gets a sheet: degrees around it.
LEAST_SPAN: Final = 0.01
_SHOWN: Final = tables.kiosks.c.state.in_([one.value for one in SHOWN])

Ring = tuple[tuple[float, float], ...]


class DistrictsRefused(ValueError):
    """Not a GeoJSON of districts; says what is wrong, for whoever uploaded it."""


@dataclass(frozen=True)
class District:
    name: str
    #: Rings of (longitude, latitude), in degrees.
    rings: tuple[Ring, ...]


@dataclass(frozen=True)
class Outline:
    name: str
    #: What an SVG path draws.
    path: str
    #: Where its name stands.
    x: float
    y: float


@dataclass(frozen=True)
class Mark:
    """A kiosk, or ``number`` of them that are close together, in the state of the worst."""

    x: float
    y: float
    state: KioskState
    number: int
    #: Of the kiosk, or of the worst of several.
    kiosk_id: str
    name: str


@dataclass(frozen=True)
class Sheet:
    width: float
    height: float
    districts: tuple[Outline, ...]
    marks: tuple[Mark, ...]
    #: Kiosks without a position.
    unplaced: int


def read_districts(document: bytes) -> tuple[District, ...]:
    """Polygons and multipolygons with a ``name``. Raises DistrictsRefused."""
    try:
        kept = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise DistrictsRefused("json") from error
    if not isinstance(kept, dict) or kept.get("type") != "FeatureCollection":
        raise DistrictsRefused("collection")
    features = kept.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= DISTRICTS:
        raise DistrictsRefused("number")
    try:
        found = tuple(_district(feature) for feature in features)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise DistrictsRefused("feature") from error
    if sum(len(ring) for one in found for ring in one.rings) > POINTS:
        raise DistrictsRefused("detail")
    return found


class CityMap:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units
        #: Drawn once for each upload, and replaced as a whole: any thread reads it.
        self._drawn: _Drawn | None = None

    def change(self, actor: Actor, document: bytes) -> int:
        """The districts from now on; how many. Raises DistrictsRefused: nothing was changed then."""
        districts = read_districts(document)
        with self._units.begin(actor) as work:
            kept = [{"name": one.name, "rings": one.rings} for one in districts]
            write_setting(work.connection, SETTING, kept, actor.id, work.now)
            work.audit("city.districts", "city", {"districts": len(districts)})
        self._drawn = None
        return len(districts)

    def sheet(self) -> Sheet:
        """The map as it is now."""
        with self._units.engine.connect() as connection:
            drawn = self._districts(connection)
            kiosks = _placed(connection)
            unplaced = connection.execute(
                select(func.count()).where(_SHOWN, tables.kiosks.c.latitude.is_(None))
            ).scalar_one()
        paper = drawn.paper or _Paper([(one[0], one[1]) for one in kiosks])
        marks = _each(paper, kiosks) if len(kiosks) <= SINGLY else _gathered(paper, kiosks)
        return Sheet(WIDTH, paper.height, drawn.outlines, tuple(marks), unplaced)

    def _districts(self, connection: Connection) -> "_Drawn":
        setting = tables.settings.c
        since = connection.execute(select(setting.updated_at).where(setting.name == SETTING)).scalar()
        drawn = self._drawn
        if drawn is None or drawn.since != since:
            districts = _kept(connection)
            paper = _Paper([point for one in districts for ring in one.rings for point in ring]) if districts else None
            outlines = tuple(paper.outline(one) for one in districts) if paper else ()
            drawn = self._drawn = _Drawn(since, paper, outlines)
        return drawn


@dataclass(frozen=True)
class _Drawn:
    #: When the districts were uploaded; None: never.
    since: datetime | None
    #: None without districts: the kiosks say then what the sheet shows.
    paper: "_Paper | None"
    outlines: tuple[Outline, ...]


class _Paper:
    """Puts degrees onto the sheet; what lies outside the city's borders is put at the margin."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        longitudes, latitudes = [x for x, _ in points] or [0.0], [y for _, y in points] or [0.0]
        self._north = max(latitudes)
        self._stretch = math.cos(math.radians((self._north + min(latitudes)) / 2)) or 1.0
        self._west = min(longitudes)
        width = max(max(longitudes) - self._west, LEAST_SPAN) * self._stretch
        height = max(self._north - min(latitudes), LEAST_SPAN / 2)
        self._scale = (WIDTH - 2 * MARGIN) / width
        self.height = round(height * self._scale + 2 * MARGIN, 1)

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        x, y = self.exactly(longitude, latitude)
        return round(x, 1), round(y, 1)

    def exactly(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = MARGIN + (longitude - self._west) * self._stretch * self._scale
        y = MARGIN + (self._north - latitude) * self._scale
        inside = MARGIN / 2
        return min(max(x, inside), WIDTH - inside), min(max(y, inside), self.height - inside)

    def outline(self, district: District) -> Outline:
        rings = [self._thinned(ring) for ring in district.rings]
        path = " ".join("M" + " ".join(f"{x:g},{y:g}" for x, y in ring) + "Z" for ring in rings)
        x, y = _centre(max(rings, key=lambda ring: abs(_area(ring))))
        return Outline(district.name, path, round(x, 1), round(y, 1))

    def _thinned(self, ring: Ring) -> list[tuple[float, float]]:
        """Without points that fall onto the one before."""
        found: list[tuple[float, float]] = []
        for point in ring:
            placed = self.at(*point)
            if not found or abs(placed[0] - found[-1][0]) + abs(placed[1] - found[-1][1]) >= 1:
                found.append(placed)
        return found


def _kept(connection: Connection) -> tuple[District, ...]:
    kept = read_setting(connection, SETTING)
    if not isinstance(kept, list):
        return ()
    return tuple(District(one["name"], tuple(tuple((x, y) for x, y in ring) for ring in one["rings"])) for one in kept)


#: longitude, latitude, state, id, name
_Placed = Row[float, float, str, str, str]


def _placed(connection: Connection) -> Sequence[_Placed]:
    kiosk = tables.kiosks.c
    return connection.execute(
        select(kiosk.longitude, kiosk.latitude, kiosk.state, kiosk.id, kiosk.name).where(
            _SHOWN, kiosk.latitude.is_not(None)
        )
    ).all()


def _each(paper: _Paper, kiosks: Sequence[_Placed]) -> Iterator[Mark]:
    for longitude, latitude, state, kiosk_id, name in sorted(kiosks, key=lambda one: (one.name, one.id)):
        yield Mark(*paper.at(longitude, latitude), KioskState(state), 1, kiosk_id, name)


def _gathered(paper: _Paper, kiosks: Sequence[_Placed]) -> Iterator[Mark]:
    """One mark for each cell of the sheet that has any, where most of its kiosks are; of the worst of them the first by name.

    Ten thousand kiosks are gone through for each look at the map: no object is made for each.
    """
    rank: dict[str, int] = {state.value: place for place, state in enumerate(SHOWN)}
    cells: dict[tuple[int, int], tuple[int, float, float, tuple[int, str, str]]] = {}
    for longitude, latitude, state, kiosk_id, name in kiosks:
        x, y = paper.exactly(longitude, latitude)
        cell, one = (int(x // CELL), int(y // CELL)), (rank[state], name, kiosk_id)
        there = cells.get(cell)
        if there is None:
            cells[cell] = (1, x, y, one)
        else:
            number, all_x, all_y, worst = there
            cells[cell] = (number + 1, all_x + x, all_y + y, min(worst, one))
    for number, x, y, (place, name, kiosk_id) in cells.values():
        yield Mark(round(x / number, 1), round(y / number, 1), SHOWN[place], number, kiosk_id, name)


def _district(feature: Any) -> District:
    shape = feature["geometry"]
    if shape["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError("a district is an area")
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    rings = tuple(tuple(_point(point) for point in ring) for polygon in polygons for ring in polygon)
    if not rings or any(len(ring) < 3 for ring in rings):
        raise ValueError("a ring has at least three points")
    return District(str(feature["properties"]["name"])[:100], rings)


def _point(point: Any) -> tuple[float, float]:
    longitude, latitude = float(point[0]), float(point[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError("degrees are expected: longitude, then latitude")
    return longitude, latitude


def _area(ring: Sequence[tuple[float, float]]) -> float:
    around = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around) / 2


def _centre(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    area = _area(ring)
    if abs(area) < 1e-6:
        return ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * area), y / (6 * area)
