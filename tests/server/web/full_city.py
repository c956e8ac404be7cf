"""A city in which everything that people, kiosks, forms and administrators bring tries to run, and every page of it.

``Texts`` gives a hostile text for each place, so that a test can ask where each was shown. Citizens, kiosks and forms are not
trusted; administrators' texts are here too, because an account can be stolen.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from sqlalchemy import insert, select

from server.fleet.releases.releases import of_folder
from server.foundation.actors import OPERATOR, Role
from server.people.sessions import How
from server.people.sign_in_limits import Attempt
from server.storage import tables
from server.web.frame.install import rules
from tests.server.kiosk_client import Envelope, component, visit
from tests.server.web.conftest import JPEG, Office
from tests.server.web.people_kit import HERE, OWN, area, officer_id

#: Each ends in another way what it may stand in: text, an attribute, an address, a script's text, a style, a template.
CORPUS = (
    "<script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    '"><svg onload=window.ran=1>',
    "' autofocus onfocus='window.ran=1' x='",
    '" hx-on:load="window.ran=1" hx-get="/t" x="',
    "javascript:window.ran=1",
    "{{constructor.constructor('window.ran=1')()}}",
    "</dd></dl></td><iframe srcdoc='<script>parent.ran=1</script>'>",
    "</textarea></title></option><script>window.ran=1</script>",
    "</style><link rel=stylesheet href=//evil.example/x>",
    "--><!--<script>window.ran=1</script>",
    "<a href='javascript:window.ran=1' autofocus>x</a>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.ran=1>",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "\u202e<b>terbalik</b>",
    "%3Cscript%3Ewindow.ran=1%3C/script%3E",
)


@dataclass
class Texts:
    """Hostile texts by place: each place has one of its own, which begins with the place's name."""

    given: dict[str, str] = field(default_factory=dict)
    _next: "cycle[str]" = field(default_factory=lambda: cycle(CORPUS))

    def __call__(self, place: str) -> str:
        if place not in self.given:
            self.given[place] = f"{place} {next(self._next)}"
        return self.given[place]


