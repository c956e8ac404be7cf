"""The page of one service: its published standard, and whether it can be begun now."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.catalogue.fee import Fee, fee_of
from kiosk.catalogue.service import Service
from kiosk.machine.health import Reason
from screens.navigation.flow import Flow


@dataclass(frozen=True)
class ServiceShown:
    name: str
    #: A name of ``protocol.pictograms``.
    pictogram: str
    agency: str
    summary: str
    #: A name of ``protocol.pictograms`` each, or "", and the text.
    requirements: tuple[tuple[str, str], ...]
    procedure: tuple[tuple[str, str], ...]
    time: str
    fee: str
    product: str
    complaints: str
    #: Why it cannot be begun now; empty when it can.
    blocked: str


class ServiceModel:
    def __init__(self, flow: Flow, service: Service) -> None:
        self.flow = flow
        self.service = service

    def look(self) -> ServiceShown:
        """In the citizen's language."""
        flow, standard = self.flow, self.service.standard
        language = flow.language
        ability = flow.context.service_ability(self.service)
        return ServiceShown(
            name=self.service.name.get(language),
            pictogram=self.service.icon,
            agency=self.service.agency.name.get(language),
            summary=self.service.summary.get(language),
            requirements=_with_pictograms(standard.requirements.get(language), standard.requirement_pictograms),
            procedure=_with_pictograms(standard.procedure.get(language), standard.procedure_pictograms),
            time=standard.time.get(language),
            fee=fee_in_words(flow, fee_of(self.service, None)),
            product=standard.product.get(language),
            complaints=standard.complaints.get(language),
            blocked="" if ability.possible else self._blocked(ability.blocked[0]),
        )

    def _blocked(self, reason: Reason) -> str:
        said = self.flow.texts(reason.text_key)
        if reason is not Reason.PAUSED or self.service.paused is None:
            return said
        return f"{said} {self.service.paused.get(self.flow.language)}".strip()

    def begin(self) -> None:
        self.flow.citizen.begin_service(self.service)


def _with_pictograms(lines: Sequence[str], names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((names[place] if place < len(names) else "", line) for place, line in enumerate(lines))


def fee_in_words(flow: Flow, fee: Fee) -> str:
    """ "Rp 50.000", or "mulai Rp 50.000" where something comes on top, or that it is worked out later."""
    amount = flow.formatting.rupiah(fee.rupiah)
    if not fee.least:
        return amount
    return flow.texts("fee.from", amount=amount) if fee.rupiah else flow.texts("fee.unknown")
