"""Whoever asks for a page: their session, language and theme, and how a page is made for them."""

from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from protocol.formats import Formatting
from protocol.languages import FALLBACK, LANGUAGE_NAMES, LANGUAGES, OFFICE_LANGUAGES
from server.deps import Deps
from server.foundation.actors import DECIDING, Role
from server.foundation.texts import citizens_text
from server.people.sessions import Officer
from server.people.sign_in_limits import Attempt
from server.web.frame.site import Site

SESSION_COOKIE: Final = "ekios_session"
#: What waits between two requests of a sign-in; see ``server.people.steps``.
STEP_COOKIE: Final = "ekios_step"
FORM_COOKIE: Final = "ekios_form"
#: Accounts that this browser has signed in to before; see ``sign_in_limits``.
MARKS_COOKIE: Final = "ekios_marks"
LANGUAGE_COOKIE: Final = "ekios_language"
THEME_COOKIE: Final = "ekios_theme"
#: The key of a text that the next page shows once.
SAID_COOKIE: Final = "ekios_said"
THEMES: Final = ("auto", "light", "dark")
CSRF_FIELD: Final = "csrf"


class Entry(NamedTuple):
    key: str
    path: str
    icon: str
    roles: frozenset[Role]
    #: Other paths that belong to it.
    also: tuple[str, ...] = ()


OFFICE: Final = DECIDING
NAVIGATION: Final = (
    Entry("inbox", "/office", "inbox", OFFICE),
    Entry("services", "/admin/services", "service", frozenset({Role.ADMIN})),
    Entry("budget", "/admin/budget", "coins", frozenset({Role.ADMIN})),
    Entry("complaints", "/complaints", "speech", OFFICE | {Role.ADMIN, Role.COMMAND}),
    Entry("satisfaction", "/satisfaction", "smile", OFFICE | {Role.ADMIN, Role.COMMAND}),
    Entry("fleet", "/fleet", "kiosk", frozenset({Role.ADMIN, Role.COMMAND})),
    Entry("orders", "/orders", "tool", frozenset({Role.ADMIN, Role.STAFF_MANAGER, Role.COMMAND})),
    Entry("staff", "/staff", "people", frozenset({Role.ADMIN, Role.STAFF_MANAGER})),
    Entry("late", "/late", "alarm", frozenset({Role.ADMIN, Role.COMMAND})),
    Entry("wall", "/wall", "wall", frozenset({Role.ADMIN, Role.COMMAND})),
    Entry("city", "/admin/city", "calendar", frozenset({Role.ADMIN})),
    Entry("officers", "/admin/officers", "lock", frozenset({Role.ADMIN}), ("/admin/areas", "/admin/sign-in")),
    Entry("audit", "/audit", "log", frozenset({Role.ADMIN})),
)


def home_of(role: Role) -> str:
    """Where a role begins after signing in."""
    return next((entry.path for entry in NAVIGATION if role in entry.roles), "/")


