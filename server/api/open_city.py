"""``GET /v1/open/city``: the city's offices today in figures, for everybody; nothing personal is in them."""

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, BaseModel
from starlette.concurrency import run_in_threadpool

from server.deps import get_deps
from server.open_city.overview import RECENT, CityNow

router = APIRouter(prefix="/v1/open", tags=["open data"])


class AgencyFigures(BaseModel):
    id: str
    #: By language.
    name: dict[str, str]
    received_today: int
    open: int
    waiting_for_citizen: int
    late: int
    #: Of the last year; null where too few were decided to say.
    in_time_percent: int | None
    #: Satisfaction index (IKM) and grade; empty where nobody answered.
    index: str
    grade: str


class CityFigures(BaseModel):
    city: str
    at: AwareDatetime
    received_today: int
    decided_today: int
    open: int
    waiting_for_citizen: int
    late: int
    complaints_open: int
    complaints_late: int
    #: By the city's clock, from midnight.
    received_by_hour: list[int]
    #: The best first: by index, then by what was decided in time.
    agencies: list[AgencyFigures]


@router.get("/city", response_model=CityFigures)
async def city(request: Request, response: Response) -> CityFigures:
    """The same figures as the page ``/city``; new every half minute. Needs no signature."""
    deps = get_deps(request)
    found = await run_in_threadpool(deps.overview.recent)
    response.headers["Cache-Control"] = f"public, max-age={int(RECENT.total_seconds())}"
    return figures(deps.enrolment.city_name, found)


def figures(city: str, found: CityNow) -> CityFigures:
    return CityFigures(
        city=city,
        at=found.at,
        received_today=found.today,
        decided_today=found.decided_today,
        open=found.running,
        waiting_for_citizen=found.waiting,
        late=found.late,
        complaints_open=found.complaints_open,
        complaints_late=found.complaints_late,
        received_by_hour=list(found.hours),
        agencies=[
            AgencyFigures(
                id=one.id,
                name=one.name,
                received_today=one.today,
                open=one.running,
                waiting_for_citizen=one.waiting,
                late=one.late,
                in_time_percent=one.in_time_percent,
                index=one.index,
                grade=one.grade,
            )
            for one in found.ranked()
        ],
    )
