"""A form being filled, as whoever shows it uses it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from forms.definition.graph import Facet
from forms.definition.model import SELECTIONS, Formula, Kind
from forms.environment import Environment
from forms.errors import FormFault, Problem, SessionLimitError
from forms.limits import MAX_ANSWER_LENGTH
from forms.session.datatypes import describe, normalize
from forms.session.journal import Journal, Step, StepKind
from forms.session.node import Node, RepeatInstanceNode, RepeatNode, Violation
from forms.session.pages import Page, pages_of
from forms.session.recalculation import Recalculation
from forms.session.serialization import serialize
from forms.session.tree import everything
from forms.xmltree import NodeKind, XmlNode
from forms.xpath import Context, XPathError
from forms.xpath.values import plain_number

if TYPE_CHECKING:
    from forms.form import Form

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class FormSession:
    """One filling of a form. Not for use from several threads at once.

    Get one from :meth:`forms.Form.open`. Whatever is read from nodes is up to date after each call. A step that fails,
    for whatever reason, leaves the form as it was; nodes and root are other objects then.
    """

    def __init__(self, form: Form, environment: Environment, source: XmlNode | None) -> None:
        self.form = form
        self._environment = environment
        self._source = source
        self._journal = Journal()
        self._make()

    def _make(self) -> None:
        """The form as it is when it is opened."""
        definition, source = self.form.definition, self._source
        self._engine = Recalculation(definition, self.form.graph, self._environment)
        element = definition.root.element if source is None else source
        root = self._engine.growth.create(definition.root, None, element, stored=source is not None)
        root.up = self._engine.host.root
        self._engine.host.root.elements = [root]
        self.root = root
        self._nodes: tuple[int, dict[str, Node]] | None = None
        self._files: dict[Node, str] = {}
        self._engine.prepare(everything(root))
        self._engine.run()
        self._engine.actions.begin(root, new=source is None)
        self._engine.live = True
        self._engine.touched.clear()

    @property
    def nodes(self) -> Mapping[str, Node]:
        """All nodes by reference, as ``/data/household[2]/name``, in document order (attributes are not among them)."""
        version = self._engine.structure_version
        if self._nodes is None or self._nodes[0] != version:
            self._nodes = (version, {node.ref: node for node in _elements(self.root)})
        return self._nodes[1]

    @property
    def language(self) -> str | None:
        """The language of labels, hints, and messages; None where the form has no translations."""
        return self._engine.texts.language

    @language.setter
    def language(self, language: str | None) -> None:
        if language is not None and language not in self.form.languages:
            raise ValueError(f"The form is not translated to “{language}”")
        self._take(Step(StepKind.LANGUAGE, value=language or self.form.default_language or ""))

    def _speak(self, language: str) -> None:
        self._engine.texts.language = language or None
        for node in everything(self.root):
            node.forget()
            self._speak_anew(node)

    def _speak_anew(self, node: Node) -> None:
        """Queue what may be other words in the language that was chosen just now."""
        definition = node.definition
        bind = definition.bind
        if definition.control is not None and node.kind in SELECTIONS:
            self._engine.mark(node, Facet.CHOICES)
        for facet, formula in (
            (Facet.RELEVANT, bind.relevant),
            (Facet.VALUE, bind.calculate),
            (Facet.READONLY, bind.readonly),
            (Facet.REQUIRED, bind.required),
            (Facet.CONSTRAINT, bind.constraint),
            (Facet.COUNT, definition.count),
        ):
            if formula is not None and formula.speaks:
                self._engine.mark(node, facet)

    @property
    def faults(self) -> tuple[Problem, ...]:
        """Expressions that could not be computed so far (a wrong argument, a bound); their values are blank."""
        return tuple(self._engine.faults.values())

    def set(self, ref: str, value: str) -> frozenset[str]:
        """Answer a question, with the lexical form of its type; blank takes the answer away.

        Gives the references of all nodes whose state may have changed. Raises KeyError where there is no such node, and
        ValueError, with a message, where the node takes no answer or the value cannot be of its type; its subclass
        SessionLimitError where what follows from the answer is beyond ``forms/limits.py``.
        """
        node = self.nodes[ref]
        if not node.definition.is_leaf:
            raise ValueError("This is not a question")
        if node.readonly:
            raise ValueError("This cannot be changed")
        if len(value) > MAX_ANSWER_LENGTH:
            raise ValueError(f"An answer has at most {MAX_ANSWER_LENGTH:,} characters")
        return self._take(Step(StepKind.SET, ref, self._checked(node, value)))

    def _checked(self, node: Node, value: str) -> str:
        if value == "":
            return ""
        kind = node.kind
        if kind in SELECTIONS:
            return self._checked_selection(node, value)
        if kind is Kind.TRIGGER:
            if value != "OK":
                raise ValueError("This takes “OK” or nothing")
            return value
        if _UNWRITABLE.search(value):
            raise ValueError("The text has characters that cannot be stored")
        stored = normalize(node.data_type, value)
        if stored == "":
            raise ValueError(f"This takes {describe(node.data_type)}")
        bounds = node.range
        if bounds is not None:
            least, most = sorted((float(bounds.start), float(bounds.end)))
            if not least <= plain_number(stored) <= most:
                raise ValueError(f"This takes a number from {bounds.start} to {bounds.end}")
        return stored

    def _checked_selection(self, node: Node, value: str) -> str:
        allowed = self._engine.choices.values(node)
        if node.kind is Kind.SELECT1:
            if value not in allowed:
                raise ValueError("This is not one of the choices")
            return value
        chosen = list(dict.fromkeys(value.split()))
        if not all(one in allowed for one in chosen):
            raise ValueError("One of these is not among the choices")
        if node.kind is Kind.RANK:
            if len(chosen) < len(allowed):
                raise ValueError("All choices have to be ranked")
            return " ".join(chosen)
        return " ".join(sorted(chosen, key=allowed.__getitem__))

    def attach(self, ref: str, file_name: str) -> frozenset[str]:
        """Answer an upload with the name of a file that the caller keeps. Raises as :meth:`set`."""
        node = self.nodes[ref]
        if node.kind is not Kind.UPLOAD:
            raise ValueError("This question takes no file")
        if not file_name or "/" in file_name or "\\" in file_name:
            raise ValueError("A file needs a plain name")
        return self.set(ref, file_name)

    def clear(self, ref: str) -> frozenset[str]:
        """Take an answer away. Raises as :meth:`set`."""
        return self.set(ref, "")

    def add_repeat(self, ref: str) -> str:
        """Add an instance at the end of a repeat; gives its reference.

        Raises KeyError where there is no such node, ValueError where no instance may be added.
        """
        repeat = self.nodes[ref]
        if not isinstance(repeat, RepeatNode):
            raise ValueError("This is not a repeat")
        if not repeat.can_add:
            raise ValueError("No more may be added here")
        self._take(Step(StepKind.ADD, ref))
        return self.nodes[ref].children[-1].ref

    def remove_repeat(self, ref: str) -> frozenset[str]:
        """Remove an instance of a repeat; later ones move up. Raises as :meth:`add_repeat`."""
        instance = self.nodes[ref]
        if not isinstance(instance, RepeatInstanceNode):
            raise ValueError("This is not an instance of a repeat")
        if not instance.can_remove:
            raise ValueError("This may not be removed")
        return self._take(Step(StepKind.REMOVE, ref))

    def mark(self) -> int:
        """How many steps have been taken so far; see :meth:`take_back`."""
        return self._journal.mark()

    @property
    def steps(self) -> int:
        """How many steps have been taken. What is typed into one question is one step, unless a mark lies between."""
        return len(self._journal)

    def take_back(self) -> None:
        """Undo the last step. Raises IndexError where none was taken."""
        self._journal.take_back()
        self._repeat_steps()

    def take_again(self) -> None:
        """Undo :meth:`take_back`; nothing where another step was taken since."""
        self._journal.take_again()
        self._repeat_steps()

    def _take(self, step: Step) -> frozenset[str]:
        """All of a step, or nothing of it."""
        try:
            changed = self._apply(step)
        except Exception as error:
            self._repeat_steps()
            if isinstance(error, SessionLimitError):
                raise
            raise FormFault(f"{step.kind.value} failed: {type(error).__name__}") from error
        self._journal.note(step)
        return changed

    def _repeat_steps(self) -> None:
        self._make()
        for step in self._journal.steps:
            self._apply(step)

    def _apply(self, step: Step) -> frozenset[str]:
        if step.kind is StepKind.LANGUAGE:
            self._speak(step.value)
        else:
            node = self.nodes[step.ref]
            if step.kind is StepKind.SET:
                node.answer = step.value
                self._engine.refresh(node)
            elif isinstance(node, RepeatNode):
                self._engine.growth.add_instance(node)
            elif isinstance(node, RepeatInstanceNode):
                self._engine.growth.remove_instance(node)
        return self._settle()

    def validate(self) -> tuple[Violation, ...]:
        """Everything that keeps the form from being sent, in the order of the form; empty when it may be sent."""
        return tuple(violation for node in self._relevant() if (violation := node.violation) is not None)

    def number(self, formula: Formula) -> float:
        """What :meth:`forms.Form.formula` gives for the answers as they are; NaN where it is no number, or cannot be computed."""
        self._engine.host.work.renew()
        try:
            return float(formula.expression.number(Context(self.root, self._engine.host)))
        except XPathError:
            return math.nan

    def pages(self) -> tuple[Page, ...]:
        """What is to be shown now, in the order of the form's body."""
        return pages_of(self.form.definition, self.root)

    def to_xml(self) -> bytes:
        """The instance as ODK's tools read it: what is not relevant is left out."""
        self._engine.actions.finish(list(everything(self.root)))
        self._engine.touched.clear()
        return serialize(self.root)

    def to_draft(self) -> bytes:
        """As :meth:`to_xml`, with the instances that a count has set aside: for going on, not for sending."""
        self._engine.actions.finish(list(everything(self.root)))
        self._engine.touched.clear()
        return serialize(self.root, aside=True)

    def aside(self) -> tuple[Node, ...]:
        """Instances that a lower count has set aside, in the order of the form: they come back when it grows again.

        Those that an instance had set aside before it went itself are among them. They are not among ``nodes``; their ``ref`` is the one that they had and will have.
        """
        if not self._engine.growth.has_set_aside:
            return ()
        repeats = (node for node in everything(self.root, aside=True) if isinstance(node, RepeatNode))
        return tuple(instance for repeat in repeats for instance in repeat.left)

    def uploads(self) -> tuple[tuple[str, str], ...]:
        """References and file names of all uploads that were answered, also where they are not relevant or set aside."""
        nodes = everything(self.root, aside=True)
        return tuple((node.ref, node.answer) for node in nodes if node.kind is Kind.UPLOAD and node.answer)

    def attachments(self) -> tuple[tuple[str, str], ...]:
        """References and file names of all relevant uploads that have been answered."""
        return tuple((node.ref, node.text) for node in self._relevant() if node.kind is Kind.UPLOAD and node.text)

    def _relevant(self) -> Iterator[Node]:
        return (node for node in _elements(self.root) if node.relevant and node.definition.is_leaf)

    def _settle(self) -> frozenset[str]:
        self._engine.run()
        refs = frozenset(node.ref for node in self._engine.touched)
        self._engine.touched.clear()
        return refs


def _elements(root: Node) -> Iterator[Node]:
    return (node for node in everything(root) if node.node_kind is NodeKind.ELEMENT)
