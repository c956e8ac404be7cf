"""Functions about places. Distances and areas are in metres and square metres, to two decimals."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from forms.xpath.context import Context
from forms.xpath.errors import XPathEvaluationError
from forms.xpath.functions.registry import BOOLEAN, MANY, NUMBER, Library
from forms.xpath.values import held, plain_number, to_text

if TYPE_CHECKING:
    from forms.xpath.compiler import Expression

    Arguments = tuple[Expression, ...]

    Point = tuple[float, float]

LIBRARY = Library()
EARTH_RADIUS = 6_378_100.0
"""Equatorial radius in metres, as the specification's other clients take it."""


def point_of(text: str) -> Point | None:
    """Latitude and longitude in degrees of “lat lon [altitude [accuracy]]”; None where it is no place."""
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    latitude, longitude = plain_number(parts[0]), plain_number(parts[1])
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return latitude, longitude


def _line(texts: list[str]) -> list[Point] | None:
    if len(texts) == 1:
        texts = re.split(r"\s*;\s*", re.sub(r"(?:\s*;)+\Z", "", texts[0].strip()))
    points = [point_of(text) for text in texts]
    if len(points) < 2 or any(point is None for point in points):
        return None
    return [point for point in points if point is not None]


def _texts(context: Context, arguments: Arguments) -> list[str]:
    found: list[str] = []
    for argument in arguments:
        value = argument.value(context)
        found.extend([node.string_value() for node in held(value)] if isinstance(value, list) else [to_text(value)])
    return found


def _hundredths(value: float) -> float:
    return math.floor(abs(value) * 100 + 0.5) / 100


@LIBRARY.add("area", NUMBER, 1)
def area(context: Context, arguments: Arguments) -> float:
    points = _line(_texts(context, arguments))
    if points is None or len(points) < 3:
        return 0.0
    if points[0] != points[-1]:
        points = [*points, points[0]]
    total = 0.0
    for (latitude, longitude), (next_latitude, next_longitude) in pairwise(points):
        width = math.radians(next_longitude - longitude)
        total += width * (2 + math.sin(math.radians(next_latitude)) + math.sin(math.radians(latitude)))
    return _hundredths(total * EARTH_RADIUS * EARTH_RADIUS / 2)


@LIBRARY.add("distance", NUMBER, 1, MANY)
def distance(context: Context, arguments: Arguments) -> float:
    points = _line(_texts(context, arguments))
    if points is None:
        raise XPathEvaluationError("“distance()” takes places: “latitude longitude”, with “;” between them")
    return _hundredths(sum(_between(one, other) for one, other in pairwise(points)))


def _between(one: Point, other: Point) -> float:
    first, second = math.radians(one[0]), math.radians(other[0])
    turn = math.radians(one[1] - other[1])
    cosine = math.sin(first) * math.sin(second) + math.cos(first) * math.cos(second) * math.cos(turn)
    return math.acos(min(1.0, max(-1.0, cosine))) * EARTH_RADIUS


@LIBRARY.add("geofence", BOOLEAN, 2)
def geofence(context: Context, arguments: Arguments) -> bool:
    place = point_of(arguments[0].text(context))
    shape = _line([arguments[1].text(context)])
    if place is None or shape is None or shape[0] != shape[-1]:
        return False
    y, x = place
    inside = False
    for (y1, x1), (y2, x2) in pairwise(shape):
        if (y2 > y) != (y1 > y) and x < (x1 - x2) * (y - y2) / (y1 - y2) + x2:
            inside = not inside
    return inside
