"""Drafts on their way: sealed under code and birth date before they leave, opened after they came. In memory only."""

import base64
import logging
import secrets
from datetime import date
from typing import Final

from pydantic import ValidationError

from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from protocol import drafts as protocol
from protocol.limits import DRAFT_BYTES
from sync.client import Answer, Client, Outcome

logger = logging.getLogger(__name__)

PATH: Final = "/v1/drafts"
#: Two equal codes are a one in 34 thousand million.
_TRIES: Final = 3
_PROBLEMS: Final = {
    Outcome.NOT_FOUND: DraftProblem.UNKNOWN,
    Outcome.REJECTED: DraftProblem.WRONG_DATE,
}
_TOO_MANY: Final = 429


def keep(client: Client, plain: bytes, birth_date: date) -> DraftKept | DraftProblem:
    """Under a new code."""
    for _ in range(_TRIES):
        code = protocol.mint(secrets.randbelow)
        keys = protocol.derive(code, birth_date)
        sealed = protocol.seal(plain, keys)
        if len(sealed) > DRAFT_BYTES:
            return DraftProblem.TOO_LARGE
        answer = client.request(
            "PUT",
            f"{PATH}/{keys.lookup}",
            body=sealed,
            headers={
                "Content-Type": "application/octet-stream",
                protocol.PROOF_HEADER: protocol.proof_hash(keys.proof),
            },
        )
        if answer.outcome is Outcome.CONFLICT:
            continue
        if not answer.ok:
            logger.warning("a draft could not be left: %s", answer.detail)
            return DraftProblem.TOO_LARGE if answer.status == 413 else DraftProblem.NO_LINE
        try:
            return DraftKept(code, protocol.DraftKept.model_validate_json(answer.body).expires_at)
        except ValidationError:
            return DraftProblem.NO_LINE
    return DraftProblem.NO_LINE


def fetch(client: Client, code: str, birth_date: date) -> DraftOpened | DraftProblem:
    """The draft stays at the server until ``erase``."""
    keys = protocol.derive(code, birth_date)
    answer = client.request(
        "POST",
        f"{PATH}/{keys.lookup}/open",
        body=_proof(keys),
        headers={"Content-Type": "application/json"},
        limit=DRAFT_BYTES,
    )
    if not answer.ok:
        return _problem(answer)
    try:
        return DraftOpened(protocol.unseal(answer.body, keys))
    except protocol.DraftBroken:
        return DraftProblem.GONE


def erase(client: Client, code: str, birth_date: date) -> None:
    """What it held is safe somewhere else. When this is lost, the draft lies there until its days are over."""
    keys = protocol.derive(code, birth_date)
    answer = client.request(
        "DELETE", f"{PATH}/{keys.lookup}", body=_proof(keys), headers={"Content-Type": "application/json"}
    )
    if not answer.ok:
        logger.warning("a draft that is no longer needed could not be erased: %s", answer.detail)


def _proof(keys: protocol.DraftKeys) -> bytes:
    # Base64Bytes decodes what it is given, therefore the encoded form goes in.
    return protocol.DraftProof.model_validate({"proof": base64.b64encode(keys.proof)}).model_dump_json().encode()


def _problem(answer: Answer) -> DraftProblem:
    if answer.status == _TOO_MANY:
        return DraftProblem.BLOCKED
    return _PROBLEMS.get(answer.outcome, DraftProblem.NO_LINE)
