"""Finding a service: those people use most, agencies, life events, search."""

from dataclasses import dataclass

from kiosk.catalogue.service import Service
from screens.look.widgets.entry import Entry, Layout
from screens.navigation.flow import Flow
from screens.navigation.view_model import ViewModel

MOST_USED = 4
#: Under this many letters everything would be found.
LEAST_QUERY = 2
FOUND_AT_MOST = 6


@dataclass(frozen=True)
class Choice:
    """A card: a service, an agency or a life event."""

    key: str
    title: str
    detail: str
    #: A name of ``protocol.pictograms``.
    pictogram: str


class ServicesModel:
    """The first screen of a session."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    def most_used(self) -> tuple[Choice, ...]:
        return tuple(service_choice(self.flow, service) for service in self.flow.context.most_used(MOST_USED))

    def agencies(self) -> tuple[Choice, ...]:
        """``key`` is what ``open_group`` takes."""
        language, texts = self.flow.language, self.flow.texts
        return tuple(
            Choice(
                f"agency:{group.agency.id}",
                group.agency.name.get(language),
                texts.count("services.count", len(group.services)),
                "agency",
            )
            for group in self.flow.context.catalogue.by_agency
        )

    def life_events(self) -> tuple[Choice, ...]:
        language, texts = self.flow.language, self.flow.texts
        return tuple(
            Choice(
                f"event:{group.event.id}",
                group.event.name.get(language),
                texts.count("services.count", len(group.services)),
                group.event.pictogram or group.services[0].icon,
            )
            for group in self.flow.context.catalogue.by_life_event
        )


class GroupModel:
    """The services of one agency or life event: ``agency:kelurahan``, ``event:anak``."""

    def __init__(self, flow: Flow, key: str) -> None:
        self.flow = flow
        kind, _, name = key.partition(":")
        catalogue, language = flow.context.catalogue, flow.language
        services: tuple[Service, ...] = ()
        self.title = ""
        if kind == "agency":
            for agency_group in catalogue.by_agency:
                if agency_group.agency.id == name:
                    self.title, services = agency_group.agency.name.get(language), agency_group.services
        else:
            for event_group in catalogue.by_life_event:
                if event_group.event.id == name:
                    self.title, services = event_group.event.name.get(language), event_group.services
        self.choices = tuple(service_choice(flow, service) for service in services)


class SearchModel(ViewModel):
    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self.flow = flow
        self.entry = Entry(Layout.LETTERS, limit=60)
        self.entry.upper = False
        self._stop = self.entry.listen(self._typed)

    @property
    def asked(self) -> bool:
        return len(self.entry.text.strip()) >= LEAST_QUERY

    def found(self) -> tuple[Choice, ...]:
        if not self.asked:
            return ()
        services = self.flow.context.catalogue.search(self.entry.text, self.flow.language, FOUND_AT_MOST)
        return tuple(service_choice(self.flow, service) for service in services)

    def close(self) -> None:
        super().close()
        self._stop()

    def _typed(self) -> None:
        self._changed()


def service_choice(flow: Flow, service: Service) -> Choice:
    return Choice(service.id, service.name.get(flow.language), service.summary.get(flow.language), service.icon)
