"""Imported by a program before anything else: garbage is looked for seldom while it starts.

A start makes hundreds of thousands of objects that stay. Python would look through all of them a dozen times in between, which
is a tenth of the time until somebody can use the kiosk, and a fifth of what the server's start takes.
"""

import gc
from typing import Final

#: New objects between two looks at the youngest; at the kiosk screens/shell/garbage.py takes over once everything is built.
YOUNG: Final = 50_000

gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
