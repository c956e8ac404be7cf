"""Questions of a form and fields, as they are in sight."""

from flows_kit import session_of
from screens_harness import Hands

from rehearsal.citizen import Citizen
from screens.citizen.controls.question import Question
from screens.look.widgets.field import Field


def ask(hands: Hands, ref: str) -> None:
    """The page that asks it is in sight."""
    session_of(hands).show(ref)
    hands.settle(4)


def question_of(hands: Hands, name: str) -> Question:
    return next(each for each in Citizen(hands).questions() if each.node.name == name)


def field_of(hands: Hands, nth: int = 0) -> Field:
    return [each for each in hands.widgets() if isinstance(each, Field)][nth]
