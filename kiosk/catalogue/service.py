"""A service as its pack describes it: the published standard, the workflow's stages, the slip, what it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kiosk.text import Text, TextList


class Identification(StrEnum):
    #: The citizen types or scans a NIK before the form.
    NIK = "nik"
    NONE = "none"


class ServiceKind(StrEnum):
    SERVICE = "service"
    #: The citizen chooses first whether anybody may know who complains.
    COMPLAINT = "complaint"


class PackBroken(ValueError):
    """A document of the pack is not what it must be; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Agency:
    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class LifeEvent:
    id: str
    name: Text


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


@dataclass(frozen=True, slots=True)
class Stage:
    id: str
    name: Text
    working_days: int


@dataclass(frozen=True, slots=True)
class SlipText:
    title: Text
    next_step: Text


@dataclass(frozen=True, slots=True)
class Service:
    id: str
    agency: Agency
    name: Text
    summary: Text
    #: A name of the icon set.
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


def read_service(document: Mapping[str, Any]) -> Service:
    """A Service from a pack's ``service.json``.

    Raises PackBroken when an id, the name, the standard or a stage is missing; members that are not known are ignored.
    """
    name = str(document.get("id", "?"))
    try:
        standard = document["standard"]
        return Service(
            id=str(document["id"]),
            agency=Agency(str(document["agency"]["id"]), Text.read(document["agency"]["name"])),
            name=Text.read(document["name"]),
            summary=Text.read(document["summary"]),
            icon=str(document.get("icon", "")),
            life_events=tuple(str(event) for event in document.get("life_events", ())),
            keywords=TextList.read(document.get("keywords")),
            standard=Standard(
                requirements=TextList.read(standard["requirements"]),
                procedure=TextList.read(standard["procedure"]),
                working_days=int(standard["working_days"]),
                time=Text.read(standard["time"]),
                fee_rupiah=int(standard["fee_rupiah"]),
                fee=Text.read(standard["fee"]),
                product=Text.read(standard["product"]),
                complaints=Text.read(standard["complaints"]),
                payment=_payment(standard.get("payment")),
                fee_from=bool(standard.get("fee_from")),
            ),
            stages=tuple(
                Stage(str(stage["id"]), Text.read(stage["name"]), int(stage["working_days"]))
                for stage in document["stages"]
            ),
            slip=SlipText(Text.read(document["slip"]["title"]), Text.read(document["slip"]["next_step"])),
            identification=Identification(document.get("identification", Identification.NIK)),
            nik_question=str(document.get("nik_question", "")),
            consent=bool(document.get("consent", True)),
            needs=tuple(str(device) for device in document.get("needs", ())),
            form_id=str(document["form_id"]),
            form_version=str(document["form_version"]),
            kind=ServiceKind(document.get("kind", ServiceKind.SERVICE)),
            privacy_question=str(document.get("privacy_question", "")),
        )
    except KeyError as error:
        raise PackBroken(f"service {name}: {error.args[0]} is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise PackBroken(f"service {name}: {error}") from error


def _payment(document: Mapping[str, Any] | None) -> Payment | None:
    if document is None:
        return None
    return Payment(
        basis=Text.read(document.get("basis")),
        how=Text.read(document.get("how")),
        account=str(document.get("account", "")),
        payment_code=str(document.get("payment_code", "")),
    )
