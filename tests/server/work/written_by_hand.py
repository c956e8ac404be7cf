"""Looks through the server's source for what only a unit of work may do: write to the audit log or the feed, publish
hints, begin a transaction that writes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[3]

_WRITERS: Final = {
    "server.audit.audit.append": "audit",
    "server.foundation.feed.append": "feed",
    "server.foundation.feed.append_many": "feed",
    "server.foundation.feed.append_to_all": "feed",
    "server.storage.transactions.in_transaction": "transaction",
}
_TABLES: Final = {"audit_log": "audit", "audit_tree": "audit", "feed": "feed"}
_STATEMENTS: Final = {"insert", "update", "delete", "insert_new", "insert_all_new", "insert_or_replace"}
_SQL: Final = re.compile(r"\b(?:insert\s+into|update|delete\s+from)\s+(feed|audit_log|audit_tree)\b", re.IGNORECASE)

#: Where each is at home. The storage lays out the database and holds the transactions that units are made of.
AT_HOME: Final = {
    "server/work/unit_of_work.py": {"audit", "feed", "hint", "transaction"},
    "server/audit/audit.py": {"audit"},
    "server/foundation/bus.py": {"hint"},
    "server/foundation/feed.py": {"feed"},
    "server/storage/engine.py": {"transaction"},
    "server/storage/transactions.py": {"transaction"},
}


def found(source: str) -> list[tuple[int, str]]:
    """Lines, and what is written there by hand: ``audit``, ``feed``, ``hint`` or ``transaction``."""
    tree = ast.parse(source)
    names = dict(_names(tree))
    return sorted({(line, kind) for node in ast.walk(tree) for line, kind in _of(node, names)})


def _of(node: ast.AST, names: dict[str, str]) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for table in _SQL.findall(node.value):
            yield node.lineno, _TABLES[table.lower()]
    if isinstance(node, ast.ImportFrom):
        for one in node.names:
            if (kind := _WRITERS.get(f"{node.module}.{one.name}")) is not None:
                yield node.lineno, kind
    if isinstance(node, ast.Attribute):
        dotted = _dotted(node, names)
        if dotted in _WRITERS:
            yield node.lineno, _WRITERS[dotted]
        if node.attr in ("publish_now", "publish_all"):
            yield node.lineno, "hint"
        if node.attr == "begin" and _last(node.value).endswith("engine"):
            yield node.lineno, "transaction"
        if node.attr in _STATEMENTS and (kind := _table(node.value, names)) is not None:
            yield node.lineno, kind
    if isinstance(node, ast.Call) and _last(node.func) in _STATEMENTS:
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            if (kind := _table(argument, names)) is not None:
                yield node.lineno, kind


def _names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a name stands for: a module, something from one, or one of these by another name."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.ImportFrom):
            known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node):
                if isinstance(target, ast.Name) and (dotted := _dotted(value, known)).startswith("server."):
                    known[target.id] = dotted
    yield from known.items()


def _pairs(node: ast.Assign) -> Iterator[tuple[ast.expr, ast.expr]]:
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def _table(node: ast.expr, names: dict[str, str]) -> str | None:
    dotted = _dotted(node, names)
    return _TABLES.get(dotted.rpartition(".")[2]) if dotted.startswith("server.storage.tables.") else None


def _dotted(node: ast.expr, names: dict[str, str]) -> str:
    """``server.audit.audit.append``, whatever it is called here; "" for what is no name."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value, names)}.{node.attr}"
    return ""


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
