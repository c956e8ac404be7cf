"""The tabletop before the camera, and how a thing lies on it: tilt, turn, distance, light, blur, glare, noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.simulator.drawing.items import Item
from devices.simulator.drawing.sheen import Sheen, sheen_mask

FIELD_OF_VIEW: Final = math.radians(60)
"""The camera's horizontal angle of view."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pose:
    """How a thing is held: ``tilt`` about its horizontal and ``swing`` about its vertical axis, ``turn`` in the
    picture's plane (degrees), the width that it would fill of the picture seen straight on, and its middle."""

    tilt: float = 0.0
    swing: float = 0.0
    turn: float = 0.0
    fills: float = 0.6
    x: float = 0.5
    y: float = 0.5


WHITE: Final = 0.94
"""What white paper is to a camera's brightest: exposure leaves room, and only reflections are blown out."""


@dataclass(frozen=True, slots=True)
class Shot:
    """What light and lens make of it: ``blur`` (sigma in pixels), ``glare`` (0–1: how strong a sheen), ``light`` (1 normal, 0 dark),
    ``noise`` (sigma in grey levels), ``motion`` (pixels of movement blur, along ``motion_angle`` degrees), ``shadow``
    (0–1, how dark the half of the picture is that a head bends over), ``thumb`` (whether one holds the item by its edge),
    ``jpeg`` (quality of a camera that compresses, 0 for one that does not). ``sheen`` is what is mirrored, ``glare_at`` where on
    the item (from 0 to 1 across and down; None: anywhere), ``glare_size`` how large, of its diagonal, ``glare_angle`` in degrees
    (None: any)."""

    blur: float = 0.0
    glare: float = 0.0
    sheen: Sheen = Sheen.LAMP
    glare_at: tuple[float, float] | None = None
    glare_size: float = 0.2
    glare_angle: float | None = None
    light: float = 1.0
    noise: float = 2.0
    motion: float = 0.0
    motion_angle: float = 0.0
    shadow: float = 0.0
    thumb: bool = False
    jpeg: int = 0


def tabletop(width: int, height: int, kind: str = "wood", seed: int = 0) -> Picture:
    """A tabletop of ``kind`` "wood", "stone", "dark", "white" or "cluttered" (papers and print lie on it), as BGR."""
    rng = np.random.default_rng(seed)
    grounds = {"wood": (92, 132, 176), "stone": (150, 152, 156), "dark": (46, 44, 42), "white": (214, 216, 218)}
    ground = np.array(grounds.get(kind, (120, 128, 134)), np.float32)
    stretch = (width // 160, height // 8) if kind == "wood" else (width // 10, height // 10)
    coarse = rng.normal(0, 1, (max(2, stretch[1]), max(2, stretch[0]))).astype(np.float32)
    grain = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.2)
    picture = ground + (grain * (9 if kind == "wood" else 4) + fine * 6)[:, :, None]
    shade = np.linspace(1.08, 0.9, width, dtype=np.float32)[None, :, None]
    result: Picture = np.clip(picture * shade, 0, 255).astype(np.uint8)
    if kind == "cluttered":
        _clutter(result, rng)
    return result


def place(
    ground: Picture, item: Item | None, pose: Pose, shot: Shot, rng: np.random.Generator
) -> tuple[Picture, NDArray[np.float32]]:
    """``ground`` (BGR, not changed) with ``item`` on it, and its four corners in the picture (4 × 2, clockwise from
    the item's top left; empty without an item)."""
    height, width = ground.shape[:2]
    picture = ground
    corners = np.zeros((0, 2), np.float32)
    if item is not None:
        corners = _corners(item, pose, width, height)
        picture = _lay(ground, item, corners)
        if shot.thumb:
            picture = _held(picture, corners)
    return _expose(picture, corners, shot, rng), corners


def _corners(item: Item, pose: Pose, width: int, height: int) -> NDArray[np.float32]:
    """A pinhole camera: the item is turned about its middle, then pushed away until it has the wanted size."""
    tilt, swing, turn = (math.radians(angle) for angle in (pose.tilt, pose.swing, pose.turn))
    half_w, half_h = 0.5, 0.5 * item.height_mm / item.width_mm
    flat = np.array([[-half_w, -half_h, 0], [half_w, -half_h, 0], [half_w, half_h, 0], [-half_w, half_h, 0]])
    about_x = np.array([[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]])
    about_y = np.array([[math.cos(swing), 0, math.sin(swing)], [0, 1, 0], [-math.sin(swing), 0, math.cos(swing)]])
    about_z = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    focal = 0.5 / math.tan(FIELD_OF_VIEW / 2)
    points = flat @ (about_z @ about_y @ about_x).T
    distance = focal / pose.fills
    projected = points[:, :2] * focal / (points[:, 2:] + distance) * width
    corners: NDArray[np.float32] = (projected + np.array([pose.x * width, pose.y * height])).astype(np.float32)
    return corners


