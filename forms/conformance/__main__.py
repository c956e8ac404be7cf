"""Measure the engine against recorded behaviour.

python -m forms.conformance xpath FILE.jsonl
python -m forms.conformance traces FOLDER [--by-specification]
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run what the arguments ask for. Gives 0 when all passed, 1 when something failed, 2 when asked wrongly."""
    by_specification = "--by-specification" in arguments
    arguments = [argument for argument in arguments if argument != "--by-specification"]
    if len(arguments) != 2 or arguments[0] not in ("xpath", "traces"):
        print(__doc__)
        return 2
    path = Path(arguments[1])
    if not path.exists():
        print(f"There is no {path}")
        return 2
    if arguments[0] == "xpath":
        from forms.conformance import xpath_cases

        return xpath_cases.run(path)
    from forms.conformance import traces

    return traces.run(path, by_specification=by_specification)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
