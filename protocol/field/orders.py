"""Work orders on their way to a kiosk: all that are open, among the values of a ``settings`` event.

There, and not in an event of their own: a kiosk that knows none passes a setting over, and would stop at a type of event
that it does not know.
"""

from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from protocol.line.base import Message, Short

SETTING: Final = "work_orders"
#: Of one kiosk; more tell nobody anything. The oldest.
ORDERS_MOST: Final = 10
TASK_CHARACTERS: Final = 500


class OpenOrder(Message):
    #: What people call it.
    number: Annotated[int, Field(ge=1)]
    #: In the words of whoever made it; "": made by itself, of ``alarm``.
    task: Annotated[str, Field(max_length=TASK_CHARACTERS)] = ""
    #: The kind of the alarm it came of; "" of one made by hand.
    alarm: Short = ""
    #: Whose it is; "": of whoever comes by.
    staff_id: Short = ""


_ORDERS: Final = TypeAdapter(tuple[OpenOrder, ...])


def read(value: object) -> tuple[OpenOrder, ...]:
    """What a setting of that name holds; nothing of what cannot be read."""
    try:
        return _ORDERS.validate_python(value if value is not None else ())
    except ValidationError:
        return ()
