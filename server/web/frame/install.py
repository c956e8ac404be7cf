"""Adds the pages to the application."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from server.deps import Deps
from server.web.admin import (
    area_pages,
    audit_pages,
    budget_pages,
    city_pages,
    city_text_pages,
    kiosk_group_pages,
    late_pages,
    officer_pages,
    service_draft_pages,
    service_pages,
    services,
    trial_pages,
)
from server.web.fleet import (
    carried_pages,
    enrol_pages,
    kiosk_pages,
    map_pages,
    order_pages,
    release_pages,
    staff_pages,
    wall_pages,
)
from server.web.fleet import pages as fleet
from server.web.frame import errors, live, site
from server.web.frame.access import EVERYBODY, Pages, Rule, Visit, not_found
from server.web.frame.headers import PageHeaders
from server.web.office import (
    alike_pages,
    attachments,
    case_pages,
    complaint_pages,
    inbox,
    satisfaction,
    search_pages,
    security_pages,
    several,
)
from server.web.public import front, own_account, provider_pages, second_step, today_pages, tracking, transparency_pages

#: Static files carry their edition in the address, so they may be kept for long.
STATIC_SECONDS = 31_536_000
SECTIONS = (
    front.pages,
    second_step.pages,
    provider_pages.pages,
    own_account.pages,
    security_pages.pages,
    tracking.pages,
    transparency_pages.pages,
    today_pages.pages,
    live.pages,
    inbox.pages,
    search_pages.pages,
    several.pages,
    case_pages.pages,
    complaint_pages.pages,
    attachments.pages,
    alike_pages.pages,
    services.pages,
    service_draft_pages.pages,
    service_pages.pages,
    trial_pages.pages,
    fleet.pages,
    enrol_pages.pages,
    map_pages.pages,
    carried_pages.pages,
    release_pages.pages,
    kiosk_pages.pages,
    wall_pages.pages,
    order_pages.pages,
    staff_pages.pages,
    satisfaction.pages,
    budget_pages.pages,
    late_pages.pages,
    city_pages.pages,
    city_text_pages.pages,
    kiosk_group_pages.pages,
    officer_pages.pages,
    area_pages.pages,
    audit_pages.pages,
)


def rules() -> dict[tuple[str, str], Rule]:
    """Who may open what, by method and path."""
    return {key: rule for section in SECTIONS for key, rule in section.rules.items()}


def install(app: FastAPI, deps: Deps) -> None:
    """Adds all pages. To be called last, because every path that is left is answered with a friendly 404."""
    app.state.site = site.build(deps)
    app.mount("/static", _Static(directory=site.STATIC), name="static")
    for section in SECTIONS:
        app.include_router(section.router)
    app.include_router(_leftover().router)
    errors.install(app)
    app.add_middleware(PageHeaders)


def _leftover() -> Pages:
    pages = Pages()

    @pages.get("/{path:path}", EVERYBODY)
    def nowhere(visitor: Visit) -> Response:  # noqa: ARG001
        raise not_found()

    return pages


class _Static(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if scope["query_string"]:
            response.headers["cache-control"] = f"public, max-age={STATIC_SECONDS}, immutable"
        else:
            response.headers["cache-control"] = "no-cache"
        return response
