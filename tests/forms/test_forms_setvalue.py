"""What a ``setvalue`` sets where it has no value to set."""

import pytest

from tests.forms.form_kit import opened


@pytest.mark.parametrize(
    "setvalue",
    [
        '<setvalue event="xforms-value-changed" ref="/data/b" value=""/>',
        '<setvalue event="xforms-value-changed" ref="/data/b" value=" "/>',
        '<setvalue event="xforms-value-changed" ref="/data/b" value="">this is not it</setvalue>',
        '<setvalue event="xforms-value-changed" ref="/data/b"/>',
        '<setvalue event="xforms-value-changed" ref="/data/b"></setvalue>',
        """<setvalue event="xforms-value-changed" ref="/data/b" value="''"/>""",
    ],
)
def test_a_setvalue_without_a_value_takes_the_answer_away(setvalue: str) -> None:
    session = opened("<a/><b>before</b>", body=f'<input ref="/data/a">{setvalue}</input><input ref="/data/b"/>')
    assert session.set("/data/a", "1") == {"/data/a", "/data/b"}
    assert session.nodes["/data/b"].value == ""


def test_a_blank_setvalue_of_the_model_blanks_a_default() -> None:
    model = '<setvalue event="odk-instance-first-load" ref="/data/b" value=""/>'
    assert opened("<b>before</b>", body='<input ref="/data/b"/>', model=model).nodes["/data/b"].value == ""
