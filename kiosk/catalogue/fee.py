"""What a service costs, and how it is paid: shown before anything is sent and on the slip, never taken at the kiosk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from kiosk.catalogue.service import Service
from kiosk.ports import SlipBuilder
from kiosk.text import Text
from protocol.formats import Formatting
from protocol.languages import LANGUAGES

_AMOUNT: Final = "fee"
_FROM: Final = "fee_from"
_HOW: Final = "fee_how"
_ACCOUNT: Final = "fee_account"
_CODE: Final = "fee_code"


@dataclass(frozen=True, slots=True)
class SlipFee:
    """In the citizen's language. ``account`` and ``payment_code`` may be empty. ``least``: what comes on top of the
    amount, where it is not all."""

    amount: str
    how: str
    account: str
    payment_code: str
    least: str = ""


def fee_texts(service: Service) -> dict[str, Mapping[str, str]]:
    """What a receipt keeps of the fee, so that a slip can be printed again; nothing where it is free."""
    standard = service.standard
    if standard.fee_rupiah <= 0:
        return {}
    texts: dict[str, Mapping[str, str]] = {
        _AMOUNT: {language: Formatting(language, UTC).rupiah(standard.fee_rupiah) for language in LANGUAGES}
    }
    if standard.fee_from:
        texts[_FROM] = standard.fee.by_language
    if standard.payment is not None:
        texts |= {
            _HOW: standard.payment.how.by_language,
            _ACCOUNT: {"id": standard.payment.account},
            _CODE: {"id": standard.payment.payment_code},
        }
    return texts


def slip_fee(texts: Mapping[str, Any], language: str) -> SlipFee | None:
    """From what a receipt keeps."""
    if _AMOUNT not in texts:
        return None

    def text(name: str) -> str:
        return Text(texts.get(name, {})).get(language)

    return SlipFee(text(_AMOUNT), text(_HOW), text(_ACCOUNT), text(_CODE), text(_FROM))


def lay_out_fee(slip: SlipBuilder, fee: SlipFee, text: Callable[..., str]) -> None:
    """Below what happens next."""
    slip.rule()
    slip.text(text("slip.fee.from" if fee.least else "slip.fee", amount=fee.amount), bold=True)
    if fee.least:
        slip.text(fee.least)
    if fee.how:
        slip.text(fee.how)
    if fee.account:
        slip.text(fee.account, bold=True)
    if fee.payment_code:
        slip.qr(fee.payment_code, text("slip.fee.scan"))
    slip.text(text("slip.fee.never"))
    slip.rule()
