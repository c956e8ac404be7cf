"""Random forms, random steps in them, and the state of an open form as somebody sees it.

Every node has a rank, and what decides values and relevance reads only nodes of a lower rank, so that each form has one
state for its answers. Where nodes stand in the form has nothing to do with their rank.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from forms import FormSession, Kind, Node
from forms.session.node import RepeatNode
from tests.forms.form_kit import xform

VALUES = ("", "1", "2", "3")


@dataclass
class Part:
    """A node of a random form: ``kind`` is ``text``, ``select``, ``calculate``, ``group``, or ``repeat``."""

    name: str
    kind: str
    parent: "Part | None"
    rank: int
    children: list["Part"] = field(default_factory=list)

    @property
    def line(self) -> list["Part"]:
        """This node and all above it, the outermost first."""
        return [*(self.parent.line if self.parent else []), self]

    @property
    def path(self) -> str:
        return "/data" + "".join(f"/{part.name}" for part in self.line)

    @property
    def repeats(self) -> list["Part"]:
        return [part for part in self.line if part.kind == "repeat"]

    @property
    def is_leaf(self) -> bool:
        return self.kind not in ("group", "repeat")


class Writer:
    """Writes the XForm of some parts."""

    def __init__(self, chance: Random, parts: list[Part]) -> None:
        self.chance = chance
        self.parts = parts
        self.binds: list[str] = []
        self.lists: list[str] = []
        self.listed: set[str] = set()
        self.texts: dict[str, list[str]] = {"A": [], "B": []}

    def form(self) -> str:
        top = [part for part in self.parts if part.parent is None]
        instance, body = "".join(map(self.element, top)), "".join(map(self.control, top))
        translations = "".join(
            f'<translation lang="{language}">{"".join(texts)}</translation>' for language, texts in self.texts.items()
        )
        model = f"{''.join(self.lists)}<itext>{translations}</itext>"
        return xform(instance, "".join(self.binds), body, model)

    def element(self, part: Part) -> str:
        template = ' jr:template=""' if part.kind == "repeat" else ""
        inside = "".join(map(self.element, part.children))
        whole = f"<{part.name}>{inside}</{part.name}>"
        return f"<{part.name}{template}>{inside}</{part.name}>{whole}" if template else whole

    # --- expressions ----------------------------------------------------------------------------------------------

    def may(self) -> bool:
        return self.chance.random() < 0.5

    def index(self) -> int:
        return self.chance.randint(1, 2)

    def known(self, reader: Part, kinds: tuple[str, ...], rank: int) -> list[Part]:
        return [part for part in self.parts if part.kind in kinds and part.rank < rank and part is not reader]

    def way(self, reader: Part, target: Part) -> str:
        """A path from a reader to a target, as authors and converters write it."""
        shared = [one for one, other in zip(reader.line, target.line, strict=False) if one is other]
        rest = [part.name for part in target.line[len(shared) :]]
        relative = "/".join([*[".."] * (len(reader.line) - len(shared)), *rest])
        ways = [target.path, relative or ".", f"current()/{relative}" if relative else "current()"]
        if target.is_leaf and target.parent is not None and target.parent.kind == "repeat":
            ways += [f"{target.parent.path}[{self.index()}]/{target.name}"]
            ways += [f"{target.parent.path}[{target.name} != '']/{target.name}", f"//{target.name}"]
            if target.parent in reader.repeats:
                up = "/".join([".."] * (len(reader.line) - len(target.parent.line)))
                ways += [f"{up}/preceding-sibling::{target.parent.name}/{target.name}"]
        return self.chance.choice(ways)

    def value(self, reader: Part, rank: int) -> str:
        """An expression that is a value, and reads what has a lower rank."""
        leaves = self.known(reader, ("text", "select", "calculate"), rank)
        holders = self.known(reader, ("group", "repeat"), rank)
        makers: list[Callable[[], str]] = [lambda: f"'{self.chance.choice(VALUES)}'"]
        if leaves:
            leaf = self.chance.choice(leaves)
            makers += [
                lambda: self.way(reader, leaf),
                lambda: f"sum({self.way(reader, leaf)})",
                lambda: f"join(' ', {self.way(reader, leaf)})",
                lambda: f"count({self.way(reader, leaf)})",
                lambda: f"count-non-empty({self.way(reader, leaf)})",
                lambda: f"if({self.way(reader, leaf)} = '1', 'x', {self.way(reader, leaf)})",
            ]
            if leaf.repeats:
                indexes = "".join(f", {part.path}, {self.index()}" for part in leaf.repeats)
                makers += [lambda: f"indexed-repeat({leaf.path}{indexes})"]
            if leaf.name in self.listed:
                makers += [lambda: f"jr:itext('{leaf.name}-1')"]
            if leaf.kind == "select":
                makers += [lambda: f"jr:choice-name({self.way(reader, leaf)}, '{leaf.path}')"]
        if holders:
            holder = self.chance.choice(holders)
            makers += [lambda: f"count({self.way(reader, holder)})", lambda: f"boolean({self.way(reader, holder)})"]
            if all(part.rank < rank for part in self.parts if holder in part.line):
                makers += [lambda: f"string({holder.path})", lambda: f"count({holder.path}//*)"]
        if reader.repeats:
            up = "/".join([".."] * (len(reader.line) - len(reader.repeats[-1].line))) or "."
            if up != ".":
                makers += [lambda: f"position({up})", lambda: f"count({up}/../{reader.repeats[-1].name})"]
        return self.chance.choice(makers)()

    def condition(self, reader: Part, rank: int) -> str:
        relation = self.chance.choice(("=", "!=", "&gt;"))
        return f"{self.value(reader, rank)} {relation} '{self.chance.choice(VALUES)}'"

    def maybe(self, name: str, expression: Callable[[], str]) -> str:
        if not self.may():
            return ""
        text = expression().replace("'", "&apos;")
        return f" {name}='{text}'"

    # --- controls -------------------------------------------------------------------------------------------------

    def control(self, part: Part) -> str:
        anything = len(self.parts) + 1
        bind = self.maybe("relevant", lambda: self.condition(part, part.rank))
        if part.kind in ("text", "select"):
            bind += self.maybe("required", lambda: self.condition(part, anything))
            bind += self.maybe("readonly", lambda: self.condition(part, anything))
            bind += self.maybe("constraint", lambda: f". != {self.value(part, anything)}")
        elif part.kind == "calculate":
            bind += " calculate='{}'".format(self.value(part, part.rank).replace("'", "&apos;"))
        self.binds.append(f'<bind nodeset="{part.path}"{bind}/>')
        label = f'<label>{part.name} <output value="{self.value(part, anything)}"/></label>'
        if part.kind == "text":
            return f'<input ref="{part.path}">{label}</input>'
        if part.kind == "select":
            return f'<select1 ref="{part.path}">{label}{self.choices(part)}</select1>'
        inside = "".join(map(self.control, part.children))
        if part.kind == "group":
            return f'<group ref="{part.path}">{label}{inside}</group>'
        if part.kind == "repeat":
            count = self.maybe("jr:count", lambda: f"count-selected({self.value(part, part.rank)})")
            return f'<group ref="{part.path}">{label}<repeat nodeset="{part.path}"{count}>{inside}</repeat></group>'
        return ""

    def choices(self, part: Part) -> str:
        repeated = [leaf for leaf in self.known(part, ("text",), part.rank) if leaf.repeats]
        if repeated and self.may():
            leaf = self.chance.choice(repeated)
            holder = leaf.repeats[-1]
            own = leaf.path.removeprefix(f"{holder.path}/")
            nodes = f"{holder.path}[{own} != '']"
            return f'<itemset nodeset="{nodes}"><value ref="{own}"/><label ref="{own}"/></itemset>'
        filters = f"[name != {self.value(part, part.rank)}]" if self.may() else ""
        value = self.value(part, part.rank)
        if self.may():
            items = "".join(
                f'<item><label>{name} <output value="{value}"/></label><value>{name}</value></item>' for name in "123"
            )
            return items
        self.listed.add(part.name)
        rows = "".join(f"<item><itextId>{part.name}-{name}</itextId><name>{name}</name></item>" for name in "123")
        self.lists.append(f'<instance id="{part.name}"><root>{rows}</root></instance>')
        for language, texts in self.texts.items():
            texts.extend(
                f'<text id="{part.name}-{name}"><value>{language}{name} <output value="{value}"/></value></text>'
                for name in "123"
            )
        nodes = f"instance('{part.name}')/root/item{filters}"
        return f'<itemset nodeset="{nodes}"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset>'


def random_form(chance: Random, size: int) -> str:
    """The XML of a form of some ``size`` nodes, groups and repeats in each other, and everything that reads them."""
    parts: list[Part] = []
    for number in range(size):
        holders: list[Part | None] = [None, *(part for part in parts if not part.is_leaf and len(part.line) < 3)]
        kind = chance.choice(("text", "repeat", "calculate", "group", "select"))
        part = Part(f"n{number}", kind, chance.choice(holders), 0)
        parts.append(part)
        if part.parent is not None:
            part.parent.children.append(part)
    for part in [part for part in parts if not part.is_leaf and not part.children]:
        parts.append(Part(f"{part.name}t", "text", part, 0))
        part.children.append(parts[-1])
    waiting = list(parts)
    for rank in range(1, len(parts) + 1):
        part = chance.choice([part for part in waiting if part.parent not in waiting])
        part.rank = rank
        waiting.remove(part)
    return Writer(chance, parts).form()


# --- an open form -------------------------------------------------------------------------------------------------


def random_step(chance: Random, session: FormSession) -> tuple[str, str, str]:
    """What somebody may do next: what, where, and the value."""
    nodes = list(session.nodes.items())
    takers = [ref for ref, node in nodes if node.kind in (Kind.INPUT, Kind.SELECT1) and not node.readonly]
    growing = [ref for ref, node in nodes if node.can_add and len(node.children) < 3]
    leaving = [ref for ref, node in nodes if node.can_remove]
    steps = [("set", ref) for ref in takers] + [("add", ref) for ref in growing] + [("remove", ref) for ref in leaving]
    step, ref = chance.choice([*steps, ("language", "")])
    if step == "language":
        return step, "", chance.choice(session.form.languages)
    if step != "set":
        return step, ref, ""
    node = session.nodes[ref]
    offered = [choice.value for choice in node.choices] if node.kind is Kind.SELECT1 else VALUES
    return step, ref, chance.choice(["", *offered])


def take(session: FormSession, step: tuple[str, str, str]) -> frozenset[str] | None:
    """Take a step; gives what it says has changed, None where it says nothing."""
    kind, ref, value = step
    if kind == "set":
        return session.set(ref, value)
    if kind == "remove":
        return session.remove_repeat(ref)
    if kind == "add":
        session.add_repeat(ref)
    else:
        session.language = value
    return None


def state(session: FormSession, *, relevant: bool = False) -> dict[str, object]:
    """Everything that can be seen of each node, by reference; only of ``relevant`` ones on demand."""
    seen: dict[str, object] = {
        ref: (
            node.relevant,
            node.value,
            node.label,
            node.required,
            node.readonly,
            [(choice.value, choice.label) for choice in node.choices],
            node.violation,
        )
        for ref, node in session.nodes.items()
        if (node.relevant or not relevant) and not ref.startswith("/data/meta")
    }
    seen["pages"] = [(page.ref, page.group_label, [node.ref for node in page.nodes]) for page in session.pages()]
    return seen


def whole_instance(root: Node) -> bytes:
    """The instance with all answers, those that are not relevant included."""
    return f'<data id="test">{"".join(map(_whole, root.children))}</data>'.encode()


def _whole(node: Node) -> str:
    if isinstance(node, RepeatNode):
        return "".join(map(_whole, node.children))
    inside = node.answer if node.definition.is_leaf else "".join(map(_whole, node.children))
    return f"<{node.name}>{inside}</{node.name}>"


def loses_instances(session: FormSession) -> bool:
    """Whether sending leaves out some instances of a repeat, so that others move up."""
    repeats = (node for node in session.nodes.values() if isinstance(node, RepeatNode) and node.relevant)
    return any(not instance.relevant for repeat in repeats for instance in repeat.children)
