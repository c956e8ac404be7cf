"""Every key of the translation catalogue that the kiosk's core names, with its placeholders.

The screens' catalogue must hold them all; a test of the translations compares.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from kiosk.cases.case import CaseProblemKind, CaseStateName
from kiosk.city.ratings import Element
from kiosk.drafts.draft_slip import DRAFT_SLIP_KEYS
from kiosk.drafts.draft_words import DraftProblem
from kiosk.machine.health import Reason
from kiosk.machine.staff import SignInProblem
from kiosk.session.attachments import AttachProblem
from kiosk.session.nik import NikProblem, NikWarning
from kiosk.session.outcomes import RefusedReason
from kiosk.session.privacy import Privacy
from kiosk.submissions.receipts import SLIP_KEYS

_PLACEHOLDERS: Final = {
    "slip.received": frozenset({"time"}),
    "slip.fee": frozenset({"amount"}),
    "slip.fee.from": frozenset({"amount"}),
    "slip.draft.until": frozenset({"day"}),
}

#: Key to the names of its placeholders.
TEXT_KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        key: _PLACEHOLDERS.get(key, frozenset())
        for key in (
            *SLIP_KEYS,
            *DRAFT_SLIP_KEYS,
            *(problem.text_key for problem in DraftProblem),
            *(problem.text_key for problem in NikProblem),
            *(warning.text_key for warning in NikWarning),
            *(reason.text_key for reason in Reason),
            *(reason.text_key for reason in RefusedReason),
            *(problem.text_key for problem in AttachProblem),
            *(problem.text_key for problem in SignInProblem),
            *(element.text_key for element in Element),
            *(privacy.text_key for privacy in Privacy),
            *(f"case.problem.{kind.lower()}" for kind in CaseProblemKind),
            *(state.text_key for state in CaseStateName),
        )
    }
)
