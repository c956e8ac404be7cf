"""XML to a form's definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.definition.body import BodyReader, resolve
from forms.definition.external_choices import add_external_choices
from forms.definition.formulas import Formulas
from forms.definition.instances import InstanceSource, read_instances
from forms.definition.model import Action, Bind, Control, Kind, NodeDefinition, Translation
from forms.definition.texts import read_message, read_translations
from forms.errors import FormError, Problem
from forms.limits import MAX_FORM_BYTES, MAX_FORM_NODES
from forms.xmltree import JAVAROSA, OPENROSA, PREFIXES, XFORMS, NodeKind, XmlError, XmlNode, parse_xml

DATA_TYPES = frozenset(
    {
        "barcode",
        "binary",
        "boolean",
        "date",
        "dateTime",
        "decimal",
        "geopoint",
        "geoshape",
        "geotrace",
        "int",
        "intent",
        "string",
        "time",
    }
)
_TYPE_ALIASES = {"integer": "int", "datetime": "dateTime", "double": "decimal", "float": "decimal", "long": "int"}
_KINDS = {
    "input": Kind.INPUT,
    "secret": Kind.INPUT,
    "select1": Kind.SELECT1,
    "select": Kind.SELECT,
    "rank": Kind.RANK,
    "range": Kind.RANGE,
    "trigger": Kind.TRIGGER,
    "upload": Kind.UPLOAD,
    "group": Kind.GROUP,
    "repeat": Kind.REPEAT,
}
FIRST_LOAD, LOAD, NEW_REPEAT, VALUE_CHANGED = (
    "odk-instance-first-load",
    "odk-instance-load",
    "odk-new-repeat",
    "xforms-value-changed",
)
_EVENTS = {
    FIRST_LOAD: FIRST_LOAD,
    "xforms-ready": FIRST_LOAD,
    LOAD: LOAD,
    NEW_REPEAT: NEW_REPEAT,
    "jr-insert": NEW_REPEAT,
    VALUE_CHANGED: VALUE_CHANGED,
}


@dataclass(slots=True)
class FormDefinition:
    """Everything that a form's XML says."""

    id: str
    version: str
    title: str
    root: NodeDefinition
    nodes: dict[str, NodeDefinition]
    body: list[Control]
    translations: dict[str, dict[str, Translation]]
    default_language: str | None
    instances: dict[str, InstanceSource]
    namespaces: dict[str, str]
    warnings: list[Problem] = field(default_factory=list)


def read_definition(xml: bytes | str, resources: Mapping[str, bytes], *, relative_binds: bool = True) -> FormDefinition:
    """Read a form. Raises :class:`FormError` with everything that is wrong with it.

    ``relative_binds`` is False to leave out binds whose nodeset is a relative path, as ODK Web Forms does.
    """
    try:
        document = parse_xml(xml, limit=MAX_FORM_BYTES)
    except XmlError as error:
        where = f"line {error.line}" if error.line else ""
        raise FormError((Problem(where, str(error)),)) from error
    return _DefinitionReader(document, resources, relative_binds).read()


