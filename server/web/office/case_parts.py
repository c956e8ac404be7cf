"""Parts of a case's page: its pictures, its stages, what is to be said of its fee and of who sent it."""

from collections.abc import Mapping, Sequence
from typing import Any

from forms import Reading
from server.cases.states import CaseFile
from server.foundation.texts import citizens_text
from server.submissions.pictures import PICTURES
from server.web.frame.visitor import Visitor


def is_answered(file: CaseFile, nik: str, reading: Reading | None) -> bool:
    """Whether the form's own question holds the very number that the citizen was known by."""
    asked = file.description.nik_question
    if reading is None or not asked:
        return False
    return any(entry.value == nik for entry in reading.walk() if asked in (entry.ref, entry.name))


def fee_problem(visitor: Visitor, file: CaseFile) -> str:
    """What an officer must know of the fee: the slip says another amount, or nobody has worked it out yet."""
    printed, stands = file.content.fee_rupiah, file.row.fee_rupiah
    if printed is not None and stands is not None and printed != stands:
        amounts = {"printed": visitor.formatting.rupiah(printed), "amount": visitor.formatting.rupiah(stands)}
        return visitor.say("case.fee.differs", **amounts)
    return visitor.say("case.fee.unknown") if stands is None and file.description.standard.fee_rule else ""


def stages_of(file: CaseFile, language: str) -> list[dict[str, str]]:
    ids = [stage.id for stage in file.description.stages]
    now = ids.index(file.row.stage) if file.row.stage in ids else 0
    return [
        {
            "name": citizens_text(stage.name, language),
            "when": "past" if place < now else "now" if place == now else "ahead",
        }
        for place, stage in enumerate(file.description.stages)
    ]


def pictures_of(file: CaseFile, labels: Mapping[str, str], shown: str) -> Sequence[dict[str, Any]]:
    """``shown``: what links carry where a reason was given; else pictures are masked."""
    own = list(file.attachments)
    answered = [one for message in file.messages for one in message.attachments]
    case, carried = f"/office/cases/{file.row.tracking_code}", f"?shown={shown}" if shown else ""
    return [
        {
            "path": f"{case}/pictures/{one.sha256}{carried}",
            "source": f"{case}/documents/{one.sha256}{carried}" if shown else f"{case}/masked/{one.sha256}",
            "label": labels.get(one.name, one.name),
            "there": one.complete,
            "is_image": one.media_type in PICTURES,
        }
        for one in (*own, *answered)
    ]
