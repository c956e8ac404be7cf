"""The OpenAPI description, of which docs/protocol-messages.md is made: also what handlers read by themselves, and what travels
inside of other messages (sealed, in an event of the feed, in a pack), stands among its components."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from protocol import VERSION_HEADER
from protocol.answers import HEADER as ANSWER_HEADER
from protocol.documents import Budget, Transparency
from protocol.drafts import DraftProof
from protocol.field.readiness import SignedReadiness
from protocol.field.visits import VisitPhoto
from protocol.messages import (
    AppliedReport,
    Command,
    Content,
    EnrolRequest,
    ErrorAnswer,
    Heartbeat,
    HelpComing,
    KioskProfile,
    PackAnnouncement,
    StaffRoster,
    SubmissionBatch,
    Visit,
)
from protocol.packs import Manifest, PackCustom, ServiceDescription
from protocol.reports import HelpCall, KioskLog, Rating, RatingBatch

_TAKEN: Final[tuple[type[BaseModel], ...]] = (
    EnrolRequest,
    SubmissionBatch,
    AppliedReport,
    Heartbeat,
    SignedReadiness,
    VisitPhoto,
    Visit,
    RatingBatch,
    DraftProof,
    HelpCall,
    KioskLog,
    ErrorAnswer,
)
#: What travels inside of others.
_INSIDE: Final[tuple[type[BaseModel], ...]] = (
    Content,
    StaffRoster,
    PackAnnouncement,
    Command,
    HelpComing,
    KioskProfile,
    PackCustom,
    Manifest,
    ServiceDescription,
    Rating,
    Transparency,
    Budget,
)
_ABOUT: Final = f"""The line between kiosks and the server.

Every request but `POST /v1/enrol`, `GET /v1/open/city` and `GET /healthz` is signed by RFC 9421 with the kiosk's Ed25519 key over
`@method`, `@request-target`, `{VERSION_HEADER}` and the body's `Content-Digest`, with `created`, `expires`, `keyid`,
a fresh `nonce` and the tag `ekios`. Errors are `{{"error": {{"code", "message"}}}}`. Each answer to a signed
request has `{ANSWER_HEADER}`: the server's time, and its Ed25519 signature over the request's `Signature`, the status and
that time. What has none comes from somebody else."""
#: What every path may answer.
ERRORS: Final = {
    "413": "the body is larger than its limit",
    "422": "the body, the path or the query is not as agreed",
    "429": "too many tries, or over its quota; see Retry-After",
    "503": "not now; see Retry-After",
}
#: What every signed request may be answered beside those.
OF_KIOSKS: Final = {
    "401": "the signature does not hold, or the request came before",
    "403": "`waiting`: the kiosk is not approved yet; `revoked`: it was shut out",
    "426": f"the version of the protocol is not understood; `{VERSION_HEADER}` names those that are",
}
#: Headers of a signed request.
SIGNATURE_HEADERS: Final = (VERSION_HEADER, "Signature-Input", "Signature", "Content-Digest")
#: Paths that ask for no signature.
UNSIGNED: Final = ("/healthz", "/v1/enrol", "/v1/open/city")
#: Those that take nothing and keep nobody out.
_OPEN: Final = ("/healthz", "/v1/open/city")
_ERROR: Final = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}


def install(app: FastAPI) -> None:
    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    # FastAPI's own way to extend its description
    app.openapi = describe  # type: ignore[method-assign]


def _describe(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(title="eKios", version="1", description=_ABOUT, routes=app.routes)
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    taken: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in _TAKEN + _INSIDE]
    _, definitions = models_json_schema(taken, ref_template="#/components/schemas/{model}")
    for name, definition in definitions["$defs"].items():
        components.setdefault(name, definition)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _tell_errors(path, method, operation["responses"])
            if path not in UNSIGNED:
                operation.setdefault("parameters", []).extend(_signature_headers())
    # FastAPI's own errors, in whose place ours stand.
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    return schema


def _tell_errors(path: str, method: str, responses: dict[str, Any]) -> None:
    """Adds what every path answers, and gives all refusals the one form that they have."""
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    if path == "/healthz":
        return
    for status, description in _errors_of(path).items():
        responses.setdefault(status, {"description": description})
    for status, response in responses.items():
        if int(status) >= 400 and method != "head":
            response["content"] = _ERROR


def _errors_of(path: str) -> dict[str, str]:
    if path in _OPEN:
        return {"503": ERRORS["503"]}
    return ERRORS if path in UNSIGNED else ERRORS | OF_KIOSKS


def _signature_headers() -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": name != "Content-Digest", "schema": {"type": "string"}}
        for name in SIGNATURE_HEADERS
    ]
