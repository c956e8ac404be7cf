"""Things to hold before a simulated camera, drawn by code: cards, papers, slips, badges, and the tabletop they lie on.

Nobody in these pictures exists: names, numbers and faces are invented.
"""

from devices.simulator.drawing.cards import CardCode, draw_badge, draw_card
from devices.simulator.drawing.documents import draw_family_card, draw_letter, draw_marriage_book
from devices.simulator.drawing.items import Item
from devices.simulator.drawing.people import draw_bust, person
from devices.simulator.drawing.scene import Pose, Shot, place, sheen_light, tabletop
from devices.simulator.drawing.sheen import Sheen
from devices.simulator.drawing.slips import draw_phone, draw_slip

__all__ = [
    "CardCode",
    "Item",
    "Pose",
    "Sheen",
    "Shot",
    "draw_badge",
    "draw_bust",
    "draw_card",
    "draw_family_card",
    "draw_letter",
    "draw_marriage_book",
    "draw_phone",
    "draw_slip",
    "person",
    "place",
    "sheen_light",
    "tabletop",
]