class _DefinitionReader:
    def __init__(self, document: XmlNode, resources: Mapping[str, bytes], relative_binds: bool) -> None:
        self.document = document
        self.relative_binds = relative_binds
        self.resources = resources
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.formulas = Formulas(self.problems)
        self.nodes: dict[str, NodeDefinition] = {}

    def read(self) -> FormDefinition:
        html = self.document.elements[0]
        head, body = _only(html, "head"), _only(html, "body")
        model = None if head is None else _only(head, "model")
        if html.name != "html" or head is None or body is None or model is None:
            raise self._refused("This is not an XForm: it needs a head with a model, and a body.")
        instance = next((node for node in model.named("instance")), None)
        roots = [] if instance is None else instance.elements
        if not roots:
            raise self._refused("The form has no primary instance.")
        root_element = next((node for node in roots if node.attribute("id")), roots[0])
        form_id = root_element.attribute("id") or root_element.namespace or ""
        namespaces = _prefixes(root_element, self.document)
        binds = _BindReader(model, root_element, self.formulas, self.relative_binds)
        reader = BodyReader(self.formulas, self.problems, binds.ids, f"/{root_element.qualified_name}")
        controls = reader.read(body)
        _complete_meta(root_element, binds, self.document)
        translations, default = read_translations(model, self.formulas)
        root = self._node(root_element, None, reader.refs, binds)
        self._connect(reader)
        self._actions(model, reader)
        for path in binds.unused(self.nodes):
            self.warnings.append(Problem(path, "A bind is for a node that the form does not have."))
        self.warnings.extend(reader.unknown)
        instances = read_instances(model, self.resources, self.problems, self.warnings)
        add_external_choices(
            reader.external_lists, self.resources, instances, translations, self.problems, self.warnings
        )
        if self.problems:
            raise FormError(tuple(dict.fromkeys(self.problems)))
        title = _only(head, "title")
        return FormDefinition(
            id=form_id,
            version=root_element.attribute("version") or root_element.attribute("version", OPENROSA) or "",
            title=title.string_value().strip() if title is not None else form_id,
            root=root,
            nodes=self.nodes,
            body=controls,
            translations=translations,
            default_language=default,
            instances=instances,
            namespaces=namespaces,
            warnings=self.warnings,
        )

    def _refused(self, message: str) -> FormError:
        return FormError((Problem("", message),))

    def _node(
        self, element: XmlNode, parent: NodeDefinition | None, refs: Mapping[str, Control], binds: _BindReader
    ) -> NodeDefinition:
        if len(self.nodes) >= MAX_FORM_NODES:
            raise self._refused(f"The form has more than {MAX_FORM_NODES:,} nodes.")
        node = NodeDefinition(element, parent, len(self.nodes))
        self.nodes[node.path] = node
        node.bind = binds.get(node.path)
        node.control = refs.get(node.path)
        if node.control is not None:
            node.control.definition = node
            node.kind = _KINDS[node.control.tag]
        elif not node.is_leaf or parent is None:
            node.kind = Kind.GROUP
        if node.is_leaf and node.kind is Kind.GROUP and parent is not None:
            # An empty group holds nothing but its (blank) text.
            node.kind = Kind.GROUP if node.control is not None else Kind.MODEL_VALUE
        if not node.is_leaf and node.kind not in (Kind.GROUP, Kind.REPEAT):
            self.problems.append(Problem(node.path, "A question cannot hold other nodes."))
        _finish_kind(node)
        self._attributes(node, binds)
        if not element.elements:
            return node
        children: list[NodeDefinition] = []
        by_name: dict[str, list[NodeDefinition]] = {}
        node.children, node.children_by_name = children, by_name
        groups: dict[str, list[XmlNode]] = {}
        for child in element.elements:
            groups.setdefault(child.qualified_name, []).append(child)
        for name, elements in groups.items():
            path = f"{node.path}/{name}"
            control = refs.get(path)
            if control is not None and control.tag == "repeat":
                definition = self._repeat(elements, node, refs, binds)
            else:
                if len(elements) > 1:
                    self.problems.append(Problem(path, "The node is there more than once, but it is no repeat."))
                definition = self._node(elements[0], node, refs, binds)
            definition.place = len(children)
            children.append(definition)
            by_name.setdefault(definition.local_name, []).append(definition)
        return node

    def _attributes(self, node: NodeDefinition, binds: _BindReader) -> None:
        """Attributes that are computed: the others stay as they are written."""
        for attribute in node.element.attributes:
            path = f"{node.path}/@{attribute.qualified_name}"
            if path in binds.binds or path in binds.set_refs:
                definition = NodeDefinition(attribute, node, len(self.nodes))
                definition.bind = binds.get(path)
                definition.default = attribute.text
                self.nodes[path] = definition
                node.attributes = (*node.attributes, definition)

    def _repeat(
        self, elements: list[XmlNode], parent: NodeDefinition, refs: Mapping[str, Control], binds: _BindReader
    ) -> NodeDefinition:
        template = next((element for element in elements if _is_template(element)), None)
        instances = [element for element in elements if not _is_template(element)]
        definition = self._node(template or _blank(elements[0]), parent, refs, binds)
        definition.is_repeat = True
        definition.is_leaf = False
        definition.template = template or definition.element
        definition.instances = instances
        for node in definition.walk():
            node.repeats = (*parent.repeats, definition, *node.repeats[len(parent.repeats) :])
        control = definition.control
        count = control.attributes.get("count") if control is not None else None
        fixed = control.attributes.get("noAddRemove", "") if control is not None else ""
        if count is None and fixed.replace(" ", "") == "true()":
            count = str(max(len(instances), 1))
        if count is not None:
            definition.count = self.formulas.read(count, definition.path, "number of repetitions")
        return definition

    def _connect(self, reader: BodyReader) -> None:
        for ref, control in reader.order:
            if control.definition is None and ref is not None:
                control.definition = self.nodes.get(ref)
                if control.definition is None:
                    self.warnings.append(Problem(ref, f"A “{control.tag}” is for a node that the form does not have."))

    def _actions(self, model: XmlNode, reader: BodyReader) -> None:
        found: list[tuple[XmlNode, str | None]] = [(element, None) for element in model.named("setvalue")]
        for ref, element in reader.elements:
            found.extend((child, ref) for child in element.named("setvalue"))
            if element.named("setgeopoint"):
                self.warnings.append(Problem(ref, "The position of the device is not recorded."))
        if model.named("setgeopoint"):
            self.warnings.append(Problem("", "The position of the device is not recorded."))
        if model.named("recordaudio"):
            self.warnings.append(Problem("", "Sound is not recorded in the background."))
        for element, source_ref in found:
            self._action(element, source_ref, reader)

    def _action(self, element: XmlNode, source_ref: str | None, reader: BodyReader) -> None:
        ref = element.attribute("ref") or reader.bind_ids.get(element.attribute("bind") or "")
        target = None if ref is None else self.nodes.get(resolve(source_ref or reader.root, ref))
        if target is None:
            self.warnings.append(Problem(ref or "", "A setvalue is for a node that the form does not have."))
            return
        names = (element.attribute("event") or "").split()
        events = frozenset(_EVENTS[name] for name in names if name in _EVENTS)
        if len(events) < len(set(names)):
            self.warnings.append(Problem(target.path, f"Of the events “{' '.join(names)}” not all are known."))
        source = element.attribute("value")
        value = self.formulas.read(source, target.path, "value to set") if source and source.strip() else None
        # An attribute that is there counts, blank or not, before what the element holds (XForms 1.1, section 10.2).
        literal = element.string_value() if source is None else ""
        origin = None if source_ref is None else self.nodes.get(source_ref)
        chosen = (
            self.formulas.read(ref or "", target.path, "target of the value to set") if "[" in (ref or "") else None
        )
        action = Action(target, events, value, literal, origin, chosen)
        if VALUE_CHANGED in events and origin is not None:
            origin.actions = (*origin.actions, action)
        if events - {VALUE_CHANGED}:
            target.actions = (*target.actions, action)


