"""The search over sealed answers: by name, by number, by words of the text, by the beginning of a code.

All words must be there. The index knows only keyed terms, so nothing is opened to find a case. Secret complaints are not in
it; their officer's own are opened and looked through instead. Every search is in the log, without what was searched for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from protocol.messages import Content
from server.cases import complaints
from server.cases.finding.filled import answers_of
from server.cases.finding.terms import LEAST_LETTERS, WORD, words_of
from server.cases.rules import scope
from server.foundation.actors import Actor
from server.foundation.vault import Vault
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

FOUND_MOST: Final = 50
#: Further words narrow nothing.
WORDS_MOST: Final = 6
#: Of an officer's own secret complaints, the newest so many are opened.
OWN_SECRET_MOST: Final = 100
#: Of a code, so many signs find it.
CODE_SIGNS: Final = 4
#: The log says which cases were shown, of so many.
LOGGED_CODES: Final = 20
#: How far a word's cases are counted to begin with the rarest.
_COUNTED: Final = 500


@dataclass(frozen=True)
class Found:
    #: The newest first.
    codes: tuple[str, ...]
    #: There are more than FOUND_MOST.
    more: bool = False
    #: What was typed holds nothing to search by.
    too_short: bool = False


class CaseSearch:
    def __init__(self, units: UnitsOfWork, vault: Vault) -> None:
        self._units = units
        self._vault = vault

    def find(self, actor: Actor, typed: str) -> Found:
        """Cases in the actor's scope that have all words of ``typed``."""
        words = list(dict.fromkeys(word for word in words_of(typed) if len(word) >= LEAST_LETTERS))[:WORDS_MOST]
        if not words or not actor.decides or actor.agency_id is None:
            return Found((), too_short=True)
        with self._units.begin(actor) as work:
            found = self._by_terms(work.connection, actor, words)
            found += self._by_code(work.connection, actor, typed)
            found += self._own_secret(work.connection, actor, words)
            newest = sorted(set(found), reverse=True)
            codes = tuple(code for _, code in newest[:FOUND_MOST])
            numbers = sum(word.isdigit() for word in words)
            details = {
                "found": len(codes),
                "words": len(words),
                "numbers": numbers,
                "cases": list(codes[:LOGGED_CODES]),
            }
            work.audit("case.search", "cases", details)
        return Found(codes, len(newest) > FOUND_MOST)

    def _by_terms(self, connection: Connection, actor: Actor, words: Sequence[str]) -> list[tuple[Any, str]]:
        terms = self._rarest_first(connection, [self._vault.term(str(actor.agency_id), WORD, word) for word in words])
        first, cases = tables.case_terms, tables.cases.c
        conditions: list[ColumnElement[bool]] = [first.c.term == terms[0], scope(actor), complaints.findable()]
        for number, term in enumerate(terms[1:]):
            also = tables.case_terms.alias(f"also_{number}")
            conditions.append(
                select(also.c.term).where(also.c.tracking_code == first.c.tracking_code, also.c.term == term).exists()
            )
        rows = connection.execute(
            select(first.c.opened_at, first.c.tracking_code)
            .join(tables.cases, cases.tracking_code == first.c.tracking_code)
            .where(*conditions)
            .order_by(first.c.opened_at.desc(), first.c.tracking_code.desc())
            .limit(FOUND_MOST + 1)
        )
        return [(row.opened_at, row.tracking_code) for row in rows]

    def _rarest_first(self, connection: Connection, terms: Sequence[int]) -> list[int]:
        """So that of a frequent name and a rare one the rare one's cases are walked through."""
        if len(terms) == 1:
            return list(terms)
        columns = [
            select(func.count())
            .select_from(
                select(tables.case_terms.c.term).where(tables.case_terms.c.term == term).limit(_COUNTED).subquery()
            )
            .scalar_subquery()
            for term in terms
        ]
        counted = connection.execute(select(*columns)).one()
        return [term for _, term in sorted(zip(counted, terms, strict=True))]

    def _by_code(self, connection: Connection, actor: Actor, typed: str) -> list[tuple[Any, str]]:
        signs = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
        if len(signs) < CODE_SIGNS or len(signs) != len(typed.replace(" ", "").replace("-", "")):
            return []
        code = tables.cases.c.tracking_code
        rows = connection.execute(
            select(tables.cases.c.opened_at, code)
            .where(code >= signs, code < signs[:-1] + chr(ord(signs[-1]) + 1), scope(actor))
            .order_by(tables.cases.c.opened_at.desc(), code.desc())
            .limit(FOUND_MOST + 1)
        )
        return [(row.opened_at, row.tracking_code) for row in rows]

    def _own_secret(self, connection: Connection, actor: Actor, words: Sequence[str]) -> list[tuple[Any, str]]:
        cases = tables.cases.c
        rows = connection.execute(
            select(cases.opened_at, cases.tracking_code, cases.content)
            .where(cases.officer_id == actor.id, scope(actor), complaints.secret())
            .order_by(cases.opened_at.desc())
            .limit(OWN_SECRET_MOST)
        )
        return [(row.opened_at, row.tracking_code) for row in rows if self._holds(row.content, words)]

    def _holds(self, sealed: bytes, words: Sequence[str]) -> bool:
        content = Content.model_validate_json(self._vault.open(sealed))
        texts = [one.text for one in answers_of(content.instance)]
        if content.identity is not None:
            texts.append(content.identity.nik)
        there = {word for text in texts for word in words_of(text)}
        return all(any(one.startswith(word) for one in there) for word in words)
