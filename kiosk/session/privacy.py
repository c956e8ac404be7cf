"""Who may know who complains (SP4N-LAPOR: anonim, rahasia)."""

from enum import StrEnum


class Privacy(StrEnum):
    #: Nobody asks who it is, and nothing that tells is kept.
    ANONYMOUS = "anonymous"
    #: The citizen says who they are; only the officer who handles the complaint sees it.
    SECRET = "secret"

    @property
    def text_key(self) -> str:
        return f"complaint.privacy.{self.value}"
