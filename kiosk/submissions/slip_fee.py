"""The fee on a slip: how much, and how to pay; never at the kiosk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from kiosk.catalogue.fee import Fee
from kiosk.catalogue.service import Service
from kiosk.ports import SlipBuilder
from kiosk.text import Text
from protocol.formats import Formatting
from protocol.languages import LANGUAGES

_AMOUNT: Final = "fee"
_RUPIAH: Final = "fee_rupiah"
_LEAST: Final = "fee_least"
_FROM: Final = "fee_from"
_HOW: Final = "fee_how"
_ACCOUNT: Final = "fee_account"
_CODE: Final = "fee_code"


@dataclass(frozen=True, slots=True)
class SlipFee:
    """In the citizen's language. ``amount`` is empty where nothing is known of it; ``account`` and ``payment_code`` may be.
    ``least``: what comes on top of the amount, where it is not all. ``free``: there is nothing to pay."""

    amount: str
    how: str
    account: str
    payment_code: str
    least: str = ""
    free: bool = False


def fee_texts(service: Service, fee: Fee) -> dict[str, Mapping[str, str]]:
    """What a receipt keeps of the fee, so that a slip can be printed again."""
    standard = service.standard
    texts = amount_texts(fee)
    if fee.least:
        texts[_FROM] = standard.fee.by_language
    elif not fee.rupiah:
        return texts
    if standard.payment is not None:
        texts |= {
            _HOW: standard.payment.how.by_language,
            _ACCOUNT: {"id": standard.payment.account},
            _CODE: {"id": standard.payment.payment_code},
        }
    return texts


def amount_texts(fee: Fee) -> dict[str, Mapping[str, str]]:
    """The amount alone, in place of another one: the server's stands."""
    known = fee.rupiah > 0 or not fee.least
    amount = {language: Formatting(language, UTC).rupiah(fee.rupiah) for language in LANGUAGES} if known else {}
    digits = {"id": str(fee.rupiah)}
    return {_AMOUNT: amount, _RUPIAH: digits, _LEAST: {"id": "1"} if fee.least else {}, _FROM: {}}


def kept_fee(texts: Mapping[str, Any]) -> Fee | None:
    """What a receipt keeps of the amount; None of one from before amounts were kept."""
    digits = Text(texts.get(_RUPIAH, {})).get("id")
    return Fee(int(digits), least=bool(texts.get(_LEAST))) if digits.isdigit() else None


def slip_fee(texts: Mapping[str, Any], language: str) -> SlipFee | None:
    """From what a receipt keeps; None of one from before fees were kept."""
    if _AMOUNT not in texts:
        return None

    def text(name: str) -> str:
        return Text(texts.get(name, {})).get(language)

    return SlipFee(
        amount=text(_AMOUNT),
        how=text(_HOW),
        account=text(_ACCOUNT),
        payment_code=text(_CODE),
        least=text(_FROM),
        free=kept_fee(texts) == Fee(0),
    )


def lay_out_fee(slip: SlipBuilder, fee: SlipFee, text: Callable[..., str]) -> None:
    """Below what happens next."""
    slip.rule()
    slip.text(_amount_line(fee, text), bold=True)
    if fee.free:
        return
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


def _amount_line(fee: SlipFee, text: Callable[..., str]) -> str:
    if not fee.amount:
        return text("slip.fee.unknown")
    return text("slip.fee.from" if fee.least else "slip.fee", amount=fee.amount)
