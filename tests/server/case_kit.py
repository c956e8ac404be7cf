"""Cases without HTTP: a kiosk that is enrolled, officers, and what they have done so far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select, update

from protocol.messages import EnrolRequest, EnrolResponse
from protocol.packs import ServiceDescription
from server.deps import Deps
from server.foundation import feed
from server.foundation.actors import OPERATOR, Actor, Role
from server.storage import tables
from server.submissions.intake import Sender
from tests.server.kiosk_client import Attachment, TestKiosk
from tests.server.running import let_in

SERVICE = {"id": "surat", "form_id": "surat", "form_version": "1", "pack": "1"}


@dataclass
class Office:
    deps: Deps
    kiosk: TestKiosk

    def officer(self, user_name: str) -> Actor:
        officers = tables.officers.c
        with self.deps.engine.connect() as connection:
            row = connection.execute(select(tables.officers).where(officers.user_name == user_name)).one()
        return Actor(row.id, Role(row.role), row.agency_id)

    def case(self, *attachments: Attachment) -> str:
        """The code of a new case of the service ``surat``."""
        envelope = self.kiosk.envelope(SERVICE, attachments)
        self.take(envelope.item)
        return envelope.code

    def take(self, item: object) -> str:
        assert self.kiosk.enrolment is not None
        sender = Sender(self.kiosk.id, self.kiosk.enrolment.kiosk_part)
        return self.deps.intake.take(sender, [item]).answers[0].status.value

    def changed_service(self, **members: object) -> dict[str, str]:
        """The service ``surat`` as a new pack has it, with other ``members`` of its description."""
        content = self.deps.packs.content(1)
        surat = self.deps.packs.service(1, SERVICE["id"])
        assert content is not None and surat is not None
        described = ServiceDescription.model_validate({**surat.description.model_dump(), **members})
        published = self.deps.packs.publish(content.replacing(replace(surat, description=described)), OPERATOR)
        return {**SERVICE, "pack": str(published.number)}

    def case_of(self, service: Mapping[str, str]) -> str:
        envelope = self.kiosk.envelope(service)
        assert self.take(envelope.item) == "stored"
        return envelope.code

    def row(self, code: str) -> Row[Any]:
        with self.deps.engine.connect() as connection:
            return connection.execute(select(tables.cases).where(tables.cases.c.tracking_code == code)).one()

    def put(self, code: str, **columns: object) -> None:
        """Writes columns of the case as no action would."""
        with self.deps.engine.begin() as connection:
            connection.execute(update(tables.cases).where(tables.cases.c.tracking_code == code).values(**columns))

    def reword(self, code: str, note: str) -> None:
        """All that the office ever wrote to the case is this."""
        with self.deps.engine.begin() as connection:
            step = tables.case_steps
            connection.execute(update(step).where(step.c.tracking_code == code).values(note=note))

    def colleague(self, user_name: str, of: str) -> Actor:
        """One more officer of the agency and role of ``of``."""
        like = self.officer(of)
        assert like.role is not None
        self.deps.officers.add(OPERATOR, user_name, user_name, like.role.value, like.agency_id)
        return self.officer(user_name)

    def events(self) -> list[str]:
        with self.deps.engine.connect() as connection:
            page = feed.page(connection, self.kiosk.id, 0)
        return [event.data["state"] for event in page.events if event.type == "case"]

    def count(self, code: str) -> tuple[int, int]:
        """Steps of the case, and entries of the log about it."""
        with self.deps.engine.connect() as connection:
            steps = select(func.count()).where(tables.case_steps.c.tracking_code == code)
            entries = select(func.count()).where(tables.audit_log.c.object == f"case:{code}")
            return connection.execute(steps).scalar_one(), connection.execute(entries).scalar_one()


def enrolled_kiosk(deps: Deps, name: str = "Kios") -> TestKiosk:
    """Enrolled without a line."""
    kiosk = TestKiosk("http://nowhere")
    code = deps.enrolment.new_code(OPERATOR, name).code
    request = EnrolRequest.model_construct(code=code, public_key=kiosk.public_key, software="test", hardware={})
    answer = deps.enrolment.enrol(request, "10.0.0.1")
    assert isinstance(answer, EnrolResponse)
    kiosk.enrolment = answer
    let_in(deps, kiosk.id)
    return kiosk
