"""The sample city of ``assets/services`` as a catalogue, straight from its text: for pictures, measurements and tests.

A kiosk in service gets its catalogue from a signed pack; nothing here is part of that way.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from forms import load_form
from forms.authoring import convert
from kiosk.catalogue.catalogue import Catalogue

_SOURCES: Final = ("service.toml", "form.md")


class SampleBroken(ValueError):
    """A file of the sample city cannot be used; the message names it."""


def read_sample_city(
    folder: Path, services: Iterable[str] | None = None, more: Mapping[str, bytes] | None = None
) -> Catalogue:
    """The catalogue of ``folder``; only some ``services`` when they are named, and those of the files ``more``.

    Raises SampleBroken.
    """
    return Catalogue.read(pack_files(folder, services, more))


def pack_files(
    folder: Path, services: Iterable[str] | None = None, more: Mapping[str, bytes] | None = None
) -> dict[str, bytes]:
    """The files of a pack with these services, by path; the forms are converted from their text. Raises SampleBroken."""
    city = _toml(folder / "city.toml")
    wanted = [name for name in city["services"] if services is None or name in services]
    files: dict[str, bytes] = {}
    for name in wanted:
        files |= _service(folder / name, city["agencies"])
    if more is not None:
        files |= more
        wanted += sorted({path.split("/")[1] for path in more})
    manifest = {
        "version": 1,
        "city": city["name"],
        "made_at": "2026-01-01T00:00:00Z",
        "services": wanted,
        "life_events": city.get("life_events", {}),
        "life_event_pictograms": city.get("life_event_pictograms", {}),
        "consent": city.get("consent", {}),
        "consent_version": str(city.get("consent_version", "1")),
    }
    files["pack.json"] = json.dumps(manifest).encode()
    return files


def _service(folder: Path, agencies: dict[str, Any]) -> dict[str, bytes]:
    document = _toml(folder / "service.toml")
    converted = convert((folder / "form.md").read_bytes(), "md", name=document["id"])
    if converted.xml is None:
        problems = "; ".join(problem.message for problem in converted.errors)
        raise SampleBroken(f"{folder.name}/form.md: {problems}")
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name not in _SOURCES}
    files |= converted.resources
    form = load_form(converted.xml, files)
    document |= {
        "agency": {"id": document["agency"], "name": agencies[document["agency"]]},
        "form_id": form.id,
        "form_version": form.version,
    }
    files |= {"service.json": json.dumps(document).encode(), "form.xml": converted.xml.encode()}
    return {f"services/{document['id']}/{name}": content for name, content in files.items()}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
