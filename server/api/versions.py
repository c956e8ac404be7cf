"""The version of the protocol that a request speaks: the first thing that is asked of it."""

from fastapi import Request

from protocol import SUPPORTED_VERSIONS, VERSION_HEADER
from protocol.line import versions
from server.api.errors import ApiError


def refuse_unknown_version(request: Request, unnamed: str = "") -> None:
    """Raises ApiError 426. ``unnamed``: what counts when the request names none."""
    header = request.headers.get(VERSION_HEADER, unnamed)
    if versions.spoken(header) not in SUPPORTED_VERSIONS:
        raise ApiError(426, "version", versions.refusal(header), {VERSION_HEADER: versions.named(), "Upgrade": "ekios"})
