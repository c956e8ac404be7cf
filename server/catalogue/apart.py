"""Opening what administrators upload in a child with limits, so that no file can harm the server that takes it.

One child opens all files of a draft and then converts its form. Where it dies or hangs, the file that it had begun is
refused by name, and another child goes on with the rest.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from forms.media import MediaKind, kind_of
from server.catalogue.media import name_problem, said
from server.catalogue.service_drafts import Problem, Severity

#: Seconds after which a child is ended, whatever it does. Its own limit of processor time comes first.
WALL_SECONDS: Final = 120.0
#: Children at the same time; further uploads wait.
AT_ONCE: Final = 2
#: After so many files that ended a child the rest is not opened any more.
DEATHS_MOST: Final = 3

_log = structlog.get_logger("server.catalogue.apart")


@dataclass(frozen=True)
class OpenedServiceDraft:
    """``xml`` is None where the form has errors; ``resources`` are the files that can be published with it."""

    xml: str | None
    resources: Mapping[str, bytes]
    problems: tuple[Problem, ...]


@dataclass
class _Progress:
    """What children have reported so far."""

    #: By file; None: nothing is wrong with it.
    settled: dict[str, Problem | None] = field(default_factory=dict)
    #: The step that was begun and not ended; None: between two, "": the form.
    begun: str | None = None
    form: dict[str, Any] | None = None

    def take(self, line: bytes) -> None:
        try:
            step = json.loads(line)
        except ValueError:
            return  # The child ended while it was telling this.
        if "begin" in step:
            self.begun = str(step["begin"])
        elif "end" in step:
            self.begun = None
            self.settled[str(step["end"])] = None if step["problem"] is None else read_problem(step["problem"])
        else:
            self.begun, self.form = None, dict(step)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(one for one in self.settled.values() if one is not None)


class Opener:
    """Any thread."""

    def __init__(self, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall_seconds = wall_seconds
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def draft(self, source: bytes, file_type: str, name: str, media: Mapping[str, bytes]) -> OpenedServiceDraft:
        """The form of a spreadsheet and the files beside it, each opened once; faults of both are problems."""
        progress = self._open(media, {"source": base64.b64encode(source).decode(), "type": file_type, "name": name})
        found = progress.form
        if found is None:
            return OpenedServiceDraft(None, {}, (*progress.problems, said("form", "")))
        reported = [read_problem(one) for one in found["problems"]]
        # A list that cannot be read is reported at the row that asks for it; once is enough.
        named = {one for one in media if any(f"“{one}”" in known.message for known in reported)}
        lists = {one for one in named if kind_of(one) is MediaKind.LIST}
        problems = [one for name, one in progress.settled.items() if one is not None and name not in lists]
        if found["xml"] is None:
            return OpenedServiceDraft(None, {}, (*reported, *problems))
        made = {one: base64.b64decode(text) for one, text in found["made"].items()}
        kept = {one: media[one] for one, problem in progress.settled.items() if problem is None}
        return OpenedServiceDraft(found["xml"], {**made, **kept}, (*reported, *problems))

    def problems(self, media: Mapping[str, bytes]) -> tuple[Problem, ...]:
        """What keeps files from being published; empty when nothing does."""
        found = self._open(media, {"source": None}).problems if media else ()
        return tuple(one for one in found if one.severity is Severity.ERROR)

    def _open(self, media: Mapping[str, bytes], request: Mapping[str, Any]) -> _Progress:
        progress = _Progress({one: found for one in media if (found := name_problem(one)) is not None})
        good = {one: data for one, data in media.items() if one not in progress.settled}
        deaths = 0
        with self._places:
            while not self._child(good, request, progress):
                died, progress.begun = progress.begun, None
                _log.warning("opening.died", file=died)
                if not died:
                    break  # The form itself, or before the first step: there is nothing to go on with.
                progress.settled[died] = said("opening", died)
                deaths += 1
                if deaths == DEATHS_MOST:
                    break
        for one in good:
            progress.settled.setdefault(one, said("opening", one))
        return progress

    def _child(self, media: Mapping[str, bytes], request: Mapping[str, Any], progress: _Progress) -> bool:
        """Whether it went to its end. What is settled is not opened again."""
        encoded = {one: base64.b64encode(data).decode() for one, data in media.items()}
        body = json.dumps({**request, "media": encoded, "settled": list(progress.settled)}).encode()
        # Without -B it would try to write what it compiled. It gets nothing of the server's surroundings: no keys.
        command = [sys.executable, "-B", "-m", "server.catalogue.apart_child"]
        surroundings = {"PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
        with tempfile.TemporaryDirectory(prefix="ekios-opening-") as room:
            surroundings["TMPDIR"] = room
            try:
                done = subprocess.run(
                    command, input=body, capture_output=True, env=surroundings, timeout=self._wall_seconds, check=False
                )
                output, ended = done.stdout, done.returncode == 0
            except subprocess.TimeoutExpired as error:
                output, ended = error.stdout or b"", False
        for line in output.splitlines():
            progress.take(line)
        return ended


def read_problem(members: Mapping[str, Any]) -> Problem:
    """A problem as it was stored."""
    return Problem(**{**members, "severity": Severity(members["severity"])})
