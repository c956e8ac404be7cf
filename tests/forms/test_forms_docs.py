"""The example of the documentation runs."""

import re
from pathlib import Path


def test_the_example_runs_as_it_is_written() -> None:
    text = (Path(__file__).parents[2] / "docs" / "forms.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example is not None
    exec(compile(example.group(1), "docs/forms.md", "exec"), {})
