"""What the citizen puts into the form that is open: answers, photos, members; which of them the scanner read; and what a
lower number would set aside."""

from collections.abc import Callable, Iterable

from forms import FormSession
from kiosk.session.attachments import Attachment, Attachments, AttachProblem
from kiosk.session.fewer import Fewer, FewerMembers
from kiosk.session.marks import ScanMarks


class Answering:
    """``form`` gives the one that is open; it raises ValueError when none is. ``answered`` is told which question has
    another answer."""

    def __init__(self, form: Callable[[], FormSession], answered: Callable[[str], None]) -> None:
        self._form = form
        self._answered = answered
        #: Which answers the scanner read.
        self.marks = ScanMarks()
        self._attachments = Attachments()
        self._fewer = FewerMembers()

    def answer(self, ref: str, value: str) -> str | None:
        """Set an answer (XForms lexical, "" clears). The form's message when it cannot be of the question's type."""
        form = self._form()
        self._fewer.note(form, ref)
        try:
            form.set(ref, value)
        except ValueError as error:
            return str(error)
        self._answered(ref)
        return None

    def scanned(self, ref: str) -> None:
        """The answer that stands there was read by the scanner."""
        self.marks.put(ref, self._form().nodes[ref].value)
        self._answered(ref)

    def settle(self) -> Fewer | None:
        """The answer that was being given is to stand: who would go by it and has to be asked about; None: it stands."""
        return self._fewer.settle(self._form())

    def let_go(self) -> None:
        """The citizen agreed: they are set aside, and come back when the number grows again."""
        self._fewer.agree()

    def keep_members(self) -> str:
        """The citizen did not: the former answer is put back. Gives its question."""
        return self._fewer.undo(self._form())

    # --- photos and files ------------------------------------------------------------------------------------------

    def attach(self, ref: str, data: bytes, media_type: str) -> AttachProblem | None:
        """Answer an upload question with a photo or file, which replaces the one before."""
        problem = self._attachments.problem(ref, data)
        if problem is not None:
            return problem
        form = self._form()
        name = self._attachments.new_name(form.nodes[ref].name, media_type)
        form.attach(ref, name)
        self._attachments.put(Attachment(ref, name, media_type, bytearray(data)))
        return None

    def attachment(self, ref: str) -> Attachment | None:
        """What was attached to a question, to be shown again."""
        return self._attachments.get(ref)

    def detach(self, ref: str) -> None:
        self._form().clear(ref)
        self._attachments.drop(ref)

    def attachments_in_use(self) -> tuple[Attachment, ...]:
        """Those of questions that are still relevant, in the form's order."""
        by_name = {attachment.name: attachment for attachment in self._attachments}
        return tuple(by_name[name] for _, name in self._form().attachments() if name in by_name)

    def give_back(self, attachments: Iterable[Attachment]) -> None:
        """Photos and files of a draft, whose names stand in the form's answers."""
        self._attachments.give_back(attachments)

    # --- members ---------------------------------------------------------------------------------------------------

    def add_repeat(self, repeat_ref: str) -> str:
        """One more (follower, child …); gives the new instance's ref."""
        return self._form().add_repeat(repeat_ref)

    def remove_repeat(self, instance_ref: str) -> None:
        """Attachments of the instances that move up are found by their file name, so they follow their question."""
        form = self._form()
        before = {ref: node for ref, node in form.nodes.items() if self.marks.of(ref, node.value)}
        form.remove_repeat(instance_ref)
        self.marks.follow({ref: node.ref for ref, node in before.items() if form.nodes.get(node.ref) is node})
        self._attachments.follow({name: ref for ref, name in form.uploads()})

    def wipe(self) -> None:
        """Nothing of it is kept; the photos are overwritten."""
        self._attachments.wipe()
        self.marks.wipe()
        self._fewer = FewerMembers()
