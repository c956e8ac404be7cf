"""The line as one object: its loops, started and stopped together, and what the kiosk asks of it."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import ValidationError

from kiosk.cases.case import Case, CaseProblem, CaseProblemKind
from kiosk.drafts.draft_words import DraftKept, DraftOpened, DraftProblem
from kiosk.events import Event
from kiosk.kiosk import Kiosk
from kiosk.machine.line_state import LineFacts, LineSpeed, LineState
from kiosk.ports import Unsubscribe
from protocol.line.releases import ProgramState
from protocol.messages import CaseState
from runtime.workers import Worker
from sync.client import CONNECT_S, READ_S, Client, Outcome
from sync.down.commands import CommandRunner, RecentLines
from sync.down.effects import Effects
from sync.down.feed import CURSOR, FeedDuty
from sync.down.packs import PackDuty
from sync.enrolment import Enrolment
from sync.loops import loop
from sync.monitor import Monitor
from sync.presence import PresenceDuty
from sync.reach import facts_of, measured
from sync.signing_time import SigningTime
from sync.up import drafts
from sync.up.outbox import OutboxDuty
from sync.up.outbox_file import OutboxFile

if TYPE_CHECKING:
    from sync.down.programs import ProgramDuty

logger = logging.getLogger(__name__)

#: A citizen stands before the screen.
CASE_CONNECT_S: Final = 3.0
CASE_READ_S: Final = 8.0
#: Some megabytes of photos on a slow line.
DRAFT_READ_S: Final = 25.0

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class LineOptions:
    connect_timeout_s: float = CONNECT_S
    read_timeout_s: float = READ_S
    #: Certificates that the server's is checked against; None: those of the system's requests.
    ca_file: str | None = None
    #: The folder of the launcher's slots; None: this program is not updated from here.
    programs: Path | None = None


class Line:
    """Implements ``kiosk.ports.Line``. ``folder`` is where packs and their metadata are kept."""

    def __init__(self, enrolment: Enrolment, kiosk: Kiosk, folder: Path, options: LineOptions = LineOptions()) -> None:
        self._enrolment = enrolment
        self._kiosk = kiosk
        self._options = options
        self._monitor = Monitor(kiosk.clock, kiosk.bus)
        self._signing_time = SigningTime(kiosk.clock)
        self._log = RecentLines()
        commands = CommandRunner(kiosk, self._wake_presence, self._report_now, self.retry_now, self._log.lines)
        self._commands = commands
        effects = Effects(kiosk, commands, lambda: self._packs_loop.wake())
        self._programs = self._program_duty(folder)
        self._presence = PresenceDuty(
            kiosk, self._client(), self._monitor, self._feed_head, enrolment.city.badge_key, self.kick, self._programs
        )
        self._outbox = OutboxDuty(kiosk, self._client(), self._monitor, lambda: self._outbox_loop.stopping)
        self._feed = FeedDuty(
            kiosk, self._client(), self._monitor, effects, lambda: self._feed_loop.stopping, self._wake_presence
        )
        self._packs = PackDuty(kiosk, self._client(), folder, ring=enrolment.ring, tuf_root=enrolment.tuf_root)
        self._presence_loop = loop("line-presence", self._presence)
        self._outbox_loop = loop("line-outbox", self._outbox)
        self._feed_loop = loop("line-feed", self._feed)
        self._packs_loop = loop("line-packs", self._packs)
        self._programs_loop = None if self._programs is None else loop("line-programs", self._programs)
        self._monitor.on_return(self.retry_now)
        self._cases: ThreadPoolExecutor | None = None
        self._unsubscribe: Unsubscribe | None = None
        self._behind_at: int | None = None

    # --- the owner's side ------------------------------------------------------------------------------------------

    def load_kept_pack(self) -> int:
        """Put the last good pack in force before anything else; its version, 0 when there is none."""
        return self._packs.load_kept()

    def start(self) -> None:
        """Begin to talk to the server. ``kiosk.connect(line)`` comes before."""
        self._cases = ThreadPoolExecutor(max_workers=2, thread_name_prefix="line-case")
        self._unsubscribe = self._kiosk.bus.subscribe(self._hear)
        logging.getLogger().addHandler(self._log)
        self._commands.resume()
        for one in self._loops():
            one.start()

    def stop(self) -> None:
        """Stop all loops; what is in progress is given up and made up for at the next start."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._cases is not None:
            self._cases.shutdown(wait=False, cancel_futures=True)
            self._cases = None
        self._feed_loop.ask_to_stop()
        self._feed.interrupt()
        for one in reversed(self._loops()):
            one.stop()
        logging.getLogger().removeHandler(self._log)

    # --- kiosk.ports.Line ------------------------------------------------------------------------------------------

    def state(self) -> LineState:
        return self._monitor.state()

    def kick(self) -> None:
        self._outbox_loop.wake()

    def outbox_file(self) -> OutboxFile:
        return OutboxFile(self._kiosk, self._enrolment)

    def retry_now(self) -> None:
        self._outbox.hurry()
        self._presence.hurry()
        for one in self._loops():
            one.wake()

    def ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        if self._cases is None:
            done(CaseProblem(CaseProblemKind.NO_LINE))
            return
        self._cases.submit(self._ask_case, code, done)

    def keep_draft(self, plain: bytes, birth_date: date, done: Callable[[DraftKept | DraftProblem], None]) -> None:
        without: DraftKept | DraftProblem = DraftProblem.NO_LINE
        self._ask(lambda client: drafts.keep(client, plain, birth_date), done, without)

    def open_draft(self, code: str, birth_date: date, done: Callable[[DraftOpened | DraftProblem], None]) -> None:
        without: DraftOpened | DraftProblem = DraftProblem.NO_LINE
        self._ask(lambda client: drafts.fetch(client, code, birth_date), done, without)

    def erase_draft(self, code: str, birth_date: date) -> None:
        self._ask(lambda client: drafts.erase(client, code, birth_date), _nothing, None)

    def facts(self) -> LineFacts:
        return facts_of(self._enrolment.server)

    def measure(self, done: Callable[[LineSpeed], None]) -> None:
        self._ask(lambda client: measured(client, self._kiosk), done, LineSpeed(None))

    def program(self) -> ProgramState | None:
        return None if self._programs is None else self._programs.state()

    def take_newest_pack(self) -> None:
        self._packs.take_newest()
        self._packs_loop.wake()

    def go_back_to_pack_before(self) -> None:
        self._packs.go_back()
        self._packs_loop.wake()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _loops(self) -> tuple[Worker, ...]:
        always = (self._presence_loop, self._outbox_loop, self._feed_loop, self._packs_loop)
        return always if self._programs_loop is None else (*always, self._programs_loop)

    def _program_duty(self, folder: Path) -> "ProgramDuty | None":
        if self._options.programs is None:
            return None
        # Without a launcher nothing of it is loaded.
        from sync.down.programs import ProgramDuty

        return ProgramDuty(
            self._kiosk,
            self._client(),
            folder,
            self._options.programs,
            tuf_root=self._enrolment.tuf_root,
            stopping=lambda: self._programs_loop is not None and self._programs_loop.stopping,
            wake=lambda: self._programs_loop.wake() if self._programs_loop is not None else None,
        )

    def _client(self) -> Client:
        return self._client_within(self._options.connect_timeout_s, self._options.read_timeout_s)

    def _client_within(self, connect_timeout_s: float, read_timeout_s: float) -> Client:
        return Client(
            self._enrolment,
            self._kiosk.clock,
            self._signing_time,
            connect_timeout=connect_timeout_s,
            read_timeout=read_timeout_s,
            ca_file=self._options.ca_file,
        )

    def _hear(self, event: Event) -> None:
        if self._presence.hear(event):
            self._presence_loop.wake()

    def _wake_presence(self) -> None:
        self._presence_loop.wake()

    def _report_now(self) -> None:
        self._presence.report_now()
        self._presence_loop.wake()

    def _feed_head(self, head: int) -> None:
        """A heartbeat's answer tells of events that the feed did not bring since the last one: its link is dead."""
        cursor = int(self._kiosk.store.marks.get(CURSOR, 0))
        if head > cursor and self._behind_at == cursor:
            self._feed.interrupt()
            self._feed_loop.wake()
        self._behind_at = cursor if head > cursor else None

    def _ask(self, work: Callable[[Client], Answer], done: Callable[[Answer], None], without: Answer) -> None:
        """Do ``work`` beside the loops; ``without`` is its answer when that is not possible."""

        def job() -> None:
            client = self._client_within(CASE_CONNECT_S, DRAFT_READ_S)
            try:
                answer = work(client)
            except Exception:
                logger.exception("asking the server failed")
                answer = without
            finally:
                client.close()
            done(answer)

        if self._cases is None:
            done(without)
        else:
            self._cases.submit(job)

    def _ask_case(self, code: str, done: Callable[[Case | CaseProblem], None]) -> None:
        client = self._client_within(CASE_CONNECT_S, CASE_READ_S)
        try:
            done(self._case(client, code))
        except Exception:
            logger.exception("asking for a case failed")
            done(CaseProblem(CaseProblemKind.NO_LINE))
        finally:
            client.close()

    def _case(self, client: Client, code: str) -> Case | CaseProblem:
        answer = client.get(f"/v1/cases/{code}")
        if answer.outcome is Outcome.NOT_FOUND:
            return CaseProblem(CaseProblemKind.UNKNOWN_CODE)
        if not answer.ok:
            return CaseProblem(CaseProblemKind.NO_LINE)
        try:
            state = CaseState.model_validate_json(answer.body)
        except ValidationError:
            return CaseProblem(CaseProblemKind.NO_LINE)
        return Case.read(state)


def _nothing(_answer: None) -> None:
    """Whether it came about is for the log."""
