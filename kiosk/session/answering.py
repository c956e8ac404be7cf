"""What the citizen puts into the form that is open: answers, photos, members; and what a lower number would set aside."""

from collections.abc import Callable, Iterable

from forms import FormSession
from kiosk.session.attachments import Attachment, Attachments, AttachProblem
from kiosk.session.fewer import Fewer, FewerMembers


class Answering:
    """``form`` gives the one that is open; it raises ValueError when none is."""

    def __init__(self, form: Callable[[], FormSession]) -> None:
        self._form = form
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
        return None

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
        form.remove_repeat(instance_ref)
        self._attachments.follow({name: ref for ref, name in form.uploads()})

    def wipe(self) -> None:
        """Nothing of it is kept; the photos are overwritten."""
        self._attachments.wipe()
        self._fewer = FewerMembers()
