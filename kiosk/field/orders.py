"""Work orders that the office has for this kiosk, as the feed brought them last."""

from kiosk.settings import Settings
from protocol.field.orders import SETTING, OpenOrder, read


def open_orders(settings: Settings) -> tuple[OpenOrder, ...]:
    """The oldest first."""
    return read(settings.get(SETTING))
