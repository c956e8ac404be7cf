"""Complaints: anonymous or secret (SP4N-LAPOR).

Of an anonymous one nothing that tells who it was is kept, whatever a kiosk sends. Of a secret one only the officer
who took it sees the identity, the form's group of answers that tell it, whatever the form made of those, and what nobody
can look through for it: pictures, and what the citizen wrote to the officer. Colleagues, supervisors and the search by NIK do
not.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from sqlalchemy import ColumnElement, literal_column

from forms import Form
from protocol.messages import Content
from protocol.packs import ServiceDescription
from server.foundation.actors import Actor
from server.storage import tables

if TYPE_CHECKING:
    from server.cases.states import CaseFile

ANONYMOUS: Final = "anonymous"
SECRET: Final = "secret"


def kept(content: Content, description: ServiceDescription) -> Content:
    """What the city keeps of a submission: of an anonymous one neither the identity nor the answers that reveal it."""
    if content.privacy != ANONYMOUS:
        return content
    group = description.identity_group
    instance = _blanked(content.instance, names=(group,)) if group else content.instance
    return content.model_copy(update={"identity": None, "instance": instance, "scanned": ()})


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
        instance = _blanked(content.instance)
    else:
        instance = _blanked(content.instance, paths=form.derived(group)) if group else content.instance
    messages = tuple(
        replace(one, text="", attachments=(), withheld=True) if one.direction != "ask" else one for one in file.messages
    )
    shown = content.model_copy(update={"identity": None, "instance": instance, "attachments": ()})
    return replace(file, content=shown, messages=messages, attachments=(), hidden=True)


def _blanked(instance: str, *, names: Collection[str] = (), paths: Collection[str] | None = None) -> str:
    """An instance without the texts of the elements of these names, of those at these paths, and of all below them.

    Without names and paths: without all texts.
    """
    root = etree.fromstring(
        instance.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    )
    everything = not names and paths is None
    plain = {_plain(path) for path in paths or ()}
    for element in root.iter(etree.Element):
        if everything or _name(element) in names or _path(element) in plain:
            for part in element.iter():
                part.text = part.tail = None
                part.attrib.clear()
    return etree.tostring(root, encoding="unicode")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _path(element: etree._Element) -> str:
    return "/".join(["", *(_name(one) for one in reversed([element, *element.iterancestors()]))])


def _plain(path: str) -> str:
    """A path without the prefixes of its names."""
    return "/".join(step.rpartition(":")[2] for step in path.split("/"))
