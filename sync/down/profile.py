"""What the office calls this kiosk now, and its ring: as the enrolment said, until the feed brought something else."""

from typing import Final

from pydantic import ValidationError

from kiosk.store import Store
from protocol.line.kiosk_profile import KioskProfile

_MARK: Final = "profile"


def keep(store: Store, profile: KioskProfile) -> None:
    """Joins the caller's transaction."""
    store.marks.set(_MARK, profile.model_dump(mode="json"))


def kept(store: Store) -> KioskProfile | None:
    """What the feed brought last; None when it never did."""
    try:
        return KioskProfile.model_validate(store.marks.get(_MARK))
    except ValidationError:
        return None
