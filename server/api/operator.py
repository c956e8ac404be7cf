"""What the command line asks of a running server: SQLite has one owner, so the command goes through it.

The token stands in the data folder, readable by its owner only; whoever can read it can read the keys too.
"""

import hmac
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from server import operations
from server.api.errors import ApiError
from server.deps import Deps, get_deps

router = APIRouter(prefix="/v1/operator", include_in_schema=False)


class Order(BaseModel):
    command: Literal["enrol-code", "approve", "revoke", "publish", "badge", "take-back", "rotate-key"]
    arguments: dict[str, str] = {}


def _operator(request: Request) -> Deps:
    deps = get_deps(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected = operations.operator_token(deps.settings.data)
    if scheme != "Bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise ApiError(401, "operator", "the operator's token is needed")
    return deps


@router.post("")
async def operate(order: Order, deps: Annotated[Deps, Depends(_operator)]) -> dict[str, str]:
    try:
        return await run_in_threadpool(operations.carry_out, deps, order.command, order.arguments)
    except operations.OperationRefused as error:
        raise ApiError(409, "refused", str(error)) from error
