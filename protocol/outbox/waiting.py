"""Why something waits in a kiosk's outbox: the words that its staff screens, its heartbeats and the fleet's pages share."""

from enum import StrEnum


class WaitReason(StrEnum):
    #: It goes with the next batch.
    NEXT = "next"
    #: The server has the form; attachments are still being sent.
    ATTACHMENTS = "attachments"
    #: A quota of the kiosk, or of the citizen's NIK, is used up for a while.
    QUOTA = "quota"
    #: The server failed at it alone, or did not answer about it; it is tried again after a pause.
    LEFT_OUT = "left_out"
    #: The server refused it; it is tried again some times before it is parked.
    REFUSED_ONCE = "refused_once"
    #: The server cannot be reached, or fails at everything.
    NO_LINE = "no_line"
    #: The server asked for patience.
    SLOWED = "slowed"
    #: The office has not let the kiosk in yet.
    NOT_APPROVED = "not_approved"
    #: The server does not accept the kiosk's signature.
    NOT_KNOWN = "not_known"
    #: The kiosk was shut out.
    SHUT_OUT = "shut_out"
    #: The server no longer understands the kiosk's version.
    UPDATE = "update"
    #: Refused for good; a person has to look.
    PARKED = "parked"
