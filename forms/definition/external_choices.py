"""``select_one_external``: an input with a ``query``, whose choices stand in ``itemsets.csv`` beside the form.

ODK Collect offers the rows of that file whose ``list_name`` is the query's instance; each has a ``name``, and a ``label``
or one in each language (``label::English (en)``). Here such an input is a selection as any other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from forms.definition.instances import InstanceSource, Table, empty_instance, read_csv, table_instance
from forms.definition.model import Text, Translation
from forms.errors import Problem
from forms.limits import MAX_RESOURCE_BYTES
from forms.xmltree import XmlNode

FILE: Final = "itemsets.csv"
VALUE: Final = "name"
LABEL: Final = "label"
TEXT_ID: Final = "itextId"
"""The column that says which translation is a row's label."""

_INSTANCE = re.compile(r"""\s*instance\(\s*(?:'([^']*)'|"([^"]*)")\s*\)""")
_LIST_COLUMNS = ("list_name", "list name")


def queried_list(query: str) -> str | None:
    """The list that a query asks for; None where it asks for something else."""
    match = _INSTANCE.match(query)
    return None if match is None else match.group(1) or match.group(2)


def add_external_choices(
    lists: set[str],
    resources: Mapping[str, bytes],
    instances: dict[str, InstanceSource],
    translations: dict[str, dict[str, Translation]],
    problems: list[Problem],
    warnings: list[Problem],
) -> None:
    """Make an instance of each list that the form does not have itself, and translations of its labels."""
    wanted = lists - set(instances)
    if not wanted:
        return
    data = resources.get(FILE)
    if data is None:
        warnings.append(Problem("", f"The file “{FILE}” is missing; its list is empty."))
        instances.update((name, InstanceSource(FILE, _just(empty_instance(name)), missing=True)) for name in wanted)
        return
    try:
        if len(data) > MAX_RESOURCE_BYTES:
            raise ValueError(f"it has {len(data):,} bytes; at most {MAX_RESOURCE_BYTES:,} are read")
        tables = _by_list(read_csv(data), wanted, translations)
    except ValueError as error:
        parameters = (("detail", str(error)), ("file", FILE))
        problems.append(Problem("", f"The file “{FILE}” cannot be read: {error}", "file.list", parameters))
        return
    for name in wanted:
        instances[name] = InstanceSource(FILE, _building(name, tables[name]))


def _building(name: str, table: Table) -> Callable[[], XmlNode]:
    return lambda: table_instance(name, table)


def _just(node: XmlNode) -> Callable[[], XmlNode]:
    return lambda: node


def _by_list(whole: Table, wanted: set[str], translations: dict[str, dict[str, Translation]]) -> dict[str, Table]:
    place = next((whole.header.index(name) for name in _LIST_COLUMNS if name in whole.header), None)
    if place is None or VALUE not in whole.header:
        raise ValueError(f"it needs the columns “{_LIST_COLUMNS[0]}” and “{VALUE}”")
    parted = [name.partition("::") for name in whole.header]
    labels = {language.strip(): at for at, (base, _, language) in enumerate(parted) if base.strip() == LABEL}
    columns = [at for at, name in enumerate(whole.header) if name != LABEL]
    header = [*(whole.header[at] for at in columns), LABEL, TEXT_ID]
    rows: dict[str, list[list[str]]] = {name: [] for name in wanted}
    for number, row in enumerate(whole.rows):
        cells = [(cell or "").strip() for cell in row] + [""] * (len(whole.header) - len(row))
        if cells[place] not in rows:
            continue
        identifier = f"{FILE}:{number}"
        for language, texts in translations.items():
            words = cells[labels[language]] if language in labels else ""
            if words:
                texts[identifier] = Translation(Text((words,)), None, {}, {})
        words = next((cells[at] for _, at in sorted(labels.items()) if cells[at]), "")
        rows[cells[place]].append([*(cells[at] for at in columns), words, identifier])
    return {name: Table(header, found) for name, found in rows.items()}
