"""What a citizen answers the office, from the first letter until it was sent: pages come and go meanwhile."""

from typing import TYPE_CHECKING

from kiosk.cases.case import Case
from kiosk.ports import CaptureProblem
from kiosk.session.attachments import Attachment
from kiosk.session.outcomes import Refused, RefusedReason
from protocol.limits import ANSWER_CHARACTERS
from screens.look.widgets.entry import Entry, Layout

if TYPE_CHECKING:
    from screens.navigation.flow import Flow


class Answering:
    """The words and the photo for one case."""

    def __init__(self, flow: "Flow", case: Case) -> None:
        self._flow = flow
        self.case = case
        self.entry = Entry(Layout.LETTERS, limit=ANSWER_CHARACTERS)
        self.photo: Attachment | None = None
        #: A photo was taken and may not be readable: the citizen has not chosen yet.
        self.doubt: CaptureProblem | None = None
        self.sent = False

    @property
    def begun(self) -> bool:
        """Whether there is something that would be lost."""
        return not self.sent and (bool(self.entry.text.strip()) or self.photo is not None or self.doubt is not None)

    def keep(self, photo: Attachment | None) -> None:
        """Instead of the one before, which is overwritten."""
        if self.photo is not None:
            self.photo.data[:] = bytes(len(self.photo.data))
        self.photo, self.doubt = photo, None

    def send(self) -> RefusedReason | None:
        """None: it is on its way. Safe to call twice: it is sent once."""
        if self.sent:
            return None
        photos = (self.photo,) if self.photo is not None else ()
        result = self._flow.kiosk.send_answer(self.case.code, self.case.service, self.entry.text, photos)
        if isinstance(result, Refused):
            return result.reason
        self.wipe()
        self.sent = True
        return None

    def wipe(self) -> None:
        self.entry.set("")
        self.keep(None)
