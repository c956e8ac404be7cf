"""Which tests are near to a change."""

from tools.check import module_of, near_tests

IMPORTS = {
    "tests/kiosk/test_session.py": {"kiosk.session"},
    "tests/kiosk/test_idle.py": {"kiosk.idle"},
    "tests/server/test_cases.py": {"server.cases"},
    "tests/screens/test_home.py": {"tests.screens.kit"},
}
USED = {"kiosk.session": {"kiosk.idle"}, "tests.screens.kit": {"screens.home"}}


def test_what_imports_the_change_comes_before_what_imports_its_users() -> None:
    assert near_tests(["kiosk/idle.py"], IMPORTS, USED) == ["tests/kiosk/test_idle.py", "tests/kiosk/test_session.py"]


def test_a_changed_test_comes_first() -> None:
    changed = ["kiosk/idle.py", "tests/server/test_cases.py"]
    assert near_tests(changed, IMPORTS, USED)[0] == "tests/server/test_cases.py"


def test_a_rule_file_belongs_to_the_module_beside_it() -> None:
    assert near_tests(["screens/home.kv"], IMPORTS, USED) == ["tests/screens/test_home.py"]


def test_nothing_is_near_to_a_page_of_docs() -> None:
    assert near_tests(["docs/install.md"], IMPORTS, USED) == []


def test_a_package_is_named_by_its_folder() -> None:
    assert module_of("server/web/__init__.py") == "server.web"
