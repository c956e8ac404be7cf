"""A form: read once, opened as often as it is filled."""

from __future__ import annotations

from collections.abc import Mapping

from forms.bulk import LARGE_FORM_BYTES, LARGE_FORM_NODES, collector_paused
from forms.definition.asked import read_asked
from forms.definition.derivation import derived
from forms.definition.graph import build_graph
from forms.definition.model import Formula
from forms.definition.reader import FormDefinition, read_definition
from forms.environment import Environment
from forms.errors import FormError, Problem
from forms.limits import MAX_INSTANCE_BYTES
from forms.session.checking import check_instance
from forms.session.node import Violation
from forms.session.reading import Reading
from forms.session.sent import SentInstance
from forms.session.session import FormSession
from forms.xmltree import XmlError, XmlNode, parse_xml
from forms.xpath.indexes import indexed_columns


class Form:
    """An XForm that can be opened. Get one from :func:`load_form`; it can be shared between threads."""

    def __init__(self, definition: FormDefinition) -> None:
        problems: list[Problem] = []
        self.definition = definition
        self.graph = build_graph(definition, problems)
        if problems:
            raise FormError(tuple(problems))
        self._index_lists()

    def _index_lists(self) -> None:
        """Index what choice filters ask files for now, so that the first answer does not wait for it."""
        for node in self.definition.nodes.values():
            itemset = None if node.control is None else node.control.itemset
            for name, item, column in [] if itemset is None else indexed_columns(itemset.nodes.syntax):
                source = self.definition.instances.get(name)
                for root in source.node.elements if source is not None and source.name else ():
                    root.lookup_count(item, column, "")

    @property
    def id(self) -> str:
        """The form's identifier."""
        return self.definition.id

    @property
    def version(self) -> str:
        """The form's version; blank where it has none."""
        return self.definition.version

    @property
    def title(self) -> str:
        """The form's title."""
        return self.definition.title

    @property
    def languages(self) -> tuple[str, ...]:
        """The names of its languages, as in the form; empty where it has no translations."""
        return tuple(self.definition.translations)

    @property
    def default_language(self) -> str | None:
        """The language it opens in; None where it has no translations."""
        return self.definition.default_language

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What is not kept of the form, and what is missing beside it."""
        return tuple(self.definition.warnings)

    @property
    def missing_resources(self) -> tuple[str, ...]:
        """File names of external lists that were not given; they are empty."""
        sources = self.definition.instances.values()
        return tuple(dict.fromkeys(source.name for source in sources if source.missing))

    def open(
        self, environment: Environment | None = None, *, instance: bytes | None = None, language: str | None = None
    ) -> FormSession:
        """Open the form: blank, or with the answers of ``instance``.

        Raises ValueError where the instance is not XML or not of this form, or the language is not the form's.
        """
        source = None if instance is None else self.read_instance(instance)
        with collector_paused(when=len(self.definition.nodes) >= LARGE_FORM_NODES):
            session = FormSession(self, environment or Environment(), source)
        if language is not None:
            session.language = language
        return session

    def read_instance(self, instance: bytes) -> XmlNode:
        """The root of an instance of this form. Raises ValueError."""
        try:
            document = parse_xml(instance, limit=MAX_INSTANCE_BYTES)
        except XmlError as error:
            raise ValueError(str(error)) from error
        root = document.elements[0]
        if root.name != self.definition.root.local_name:
            raise ValueError(f"This is not an instance of the form “{self.id}”")
        found = root.attribute("id")
        if found is not None and found != self.id:
            raise ValueError(f"This is an instance of the form “{found}”, not of “{self.id}”")
        return root

    def read(self, instance: bytes, environment: Environment | None = None, *, language: str | None = None) -> Reading:
        """What a filled instance holds, as it was sent: nothing is computed anew, nothing is left out.

        ``environment`` is the world it was filled in, for words that tell a time. Raises ValueError as :meth:`open`.
        """
        source = self.read_instance(instance)
        self._check_language(language)
        return Reading(SentInstance(self, source, environment or Environment(), language))

    def check(
        self, instance: bytes, environment: Environment | None = None, *, language: str | None = None
    ) -> tuple[Violation, ...]:
        """What is wrong with a filled instance; empty when nothing is.

        The form's rules are evaluated over the instance as it was sent. Besides broken constraints and missing answers
        this finds values that cannot be of their type or among their choices, calculations that were altered (not where
        a person may edit them), answers to what was not to be asked, and nodes that the form does not have.

        ``environment`` should be the world it was filled in (its clock stands at the time it was finished), ``language``
        the one it was filled in, which calculations may tell. Raises ValueError as :meth:`open`.
        """
        source = self.read_instance(instance)
        self._check_language(language)
        return check_instance(self, source, environment or Environment(), language)

    def formula(self, source: str) -> Formula:
        """An expression about a filled form, which names its questions as ``${name}``; see :meth:`FormSession.number`.

        Raises :class:`FormError`: it cannot be read, or names what the form does not have once.
        """
        return read_asked(self.definition, source)

    def derived(self, name: str) -> frozenset[str]:
        """Paths (without positions) of all nodes named ``name``, of what they hold, and of whatever follows from them."""
        return derived(self.definition, self.graph, name)

    def _check_language(self, language: str | None) -> None:
        if language is not None and language not in self.languages:
            raise ValueError(f"The form is not translated to “{language}”")

    def __repr__(self) -> str:
        return f"<Form {self.id} {self.version}>"


def load_form(xml: bytes | str, resources: Mapping[str, bytes] | None = None) -> Form:
    """Read an XForm. ``resources`` holds external lists by file name (``villages.csv``, ``.xml``, ``.geojson``).

    Raises :class:`FormError`, whose ``problems`` name everything that is wrong: expressions that cannot be read,
    functions that do not exist, calculations that depend on each other in a circle.
    """
    with collector_paused(when=len(xml) >= LARGE_FORM_BYTES):
        return Form(read_definition(xml, resources or {}))
