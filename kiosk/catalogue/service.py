"""A service as its pack describes it: the published standard, the workflow's stages, the slip, what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from kiosk.text import Text, TextList
from protocol import packs
from protocol.line.base import ServiceKind
from protocol.packs import ServiceDescription


class Identification(StrEnum):
    #: The citizen types or scans a NIK before the form.
    NIK = "nik"
    NONE = "none"


class PackBroken(ValueError):
    """A part of the pack is not what it must be; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class LifeEvent:
    id: str
    name: Text
    #: A name of ``protocol.pictograms``, or "".
    pictogram: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """How a fee is paid; never at the kiosk."""

    #: The regulation that asks for the fee.
    basis: Text
    how: Text
    #: As it is to be copied, or "".
    account: str
    #: What a payment app scans, or "".
    payment_code: str


@dataclass(frozen=True, slots=True)
class Standard:
    """The six published parts of a service standard (UU 25/2009, PermenPANRB 15/2014)."""

    requirements: TextList
    procedure: TextList
    #: 0 means while you wait.
    working_days: int
    time: Text
    #: 0 is shown as "Rp 0", never left out.
    fee_rupiah: int
    fee: Text
    product: Text
    complaints: Text
    payment: Payment | None = None
    #: It costs at least ``fee_rupiah``; ``fee`` tells what comes on top.
    fee_from: bool = False
    #: Names of ``protocol.pictograms`` for the lines of requirements and procedure, from the first on; there may be fewer.
    requirement_pictograms: tuple[str, ...] = ()
    procedure_pictograms: tuple[str, ...] = ()
    #: The form's expression that gives the amount, or "": it is ``fee_rupiah``.
    fee_rule: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    name: Text
    working_days: int


@dataclass(frozen=True, slots=True)
class SlipText:
    title: Text
    next_step: Text
    #: Names of questions whose answers stand on it.
    answers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    agency: Agency
    name: Text
    summary: Text
    #: A name of ``protocol.pictograms``.
    icon: str
    life_events: tuple[str, ...]
    keywords: TextList
    standard: Standard
    stages: tuple[Stage, ...]
    slip: SlipText
    identification: Identification
    #: Name of the form's question that the NIK fills, or "".
    nik_question: str
    #: Whether the citizen is asked for consent before sending.
    consent: bool
    #: Devices without which the service cannot be used: "camera".
    needs: tuple[str, ...]
    form_id: str
    form_version: str
    kind: ServiceKind = ServiceKind.SERVICE
    #: Name of the form's question that the choice of privacy fills, or "".
    privacy_question: str = ""
    #: Why nobody can begin it for now; None: it can be begun.
    paused: Text | None = None

    @property
    def costs(self) -> bool:
        """What it costs is shown, and how it is paid, before the citizen agrees."""
        return self.standard.fee_rupiah > 0 or bool(self.standard.fee_rule)


def read_service(description: Mapping[str, Any]) -> Service:
    """A Service from a pack's ``service.json``; members that are not known are ignored.

    Raises PackBroken when it is not a ServiceDescription; the message says where.
    """
    try:
        return _service(ServiceDescription.model_validate(description))
    except ValidationError as error:
        raise PackBroken(f"service {description.get('id', '?')}: {first_fault(error)}") from error


def first_fault(error: ValidationError) -> str:
    """Where a description is not what it must be, and what is wrong there."""
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _service(description: ServiceDescription) -> Service:
    standard = description.standard
    return Service(
        id=description.id,
        agency=Agency(description.agency.id, Text.read(description.agency.name)),
        name=Text.read(description.name),
        summary=Text.read(description.summary),
        icon=description.icon,
        life_events=description.life_events,
        keywords=TextList.read(description.keywords),
        standard=Standard(
            requirements=TextList.read(standard.requirements),
            procedure=TextList.read(standard.procedure),
            working_days=standard.working_days,
            time=Text.read(standard.time),
            fee_rupiah=standard.fee_rupiah,
            fee=Text.read(standard.fee),
            product=Text.read(standard.product),
            complaints=Text.read(standard.complaints),
            payment=None if standard.payment is None else _payment(standard.payment),
            fee_from=standard.fee_from,
            requirement_pictograms=standard.requirement_pictograms,
            procedure_pictograms=standard.procedure_pictograms,
            fee_rule=standard.fee_rule,
        ),
        stages=tuple(Stage(stage.id, Text.read(stage.name), stage.working_days) for stage in description.stages),
        slip=SlipText(
            Text.read(description.slip.title), Text.read(description.slip.next_step), description.slip.answers
        ),
        identification=Identification(description.identification),
        nik_question=description.nik_question,
        consent=description.consent,
        needs=description.needs,
        form_id=description.form_id,
        form_version=description.form_version,
        kind=description.kind,
        privacy_question=description.privacy_question,
        paused=None if description.paused is None else Text.read(description.paused),
    )


def _payment(payment: packs.Payment) -> Payment:
    return Payment(
        basis=Text.read(payment.basis),
        how=Text.read(payment.how),
        account=payment.account,
        payment_code=payment.payment_code,
    )
