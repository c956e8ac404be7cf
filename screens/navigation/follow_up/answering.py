"""What a citizen says to a case, from the first letter until it was sent: pages come and go meanwhile."""

from typing import TYPE_CHECKING, Final

from kiosk.cases.case import Case, CaseMessage
from kiosk.ports import CaptureProblem
from kiosk.session.attachments import Attachment
from kiosk.session.outcomes import Refused, RefusedReason
from protocol.limits import ANSWER_CHARACTERS
from protocol.messages import Contest, ItemKind, MessageKind
from screens.look.widgets.entry import Entry, Layout

if TYPE_CHECKING:
    from screens.navigation.flow import Flow

_KINDS: Final = {
    None: (ItemKind.ANSWER, MessageKind.ANSWER),
    Contest.OBJECTION: (ItemKind.OBJECTION, MessageKind.OBJECTION),
    Contest.REOPENING: (ItemKind.REOPENING, MessageKind.REOPENING),
}


class Answering:
    """The words and the photo for one case. ``contest``: what the citizen does by them; None: answers the office."""

    def __init__(self, flow: "Flow", case: Case, contest: Contest | None = None) -> None:
        self._flow = flow
        self.case = case
        self.contest = contest
        self.entry = Entry(Layout.LETTERS, limit=ANSWER_CHARACTERS)
        self.photo: Attachment | None = None
        #: A photo was taken and may not be readable: the citizen has not chosen yet.
        self.doubt: CaptureProblem | None = None
        self.sent = False

    @property
    def begun(self) -> bool:
        """Whether there is something that would be lost."""
        return not self.sent and (self._has_words or self.photo is not None or self.doubt is not None)

    @property
    def can_send(self) -> bool:
        """An answer may be a photo alone; what is contested needs a reason."""
        return self._has_words if self.contest is not None else self.begun

    def keep(self, photo: Attachment | None) -> None:
        """Instead of the one before, which is overwritten."""
        if self.photo is not None:
            self.photo.data[:] = bytes(len(self.photo.data))
        self.photo, self.doubt = photo, None

    def send(self) -> RefusedReason | None:
        """None: it is on its way. Safe to call twice: it is sent once."""
        if self.sent:
            return None
        kind, said = _KINDS[self.contest]
        text = self.entry.text.strip()
        photos = (self.photo,) if self.photo is not None else ()
        result = self._flow.kiosk.send_answer(self.case.code, self.case.service, text, photos, kind)
        if isinstance(result, Refused):
            return result.reason
        self._flow.citizen.note_said(CaseMessage(result.id, said, result.at, text, len(photos), on_its_way=True))
        self.wipe()
        self.sent = True
        return None

    def wipe(self) -> None:
        self.entry.set("")
        self.keep(None)

    @property
    def _has_words(self) -> bool:
        return bool(self.entry.text.strip())
