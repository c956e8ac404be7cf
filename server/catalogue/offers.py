"""What is changed in all packs at once, each ring's own: pausing a service, withdrawing it, texts that belong to the city.

What a ring tries out stays with it; see :meth:`PackRepository.change_each`.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Row, insert

from server.catalogue import pauses
from server.catalogue.pack_content import PackContent
from server.catalogue.packs import RINGS, PackRepository
from server.catalogue.pauses import PauseOutcome
from server.foundation.actors import Actor
from server.storage import tables
from server.work.unit_of_work import UnitsOfWork

CONSENT_CHARACTERS: Final = 4_000
NAME_CHARACTERS: Final = 200


class TextOutcome(StrEnum):
    DONE = "DONE"
    #: An Indonesian text is needed.
    TEXT_MISSING = "TEXT_MISSING"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    SAME = "SAME"


class Offers:
    def __init__(self, units: UnitsOfWork, packs: PackRepository) -> None:
        self._units = units
        self._packs = packs

    def paused(self) -> dict[str, Row[Any]]:
        """Rows of ``paused_services`` by service."""
        with self._units.engine.connect() as connection:
            return pauses.paused(connection)

    def pause(self, actor: Actor, service_id: str, reason: Mapping[str, str]) -> PauseOutcome:
        """From now on nobody can begin the service; kiosks show it with the reason."""
        texts = pauses.said(reason)
        if texts is None:
            return PauseOutcome.BAD_REASON
        if not self._offered(service_id):
            return PauseOutcome.NOT_FOUND
        with self._units.begin(actor) as work:
            if service_id in pauses.paused(work.connection):
                return PauseOutcome.NOT_FOUND
            work.connection.execute(
                insert(tables.paused_services).values(
                    service_id=service_id, reason=texts, paused_by=actor.id, paused_at=work.now
                )
            )
            work.audit("service.pause", f"service:{service_id}", {"reason": texts["id"]})
        self._packs.change_each(_same, actor, texts["id"])
        return PauseOutcome.DONE

    def resume(self, actor: Actor, service_id: str) -> PauseOutcome:
        with self._units.begin(actor) as work:
            if not pauses.forget(work.connection, service_id):
                return PauseOutcome.NOT_FOUND
            work.audit("service.resume", f"service:{service_id}")
        self._packs.change_each(_same, actor, "")
        return PauseOutcome.DONE

    def withdraw(self, actor: Actor, service_id: str, reason: str = "") -> int:
        """Packs without the service; the newest one's number, 0 when no kiosk has it or it is a ring's only one."""
        contents = self._contents()
        holding = [one for one in contents.values() if _has(one, service_id)]
        if not holding or any(len(one.services) == 1 for one in holding):
            return 0
        with self._units.begin(actor) as work:
            pauses.forget(work.connection, service_id)
        return self._packs.change_each(lambda content: content.without(service_id), actor, reason)

    def content(self) -> PackContent:
        """What is in force for all."""
        return self._contents().get("all") or PackContent(())

    def consent(self, actor: Actor, texts: Mapping[str, str]) -> TextOutcome:
        """What citizens agree to before they send; a new text is a new version of it."""
        said = {language: text.strip() for language, text in texts.items() if text.strip()}
        if "id" not in said:
            return TextOutcome.TEXT_MISSING
        if any(len(text) > CONSENT_CHARACTERS for text in said.values()):
            return TextOutcome.TEXT_TOO_LONG
        now = self.content()
        if said == dict(now.consent):
            return TextOutcome.SAME
        version = _next(now.consent_version)
        with self._units.begin(actor) as work:
            work.audit("texts.consent", "texts", {"version": version})
        self._packs.change_each(lambda content: replace(content, consent=said, consent_version=version), actor, "")
        return TextOutcome.DONE

    def life_events(self, actor: Actor, texts: Mapping[str, Mapping[str, str]]) -> TextOutcome:
        """What the life events that there are, by id, are called."""
        known = self.content().life_events
        said = {
            event: {language: text.strip() for language, text in texts.get(event, {}).items() if text.strip()}
            for event in known
        }
        if any("id" not in one for one in said.values()):
            return TextOutcome.TEXT_MISSING
        if any(len(text) > NAME_CHARACTERS for one in said.values() for text in one.values()):
            return TextOutcome.TEXT_TOO_LONG
        if said == {event: dict(one) for event, one in known.items()}:
            return TextOutcome.SAME
        with self._units.begin(actor) as work:
            work.audit("texts.life_events", "texts", {"events": sorted(said)})
        self._packs.change_each(lambda content: replace(content, life_events=said), actor, "")
        return TextOutcome.DONE

    def agency_called(self, actor: Actor, agency_id: str, name: Mapping[str, str]) -> None:
        """The agency's services say its new name."""

        def renamed(content: PackContent) -> PackContent:
            services = tuple(
                replace(one, description=one.description.model_copy(update={"agency": _named(one.description.agency)}))
                if one.description.agency.id == agency_id
                else one
                for one in content.services
            )
            return replace(content, services=services)

        def _named(agency: Any) -> Any:
            return agency.model_copy(update={"name": dict(name)})

        self._packs.change_each(renamed, actor, "")

    def reconcile(self, actor: Actor) -> None:
        """At start: a pause that a crash kept from the packs comes into them."""
        self._packs.change_each(_same, actor, "")

    def _offered(self, service_id: str) -> bool:
        return any(_has(one, service_id) for one in self._contents().values())

    def _contents(self) -> dict[str, PackContent]:
        """By ring."""
        with self._units.engine.connect() as connection:
            numbers = {ring: self._packs.newest(connection, ring) for ring in RINGS}
        found = {ring: self._packs.content(number) for ring, number in numbers.items()}
        return {ring: content for ring, content in found.items() if content is not None}


def _same(content: PackContent) -> PackContent:
    return content


def _has(content: PackContent, service_id: str) -> bool:
    return any(one.description.id == service_id for one in content.services)


def _next(version: str) -> str:
    return str(int(version) + 1) if version.isascii() and version.isdigit() else f"{version}.1"
