"""Whatever is done in a form, and in whatever order: it stands as if it had just been opened with these answers."""

from random import Random

import pytest

from forms import load_form
from tests.forms.form_kit import world
from tests.forms.random_forms import loses_instances, random_form, random_step, state, take, whole_instance

STEPS = 8
SIZES = range(2, 11)
FORMS_OF_A_SIZE = 40
SOAK_FORMS_OF_A_SIZE = 1_500


def _differences(seen: dict[str, object], wanted: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {ref: (seen.get(ref), wanted.get(ref)) for ref in {**seen, **wanted} if seen.get(ref) != wanted.get(ref)}


def _walk(seed: str, size: int) -> None:
    """Small forms come first, so that what fails first is small; the message has all that repeats it."""
    chance = Random(seed)
    xml = random_form(chance, size)
    form = load_form(xml)
    session = form.open(world())
    steps: list[tuple[str, str, str]] = []
    for _ in range(STEPS):
        before = state(session)
        steps.append(random_step(chance, session))
        said = take(session, steps[-1])
        after = state(session)
        fresh = form.open(world(), instance=whole_instance(session.root), language=session.language)
        assert not _differences(after, state(fresh)), (xml, steps)
        if said is not None:
            changed = {ref for ref in before.keys() & after.keys() if before[ref] != after[ref]}
            assert changed <= {*said, "pages"}, (xml, steps)
        if not loses_instances(session):
            sent = form.open(world(), instance=session.to_xml(), language=session.language)
            assert not _differences(state(session, relevant=True), state(sent, relevant=True)), (xml, steps)
        assert not session.faults, (xml, steps)


@pytest.mark.parametrize("size", SIZES)
def test_a_random_form_stands_as_when_opened_again(size: int) -> None:
    for number in range(FORMS_OF_A_SIZE):
        _walk(f"{size} {number}", size)


@pytest.mark.soak
@pytest.mark.parametrize("size", SIZES)
def test_thousands_of_random_forms_stand_as_when_opened_again(size: int) -> None:
    for number in range(FORMS_OF_A_SIZE, FORMS_OF_A_SIZE + SOAK_FORMS_OF_A_SIZE):
        _walk(f"{size} {number}", size)
