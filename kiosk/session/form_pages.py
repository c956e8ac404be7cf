"""Which page of the form is shown: forward, back, to one answer from the review and back again."""

from collections.abc import Callable, Iterable

from forms import FormSession, Node, Page, Violation


class FormPages:
    """Of the form that ``use`` was given; pages before the current one may come and go with the answers."""

    def __init__(self) -> None:
        #: None when no form is open.
        self.opened: FormSession | None = None
        self._ref: str | None = None
        self._index = 0
        #: One answer is being changed from the review: the way forward leads back there.
        self.editing = False
        #: The question for which the current page was opened; "": the page as a whole.
        self.sought = ""

    def use(self, form: FormSession | None) -> None:
        """Another form, or none: from its beginning."""
        self.opened = form
        self._ref, self._index = None, 0
        self.editing, self.sought = False, ""

    @property
    def form(self) -> FormSession:
        """Raises ValueError when none is open."""
        if self.opened is None:
            raise ValueError("no form is open")
        return self.opened

    def all(self) -> tuple[Page, ...]:
        """Relevant pages in order, as of now."""
        return self.form.pages()

    @property
    def index(self) -> int:
        refs = [page.ref for page in self.all()]
        if self._ref in refs:
            self._index = refs.index(self._ref)
        else:
            self._index = max(0, min(self._index, len(refs) - 1))
        return self._index

    @property
    def current(self) -> Page | None:
        """None when the form asks nothing."""
        pages = self.all()
        return pages[self.index] if pages else None

    def violations(self) -> tuple[Violation, ...]:
        """What is missing or wrong on the current page."""
        page = self.current
        if page is None:
            return ()
        refs = set(_refs(page.nodes))
        return tuple(violation for violation in self.form.validate() if violation.ref in refs)

    # --- turning ---------------------------------------------------------------------------------------------------

    def forward(self) -> bool:
        """To the next page. False: after the last one, or when a single answer was being changed."""
        pages, index = self.all(), self.index
        if self.editing or index + 1 >= len(pages):
            self.editing = False
            return False
        self._at(pages, index + 1)
        return True

    def back(self) -> bool:
        """To the page before. False: there is none, or a single answer was being changed."""
        index = self.index
        if self.editing or index == 0:
            return False
        self._at(self.all(), index - 1)
        return True

    def begin(self) -> None:
        """The first page, unless one was shown before."""
        pages = self.all()
        if pages and self._ref is None:
            self._at(pages, 0)

    def to_last(self) -> None:
        pages = self.all()
        if pages:
            self._at(pages, len(pages) - 1)

    def resume(self, ref: str) -> None:
        """The page with that reference, or the first one."""
        pages = self.all()
        if pages:
            refs = [page.ref for page in pages]
            self._at(pages, refs.index(ref) if ref in refs else 0)

    def to_question(self, ref: str) -> None:
        """The page with the question ``ref``, whose answer alone is being changed. KeyError: no page has it."""
        self._find(lambda found: found == ref, ref)
        self.editing, self.sought = True, ref

    def to_part(self, ref: str) -> None:
        """The first page with ``ref`` or something below it. KeyError: no page has it."""
        self._find(lambda found: found == ref or found.startswith(f"{ref}/"), ref)

    @property
    def place(self) -> tuple[str | None, int]:
        """The current page's reference and index, to come back to."""
        return self._ref, self._index

    @place.setter
    def place(self, place: tuple[str | None, int]) -> None:
        self._ref, self._index = place

    # --- inside ----------------------------------------------------------------------------------------------------

    def _find(self, fits: Callable[[str], bool], ref: str) -> None:
        pages = self.all()
        for index, page in enumerate(pages):
            if any(fits(found) for found in (page.ref, *_refs(page.nodes))):
                self._at(pages, index)
                return
        raise KeyError(ref)

    def _at(self, pages: tuple[Page, ...], index: int) -> None:
        self._ref, self._index, self.sought = pages[index].ref, index, ""


def _refs(nodes: Iterable[Node]) -> Iterable[str]:
    for node in nodes:
        yield node.ref
        yield from _refs(node.children)
