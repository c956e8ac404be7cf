"""Long runs: what is marked ``soak`` runs in ``make soak`` alone, what is marked ``longer_in_soak`` there at full length."""

import os
from typing import Final

#: Whether this is ``make soak``.
SOAK: Final = "EKIOS_SOAK" in os.environ
