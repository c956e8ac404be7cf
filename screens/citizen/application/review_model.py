"""All answers once more, each with its way back."""

from collections.abc import Iterator
from dataclasses import dataclass

from forms import Kind, Node
from kiosk.session.outcomes import RefusedReason
from kiosk.session.session import Session
from screens.citizen.application import problems
from screens.citizen.follow_up.answers import Control, control_of, in_words
from screens.navigation.flow import Flow


@dataclass(frozen=True)
class Line:
    ref: str
    label: str
    answer: str
    #: A heading over the lines of a group; ``ref`` and ``answer`` are empty.
    heading: bool = False
    #: The photo or the drawing that answers it.
    photo: bytes = b""


class ReviewModel:
    def __init__(self, flow: Flow, session: Session) -> None:
        self.flow = flow
        self.session = session

    def lines(self) -> tuple[Line, ...]:
        """Questions that are relevant, in the form's order, with their answers in words."""
        form = self.session.form
        return tuple(self._below(form.root)) if form is not None else ()

    def warnings(self) -> tuple[str, ...]:
        """What is odd about the NIK and the answers beside it, and who stands twice among several."""
        own = tuple(self.flow.texts(warning.text_key) for warning in self.session.form_warnings())
        form = self.session.form
        return (*own, *(problems.twins(self.flow, form.root) if form is not None else ()))

    def edit(self, ref: str) -> None:
        self.session.edit(ref)

    def forward(self) -> None:
        """To the consent, or straight to sending where none is asked; back to what is missing otherwise."""
        violations = self.session.finish_review()
        if violations:
            self.session.edit(violations[0].ref)
            self.flow.citizen.refuse(RefusedReason.INVALID)
        elif self.session.may_send:
            self.flow.citizen.send()

    def _below(self, node: Node) -> Iterator[Line]:
        for child in node.children:
            if not child.relevant:
                continue
            if child.kind in (Kind.GROUP, Kind.REPEAT, Kind.REPEAT_INSTANCE):
                lines = tuple(self._below(child))
                if lines and child.label and child.kind is not Kind.REPEAT:
                    yield Line("", child.label, "", heading=True)
                yield from lines
            elif child.kind is not Kind.MODEL_VALUE and control_of(child) not in (Control.NOTE, Control.IMPOSSIBLE):
                answer = in_words(child, self.flow.formatting, self.flow.texts)
                kept = self.session.attachment(child.ref) if child.kind is Kind.UPLOAD else None
                yield Line(
                    child.ref,
                    self._label(child),
                    answer or self.flow.texts("review.no_answer"),
                    photo=bytes(kept.data) if kept is not None else b"",
                )

    def _label(self, node: Node) -> str:
        """With the mark of what the scanner read, as long as that is what stands there."""
        label = node.label or node.name
        if not self.session.answering.marks.of(node.ref, node.value):
            return label
        return self.flow.texts("review.scanned", what=label)
