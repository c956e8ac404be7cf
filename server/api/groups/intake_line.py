"""Where requests that bring submissions meet: their envelopes are opened together, and written together.

While one group is written the next is opened, and a third gathers.
"""

from typing import Final

from server.api.groups.together import Together
from server.submissions.intake import Arrival, Batch, Intake, Taken

#: Items of one group: two full batches. More would not make it cheaper, and let the first wait for the last.
ITEMS_AT_ONCE: Final = 100


class IntakeLine:
    """Belongs to the event loop of its first :meth:`take`."""

    def __init__(self, intake: Intake) -> None:
        self._opened: Together[Arrival, Batch] = Together(
            intake.open_all, id, ITEMS_AT_ONCE, lambda arrival: len(arrival.items)
        )
        self._taken: Together[Batch, Taken] = Together(
            intake.take_all, lambda batch: batch.kiosk_id, ITEMS_AT_ONCE, lambda batch: len(batch.items)
        )

    async def take(self, arrival: Arrival) -> Taken:
        """What comes of it once it is durable; or what was raised for it, and then nothing of it was taken."""
        return await self._taken.put(await self._opened.put(arrival))
