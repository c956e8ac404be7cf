"""Cases without HTTP: a kiosk that is enrolled, officers, and what they have done so far."""

from dataclasses import dataclass

from sqlalchemy import func, select

from protocol.messages import EnrolRequest, EnrolResponse
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