def _lay(ground: Picture, item: Item, corners: NDArray[np.float32]) -> Picture:
    height, width = ground.shape[:2]
    pixels = _reduced(item.pixels(), corners)
    rows, columns = pixels.shape[:2]
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    warp = cv2.getPerspectiveTransform(source, corners)
    laid = cv2.warpPerspective(pixels, warp, (width, height), flags=cv2.INTER_AREA)
    alpha = laid[:, :, 3:].astype(np.float32) / 255
    shadow = cv2.GaussianBlur(np.roll(alpha[:, :, 0], (6, 5), (0, 1)), (0, 0), 7)[:, :, None]
    below = ground * (1 - 0.45 * shadow)
    result: Picture = (below * (1 - alpha) + laid[:, :, :3] * alpha).astype(np.uint8)
    return result


def _reduced(pixels: Picture, corners: NDArray[np.float32]) -> Picture:
    """The item scaled down to about twice its size in the picture, as a lens averages what it cannot resolve."""
    longest = max(float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4))
    factor = 2 * longest / max(pixels.shape[:2])
    if factor >= 1:
        return pixels
    reduced: Picture = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return reduced


def _expose(picture: Picture, corners: NDArray[np.float32], shot: Shot, rng: np.random.Generator) -> Picture:
    light = picture.astype(np.float32) * (shot.light * WHITE)
    if shot.shadow:
        light *= _shadow(picture.shape[1], shot.shadow, rng)[None, :, None]
    if shot.glare and len(corners):
        light += sheen_light(picture.shape, corners, shot, rng)[:, :, None]
    if shot.motion >= 1:
        light = cv2.filter2D(light, -1, _motion_kernel(shot.motion, shot.motion_angle))
    if shot.blur:
        light = cv2.GaussianBlur(light, (0, 0), shot.blur)
    if shot.noise:
        light += rng.standard_normal(light.shape, dtype=np.float32) * shot.noise
    exposed: Picture = np.clip(light, 0, 255).astype(np.uint8)
    if not shot.jpeg:
        return exposed
    _, data = cv2.imencode(".jpg", exposed, [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _shadow(width: int, depth: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """The share of light in each column: full on one side of an edge near the middle, ``1 - depth`` on the other."""
    edge = rng.uniform(0.4, 0.6) * width
    lit = 1 - depth / (1 + np.exp(-(np.arange(width) - edge) / (0.008 * width)))
    shares: NDArray[np.float32] = (lit if rng.random() < 0.5 else lit[::-1]).astype(np.float32)
    return shares


def _held(picture: Picture, corners: NDArray[np.float32]) -> Picture:
    """A thumb over the left edge of the item, a little above its middle."""
    held = picture.copy()
    upper, lower = corners[0] * 0.62 + corners[3] * 0.38, corners[1] * 0.62 + corners[2] * 0.38
    tip = upper + (lower - upper) * 0.04
    way = tip - lower
    size = float(np.linalg.norm(way))
    axes = (round(0.11 * size), round(0.075 * size))
    angle = math.degrees(math.atan2(float(way[1]), float(way[0])))
    middle = tip + way / max(size, 1e-6) * 0.05 * size
    cv2.ellipse(held, middle.astype(int).tolist(), axes, angle, 0, 360, (118, 152, 196), -1, cv2.LINE_AA)
    return held


def sheen_light(
    shape: tuple[int, ...], corners: NDArray[np.float32], shot: Shot, rng: np.random.Generator
) -> NDArray[np.float32]:
    """The light that a sheen on what has these corners adds to a picture of that shape, in grey levels."""
    if shot.glare_at is None:
        middle = rng.dirichlet(np.ones(4)) @ corners
    else:
        across, down = shot.glare_at
        a, b, c, d = corners
        middle = (a * (1 - across) + b * across) * (1 - down) + (d * (1 - across) + c * across) * down
    angle = float(rng.uniform(0, 180)) if shot.glare_angle is None else shot.glare_angle
    diagonal = float(np.linalg.norm(corners[2] - corners[0]))
    size = shot.glare_size * diagonal
    where = (float(middle[0]), float(middle[1]))
    mask = sheen_mask((shape[0], shape[1]), shot.sheen, where, size, angle, 0.06 * size)
    light: NDArray[np.float32] = mask * np.float32(255 * shot.glare)
    return light


def _motion_kernel(length: float, angle: float) -> NDArray[np.float32]:
    side = int(length) | 1
    kernel = np.zeros((side, side), np.float32)
    kernel[side // 2] = 1
    turn = cv2.getRotationMatrix2D((side / 2 - 0.5, side / 2 - 0.5), angle, 1)
    turned: NDArray[np.float32] = cv2.warpAffine(kernel, turn, (side, side))
    return turned / max(float(turned.sum()), 1e-6)


def _clutter(picture: Picture, rng: np.random.Generator) -> None:
    """Papers with print, a pen, a key card: straight edges that are no card."""
    height, width = picture.shape[:2]
    for _ in range(6):
        size = rng.uniform(0.12, 0.45, 2) * (width, height)
        box = cv2.boxPoints(((rng.uniform(0, width), rng.uniform(0, height)), (size[0], size[1]), rng.uniform(0, 90)))
        shade = int(rng.uniform(60, 240))
        cv2.fillConvexPoly(picture, box.astype(np.int32), (shade, shade, min(255, shade + 8)))
        for line in range(7):
            start = box[0] + (box[1] - box[0]) * (line + 1) / 9
            stop = start + (box[3] - box[0]) * float(rng.uniform(0.5, 0.9))
            cv2.line(picture, start.astype(int).tolist(), stop.astype(int).tolist(), (60, 60, 64), 2, cv2.LINE_AA)
