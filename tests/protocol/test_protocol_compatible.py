"""What one release says the next one understands, and the other way round: every message of the protocol, also those that come
later. See ``tests/sync/versions`` for whole kiosks and servers of two releases."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema_rs import validator_for
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from tests.protocol.schema_kit import Speaker, messages
from tests.soaking import SOAK

RELEASED: Final = json.loads((Path(__file__).parents[1] / "sync/versions/released/schemas.json").read_text())
MODELS: Final = {one.__name__: one for one in messages()}
TODAY: Final = models_json_schema([(one, "validation") for one in MODELS.values()], ref_template="#/$defs/{model}")[1][
    "$defs"
]
TIMES: Final = 200 if SOAK else 3
#: Values that may be added to without a new version, and where they stand: whoever does not know one takes the message all the same.
GROWING: Final = {"FeedType": ("FeedEvent", "type"), "Condition": ("Component", "conditions")}
#: What the last release did not take: it is not sent there as long as its version is understood.
NOT_YET: Final = {"FeedType"}
UNHEARD: Final = {"of_a_later_version": {"x": [1, None, "é"]}}

pytestmark = pytest.mark.longer_in_soak


def speakers(definitions: dict[str, Any]) -> list[Speaker]:
    return [Speaker(definitions, seed) for seed in range(TIMES)]


def sent(message: BaseModel) -> Any:
    return json.loads(message.model_dump_json())


@pytest.mark.parametrize("name", MODELS)
def test_unknown_members_are_ignored(name: str) -> None:
    for speaker in speakers(TODAY):
        said = speaker.say(name)
        assert MODELS[name].model_validate({**said, **UNHEARD}) == MODELS[name].model_validate(said)


@pytest.mark.parametrize("name", MODELS)
def test_missing_members_have_defaults_and_an_answer_is_the_same_when_it_was_sent(name: str) -> None:
    for speaker in speakers(TODAY):
        for whole in (True, False):
            message = MODELS[name].model_validate(speaker.say(name, whole=whole))
            assert MODELS[name].model_validate(sent(message)) == message


@pytest.mark.parametrize("name", sorted(set(RELEASED) & set(MODELS)))
def test_what_the_last_release_says_is_understood_today(name: str) -> None:
    for speaker in speakers(RELEASED):
        for whole in (True, False, None):
            MODELS[name].model_validate(speaker.say(name, whole=whole))


@pytest.mark.parametrize("kind", GROWING)
def test_a_value_that_nobody_has_heard_of_costs_the_message_nothing(kind: str) -> None:
    name, member = GROWING[kind]
    said = speakers(TODAY)[0].say(name, whole=True)
    new = ["OF_A_LATER_VERSION"] if isinstance(said[member], list) else "of_a_later_version"
    assert sent(MODELS[name].model_validate({**said, member: new}))[member] == new


def test_no_message_of_the_last_release_is_gone() -> None:
    assert set(RELEASED) <= set(TODAY)


@pytest.mark.parametrize("name", sorted(set(RELEASED) & set(MODELS)))
def test_what_is_said_today_the_last_release_understands(name: str) -> None:
    understood = {kind: {} if kind in GROWING.keys() - NOT_YET else schema for kind, schema in RELEASED.items()}
    validator = validator_for({"$ref": f"#/$defs/{name}", "$defs": understood})
    for speaker in speakers(TODAY):
        for whole in (True, False):
            said = sent(MODELS[name].model_validate(speaker.say(name, whole=whole)))
            assert [error.message for error in validator.iter_errors(said)] == []
