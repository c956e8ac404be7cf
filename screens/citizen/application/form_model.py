"""The form page by page: what is wrong, what the keyboard types into. The session keeps pages and answers.

Going back loses nothing; a page that is no longer relevant is passed over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from forms import FormSession, Node, Page
from kiosk.ports import CaptureProblem
from kiosk.session.attachments import Attachment
from kiosk.session.session import Session
from screens.citizen.application import problems
from screens.citizen.application.settling import Settling
from screens.citizen.follow_up.answers import (
    Incomplete,
    is_asked,
    is_folded,
    is_long_choice,
    is_typed,
    layout_of,
    limit_of,
    to_entry,
    value_of,
)
from screens.citizen.follow_up.purpose import asks_name
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.flow import Flow
from screens.navigation.view_model import ViewModel

SEARCH_LENGTH = 40
JPEG: Final = "image/jpeg"


@dataclass(frozen=True)
class Focus:
    """The question, and the field of it, that the keyboard types into."""

    ref: str
    layout: Layout


class FormModel(ViewModel):
    """The page of the form that is in sight: its questions, and what is being typed into them."""

    def __init__(self, flow: Flow, session: Session) -> None:
        if session.form is None:
            raise ValueError("no form is open")
        super().__init__()
        self.flow = flow
        self.session = session
        self.form: FormSession = session.form
        self._entries: dict[Focus, Entry] = {}
        self._searches: dict[str, Entry] = {}
        self._incomplete: dict[str, str] = {}
        #: Photos that were taken and may not be readable, by the question: the citizen has not chosen yet.
        self.doubtful: dict[str, CaptureProblem] = {}
        flow.drafts.ask_before_save(self.keep_doubtful)
        #: Refs whose problem is shown: left by the citizen, or asked for by the way forward.
        self._asked: set[str] = set()
        #: What is odd about answers and was told; who goes on then has looked.
        self._looked_at: set[str] = set()
        self.focus: Focus | None = None
        self.first_wrong = ""
        #: The question that is to be in sight next.
        self.revealed = ""
        #: The question whose folded list of choices is open.
        self.unfolded = ""
        self._settling = Settling(self)
        self.begin_page()

    def follow(self, changed: Callable[[], None]) -> None:
        """Another page shows it from now on, perhaps in another language; nobody who looked before is called any more."""
        super().follow(changed)
        for focus, entry in self._entries.items():
            entry.let_go()
            entry.listen(_Typing(self, focus).typed)
            if focus.ref in self._incomplete:
                self._put(focus)
        for entry in self._searches.values():
            entry.let_go()
            entry.listen(changed)

    def tell(self) -> None:
        """Something else is to be shown."""
        self._changed()

    # --- where one is ----------------------------------------------------------------------------------------------

    @property
    def page(self) -> Page | None:
        return self.session.page

    @property
    def questions(self) -> tuple[Node, ...]:
        """What stands on the page, relevant ones only."""
        page = self.page
        return tuple(node for node in page.nodes if node.relevant) if page is not None else ()

    @property
    def number(self) -> int:
        """Of the page in sight, from 1."""
        return self.session.page_index + 1

    @property
    def total(self) -> int:
        return len(self.session.pages())

    def begin_page(self) -> None:
        """A page came into sight: it begins with the question it was opened for, or with its only one."""
        self._asked.clear()
        self.first_wrong = self.revealed = self.unfolded = ""
        self.focus = None
        questions, sought = self.questions, self.session.sought
        begun = next((node for node in questions if node.ref == sought), questions[0] if len(questions) == 1 else None)
        if begun is not None and is_typed(begun):
            self._focus_quietly(begun)
        elif begun is not None and sought:
            self.revealed, self.unfolded = begun.ref, begun.ref if is_folded(begun) else ""

    def forward(self) -> None:
        """To the next field, page or the review; stays and tells when something is missing or wrong."""
        following = self.next_question()
        if following is not None and is_typed(following):
            self.focus_on(following)
            return
        if following is not None:
            self._put_keyboard_away()
            self.unfolded = following.ref if is_folded(following) else ""
            self.revealed = following.ref
            self._changed()
            return
        if self._settling.asks(self.forward):
            return
        wrong = [node.ref for node in self.questions if self._problem(node)] or self._odd_ones()
        if not wrong:
            wrong = [violation.ref for violation in self.session.next_page()]
            if not wrong:
                return
        self._stay(wrong)

    def _stay(self, refs: list[str]) -> None:
        """The page does not go on yet: what is wrong with these questions, or odd, is shown, the first one in sight."""
        self._asked.update(refs)
        self.first_wrong = refs[0]
        node = self.form.nodes.get(refs[0])
        if node is not None and is_typed(node):
            self._focus_quietly(node)
        else:
            self.focus = None
        self._changed()

    def mark_all(self) -> None:
        """Shows what is wrong with every question of the page."""
        wrong = [node.ref for node in self.questions if self._problem(node)]
        self._asked.update(wrong)
        self.first_wrong = wrong[0] if wrong else ""
        self._changed()

    def back(self) -> None:
        if not self._settling.asks(self.back):
            self.flow.back()

    def next_question(self) -> Node | None:
        """The next blank question below the one being typed into; None: forward leaves the page."""
        if self.focus is None:
            return None
        refs = [node.ref for node in self.questions]
        if self.focus.ref not in refs or self._problem(self.form.nodes[self.focus.ref]):
            return None
        below = self.questions[refs.index(self.focus.ref) + 1 :]
        return next((node for node in below if not node.value and is_asked(node)), None)

    # --- answers ---------------------------------------------------------------------------------------------------

    def answer(self, ref: str, value: str) -> None:
        """An answer that was chosen, not typed."""
        self._keep_or_tell(ref, value)
        self._asked.discard(ref)
        self.unfolded = ""
        self._put_keyboard_away()
        self._changed()
        self._settling.asks()

    def unfold(self, ref: str) -> None:
        """Opens the folded list of choices of a question, or folds it again."""
        self.unfolded = "" if self.unfolded == ref else ref
        self._put_keyboard_away()
        self._changed()

    def attach(self, ref: str, data: bytes, media_type: str) -> str:
        """Keeps a photo or a signature; what went wrong, in the citizen's language, or ""."""
        self.doubtful.pop(ref, None)
        problem = self.session.attach(ref, data, media_type)
        self._asked.discard(ref)
        self._changed()
        return "" if problem is None else self.flow.texts(problem.text_key)

    def keep_doubtful(self) -> None:
        """Whoever goes without choosing finds what was photographed again, and can take another one then."""
        for ref, problem in list(self.doubtful.items()):
            self.attach(ref, problem.photo.jpeg, JPEG)

    def attachment(self, ref: str) -> Attachment | None:
        return self.session.attachment(ref)

    def detach(self, ref: str) -> None:
        self.session.detach(ref)
        self._changed()

    def problem(self, node: Node) -> str:
        """What is shown at a question: only after the citizen left it or tried to go on."""
        return self._problem(node) if node.ref in self._asked else ""

    def oddity(self, node: Node) -> str:
        """What is shown at a question to be looked at once more; the way forward goes on all the same, the second time."""
        sentence = problems.odd(self.flow, node) if node.ref in self._asked and not self._problem(node) else ""
        return f"{sentence} {self.flow.texts('identify.go_on_anyway')}" if sentence else ""

    def _odd_ones(self) -> list[str]:
        """Questions whose answer is odd in a way that the citizen was not told of yet."""
        found = [node for node in self.questions if problems.odd(self.flow, node)]
        odd = {node.ref: f"{node.ref} {node.value}" for node in found}
        new = [ref for ref, sentence in odd.items() if sentence not in self._looked_at]
        self._looked_at.update(odd.values())
        return new

    def entry(self, node: Node, layout: Layout | None = None) -> Entry:
        """The entry that a question is typed into."""
        focus = Focus(node.ref, layout or layout_of(node))
        if focus not in self._entries:
            text, limit = to_entry(node, focus.layout), limit_of(node, focus.layout)
            entry = Entry(focus.layout, text, limit, names=asks_name(node))
            entry.listen(_Typing(self, focus).typed)
            self._entries[focus] = entry
        return self._entries[focus]

    def typed(self, focus: Focus) -> None:
        """Something was typed: into the form at once, so that what depends on it follows."""
        self._put(focus)
        self._asked.discard(focus.ref)
        self._changed()

    def _put(self, focus: Focus) -> None:
        node = self.form.nodes[focus.ref]
        try:
            value = value_of(node, focus.layout, lambda layout: self.entry(node, layout).text)
        except Incomplete as error:
            self._incomplete[focus.ref] = self.flow.texts(error.key)
        else:
            self._keep_or_tell(focus.ref, value)

    def _keep_or_tell(self, ref: str, value: str) -> None:
        """Into the form, or why it cannot be kept there."""
        if self.session.answer(ref, value) is None:
            self._incomplete.pop(ref, None)
        else:
            self._incomplete[ref] = problems.unfit(self.flow, self.form.nodes[ref])

    # --- the keyboard ----------------------------------------------------------------------------------------------

    @property
    def focused_entry(self) -> Entry | None:
        """What the keyboard types into: a field, or the search in a long list that is open."""
        if self.focus is not None:
            return self._entries.get(self.focus)
        searched = next((node for node in self.questions if is_long_choice(node) and self.is_open(node)), None)
        return self.search(searched) if searched is not None else None

    def is_open(self, node: Node) -> bool:
        """Whether a question shows its choices: folded ones only when they were opened."""
        return self.unfolded == node.ref or len(self.questions) == 1 or not is_folded(node)

    def search(self, node: Node) -> Entry:
        """What is typed to find something in a long list."""
        if node.ref not in self._searches:
            entry = Entry(Layout.LETTERS, limit=SEARCH_LENGTH)
            entry.listen(self._changed)
            self._searches[node.ref] = entry
        return self._searches[node.ref]

    def focus_on(self, node: Node, layout: Layout | None = None) -> None:
        """The keyboard types into this question from now on. What was left is looked at."""
        self._leave()
        self.unfolded = ""
        self._focus_quietly(node, layout)
        self._changed()

    def unfocus(self) -> None:
        """Puts the keyboard away."""
        self._put_keyboard_away()
        self._changed()

    # --- repeats ---------------------------------------------------------------------------------------------------

    def add_instance(self, repeat_ref: str) -> None:
        """One more, and to its first page; where it has none, it is listed and that is all."""
        self._try_show(self.session.add_repeat(repeat_ref))

    def open_instance(self, instance_ref: str) -> None:
        """To the first page of an instance that is there."""
        self._try_show(instance_ref)

    def remove_instance(self, instance_ref: str) -> None:
        """After an instance went, refs mean other instances: nothing typed is kept beside the form."""
        self.session.remove_repeat(instance_ref)
        self._entries.clear()
        self._incomplete.clear()
        self.doubtful.clear()
        self._asked.clear()
        self.focus = None
        self._changed()

    def _try_show(self, ref: str) -> None:
        try:
            self.session.show(ref)
        except KeyError:
            self._changed()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _focus_quietly(self, node: Node, layout: Layout | None = None) -> None:
        which = layout or (Layout.DATE if node.data_type == "dateTime" else layout_of(node))
        self.entry(node, which)
        self.focus = Focus(node.ref, which)

    def _put_keyboard_away(self) -> None:
        self._leave()
        self.focus = None

    def _leave(self) -> None:
        if self.focus is not None and self.focus.ref in self.form.nodes:
            entry = self._entries.get(self.focus)
            if entry is not None and entry.text and self._problem(self.form.nodes[self.focus.ref]):
                self._asked.add(self.focus.ref)
            self._settling.asks()

    def put_back(self, ref: str) -> None:
        """What stands in the form stands in the field again, and the keyboard types into it."""
        node = self.form.nodes[ref]
        self._incomplete.pop(ref, None)
        for focus, entry in list(self._entries.items()):
            if focus.ref == ref:
                entry.set(to_entry(node, focus.layout))
        if is_typed(node) and node in self.questions:
            self._focus_quietly(node)

    def _problem(self, node: Node) -> str:
        """What is wrong with an answer, in the citizen's language; "" when nothing is."""
        return self._incomplete.get(node.ref) or problems.wrong(self.flow, self.form, node)


class _Typing:
    """Which question an entry belongs to."""

    def __init__(self, model: FormModel, focus: Focus) -> None:
        self._model, self._focus = model, focus

    def typed(self) -> None:
        self._model.typed(self._focus)
