"""What an event of the feed does at the kiosk, and what is announced once that is durable."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from pydantic import AwareDatetime as Aware
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError

from kiosk.cases.case import fee_of_state
from kiosk.events import CaseUpdated, Received
from kiosk.kiosk import Kiosk
from kiosk.store.journal import StaffMember
from kiosk.store.receipts import Receipt
from kiosk.submissions.slip_fee import amount_texts
from protocol.field.roles import StaffRole
from protocol.messages import (
    KIOSK_PROFILE,
    CaseState,
    Command,
    FeedEvent,
    FeedType,
    HelpComing,
    KioskProfile,
    PackAnnouncement,
    StaffRoster,
)
from sync.down.commands import CommandRunner
from sync.enrolment import keep_profile

logger = logging.getLogger(__name__)

_MOMENT: Final = TypeAdapter(Aware | None)

#: Done after the commit; must be safe to lose, or be made up for at the next start.
Afterwards = Callable[[], None]


class Effects:
    """Applies one event inside the caller's transaction; gives what is to be done after its commit."""

    def __init__(self, kiosk: Kiosk, commands: CommandRunner, look_for_packs: Afterwards) -> None:
        self._kiosk = kiosk
        self._commands = commands
        self._look_for_packs = look_for_packs

    def apply(self, event: FeedEvent) -> Afterwards | None:
        """An event that cannot be read is logged and passed over: waiting for it would stop the feed for ever."""
        try:
            with self._kiosk.store.transaction() as connection, connection.begin_nested():
                return self._apply(event)
        except (ValidationError, ValueError, IntegrityError) as error:
            logger.error("feed %d (%s) cannot be read: %s", event.n, event.type, type(error).__name__)
            return None

    def _apply(self, event: FeedEvent) -> Afterwards | None:
        if event.type is FeedType.CASE:
            return self._case(CaseState.model_validate(event.data))
        if event.type is FeedType.STAFF:
            return self._staff(StaffRoster.model_validate(event.data))
        if event.type is FeedType.SETTINGS:
            return self._settings(dict(event.data))
        if event.type is FeedType.COMMAND:
            return self._commands.accept(Command.model_validate(event.data))
        if event.type is FeedType.NOTICE:
            return self._notice(event)
        if event.type is FeedType.HELP:
            return partial(self._kiosk.help_calls.coming, HelpComing.model_validate(event.data).calls)
        if event.type is FeedType.PACK:
            PackAnnouncement.model_validate(event.data)
            return self._look_for_packs
        if event.type is not FeedType.CHECKPOINT:
            logger.warning("feed %d is of a type that is not known here: %s", event.n, event.type)
        # A checkpoint, of an older server: without a proof it is worth nothing. See ``sync.down.witness``.
        return None

    def _settings(self, values: dict[str, Any]) -> Afterwards:
        told = values.pop(KIOSK_PROFILE, None)
        self._kiosk.settings.store_new(values)
        if told is None:
            return self._kiosk.settings.reload
        changed = KioskProfile.model_validate(told)
        keep_profile(self._kiosk.store, changed)

        def follow() -> None:
            self._kiosk.identity.name = changed.name
            self._kiosk.settings.reload()
            # Another ring may have another pack.
            self._look_for_packs()

        return follow

    def _case(self, case: CaseState) -> Afterwards | None:
        known = self._kiosk.store.receipts.get(case.tracking_code)
        changed = self._kiosk.store.receipts.case_changed(
            case.tracking_code,
            state=case.state.value,
            state_at=case.updated_at,
            received_at=case.received_at,
            due=case.due,
            # What the office wrote is asked for when somebody shows the slip; it is never kept here.
            steps=[step.model_dump(mode="json", exclude={"note"}) for step in case.steps],
            texts=_texts_with_fee(known, case),
        )
        # Of a case that was sent elsewhere as well: somebody here may have it in sight.
        first = known is not None and changed and known.received_at is None

        def tell() -> None:
            if first:
                # The feed was faster than the answer to the submission itself.
                self._kiosk.bus.publish(Received(case.tracking_code, case.received_at))
            self._kiosk.bus.publish(CaseUpdated(case.tracking_code))

        return tell

    def _staff(self, roster: StaffRoster) -> Afterwards | None:
        self._kiosk.store.roster.replace(
            StaffMember(one.id, one.name, role, one.pin_hash)
            for one, role in (
                *((member, member.role) for member in roster.staff),
                *((member, StaffRole.HELPER) for member in roster.helpers),
            )
        )
        return self._kiosk.staff.roster_changed

    def _notice(self, event: FeedEvent) -> Afterwards:
        text: Any = event.data.get("text")
        if not isinstance(text, dict):
            raise ValueError("a notice without text")
        until: datetime | None = _MOMENT.validate_python(event.data.get("until"))
        self._kiosk.notices.keep(event.n, {str(k): str(v) for k, v in text.items()}, until)
        return self._kiosk.notices.changed


def _texts_with_fee(known: Receipt | None, case: CaseState) -> dict[str, Mapping[str, str]] | None:
    """The slip's texts with the amount that the server worked out, which stands; None where nothing changes."""
    fee = fee_of_state(case)
    if known is None or fee is None or fee.least:
        return None
    texts = {**known.texts, **amount_texts(fee)}
    return None if texts == dict(known.texts) else texts
