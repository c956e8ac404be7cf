"""What the command line asks of a running server: SQLite has one owner, so the command goes through it.

The token stands in the data folder, readable by its owner only; whoever can read it can read the keys too.
"""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from protocol.messages import Short
from server.api.bodies import SMALL_BODY_BYTES, parse, reading
from server.api.errors import ApiError
from server.deps import Deps, get_deps
from server.operator import operations

router = APIRouter(prefix="/v1/operator", include_in_schema=False)


class Order(BaseModel):
    #: ``operations`` knows which there are.
    command: Short
    arguments: dict[str, str] = {}


def _operator(request: Request) -> Deps:
    deps = get_deps(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    expected = operations.operator_token(deps.settings.data)
    if scheme != "Bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise ApiError(401, "operator", "the operator's token is needed")
    return deps


@router.post("")
async def operate(request: Request, deps: Annotated[Deps, Depends(_operator)]) -> dict[str, str]:
    """The body is read here: FastAPI would read one of its own before it asks who sends it."""
    async with reading(request, SMALL_BODY_BYTES) as body:
        order = parse(Order, body)
    try:
        return await run_in_threadpool(operations.carry_out, deps, order.command, order.arguments)
    except operations.OperationRefused as error:
        raise ApiError(409, "refused", str(error)) from error
