"""What is taken out of a filled form where its citizen must not be known by it; without a database, so that the keeper can."""

from collections.abc import Collection
from typing import Final

from lxml import etree

from protocol.messages import Content
from protocol.packs import ServiceDescription

ANONYMOUS: Final = "anonymous"
SECRET: Final = "secret"


def kept(content: Content, description: ServiceDescription) -> Content:
    """What the city keeps of a submission: of an anonymous one neither the identity nor the answers that reveal it."""
    if content.privacy != ANONYMOUS:
        return content
    group = description.identity_group
    instance = blanked(content.instance, names=(group,)) if group else content.instance
    return content.model_copy(update={"identity": None, "instance": instance, "scanned": ()})


def blanked(instance: str, *, names: Collection[str] = (), paths: Collection[str] | None = None) -> str:
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
