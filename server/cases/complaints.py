"""Complaints: anonymous or secret (SP4N-LAPOR).

Of an anonymous one nothing that tells who it was is kept, whatever a kiosk sends. Of a secret one only the officer
who took it sees the identity, the form's group of answers that tell it, whatever the form made of those, and what nobody
can look through for it: pictures, and what the citizen wrote to the officer. Colleagues, supervisors and the search by NIK do
not.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, literal_column

from forms import Form
from protocol.messages import Content
from server.cases.anonymity import ANONYMOUS as ANONYMOUS
from server.cases.anonymity import SECRET as SECRET
from server.cases.anonymity import blanked
from server.foundation.actors import Actor
from server.storage import tables

if TYPE_CHECKING:
    from server.cases.states import CaseFile


def searchable_nik(content: Content) -> str | None:
    """The NIK by which the case may be found, or None."""
    return content.identity.nik if content.identity is not None and not content.privacy else None


def findable() -> ColumnElement[bool]:
    """Cases that may be found by what stands in them, in SQL."""
    return tables.cases.c.privacy != SECRET


def secret() -> ColumnElement[bool]:
    """Secret ones, in the words of the index that holds them."""
    return tables.cases.c.privacy == literal_column(f"'{SECRET}'")


def may_see_who(actor: Actor, case: Any) -> bool:
    """Whether ``actor`` may see who sent ``case``, a row of ``cases`` that is in their scope."""
    return case.privacy != SECRET or (case.officer_id is not None and case.officer_id == actor.id)


def without_identity(file: "CaseFile", form: Form | None) -> "CaseFile":
    """The case without anything that reveals, or may reveal, who sent it. ``form`` None: without any answer."""
    group, content = file.description.identity_group, file.content
    if form is None:
        instance = blanked(content.instance)
    else:
        instance = blanked(content.instance, paths=form.derived(group)) if group else content.instance
    messages = tuple(
        replace(one, text="", attachments=(), withheld=True) if one.direction != "ask" else one for one in file.messages
    )
    shown = content.model_copy(update={"identity": None, "instance": instance, "attachments": ()})
    return replace(file, content=shown, messages=messages, attachments=(), hidden=True)
