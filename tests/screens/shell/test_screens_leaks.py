"""What makes widgets outlive their page: a lint over the source, states and sessions after which nothing is left.

Measured on Kivy 2.3.1: of 50 widgets with ``bind(lambda …)``, ``bind(other.setter(…))``, ``fbind``, a Clock with a
lambda or an Animation that repeats, all 50 stay alive. So does a widget with a kv rule that reads
a name out of its ``ids``: Kivy's builder keeps those.
"""

import ast
import gc
import re
from pathlib import Path

import psutil
import pytest
from kivy.uix.widget import Widget
from long_runs import LONG
from screens_harness import Hands

from rehearsal.citizen import Citizen
from rehearsal.gallery.plan import Shot
from rehearsal.gallery.states import STATES
from rehearsal.gallery.studio import Studio
from screens.navigation.appearance import Appearance

SCREENS = Path(__file__).resolve().parents[3] / "screens"
SOURCES = tuple(sorted(SCREENS.rglob("*.py")))
RULES = tuple(sorted(SCREENS.rglob("*.kv")))
#: Looked at in every run: a field, chips in a layer over the page, numbers, a list, a keyboard.
STATES_OFTEN = frozenset({"save-draft", "home-adjust", "control-suhu", "control-list-typed", "form-typing"})
CLOCKS = frozenset({"schedule_once", "schedule_interval", "create_trigger", "schedule_interval_for_duration"})
SHORT = 6
SESSIONS = 500
#: Bytes that RSS may differ by between the 50th and the last session: the allocator's, not ours.
LEVEL = 12_000_000


def keeps_alive(call: ast.Call) -> str:
    """What of a call keeps widgets alive; "" when nothing does."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name in ("bind", "fbind") and any(isinstance(value, ast.Lambda) for value in values):
        return f"{name} with a lambda"
    if name == "fbind":
        return "fbind"
    if name == "bind" and any(_is_call_of(value, "setter") for value in values):
        return "bind with a setter"
    if name in CLOCKS and any(isinstance(value, ast.Lambda) for value in values):
        return f"{name} with a lambda"
    return ""


def _is_call_of(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr == name


def findings(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and keeps_alive(node):
            found.append(f"line {node.lineno}: {keeps_alive(node)}")
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(target, ast.Attribute) and target.attr == "repeat" for target in targets):
            found.append(f"line {node.lineno}: an animation that repeats")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(SCREENS)))
def test_nothing_in_the_source_keeps_widgets_alive(path: Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "button.bind(on_press=lambda *_: self.go())",
        "button.bind(size=label.setter('size'))",
        "button.fbind('size', self.moved)",
        "Clock.schedule_once(lambda _: self.go(), 1)",
        "animation.repeat = True",
    ],
)
def test_the_lint_finds(line: str) -> None:
    assert len(findings(line)) == 1


@pytest.mark.parametrize("line", ["button.bind(on_press=self.go)", "Clock.schedule_interval(self.tick, 1)"])
def test_the_lint_lets_through(line: str) -> None:
    assert findings(line) == []


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(SCREENS)))
def test_no_rule_reads_a_name_out_of_ids(path: Path) -> None:
    assert re.findall(r"^.*\bids\..*$", path.read_text(encoding="utf-8"), re.MULTILINE) == []


def widgets_alive() -> int:
    gc.collect()
    return sum(issubclass(type(each), Widget) for each in gc.get_objects())


def begin_and_leave(hands: Hands) -> None:
    """A citizen types something and goes."""
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("domisili")
    hands.settle()
    Citizen(hands).identify()
    hands.go_home()
    hands.settle()


def complain(hands: Hands) -> None:
    """A whole session: form, review, consent, saved, slip, end."""
    citizen = Citizen(hands)
    hands.app.flow.citizen.start()
    hands.app.flow.citizen.open_service("pengaduan")
    hands.settle()
    citizen.identify()
    citizen.fill()
    citizen.send()
    hands.wait(2.1)
    hands.forward()
    hands.go_home()
    hands.settle()


@pytest.mark.parametrize("state", [pytest.param(name, marks=() if name in STATES_OFTEN else LONG) for name in STATES])
def test_what_was_in_sight_is_gone_when_it_was_left(studio: Studio, state: str) -> None:
    def come_and_go() -> int:
        for each in (state, "home"):
            studio.lead_to(Shot(each, Appearance(), "portrait"))
        return widgets_alive()

    before = come_and_go()
    assert come_and_go() == before


@pytest.mark.timeout(300)
def test_sessions_leave_no_widget_alive(citizens: Hands) -> None:
    begin_and_leave(citizens)
    after_one = widgets_alive()
    for _ in range(SHORT):
        begin_and_leave(citizens)
    assert widgets_alive() == after_one


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_hundreds_of_sessions_do_not_grow(citizens: Hands) -> None:
    process = psutil.Process()
    complain(citizens)
    after_one, levels = widgets_alive(), []
    for number in range(SESSIONS):
        complain(citizens)
        if number % 50 == 49:
            gc.collect()
            levels.append(process.memory_info().rss)
    assert widgets_alive() == after_one
    assert max(levels[1:]) - levels[0] <= LEVEL, levels
