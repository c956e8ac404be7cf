"""Complaints: anonymous or secret (SP4N-LAPOR).

Of an anonymous one nothing that tells who it was is kept, whatever a kiosk sends. Of a secret one only the officer
who took it sees the identity and the form's group of answers that tell it; colleagues, supervisors and the search by
NIK do not.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lxml import etree

from server.actors import Actor
from sync.protocol.messages import Content
from sync.protocol.packs import ServiceDocument

if TYPE_CHECKING:
    from server.case_states import CaseFile

ANONYMOUS: Final = "anonymous"
SECRET: Final = "secret"


def kept(content: Content) -> Content:
    """What the city keeps of a content: an anonymous one without identity."""
    return content.model_copy(update={"identity": None}) if content.privacy == ANONYMOUS else content


def searchable_nik(content: Content) -> str | None:
    """The NIK by which the case may be found, or None."""
    return content.identity.nik if content.identity is not None and not content.privacy else None


def shown_to(actor: Actor, file: "CaseFile") -> "CaseFile":
    """The case as ``actor`` may see it."""
    if file.row.privacy != SECRET or (file.row.officer_id is not None and file.row.officer_id == actor.id):
        return file
    return replace(file, content=without_identity(file.content, file.document), hidden=True)


def without_identity(content: Content, document: ServiceDocument) -> Content:
    """Without the NIK, and without the answers of the form's group that tells who it is."""
    instance = content.instance
    if document.identity_group:
        root = etree.fromstring(
            instance.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        )
        for element in [one for one in root.iter() if _name(one) == document.identity_group]:
            for answer in element.iter():
                answer.text = None
        instance = etree.tostring(root, encoding="unicode")
    return content.model_copy(update={"identity": None, "instance": instance})


def _name(element: object) -> str:
    tag = getattr(element, "tag", "")
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
