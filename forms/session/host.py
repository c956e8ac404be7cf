"""What expressions of an open form ask their surroundings for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from babel import Locale

from forms.definition.reader import FormDefinition
from forms.environment import Environment
from forms.languages import locale_of
from forms.xmltree import NodeKind, XmlNode
from forms.xpath import Work

if TYPE_CHECKING:
    from forms.session.recalculation import Recalculation


class SessionHost:
    """The host of all expressions of one session."""

    def __init__(self, form: FormDefinition, environment: Environment, engine: Recalculation) -> None:
        self._form = form
        self._environment = environment
        self._engine = engine
        self.root = XmlNode(NodeKind.DOCUMENT)
        self.work = Work()
        self.zone: tzinfo = environment.zone
        self.namespaces: Mapping[str, str] = form.namespaces
        self.simple_paths: dict[str, list[XmlNode]] | None = {}
        self.now = environment.now
        self.random = environment.random
        self.uuid = environment.uuid

    @property
    def locale(self) -> Locale:
        """Of the session's language; where that is not known, of the world's."""
        for name in (self._engine.texts.language, self._environment.language):
            found = None if name is None else locale_of(name)
            if found is not None:
                return found
        return Locale("en")

    def instance(self, name: str) -> XmlNode | None:
        """The secondary instance of a name."""
        source = self._form.instances.get(name)
        return None if source is None else source.node

    def translation(self, name: str) -> str | None:
        """The words of an identifier in the session's language."""
        from forms.xpath import Context

        found = self._engine.texts.translation(name)
        return None if found is None else self._engine.texts.fill(found.text, Context(self.root, self))

    def choice_label(self, node: XmlNode, value: str) -> str | None:
        """The label of a value among the choices of a question."""
        from forms.session.node import Node

        return self._engine.choices.label(node, value) if isinstance(node, Node) else None

    def device_property(self, name: str) -> str:
        """A property of the device or its user."""
        return self._environment.property(name)

    def moment(self) -> datetime:
        """Now, in the session's time zone."""
        return self._environment.now().astimezone(self.zone)
