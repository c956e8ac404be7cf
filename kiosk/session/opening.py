"""A form is opened at this kiosk, in the citizen's language."""

import random
from uuid import uuid4
from zoneinfo import ZoneInfo

from forms import Environment, Form, FormSession
from kiosk.ports import Clock
from kiosk.session.form_language import form_language
from kiosk.session.identity import KioskIdentity
from protocol.languages import FALLBACK


def open_form(
    form: Form, *, identity: KioskIdentity, clock: Clock, language: str, instance: bytes | None
) -> FormSession:
    """Blank, or with the answers of ``instance``. Raises ValueError when they are not of this form."""
    environment = Environment(
        now=clock.now,
        random=random.SystemRandom().random,
        uuid=lambda: str(uuid4()),
        device_id=identity.kiosk_id,
        zone=ZoneInfo(identity.time_zone),
        # A form that tells no language of its own is written in the city's.
        language=FALLBACK,
    )
    return form.open(environment, instance=instance, language=form_language(form, language))
