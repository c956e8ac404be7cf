"""Lists inside and beside a form: found by index, filtered, shuffled, and pulled from."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from forms import FormError
from forms.definition.instances import InstanceSource
from forms.xmltree import NodeKind, XmlNode
from tests.forms.form_kit import load, opened

_CSV = "name,label,city\n" + "".join(f"v{n},Desa {n},c{n % 50}\n" for n in range(5_000))
_EXTERNAL = '<instance id="villages" src="jr://file-csv/villages.csv"/>'
_BODY = (
    """<select1 ref="/data/v"><itemset nodeset="instance('villages')/root/item[city = /data/c]">"""
    '<value ref="name"/><label ref="label"/></itemset></select1>'
)


def test_a_long_list_is_filtered_by_an_answer() -> None:
    session = opened("<c/><v/>", "", _BODY, _EXTERNAL, {"villages.csv": _CSV.encode()})
    session.set("/data/c", "c7")
    choices = session.nodes["/data/v"].choices
    assert (len(choices), choices[0].value, choices[1].label) == (100, "v7", "Desa 57")


def test_an_answer_that_is_filtered_away_is_not_there_until_it_comes_back() -> None:
    session = opened("<c/><v/>", "", _BODY, _EXTERNAL, {"villages.csv": _CSV.encode()})
    session.set("/data/c", "c7")
    session.set("/data/v", "v57")
    session.set("/data/c", "c8")
    assert session.nodes["/data/v"].value == ""
    session.set("/data/c", "c7")
    assert session.nodes["/data/v"].value == "v57"


def test_a_file_that_is_missing_is_an_empty_list_and_named() -> None:
    form = load("<c/><v/>", "", _BODY, _EXTERNAL)
    assert form.missing_resources == ("villages.csv",)
    assert len(form.open().nodes["/data/v"].choices) == 0


@pytest.mark.parametrize(
    ("file", "address", "data"),
    [
        ("p.csv", "jr://file-csv/p.csv", b"\xef\xbb\xbfname;label\nsby;Surabaya\n"),
        ("p.xml", "jr://file/p.xml", b"<root><item><name>sby</name><label>Surabaya</label></item></root>"),
        (
            "p.geojson",
            "jr://file/p.geojson",
            b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":'
            b'[112.75,-7.25]},"properties":{"name":"sby","label":"Surabaya"}}]}',
        ),
    ],
)
def test_each_kind_of_file_is_read(file: str, address: str, data: bytes) -> None:
    binds = """<bind nodeset="/data/a" calculate="pulldata('p', 'label', 'name', 'sby')"/>"""
    session = opened("<a/>", binds, "", f'<instance id="p" src="{address}"/>', {file: data})
    assert session.nodes["/data/a"].value == "Surabaya"


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"type":"FeatureCollection","features":[1]}', b"[" * 100_000])
def test_a_broken_file_is_a_fault_of_the_form(data: bytes) -> None:
    with pytest.raises(FormError, match=r"p\.geojson"):
        load("<a/>", "", "", '<instance id="p" src="jr://file/p.geojson"/>', {"p.geojson": data})


def test_the_same_seed_gives_the_same_order_as_other_clients() -> None:
    items = "".join(f"<item><name>{name}</name></item>" for name in "ABCDEF")
    model = f'<instance id="l"><root>{items}</root></instance>'
    binds = """<bind nodeset="/data/a" calculate="join('', randomize(instance('l')/root/item/name, 33))"/>"""
    first = opened("<a/>", binds, "", model).nodes["/data/a"].value
    assert first == opened("<a/>", binds, "", model).nodes["/data/a"].value
    assert sorted(first) == list("ABCDEF")


def test_the_label_of_a_choice_is_given() -> None:
    binds = """<bind nodeset="/data/l" calculate="jr:choice-name(/data/v, '/data/v')"/>"""
    session = opened("<c>c7</c><v/><l/>", binds, _BODY, _EXTERNAL, {"villages.csv": _CSV.encode()})
    session.set("/data/v", "v7")
    assert session.nodes["/data/l"].value == "Desa 7"


@pytest.mark.parametrize(("column", "key", "found"), [("@zone", "u", "Sby"), ("@zone", "x", ""), ("a/b", "2", "Mlg")])
def test_data_is_pulled_by_what_a_path_leads_to(column: str, key: str, found: str) -> None:
    model = (
        '<instance id="p"><root><item zone="u"><label>Sby</label><a><b>1</b></a></item>'
        "<item><label>Mlg</label><a><b>2</b></a></item></root></instance>"
    )
    binds = f"""<bind nodeset="/data/a" calculate="pulldata('p', 'label', '{column}', '{key}')"/>"""
    assert opened("<a/>", binds, "", model).nodes["/data/a"].value == found


def test_threads_that_ask_for_a_list_at_once_get_the_same() -> None:
    built: list[XmlNode] = []
    together = threading.Barrier(4)

    def build() -> XmlNode:
        built.append(XmlNode(NodeKind.ELEMENT, "instance"))
        return built[-1]

    source = InstanceSource("l.csv", build)

    def ask(_: int) -> XmlNode:
        together.wait()
        return source.node

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(ask, range(4)))
    assert (len(built), {id(node) for node in found}) == (1, {id(built[0])})