class _BindReader:
    def __init__(self, model: XmlNode, root: XmlNode, formulas: Formulas, relative: bool) -> None:
        self.formulas = formulas
        self.root = f"/{root.qualified_name}"
        self.ids: dict[str, str] = {}
        self.binds: dict[str, Bind] = {}
        for element in model.named("bind"):
            nodeset = element.attribute("nodeset") or element.attribute("ref")
            if nodeset is None or not (relative or nodeset.strip().startswith("/")):
                continue
            path = resolve(self.root, nodeset)
            self.binds[path] = self._read(element, path)
            identifier = element.attribute("id")
            if identifier:
                self.ids[identifier] = path
        self.set_refs = {
            resolve(self.root, ref)
            for node in model.walk()
            if node.name == "setvalue" and (ref := node.attribute("ref"))
        }

    def get(self, path: str) -> Bind:
        return self.binds.get(path) or Bind()

    def unused(self, nodes: Mapping[str, NodeDefinition]) -> list[str]:
        return [path for path in self.binds if path not in nodes]

    def _read(self, element: XmlNode, path: str) -> Bind:
        bind = Bind()
        for attribute in element.attributes:
            self._attribute(bind, attribute, path)
        return bind

    def _attribute(self, bind: Bind, attribute: XmlNode, path: str) -> None:
        name, value, namespace = attribute.name, attribute.text, attribute.namespace
        if namespace is None:
            if name == "type":
                bind.declared_type = value
                bind.data_type = _data_type(value)
            elif name in ("calculate", "relevant", "readonly", "required", "constraint"):
                if value.strip():
                    setattr(bind, name, self.formulas.read(value, path, name))
            elif name not in ("nodeset", "ref", "id"):
                bind.attributes = {**bind.attributes, name: value}
        elif namespace == JAVAROSA and name == "constraintMsg":
            bind.constraint_message = read_message(value, self.formulas, path, "constraint message")
        elif namespace == JAVAROSA and name == "requiredMsg":
            bind.required_message = read_message(value, self.formulas, path, "required message")
        elif namespace == JAVAROSA and name == "preload":
            bind.preload = value
        elif namespace == JAVAROSA and name == "preloadParams":
            bind.preload_parameter = value
        else:
            bind.attributes = {**bind.attributes, attribute.qualified_name: value}


