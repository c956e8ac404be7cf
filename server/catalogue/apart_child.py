"""The process that opens what administrators upload: JSON on its standard input, a line of JSON for each step on its output.

It bounds itself before it reads anything: memory, processor time, what it writes. Whatever opening does to it,
the server only sees that it ended, and which file it had begun. Started by ``server.catalogue.apart``.
"""

from runtime import seldom_garbage  # noqa: F401, before all that is imported below

# isort: split
import base64
import json
import resource
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

#: Addresses that the process may use, in bytes. Python and its libraries take some 300 MB of them.
MEMORY_BYTES: Final = 1_500_000_000
#: Seconds of processor time; 20,000 questions take some 25.
CPU_SECONDS: Final = 60
#: pyxform writes the form that it makes into a file.
WRITTEN_BYTES: Final = 64_000_000


def bounded() -> None:
    """Sets the limits of this process; none of them can be raised again."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def main() -> int:
    """0 when all steps were reported; anything else, also a signal, in the middle of the step that was begun last."""
    bounded()
    request = json.load(sys.stdin.buffer)
    media = {name: base64.b64decode(text) for name, text in request["media"].items()}
    try:
        for name in sorted(set(media) - set(request["settled"])):
            _open(name, media[name])
        if request["source"] is not None:
            _tell({"begin": ""})
            _convert(request, media)
    except MemoryError:
        return 3
    return 0


def _open(name: str, data: bytes) -> None:
    from server.catalogue.media import media_problem

    _tell({"begin": name})
    problem = media_problem(name, data)
    _tell({"end": name, "problem": None if problem is None else asdict(problem)})


def _convert(request: Mapping[str, Any], media: Mapping[str, bytes]) -> None:
    from server.catalogue.form_conversion import convert_form

    # Of pictures and sounds it only counts that they are there; a list that cannot be read is reported at its row.
    found = convert_form(base64.b64decode(request["source"]), request["type"], request["name"], media)
    made = {name: data for name, data in found.resources.items() if name not in media}
    _tell(
        {
            "xml": found.xml,
            "made": {name: base64.b64encode(data).decode() for name, data in made.items()},
            "problems": [asdict(one) for one in found.problems],
        }
    )


def _tell(step: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(step) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
