"""The OpenAPI description: messages that handlers read by themselves are put among its components."""

from typing import Any, Final, Literal

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from protocol import VERSION_HEADER
from protocol.answers import HEADER as ANSWER_HEADER
from protocol.drafts import DraftProof
from protocol.field.readiness import SignedReadiness
from protocol.field.visits import VisitPhoto
from protocol.messages import AppliedReport, EnrolRequest, ErrorAnswer, Heartbeat, SubmissionBatch, Visit
from protocol.reports import HelpCall, KioskLog, RatingBatch

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
)
_ABOUT: Final = f"""The line between kiosks and the server.

Every request but `POST /v1/enrol`, `GET /v1/open/city` and `GET /healthz` is signed by RFC 9421 with the kiosk's Ed25519 key over
`@method`, `@request-target`, `{VERSION_HEADER}` and the body's `Content-Digest`, with `created`, `expires`, `keyid`,
a fresh `nonce` and the tag `ekios`. Errors are `{{"error": {{"code", "message"}}}}`. Each answer to a signed
request has `{ANSWER_HEADER}`: the server's time, and its Ed25519 signature over the request's `Signature`, the status and
that time. What has none comes from somebody else."""
_ERRORS: Final = {
    "401": "the signature does not hold, or the request came before",
    "403": "`waiting`: the kiosk is not approved yet; `revoked`: it was shut out",
    "413": "the body is larger than its limit",
    "422": "the body is not as agreed",
    "426": "the version of the protocol is not understood",
    "429": "too many tries; see Retry-After",
    "503": "not now; see Retry-After",
}
#: Paths that ask for no signature.
UNSIGNED: Final = ("/healthz", "/v1/enrol", "/v1/open/city")


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
    taken: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in _TAKEN]
    _, definitions = models_json_schema(
        [*taken, (ErrorAnswer, "validation")], ref_template="#/components/schemas/{model}"
    )
    for name, definition in definitions["$defs"].items():
        components.setdefault(name, definition)
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            for status, description in _ERRORS.items():
                if path != "/healthz":
                    operation["responses"].setdefault(status, {"description": description, "content": answer})
            if path not in UNSIGNED:
                operation.setdefault("parameters", []).extend(_signature_headers())
    return schema


def _signature_headers() -> list[dict[str, Any]]:
    names = (VERSION_HEADER, "Signature-Input", "Signature", "Content-Digest")
    return [
        {"name": name, "in": "header", "required": name != "Content-Digest", "schema": {"type": "string"}}
        for name in names
    ]
