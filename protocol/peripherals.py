"""What devices answer when the kiosk asks them for something: how a slip ended, what was scanned, what the camera sees."""

from enum import StrEnum


class PrintOutcome(StrEnum):
    """What is known about a slip."""

    PRINTED = "PRINTED"
    PROBABLY_PRINTED = "PROBABLY_PRINTED"
    NOT_PRINTED = "NOT_PRINTED"
    UNKNOWN = "UNKNOWN"


class ScanKind(StrEnum):
    """What a scan was recognised as. Recognising is not trusting: signatures and check characters come later."""

    NIK_CARD = "NIK_CARD"
    SLIP = "SLIP"
    DOCUMENT_URL = "DOCUMENT_URL"
    STAFF_BADGE = "STAFF_BADGE"
    #: A QRIS code: for the app of a bank.
    PAYMENT = "PAYMENT"
    UNKNOWN = "UNKNOWN"


class CaptureKind(StrEnum):
    """What is to be photographed."""

    DOCUMENT = "DOCUMENT"
    PORTRAIT = "PORTRAIT"


class CaptureFault(StrEnum):
    """Why a photograph is not good enough."""

    TOO_DARK = "TOO_DARK"
    TOO_BLURRED = "TOO_BLURRED"
    GLARE = "GLARE"
    NO_FRAME = "NO_FRAME"
    #: No document lies there, or not the whole of it: an empty desk, a face, a sheet whose edges are outside.
    NO_SHEET = "NO_SHEET"
    NO_FACE = "NO_FACE"
    SEVERAL_FACES = "SEVERAL_FACES"
    #: Too far from the camera.
    FACE_TOO_SMALL = "FACE_TOO_SMALL"
    #: Too near, or not in the middle: a part of the photograph is outside of the picture.
    FACE_AT_EDGE = "FACE_AT_EDGE"
    #: Not looking at the camera.
    FACE_TURNED = "FACE_TURNED"


class Hint(StrEnum):
    """The one thing to tell somebody before the camera; READY: press the shutter."""

    NO_FRAME = "NO_FRAME"
    TOO_DARK = "TOO_DARK"
    NO_SHEET = "NO_SHEET"
    TOO_FAR = "TOO_FAR"
    NO_FACE = "NO_FACE"
    SEVERAL_FACES = "SEVERAL_FACES"
    FACE_AT_EDGE = "FACE_AT_EDGE"
    FACE_TURNED = "FACE_TURNED"
    HOLD_STILL = "HOLD_STILL"
    GLARE = "GLARE"
    TOO_BLURRED = "TOO_BLURRED"
    READY = "READY"


class StickOutcome(StrEnum):
    """What came of saving a file on a USB stick."""

    SAVED = "SAVED"
    NO_STICK = "NO_STICK"
    READ_ONLY = "READ_ONLY"
    #: Not formatted, or in a way that other computers do not read.
    WRONG_FORMAT = "WRONG_FORMAT"
    FULL = "FULL"
    PULLED_OUT = "PULLED_OUT"
    #: It failed in another way, or gave back other bytes than were written.
    FAULT = "FAULT"
