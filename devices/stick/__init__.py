"""A USB stick that field staff put in to carry something away. ``Stick`` saves a file on it, whole or not at all."""

from devices.stick.simulated import SimulatedStick, StickFault
from devices.stick.stick import Stick

__all__ = ["SimulatedStick", "Stick", "StickFault"]
