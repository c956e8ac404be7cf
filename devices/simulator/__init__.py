"""The simulated bench: what lies before the camera, what the scanner types, and a page to drive them."""

from devices.simulator.bench import Bench
from devices.simulator.control_page import ControlPage
from devices.simulator.drawing import Pose

__all__ = ["Bench", "ControlPage", "Pose"]
