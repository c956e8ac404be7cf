"""Seeing, shared by scanner and camera: four-cornered sheets in a picture, and what they look like from above."""

from devices.vision.quads import Quad, find_quads
from devices.vision.rectify import rectify

__all__ = ["Quad", "find_quads", "rectify"]
