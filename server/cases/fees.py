"""What a case costs: worked out again here by the kiosk's own engine, from the answers; this amount stands."""

from forms import Environment, Form, FormError
from protocol.limits import whole_rupiah
from protocol.packs import ServiceDescription, Standard


def worked_out(
    standard: Standard, form: Form | None, instance: bytes, environment: Environment, language: str | None
) -> int | None:
    """The amount for a filled form, in rupiah; None where only the office can say.

    Whatever the instance says that a calculation gave is calculated again. Raises ValueError and FormFault as ``Form.open``.
    """
    if not standard.fee_rule:
        return None if standard.fee_from else standard.fee_rupiah
    if form is None:
        return None
    session = form.open(environment, instance=instance, language=language)
    try:
        return whole_rupiah(session.number(form.formula(standard.fee_rule)))
    except FormError:
        return None


def of_case(description: ServiceDescription, amount: int | None) -> tuple[int | None, bool]:
    """What is told of a case's fee: rupiah, and whether that is the least. ``amount``: what its row holds.

    A case from before amounts were kept costs what its service said, where that is all.
    """
    if amount is not None:
        return amount, False
    standard = description.standard
    only_the_office_knows = bool(standard.fee_rule) or standard.fee_from
    if only_the_office_knows and not standard.fee_rupiah:
        return None, False
    return standard.fee_rupiah, only_the_office_knows