def _only(parent: XmlNode, name: str) -> XmlNode | None:
    return next(iter(parent.named(name)), None)


def _data_type(declared: str) -> str:
    local = declared.rpartition(":")[2]
    return local if local in DATA_TYPES else _TYPE_ALIASES.get(local, "string")


def _finish_kind(node: NodeDefinition) -> None:
    bind = node.bind
    if node.kind is Kind.UPLOAD and bind.declared_type is None:
        bind.data_type = "binary"
    control = node.control
    shown = control is not None and (control.label is not None or control.hint is not None)
    if node.kind is Kind.INPUT and shown and bind.readonly is not None and bind.readonly.constant is True:
        node.kind = Kind.NOTE


def _is_template(element: XmlNode) -> bool:
    return any(attribute.name == "template" and attribute.namespace == JAVAROSA for attribute in element.attributes)


def _blank(element: XmlNode) -> XmlNode:
    """A copy of the structure without the values: what a repeat without template makes new instances from."""
    copy = XmlNode(NodeKind.ELEMENT, element.name, element.namespace, element.prefix, up=element.up)
    copy.attributes = element.attributes
    copy.elements = [_blank(child) for child in element.elements]
    for child in copy.elements:
        child.up = copy
    return copy


def _prefixes(root: XmlNode, document: XmlNode) -> dict[str, str]:
    prefixes = {**PREFIXES, **{known.name: known.text for known in document.attributes if known.name}}
    for node in root.walk():
        for named in (node, *node.attributes):
            if named.prefix and named.namespace:
                prefixes.setdefault(named.prefix, named.namespace)
    return prefixes


def _complete_meta(root: XmlNode, binds: _BindReader, document: XmlNode) -> None:
    """Every instance has an identity: add ``meta/instanceID`` where the form has none."""
    prefix = next((known.name for known in document.attributes if known.text == OPENROSA and known.name), None)
    meta = next(
        (node for node in root.named("meta") if node.namespace in (OPENROSA, XFORMS, None, root.namespace)), None
    )
    if meta is None:
        meta = XmlNode(NodeKind.ELEMENT, "meta", OPENROSA if prefix else root.namespace, prefix, up=root)
        root.elements = [*root.elements, meta]
        root.by_name = None
    if any(node.name == "instanceID" for node in meta.elements):
        return
    identity = XmlNode(NodeKind.ELEMENT, "instanceID", meta.namespace, meta.prefix, up=meta)
    meta.elements = [*meta.elements, identity]
    meta.text = ""
    path = f"/{root.qualified_name}/{meta.qualified_name}/{identity.qualified_name}"
    binds.binds.setdefault(path, Bind(preload="uid"))
