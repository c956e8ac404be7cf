"""What the home screen says."""

from dataclasses import dataclass
from typing import Final

from kiosk.machine.health import Ability
from screens.navigation.flow import Flow

#: More are more than anybody reads standing; the newest come first.
NOTICES_SHOWN: Final = 6


@dataclass(frozen=True)
class HomeShown:
    time: str
    day: str
    status: str
    healthy: bool
    count: str
    #: What the city tells everybody, the newest first.
    notices: tuple[str, ...]


class HomeModel:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.city = flow.context.identity.city

    @property
    def language(self) -> str:
        return self.flow.language

    @property
    def invitations(self) -> tuple[str, ...]:
        """ "Touch to start" in every language, Indonesian first."""
        return self.flow.in_every_language("home.start")

    @property
    def minute(self) -> int:
        """Of the day."""
        now = self.flow.context.now()
        return now.hour * 60 + now.minute

    def choose_language(self, language: str) -> None:
        self.flow.preferences.set_language(language)

    def start(self) -> None:
        self.flow.citizen.start()

    def track(self) -> None:
        self.flow.citizen.start_tracking()

    def adjust(self) -> None:
        self.flow.open_adjust()

    def help(self) -> None:
        self.flow.open_help()

    def look(self) -> HomeShown:
        """How things are now."""
        texts, snapshot = self.flow.texts, self.flow.context.snapshot()
        healthy = snapshot.ability is Ability.FULL
        return HomeShown(
            time=self.flow.formatting.clock(snapshot.at),
            day=self.flow.formatting.weekday(snapshot.at),
            status=texts("home.all_works") if healthy else self.flow.trouble(snapshot),
            healthy=healthy,
            # Nobody is encouraged by being told that nobody came.
            count=texts.count("home.served_today", snapshot.sessions_today) if snapshot.sessions_today else "",
            notices=tuple(one.text.get(self.flow.language) for one in snapshot.notices[:NOTICES_SHOWN]),
        )
