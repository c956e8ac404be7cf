"""Errors of the API: ``{"error": {"code": …, "message": …}}`` with a status, never a trace."""

from collections.abc import Mapping
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DatabaseError, DataError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from server.keeper.client import KeeperAway
from server.storage.integrity import is_damage
from server.storage.transactions import unstorable
from server.submissions.blobs import StoreAway

API_PREFIX: Final = "/v1/"
#: The database, the attachments' store or the keeper of the sealing keys cannot be asked now, whatever it is asked.
STORAGE_FAULTS: Final = (OperationalError, InterfaceError, PoolTimeout, StoreAway, KeeperAway)
#: Seconds after which a client tries again when storage cannot be reached.
STORAGE_RETRY_S: Final = 5

_log = structlog.get_logger("server.api")


class ApiError(Exception):
    """Answered as it says."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_response(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status, dict(headers or {}))


def too_large(limit: int) -> ApiError:
    return ApiError(413, "too_large", f"the body may have at most {limit} bytes")


def try_later(status: int, code: str, message: str, seconds: int) -> ApiError:
    return ApiError(status, code, message, {"Retry-After": str(seconds)})


def install(app: FastAPI) -> None:
    app.add_exception_handler(ApiError, _api_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _cut)
    for fault in STORAGE_FAULTS:
        app.add_exception_handler(fault, _storage_away)
    for refused in (DataError, StatementError, OverflowError):
        app.add_exception_handler(refused, _unstorable)


async def _api_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error_response(error.status, error.code, error.message, error.headers)


async def _invalid(_: Request, error: Exception) -> Response:
    """Names the members, never their values: these could be personal."""
    assert isinstance(error, RequestValidationError)
    where = sorted({".".join(map(str, one["loc"])) for one in error.errors()})
    return error_response(422, "invalid", f"not as agreed: {', '.join(where)}"[:500])


async def _cut(_: Request, __: Exception) -> Response:
    """Nobody reads it any more; without it the log would call a lost line a bug."""
    return error_response(400, "cut", "the body did not come whole")


async def _unstorable(_: Request, error: Exception) -> Response:
    if isinstance(error, DatabaseError) and is_damage(error.orig):
        return error_response(503, "storage_damaged", "the server's database is damaged; keep everything")
    if not unstorable(error):
        raise error
    return error_response(422, "invalid", "a value is out of range")


async def _storage_away(request: Request, error: Exception) -> Response:
    _log.error(
        "api.storage_away",
        path=request.scope["route"].path if "route" in request.scope else "",
        error=type(error).__name__,
    )
    return error_response(503, "storage_away", "the storage cannot be reached", {"Retry-After": str(STORAGE_RETRY_S)})