@dataclass(frozen=True)
class Visitor:
    request: Request
    site: Site
    officer: Officer | None
    #: What a form must send back: the session's token, or the cookie's for those who are not signed in.
    csrf: str
    form: FormData

    @property
    def deps(self) -> Deps:
        return self.site.deps

    @property
    def signed_in(self) -> Officer:
        """The officer of a page that lets in only officers."""
        if self.officer is None:
            raise LookupError("this page's rule lets in people who are not signed in")
        return self.officer

    @property
    def token(self) -> str:
        """What the browser's cookie says of its session; empty without one."""
        return self.request.cookies.get(SESSION_COOKIE, "")

    @property
    def language(self) -> str:
        wanted = self.request.cookies.get(LANGUAGE_COOKIE, "")
        return wanted if wanted in (LANGUAGES if self.officer is None else OFFICE_LANGUAGES) else FALLBACK

    @property
    def public_language(self) -> str:
        wanted = self.request.cookies.get(LANGUAGE_COOKIE, "")
        return wanted if wanted in LANGUAGES else FALLBACK

    @property
    def formatting(self) -> Formatting:
        """How dates and numbers are written on a page of the office."""
        return Formatting(self.language, self.site.zone)

    @property
    def public_formatting(self) -> Formatting:
        """The same on a page for citizens."""
        return Formatting(self.public_language, self.site.zone)

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    def attempt(self, name: str = "") -> Attempt:
        """Whoever tries to show who they are, as the limits of the sign-in count it."""
        return Attempt(
            name,
            self.address,
            self.request.cookies.get(MARKS_COOKIE, ""),
            self.request.headers.get("user-agent", ""),
        )

    @property
    def is_fragment(self) -> bool:
        return self.request.headers.get("hx-request") == "true"

    def say(self, key: str, **values: object) -> str:
        return self.site.texts.say(self.language, key, **values)

    def text(self, name: str, limit: int = 4000) -> str:
        """A text field of the posted form, at most ``limit`` characters; empty when it is not there."""
        value = self.form.get(name, "")
        return value[:limit] if isinstance(value, str) else ""

    def render(self, template: str, status: int = 200, *, public: bool = False, **values: object) -> HTMLResponse:
        """The page as this visitor reads it. ``public``: in any of the citizens' four languages."""
        language = self.public_language if public else self.language
        said = self.request.cookies.get(SAID_COOKIE, "")
        kind, _, key = said.partition("/")
        show = bool(said) and not self.is_fragment and kind in ("good", "bad", "wait") and self.site.texts.has(key)
        body = self.site.templates.get_template(template).render(
            **{**self._common(language), **values},
            flash={"kind": kind, "text": self.site.texts.say(language, key)} if show else None,
        )
        response = HTMLResponse(body, status)
        if said and not self.is_fragment:
            response.delete_cookie(SAID_COOKIE, path="/")
        if self.officer is None and self.request.cookies.get(FORM_COOKIE) != self.csrf:
            self.keep(response, FORM_COOKIE, self.csrf)
        return response

    def go(self, path: str, said: str = "") -> Response:
        """Sends the browser on after a post; ``said`` is ``good/<key>``, shown by the next page."""
        response = RedirectResponse(path, 303)
        if said:
            self.keep(response, SAID_COOKIE, said)
        return response

    def keep(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=self.site.secure_cookies
        )

    def _common(self, language: str) -> dict[str, object]:
        theme = self.request.cookies.get(THEME_COOKIE, "auto")
        path = self.request.url.path
        say = self.site.texts.say
        officer = self.officer
        return {
            "_": lambda key, **values: say(language, key, **values),
            "static": lambda name: f"/static/{name}?{self.site.edition}",
            "language": language,
            "html_language": language,
            "languages": LANGUAGE_NAMES.items(),
            "theme": theme if theme in THEMES else "auto",
            "city": self.site.city,
            "here": path + (f"?{self.request.url.query}" if self.request.url.query else ""),
            "csrf": self.csrf,
            "csrf_field": Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, self.csrf),
            "user": officer,
            "home": home_of(officer.role) if officer else "/",
            "role_line": self._role_line(officer, language) if officer else "",
            "navigation": self._navigation(officer, path) if officer and not officer.factor_missing else (),
            "has_text": self.site.texts.has,
            "own": lambda kept: citizens_text(kept, language),
        }

    def _role_line(self, officer: Officer, language: str) -> str:
        role = self.site.texts.say(language, f"role.{officer.role.value}")
        agency = citizens_text(officer.agency_name, language)
        return f"{role} · {agency}" if agency else role

    def _navigation(self, officer: Officer, path: str) -> list[dict[str, object]]:
        def inside(entry: Entry) -> bool:
            return any(path == one or path.startswith(f"{one}/") for one in (entry.path, *entry.also))

        return [
            {"key": entry.key, "path": entry.path, "icon": entry.icon, "current": inside(entry)}
            for entry in NAVIGATION
            if officer.role in entry.roles
        ]


def safe_back(path: str) -> str:
    """``path`` when it stays on this site, else the front page: nobody is led elsewhere by a link to us."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(ord(sign) < 32 for sign in path):
        return "/"
    return quote(path, safe="/?&=-_.~%:+")
