"""What became of what the scanner read while a form was open."""

from enum import StrEnum


class ScanUse(StrEnum):
    """What became of what the scanner read."""

    TAKEN = "TAKEN"
    #: It was meant for a question of the page, whose field cannot hold it.
    UNFIT = "UNFIT"
    #: Nothing on the page asks for it.
    UNUSED = "UNUSED"

    @property
    def text_key(self) -> str:
        return f"form.scan.{self.lower()}"
