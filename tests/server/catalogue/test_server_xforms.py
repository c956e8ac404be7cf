"""Forms that come as XForms: converted elsewhere, or downloaded here."""

import pytest

from server.catalogue.comparison import of_files
from server.catalogue.form_conversion import convert_form
from server.catalogue.service_drafts import Severity


@pytest.mark.parametrize(
    "xml", [b"<html/>", b"", "<h:html/>".encode("utf-16"), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"\xff\xfe"]
)
def test_what_is_no_xform_is_a_problem_not_a_fault(xml: bytes) -> None:
    converted = convert_form(xml, "xml", "surat", {})
    assert converted.xml is None and converted.form is None
    assert {one.severity for one in converted.problems} == {Severity.ERROR}


def test_a_list_that_it_asks_for_and_nobody_gave_is_named() -> None:
    sheet = "| survey |\n| | type | name | label |\n| | select_one_from_file desa.csv | desa | Desa |\n"
    lists = {"desa.csv": b"name,label\n1,a\n"}
    made = convert_form(sheet.encode(), "md", "surat", lists)
    assert made.xml is not None
    assert convert_form(made.xml.encode(), "xml", "surat", lists).problems == ()
    (alone,) = convert_form(made.xml.encode(), "xml", "surat", {}).problems
    assert alone.severity is Severity.ERROR
    assert "desa.csv" in alone.text("id") and "desa.csv" in alone.text("en")


def test_files_that_differ_are_told_by_name_and_size() -> None:
    old, new = {"form.xml": b"1", "a.csv": b"1", "b.png": b"12"}, {"form.xml": b"2", "a.csv": b"22", "c.ogg": b"3"}
    told = [(one.name, str(one.kind), one.old, one.new) for one in of_files(old, new)]
    assert told == [
        ("a.csv", "changed", "1 B", "2 B"),
        ("b.png", "removed", "2 B", ""),
        ("c.ogg", "added", "", "1 B"),
    ]
