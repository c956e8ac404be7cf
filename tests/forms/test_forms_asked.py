"""Expressions that are asked of a filled form, such as what a service costs."""

import math

import pytest

from forms import FormError
from forms.limits import MAX_WORK
from tests.forms.form_kit import load, opened

FIELDS = '<area/><days/><tax/><name/><piece jr:template=""><price/></piece>'
BINDS = (
    '<bind nodeset="/data/area" type="decimal"/><bind nodeset="/data/days" type="int"/>'
    '<bind nodeset="/data/tax" type="int" calculate="round(/data/area * /data/days * 625)"/>'
    '<bind nodeset="/data/piece/price" type="int"/>'
)
BODY = (
    '<input ref="/data/area"/><input ref="/data/days"/><input ref="/data/name"/>'
    '<group ref="/data/piece"><repeat nodeset="/data/piece"><input ref="/data/piece/price"/></repeat></group>'
)


def test_an_expression_names_questions_as_a_spreadsheet_does() -> None:
    session = opened(FIELDS, BINDS, BODY)
    fee = session.form.formula("50000 + ${ tax }")
    assert math.isnan(session.number(fee))
    session.set("/data/area", "2.5")
    session.set("/data/days", "3")
    assert session.number(fee) == 50_000 + 4_688
    assert session.number(session.form.formula("if(${days} > 2, ${area} * 100, 0)")) == 250


def test_a_sum_goes_over_all_instances_of_a_repeat() -> None:
    session = opened(FIELDS, BINDS, BODY)
    instances = [session.add_repeat("/data/piece") for _ in range(2)]
    for place, price in enumerate(("1000", "250")):
        session.set(f"{instances[place]}/price", price)
    prices = session.form.formula("sum(${price})")
    assert session.number(prices) == 1250
    session.remove_repeat(instances[0])
    assert session.number(prices) == 250


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("${nobody} * 2", "no question called “nobody”"),
        ("${area} *", "cannot be read"),
        ("price(${area})", "no function “price"),
        ("round()", "does not take 0 arguments"),
    ],
)
def test_what_an_expression_cannot_be_is_reported(source: str, said: str) -> None:
    with pytest.raises(FormError, match=said.replace("(", "\\(")):
        load(FIELDS, BINDS, BODY).formula(source)


def test_a_name_that_two_questions_have_is_none() -> None:
    form = load("<a><price/></a><b><price/></b>")
    with pytest.raises(FormError, match="more than one question called “price”"):
        form.formula("${price}")


def test_what_cannot_be_computed_is_no_number() -> None:
    session = opened(FIELDS, BINDS, BODY)
    session.set("/data/name", "Siti")
    assert math.isnan(session.number(session.form.formula("${name} * 2")))
    assert math.isnan(session.number(session.form.formula("number(instance('nothing')/root/item)")))


def test_an_expression_has_the_same_bound_as_those_of_a_form() -> None:
    session = opened("".join(f"<q{number}/>" for number in range(400)))
    deep = session.form.formula("count(//*[count(//*[count(//*) > 0]) > 0])")
    assert MAX_WORK < 400**3
    assert math.isnan(session.number(deep))
    assert session.number(session.form.formula("count(//*)")) == 403
