"""What an inbox's row tells of a case's answers: who it is about, and what; sealed beside the case, and small.

A list of fifty cases opens fifty headlines and not fifty forms. Of a secret complaint it holds no name, because the list
is seen by more people than its officer.
"""

import json
from dataclasses import dataclass
from typing import Final

from protocol.messages import Content
from server.cases.anonymity import SECRET
from server.cases.finding.filled import answers_of, name_of, topic_of
from server.foundation.vault import Vault, VaultBroken

_NAME: Final = "name"
_TOPIC: Final = "topic"
_PATH: Final = "path"


@dataclass(frozen=True)
class Headline:
    name: str = ""
    #: The value of the answer that says what it is about, and where in the form it stands.
    topic: str = ""
    topic_path: tuple[str, ...] = ()


NOTHING: Final = Headline()


def headline_of(content: Content) -> Headline:
    """``content`` as it is kept, that is without what an anonymous citizen must not be known by."""
    answers = answers_of(content.instance, without=frozenset(one.name for one in content.attachments))
    name = "" if content.privacy == SECRET else name_of(answers)
    topic = topic_of(answers)
    return Headline(name, topic.text, topic.path) if topic else Headline(name)


def sealed(headline: Headline, vault: Vault) -> bytes:
    members = {_NAME: headline.name, _TOPIC: headline.topic, _PATH: headline.topic_path}
    return vault.close(json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode())


def opened(blob: bytes | None, vault: Vault) -> Headline:
    """NOTHING for a case that has none yet, or whose headline another vault sealed."""
    if blob is None:
        return NOTHING
    try:
        members = json.loads(vault.open(blob))
    except VaultBroken:
        return NOTHING
    return Headline(members[_NAME], members[_TOPIC], tuple(members[_PATH]))
