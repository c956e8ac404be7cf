"""The places that lie over each other, as one value that never changes; these functions give the next one.

At the bottom is the list of services; on it the pages that lead to a service; on top at most one page beside the
session; over all of them perhaps a layer. The kiosk's session alone knows at which step a session stands: its place comes
between the two (``in_sight``).
"""

from dataclasses import dataclass, replace
from typing import Final

from screens.navigation.places import Name, Over, Place

BOTTOM: Final = Place(Name.SERVICES)


@dataclass(frozen=True, slots=True)
class Stack:
    #: Never empty; only the last may be a page beside the session.
    places: tuple[Place, ...] = (BOTTOM,)
    over: Over = Over.NOTHING

    @property
    def beside(self) -> Place | None:
        """The page beside the session."""
        top = self.places[-1]
        return top if top.is_beside else None

    @property
    def ways(self) -> tuple[Place, ...]:
        """What leads from the list of services to a service."""
        return self.places[:-1] if self.places[-1].is_beside else self.places


def in_sight(stack: Stack, step: Place | None) -> Place:
    """The page; ``step`` is where the session stands, None as long as a service is being looked for."""
    return stack.beside or step or stack.places[-1]


def push(stack: Stack, place: Place) -> Stack:
    """A page more; of pages beside the session the new one is there instead of the one before."""
    beside = (place,) if place.is_beside else stack.places[len(stack.ways) :]
    ways = stack.ways if place.is_beside else (*stack.ways, place)
    return replace(stack, places=ways + beside)


def pop(stack: Stack) -> Stack:
    """One page less; the list of services stays."""
    return replace(stack, places=stack.places[:-1]) if len(stack.places) > 1 else stack


def rejoin(stack: Stack) -> Stack:
    """Nothing beside the session any more: back to where it stands."""
    return replace(stack, places=stack.ways)


def forget_ways(stack: Stack) -> Stack:
    """Whatever led to a service, from it the way back leads to the list; what is beside the session stays."""
    return replace(stack, places=(BOTTOM, *stack.places[len(stack.ways) :]))


def restart(stack: Stack) -> Stack:
    """The list of services alone; what lies over the page stays."""
    return replace(stack, places=(BOTTOM,))


def reset(stack: Stack) -> Stack:
    """A visit ended: nothing of it is left. Field staff at work stay where they are."""
    beside = stack.beside
    return Stack((BOTTOM, beside) if beside is not None and beside.is_staff else (BOTTOM,))


def cover(stack: Stack, over: Over) -> Stack:
    """Lays a layer over the page, instead of the one before."""
    return replace(stack, over=over)


def uncover(stack: Stack) -> Stack:
    return replace(stack, over=Over.NOTHING)
