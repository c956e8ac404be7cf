"""A case by its tracking code: the server is asked; without the line this kiosk tells what it remembers."""

from collections.abc import Callable
from typing import Final

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind, CaseStateName, CaseStep
from kiosk.machine.line_state import LineCondition
from kiosk.ports import Line, TrackingCodes
from kiosk.store import Store
from kiosk.store.receipts import Receipt
from kiosk.submissions.slip_fee import kept_fee
from kiosk.text import Text
from protocol import messages

#: Asking would only make the citizen wait.
_USELESS: Final = frozenset(
    {LineCondition.OFFLINE, LineCondition.REFUSED, LineCondition.REVOKED, LineCondition.UPDATE_NEEDED}
)

Answer = Callable[[Case | CaseProblem], None]


class CaseLookup:
    def __init__(self, store: Store, codes: TrackingCodes, line: Callable[[], Line | None]) -> None:
        self._store = store
        self._codes = codes
        self._line = line

    def look_up(self, text: str, done: Answer) -> None:
        """``text`` as typed or scanned. ``done`` comes once: at once, or from another thread within seconds."""
        code = self._codes.parse(text)
        if code is None:
            done(CaseProblem(CaseProblemKind.NOT_A_CODE))
            return
        line = self._line()
        if line is None or line.state().condition in _USELESS:
            done(self.remembered(code) or CaseProblem(CaseProblemKind.NO_LINE))
            return

        def answered(answer: Case | CaseProblem) -> None:
            # A slip of this kiosk is known here even when the server has not got it yet, or cannot be asked now.
            done(answer if isinstance(answer, Case) else self.remembered(code) or answer)

        line.ask_case(code, answered)

    def remembered(self, code: str) -> Case | None:
        """What this kiosk knows of a slip that it gave out."""
        receipt = self._store.receipts.get(code)
        return None if receipt is None else _case(receipt)


def _case(receipt: Receipt) -> Case:
    return Case(
        code=receipt.code,
        service=receipt.service,
        service_name=Text(receipt.texts.get("service", {})),
        agency_name=Text(receipt.texts.get("agency", {})),
        state=CaseStateName(receipt.state),
        updated_at=receipt.state_at,
        received_at=receipt.received_at,
        due=receipt.due,
        fee=kept_fee(receipt.texts),
        steps=tuple(CaseStep.read(messages.CaseStep.model_validate(step)) for step in receipt.steps),
        fresh=False,
    )
