"""A draft of a service: a spreadsheet as it was uploaded, what came of it, and the description as far as it is filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from forms.comparison import Difference
from server.catalogue.pack_content import PackService


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """``sheet`` and ``row`` of the spreadsheet; for the service description, ``column`` names the member."""

    severity: Severity
    #: In English; ``texts`` has it in the languages of the back office.
    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: str) -> str:
        return self.texts.get(language) or self.message


class ServiceDraftOutcome(StrEnum):
    DONE = "DONE"
    NOT_FOUND = "NOT_FOUND"
    #: xlsx, csv or md.
    BAD_FILE_TYPE = "BAD_FILE_TYPE"
    TOO_LARGE = "TOO_LARGE"
    #: a-z, 0-9, '.', '_' and '-', at most 64.
    BAD_SERVICE_ID = "BAD_SERVICE_ID"
    #: Read the draft's problems.
    HAS_PROBLEMS = "HAS_PROBLEMS"
    #: It was published or discarded before.
    NOT_OPEN = "NOT_OPEN"
    NO_SUCH_RING = "NO_SUCH_RING"
    BAD_MEDIA = "BAD_MEDIA"
    #: Not in the future, or further away than a year.
    BAD_TIME = "BAD_TIME"
    #: The number of the form's version is that of the one in force, whose content differs.
    SAME_VERSION = "SAME_VERSION"


@dataclass(frozen=True)
class ServiceDraft:
    id: str
    service_id: str
    file_name: str
    description: Mapping[str, Any]
    form_xml: str | None
    resources: Mapping[str, bytes]
    problems: tuple[Problem, ...]
    state: str  # draft, scheduled, publishing, published, discarded
    created_by: str
    created_at: datetime
    updated_at: datetime
    published_pack: int | None
    #: When it is published by itself, or should have been.
    publish_at: datetime | None = None
    #: A name of ServiceDraftOutcome: what kept it from being published then.
    publish_problem: str = ""

    @property
    def sound(self) -> bool:
        """Nothing is wrong with it that keeps it from being published."""
        return all(one.severity is not Severity.ERROR for one in self.problems)

    @property
    def publishable(self) -> bool:
        return self.state == "draft" and self.sound


@dataclass(frozen=True)
class Changes:
    """What a draft changes in what is in force."""

    #: Named by the member of the description, with the language where it is a text.
    description: tuple[Difference, ...]
    form: tuple[Difference, ...]
    files: tuple[Difference, ...]

    def __bool__(self) -> bool:
        return bool(self.description or self.form or self.files)


@dataclass(frozen=True)
class TriedOut:
    """A service as only the kiosks of a ring have it."""

    ring: str
    pack: int
    service: PackService


@dataclass(frozen=True)
class ServiceDraftResult:
    outcome: ServiceDraftOutcome
    draft: ServiceDraft | None = None
    #: After publishing: the new pack.
    pack: int = 0

    @property
    def ok(self) -> bool:
        return self.outcome is ServiceDraftOutcome.DONE
