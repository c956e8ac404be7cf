"""What all messages of the line are made of."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[0-9A-HJKMNP-TV-Z]{12}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Short = Annotated[str, StringConstraints(max_length=200)]


class Message(BaseModel):
    """Frozen; unknown members are ignored, so that a newer peer may say more."""

    #: What checks a message is made when the first one comes: a kiosk starts without most of them.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class ServiceKind(StrEnum):
    SERVICE = "service"
    #: The citizen chooses first whether anybody may know who complains.
    COMPLAINT = "complaint"
