"""Cases that look like another one: of the same person, with the same text, with the same picture.

Only such as the officer may see anyway; of a secret complaint only its own officer is told, and it is told to nobody else.
Terms find candidates, and what they hold decides: two texts that share a term are compared word by word.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, union_all

from protocol.messages import Content
from server.cases import complaints
from server.cases.finding.filled import answers_of
from server.cases.finding.terms import PICTURE, TEXT, bands_of, bands_of_mark, long_texts
from server.cases.rules import scope
from server.foundation.actors import Actor
from server.foundation.vault import Vault
from server.storage import tables

SHOWN_MOST: Final = 12
#: Those that share the most are opened and compared.
CANDIDATES: Final = 24
#: Of one case's texts or pictures so many terms are asked for, and of each so many cases.
TERMS_MOST: Final = 80
OF_A_TERM: Final = 200
#: Texts are the same when so much of their words is.
SAME_WORDS: Final = 0.6
#: Pictures are the same when so few of the 256 bits of their marks differ.
SAME_BITS: Final = 12


class Likeness(StrEnum):
    PERSON = "person"
    TEXT = "text"
    PICTURE = "picture"


@dataclass(frozen=True)
class LookAlike:
    code: str
    #: In the order of ``Likeness``.
    likenesses: tuple[Likeness, ...]


class LookAlikes:
    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def of(self, connection: Connection, actor: Actor, case: Row[Any], content: Content) -> list[LookAlike]:
        """The newest first, those that are alike in more ways before them. Empty where ``case`` hides who it is of."""
        if not complaints.may_see_who(actor, case):
            return []
        found = {
            Likeness.PERSON: self._same_person(connection, actor, case),
            Likeness.TEXT: self._same_text(connection, actor, case, content),
            Likeness.PICTURE: self._same_picture(connection, actor, case),
        }
        opened = {code: at for codes in found.values() for code, at in codes.items()}
        alike = [
            LookAlike(code, tuple(one for one, codes in found.items() if code in codes))
            for code in sorted(opened, key=lambda code: (opened[code], code), reverse=True)
        ]
        return sorted(alike, key=lambda one: -len(one.likenesses))[:SHOWN_MOST]

    def _same_person(self, connection: Connection, actor: Actor, case: Row[Any]) -> Mapping[str, Any]:
        if case.nik_index is None:
            return {}
        cases = tables.cases.c
        rows = connection.execute(
            select(cases.tracking_code, cases.opened_at)
            .where(
                cases.nik_index == case.nik_index,
                scope(actor),
                complaints.findable(),
                cases.tracking_code != case.tracking_code,
            )
            .order_by(cases.opened_at.desc())
            .limit(SHOWN_MOST)
        )
        return {row.tracking_code: row.opened_at for row in rows}

    def _same_text(self, connection: Connection, actor: Actor, case: Row[Any], content: Content) -> Mapping[str, Any]:
        own = _texts(content)
        bands = [band for words in own for band in bands_of(words)]
        candidates = self._candidates(connection, actor, case, TEXT, bands)
        cases, found = tables.cases.c, {}
        rows = connection.execute(
            select(cases.tracking_code, cases.opened_at, cases.content).where(cases.tracking_code.in_(candidates))
        )
        for row in rows:
            theirs = _texts(Content.model_validate_json(self._vault.open(row.content)))
            if any(_shared(one, other) >= SAME_WORDS for one in own for other in theirs):
                found[row.tracking_code] = row.opened_at
        return found

    def _same_picture(self, connection: Connection, actor: Actor, case: Row[Any]) -> Mapping[str, Any]:
        own = [mark for _, _, mark in self._marks(connection, [case.tracking_code])]
        bands = [band for mark in own for band in bands_of_mark(mark)]
        candidates = self._candidates(connection, actor, case, PICTURE, bands)
        return {
            code: opened_at
            for code, opened_at, mark in self._marks(connection, candidates)
            if any(_differing(mark, one) <= SAME_BITS for one in own)
        }

    def _candidates(
        self, connection: Connection, actor: Actor, case: Row[Any], kind: str, bands: Iterable[str]
    ) -> Sequence[str]:
        """Those that share the most bands."""
        terms = [self._vault.term(case.agency_id, kind, band) for band in dict.fromkeys(bands)][:TERMS_MOST]
        if not terms:
            return []
        column, cases = tables.case_terms.c, tables.cases.c
        # Of each term the newest only: one that stands in thousands of cases tells nothing, and costs as little.
        newest = [
            select(
                select(column.tracking_code, column.opened_at)
                .where(column.term == term)
                .order_by(column.opened_at.desc())
                .limit(OF_A_TERM)
                .subquery()
            )
            for term in terms
        ]
        those = union_all(*newest).subquery()
        # Counted before anything is joined: the terms are this agency's own, so few of them are taken out again.
        most = (
            select(those.c.tracking_code, those.c.opened_at, func.count().label("shared"))
            .where(those.c.tracking_code != case.tracking_code)
            .group_by(those.c.tracking_code, those.c.opened_at)
            .order_by(func.count().desc(), those.c.opened_at.desc())
            .limit(2 * CANDIDATES)
            .subquery()
        )
        return list(
            connection.execute(
                select(most.c.tracking_code)
                .join(tables.cases, cases.tracking_code == most.c.tracking_code)
                .where(scope(actor), complaints.findable())
                .order_by(most.c.shared.desc(), most.c.opened_at.desc())
                .limit(CANDIDATES)
            ).scalars()
        )

    def _marks(self, connection: Connection, codes: Sequence[str]) -> list[tuple[str, Any, bytes]]:
        """Code, day and mark of each picture of these cases."""
        marks, link, sent, cases = (
            tables.picture_marks.c,
            tables.submission_attachments.c,
            tables.submissions.c,
            tables.cases.c,
        )
        rows = connection.execute(
            select(cases.tracking_code, cases.opened_at, marks.mark)
            .select_from(tables.cases)
            .join(tables.submissions, sent.tracking_code == cases.tracking_code)
            .join(tables.submission_attachments, (link.kiosk_id == sent.kiosk_id) & (link.submission_id == sent.id))
            .join(tables.picture_marks, (marks.kiosk_id == link.kiosk_id) & (marks.sha256 == link.sha256))
            .where(cases.tracking_code.in_(codes), marks.mark.is_not(None))
        )
        return [(row.tracking_code, row.opened_at, self._vault.open(row.mark)) for row in rows]


def _texts(content: Content) -> list[frozenset[str]]:
    return [frozenset(words) for words in long_texts(answers_of(content.instance))]


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _differing(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
