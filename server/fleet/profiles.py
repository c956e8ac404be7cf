"""What administrators may change of a kiosk after its enrolment: name, place, position, ring, and whose premises it stands in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, select, update

from protocol.line import kiosk_profile
from protocol.line.kiosk_profile import KioskProfile
from protocol.messages import FeedType
from server.catalogue.packs import RINGS
from server.fleet.enrolment import NAME_CHARACTERS
from server.fleet.kiosk_settings import feed_values
from server.foundation import bus
from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

#: Degrees, north and east.
LATITUDES: Final = (-90.0, 90.0)
LONGITUDES: Final = (-180.0, 180.0)


class ChangeOutcome(StrEnum):
    DONE = "DONE"
    #: It was so before.
    SAME = "SAME"
    #: Not approved yet, revoked, or never there.
    NO_SUCH_KIOSK = "NO_SUCH_KIOSK"
    BAD_NAME = "BAD_NAME"
    BAD_PLACE = "BAD_PLACE"
    BAD_POSITION = "BAD_POSITION"
    NO_SUCH_AGENCY = "NO_SUCH_AGENCY"


@dataclass(frozen=True)
class Profile:
    name: str
    place: str
    ring: str
    #: Empty: it is the city's own.
    agency_id: str = ""
    #: Degrees; both or neither.
    latitude: float | None = None
    longitude: float | None = None

    def values(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "place": self.place,
            "ring": self.ring,
            "agency_id": self.agency_id,
            "latitude": self.latitude,
            "longitude": self.longitude,
        }


def profile_of(kiosk: Row[Any]) -> Profile:
    return Profile(kiosk.name, kiosk.place, kiosk.ring, kiosk.agency_id, kiosk.latitude, kiosk.longitude)


class Profiles:
    def __init__(self, units: UnitsOfWork) -> None:
        self._units = units

    def change(self, actor: Actor, kiosk_id: str, new: Profile) -> ChangeOutcome:
        """The kiosk hears of another name or ring through its feed, and looks for the packs of that ring."""
        if problem := _problem(new):
            return problem
        kiosks = tables.kiosks
        with self._units.begin(actor) as work:
            row = work.connection.execute(
                select(kiosks).where(kiosks.c.id == kiosk_id, *tables.IN_FLEET).with_for_update()
            ).first()
            if row is None:
                return ChangeOutcome.NO_SUCH_KIOSK
            agencies = select(tables.agencies.c.id).where(tables.agencies.c.id == new.agency_id)
            if new.agency_id and work.connection.execute(agencies).first() is None:
                return ChangeOutcome.NO_SUCH_AGENCY
            before = profile_of(row).values()
            changed = {name: value for name, value in new.values().items() if before[name] != value}
            if not changed:
                return ChangeOutcome.SAME
            work.connection.execute(update(kiosks).where(kiosks.c.id == kiosk_id).values(**changed))
            if changed.keys() & {"name", "ring"}:
                told = KioskProfile.model_validate({"name": new.name, "ring": new.ring})
                values = feed_values(work.connection, kiosk_id) | {kiosk_profile.SETTING: told.model_dump(mode="json")}
                work.to_kiosk(kiosk_id, FeedType.SETTINGS, values)
            work.audit("kiosk.edit", f"kiosk:{kiosk_id}", {"was": {name: before[name] for name in changed}, **changed})
            work.hint(bus.FLEET, kiosk_id)
        return ChangeOutcome.DONE


def _problem(new: Profile) -> ChangeOutcome | None:
    if not new.name.strip() or len(new.name) > NAME_CHARACTERS or new.ring not in RINGS:
        return ChangeOutcome.BAD_NAME
    if len(new.place) > NAME_CHARACTERS:
        return ChangeOutcome.BAD_PLACE
    if new.latitude is None or new.longitude is None:
        return None if new.latitude is new.longitude else ChangeOutcome.BAD_POSITION
    within = LATITUDES[0] <= new.latitude <= LATITUDES[1] and LONGITUDES[0] <= new.longitude <= LONGITUDES[1]
    return None if within else ChangeOutcome.BAD_POSITION
