"""Who this kiosk is: as it was enrolled, or by a one-time code."""

import logging
import platform
import socket

from program.settings import SOFTWARE, KioskSettings
from sync.enrolment import Enrolment, EnrolProblem, EnrolRefused, NotEnrolled, enrol, insecure, load, save

logger = logging.getLogger(__name__)


class EnrolmentFailed(RuntimeError):
    """The server did not take this kiosk in; the message says why."""


def enrolled(settings: KioskSettings, code: str = "") -> Enrolment:
    """Who this kiosk is; with a one-time ``code`` it asks the server to take it in. As the back office's QR has it, the
    server's address stands before the code. Raises NotEnrolled, EnrolmentBroken, EnrolmentFailed, and OSError when it cannot
    be kept."""
    named, _, code = code.strip().rpartition(" ")
    server = named.strip() or settings.server
    kept = load(settings.data)
    if kept is not None and not code:
        if problem := insecure(kept.server):
            raise NotEnrolled(f"this kiosk does not start: {problem}; enrol it anew with --enrol CODE")
        return kept
    if not code:
        raise NotEnrolled("this kiosk is not enrolled: make a one-time code in the back office, then --enrol CODE")
    answer = enrol(
        server, code, software=SOFTWARE, hardware={"host": socket.gethostname(), "machine": platform.machine()}
    )
    if isinstance(answer, EnrolRefused) and answer.problem is EnrolProblem.INSECURE:
        raise NotEnrolled(f"{'the QR code' if named else 'EKIOS_SERVER'}: {answer.detail}")
    if isinstance(answer, EnrolRefused):
        raise EnrolmentFailed(f"the server at {server} did not take this kiosk in: {answer.problem}, {answer.detail}")
    save(answer, settings.data)
    logger.info("enrolled as %s; it waits for its approval in the back office: %s", answer.name, answer.fingerprint)
    return answer
