"""What a service costs: shown before anything is sent, with the answers where its rule asks for them."""

import logging
from dataclasses import dataclass

from forms import FormError, FormSession
from kiosk.catalogue.service import Service
from protocol.limits import whole_rupiah

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fee:
    """``least``: that much at least, and the office says how much; 0 then means that nothing is known yet."""

    rupiah: int
    least: bool = False


def fee_of(service: Service, form: FormSession | None) -> Fee:
    """With the answers of ``form`` where the service's rule asks for them; without a form, what can be told before."""
    standard = service.standard
    if not standard.fee_rule:
        return Fee(standard.fee_rupiah, standard.fee_from)
    amount = None if form is None else _worked_out(service, form)
    return Fee(standard.fee_rupiah, least=True) if amount is None else Fee(amount)


def _worked_out(service: Service, form: FormSession) -> int | None:
    """A rule that cannot be used keeps nobody from sending: the office says then what it costs."""
    try:
        amount = whole_rupiah(form.number(form.form.formula(service.standard.fee_rule)))
    except FormError:
        amount = None
    if amount is None:
        logger.error("the fee of service %s could not be worked out", service.id)
    return amount
