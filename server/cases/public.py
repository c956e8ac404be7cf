"""What a citizen may see of a case: its state, and a step for each change that is visible from outside."""

from collections.abc import Mapping, Sequence
from typing import Any

from protocol.messages import CasePublicState as State
from protocol.messages import CaseState, CaseStep
from protocol.packs import ServiceDescription
from server.cases import fees
from server.cases.rules import RUNNING
from server.foundation.identity_numbers import mask


def opened_state(description: ServiceDescription, case: Mapping[str, Any]) -> CaseState:
    """What the citizen sees of a case that has just been opened, from its row alone."""
    first = {"state": case["state"], "stage": case["stage"], "at": case["opened_at"]}
    return public_state(description, case, [first])


def public_state(
    description: ServiceDescription, case: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]
) -> CaseState:
    state = State(case["state"])
    fee, least = fees.of_case(description, case["fee_rupiah"])
    return CaseState(
        tracking_code=case["tracking_code"],
        service=case["service_id"],
        kind=description.kind,
        service_name=description.name,
        agency_name=description.agency.name,
        state=state,
        updated_at=case["updated_at"],
        received_at=case["opened_at"],
        due=case["due_at"] if state in RUNNING else None,
        fee_rupiah=fee,
        fee_least=least,
        note=mask(case["note"]),
        steps=_public_steps(steps, {stage.id: stage.name for stage in description.stages}),
    )


def _public_steps(steps: Sequence[Mapping[str, Any]], names: Mapping[str, dict[str, str]]) -> tuple[CaseStep, ...]:
    """Steps that leave state and stage as they were are the office's own business."""
    shown: list[CaseStep] = []
    seen = None
    for step in steps:
        if seen != (step["state"], step["stage"]):
            seen = (step["state"], step["stage"])
            shown.append(CaseStep(state=State(step["state"]), at=step["at"], stage=names.get(step["stage"], {})))
    return tuple(shown)
