"""Who is here: a scanned card or sixteen typed digits. What cannot be a NIK is refused, what is odd is asked about."""

from enum import StrEnum

from kiosk.session.nik import Nik, NikProblem, NikWarning, check
from kiosk.session.nik import warnings as soft_warnings
from protocol.limits import NIK_DIGITS
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.flow import Flow
from screens.navigation.view_model import ViewModel


class How(StrEnum):
    TYPED = "typed"
    SCANNED = "scanned"


class IdentifyModel(ViewModel):
    """The number that is typed or scanned, and what is wrong or odd about it."""

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow
        self.entry = Entry(Layout.NIK)
        self.how = How.TYPED
        self.problem: NikProblem | None = None
        #: Odd, not wrong: shown once, and the next press of the way forward goes on.
        self.warned: tuple[NikWarning, ...] = ()
        self._settled = ""
        self._stop = self.entry.listen(self._typed)
        self._recall()

    @property
    def can_scan(self) -> bool:
        return self.flow.context.can_scan

    @property
    def digits_missing(self) -> int:
        return NIK_DIGITS - len(self.entry.text)

    def scanned(self, nik: str) -> None:
        """A card was held before the scanner."""
        self.entry.set(nik)
        self.how = How.SCANNED
        self._check()
        self._changed()
        self.flow.scans.tell("form.scan.taken", "success", what="NIK")

    def forward(self) -> None:
        """Goes on when the number can be a NIK; shows what is wrong or odd otherwise."""
        found = self._check()
        if found is not None and (not self.warned or self._settled == found.digits):
            self.flow.citizen.identified(found, self.how.value)
            return
        if found is not None:
            self._settled = found.digits
        self._changed()

    def close(self) -> None:
        """Forgets the number."""
        super().close()
        self._stop()
        self.entry.set("")

    def _recall(self) -> None:
        """Who comes back finds the number that was given, and need not be asked about it again."""
        citizen = self.flow.session.citizen if self.flow.session is not None else None
        if citizen is not None:
            self._settled = citizen.nik.digits
            self.entry.set(citizen.nik.digits)
            self.how = How(citizen.how)

    def _check(self) -> Nik | None:
        found = check(self.entry.text)
        if isinstance(found, NikProblem):
            self.problem, self.warned = found, ()
            return None
        self.problem = None
        self.warned = soft_warnings(found, known_regions=self.flow.known_regions())
        return found

    def _typed(self) -> None:
        self.how = How.TYPED
        self.problem, self.warned = None, ()
        if self.entry.full:
            self._check()
        self._changed()