def write_city(folder: Path, texts: Texts) -> Path:
    """The sample city's folder, with a hostile text wherever a form, a service or an agency has one."""

    def toml(place: str) -> str:
        return json.dumps(texts(place), ensure_ascii=True)

    folder.mkdir()
    agencies = "".join(f"[agencies.{name}]\nid = {toml(f'agency-{name}')}\n" for name in (OWN, "kominfo"))
    (folder / "city.toml").write_text(
        f'name = "Kota Uji"\nservices = ["surat", "aduan"]\nconsent_version = "1"\n[consent]\nid = {toml("consent")}\n'
        f"{agencies}[life_events.rumah]\nid = {toml('life-event')}\n"
    )
    for service, agency, more in (("surat", OWN, ""), ("aduan", "kominfo", 'kind = "complaint"\n')):
        (folder / service).mkdir()
        (folder / service / "form.md").write_text(_form(service, texts), encoding="utf-8")
        lines = [f'id = "{service}"\nagency = "{agency}"\nicon = "document"\nlife_events = ["rumah"]']
        lines.append(f'identification = "nik"\nconsent = true\n{more}')
        lines += [f"[{name}]\nid = {toml(f'{service}-{name}')}" for name in ("name", "summary")]
        lines.append("[standard]\nworking_days = 3\nfee_rupiah = 0")
        lines += [f"[standard.{name}]\nid = [{toml(f'{service}-{name}')}]" for name in ("requirements", "procedure")]
        lines += [
            f"[standard.{name}]\nid = {toml(f'{service}-{name}')}" for name in ("time", "fee", "product", "complaints")
        ]
        for stage in ("periksa", "tanda-tangan"):
            lines.append(f'[[stages]]\nid = "{stage}"\nworking_days = 1')
            lines.append(f"[stages.name]\nid = {toml(f'{service}-stage-{stage}')}")
        lines += [f"[slip.{name}]\nid = {toml(f'{service}-slip-{name}')}" for name in ("title", "next_step")]
        (folder / service / "service.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def _form(service: str, texts: Texts) -> str:
    def cell(place: str) -> str:
        return texts(f"{service}-form-{place}")

    rows = [
        ("type", "name", "required", "constraint", "constraint_message::id (id)", "label::id (id)", "hint::id (id)"),
        ("begin_group", "orang", "", "", "", cell("group"), ""),
        ("text", "nama", "yes", "", "", cell("label"), cell("hint")),
        ("end_group", "", "", "", "", "", ""),
        ("image", "foto", "", "", "", cell("photo"), ""),
        ("select_one jenis", "jenis", "", "", "", cell("select"), ""),
        ("begin_repeat", "anak", "", "", "", cell("repeat"), ""),
        ("text", "nama_anak", "", "string-length(.) < 3", cell("constraint"), cell("child"), ""),
        ("end_repeat", "", "", "", "", "", ""),
    ]
    choices = [("list_name", "name", "label::id (id)"), ("jenis", "satu", cell("choice"))]
    settings = [("form_id", "version", "form_title", "default_language"), (service, "1", cell("title"), "id (id)")]
    sheets = (("survey", rows), ("choices", choices), ("settings", settings))
    return "\n\n".join(
        "\n".join([f"| {name} |", *("| | " + " | ".join(row) + " |" for row in table)]) for name, table in sheets
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\u202e", "&#x202e;")


def fill(office: Office, texts: Texts) -> dict[str, str]:
    """What happens in a day, by everybody; gives what stands in the pages' paths."""
    deps, kiosk = office.server.deps, office.kiosk
    deps.identity.areas.place(OPERATOR, kiosk.id, area(deps, HERE))
    deps.identity.areas.add(OPERATOR, texts("area"))
    case = _case(office, texts, "surat")
    complaint = _case(office, texts, "aduan")
    other = _case(office, texts, "surat")
    office.act(OWN, case.code, "take")
    office.act(OWN, case.code, "ask", texts("question"))
    assert kiosk.statuses(kiosk.answer(case.code, texts("answer"), office.server.service("surat"))) == ["stored"]
    office.act(OWN, case.code, "reject", texts("reason"))
    assert office.contest(case.code, "OBJECTION", texts("objection")) == ["stored"]
    kiosk.post("/v1/visits", visit(note=texts("visit"))).raise_for_status()
    beat = kiosk.heartbeat(
        software=texts("software"), components=[component("printer", "UNAVAILABLE", ["MEDIA_EMPTY"])]
    )
    kiosk.post("/v1/heartbeat", beat).raise_for_status()
    waiting = office.server.waiting_kiosk(texts("kiosk")[:200])
    deps.notices.send(OPERATOR, {"id": texts("notice")[:200]}, deps.clock.now() + timedelta(days=2))
    deps.staff.add(OPERATOR, "orang-2", texts("staff"), "271828")
    deps.officers.add(OPERATOR, "orang-2", texts("officer"), Role.COMMAND, None)
    someone = officer_id(deps, "orang-2")
    with deps.units.begin(OPERATOR) as work:
        place = Attempt("", "10.0.0.1", browser=f"Firefox/1 Windows {texts('browser')}")
        deps.identity.sessions.open(work, someone, How.PASSWORD, place)
    _, group = deps.kiosk_groups.add(OPERATOR, texts("group")[:60])
    deps.work_orders.create(OPERATOR, kiosk.id, texts("task"))
    with deps.engine.begin() as connection:
        by_hand = select(tables.work_orders.c.id).where(tables.work_orders.c.task != "")
        order = connection.execute(by_hand).scalar_one()
        now = deps.clock.now()
        log = {"kiosk_id": kiosk.id, "id": "log-1", "made_at": now, "received_at": now, "lines": [texts("log")]}
        connection.execute(insert(tables.kiosk_logs).values(log))
        photo = {"kiosk_id": kiosk.id, "visit_id": "visit-1", "received_at": now, "jpeg": b"\xff\xd8\xff"}
        connection.execute(insert(tables.visit_photos).values(photo))
    (program := Path(deps.settings.data) / "program").mkdir()
    (program / "kiosk").write_text("program")
    (program / "kiosk").chmod(0o755)
    release = deps.releases.publish(of_folder(program), texts("version")[:60], OPERATOR, texts("release"))
    bad = {"number": 0, "bad": release, "reason": texts("reason-of-program")[:200]}
    for program_state in ({"number": 0}, bad):
        kiosk.post(
            "/v1/heartbeat", kiosk.heartbeat(program=program_state, software=texts("software"))
        ).raise_for_status()
        deps.releases.rollout.look()
    admin = office.browser("admin")
    admin.get("/admin/budget")
    line = f'"{texts("budget").replace(chr(34), chr(39))[:79]}";1000;500'
    assert admin.post("/admin/budget", {"year": "2026", "source": texts("source"), "rows": line}).ok
    admin.get("/admin/services/new")
    form = ("form.md", _form("izin", texts).encode())
    draft = admin.post("/admin/services/new", {"service": "izin"}, files={"form": form})
    return {
        "code": case.code,
        "complaint": complaint.code,
        "other": other.code,
        "sha256": case.attachments[0].sha256,
        "kiosk_id": kiosk.id,
        "waiting_id": waiting.id,
        "draft_id": draft.url.rpartition("/")[2],
        "officer_id": someone,
        "area_id": area(deps, HERE),
        "group_id": group,
        "order_id": order,
        "log_id": "log-1",
        "visit_id": "visit-1",
        "service_id": "surat",
        "number": str(release),
    }


def _case(office: Office, texts: Texts, service: str) -> Envelope:
    document = office.server.service(service)
    picture = office.kiosk.attachment(JPEG, f"{service} x' onerror='window.ran=1.jpg")
    head = f'id="{document["form_id"]}" version="{document["form_version"]}"'
    name, child = (_escaped(texts(f"{service}-{what}")) for what in ("answer", "repeated"))
    instance = (
        f"<data {head}><orang><nama>{name}</nama></orang><foto>{_escaped(picture.name)}</foto><jenis>satu</jenis>"
        f"<anak><nama_anak>{child}</nama_anak></anak></data>"
    )
    envelope = office.kiosk.envelope(document, [picture], inside={"instance": instance})
    assert office.kiosk.statuses(envelope) == ["missing_attachments"]
    office.kiosk.upload(picture)
    return envelope


@dataclass(frozen=True)
class PagePath:
    """``user`` is who opens it; empty: nobody is signed in."""

    path: str
    user: str

    def __str__(self) -> str:
        return self.path


#: Whoever opens the pages of a rule: the first of these roles that it lets in.
_USERS = (
    (Role.OFFICER, OWN),
    (Role.ADMIN, "admin"),
    (Role.COMMAND, "pusat"),
    (Role.STAFF_MANAGER, "lapangan"),
    (Role.SUPERVISOR, "penyelia"),
)
#: Answers that are no pages, or that lead to another one.
NO_PAGES = {
    "/admin/drafts/{draft_id}/files",
    "/admin/drafts/{draft_id}/media/{name}",
    "/admin/drafts/{draft_id}/original",
    "/admin/services/{service_id}/files",
    "/admin/services/{service_id}/form",
    "/admin/services/{service_id}/media/{name}",
    "/admin/services/{service_id}/xform",
    "/audit/checkpoint.txt",
    "/fleet/kiosks/{kiosk_id}/visits/{visit_id}/photo",
    "/city.csv",
    "/complaints/export",
    "/favicon.ico",
    "/first",
    "/fleet/live",
    "/here",
    "/here/somebody",
    "/office/cases/{code}/documents/{sha256}",
    "/office/cases/{code}/masked/{sha256}",
    "/office/live",
    "/preferences",
    "/satisfaction/export",
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/sign-in/provider/out",
    "/t/",
}
#: Parts of pages, which are looked at within them.
FRAGMENTS = {
    "/fleet/map/sheet",
    "/admin/packs/arrival",
    "/fleet/board",
    "/fleet/enrol/arrived",
    "/fleet/kiosks/{kiosk_id}/live",
    "/late/rows",
    "/office/cases/{code}/changed",
    "/office/rows",
    "/wall/numbers",
}
#: The same page in another state.
STATES = (
    PagePath("/office?show=done", OWN),
    PagePath("/office?code=salah", OWN),
    PagePath("/fleet/kiosks/{waiting_id}", "admin"),
    PagePath("/office/cases/{complaint}", "kominfo"),
    PagePath("/nowhere", ""),
    PagePath("/t/{code}", OWN),
)


def every_page() -> list[PagePath]:
    """One for each GET of the pages, whoever adds it: as written, see ``PagePath.filled``."""
    found = []
    for (method, path), rule in sorted(rules().items()):
        if method == "GET" and path not in NO_PAGES | FRAGMENTS:
            roles = rule.roles
            user = "" if roles is None else next(user for role, user in _USERS if role in roles)
            found.append(PagePath(path, user))
    return [*found, *STATES]


def filled(path: str, members: dict[str, str]) -> str:
    """KeyError: a path with something in it that ``fill`` does not make yet."""
    return re.sub(r"\{(\w+)(?::path)?\}", lambda name: members[name[1]], path)
