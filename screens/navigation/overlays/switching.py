"""One or two switches instead of a finger: how fast what can be chosen is offered, and how a person's pace is measured.

With one switch the kiosk steps by itself and the switch chooses; with two, one steps and the other chooses. Knows
nothing of Kivy; times are seconds of the kiosk's clock.
"""

from typing import Final

#: How often the person is asked to press, and how long each time: all of it is over within 20 seconds.
ROUNDS: Final = 4
REST_S: Final = 1.0
LONGEST_S: Final = 3.6
#: A reaction is this part of the time that somebody needs between two steps (Simpson and Koester's rule of 0.65).
REACTION: Final = 0.65
SLOWEST_S: Final = 6.0
FASTEST_S: Final = 0.6
#: One step of slower or faster.
FACTOR: Final = 1.25
#: Presses that follow one another within this are one, of a hand that trembles.
TREMBLE_S: Final = 0.25


class Calibration:
    """Asks ROUNDS times for a press as soon as a light is on. ``tick`` and ``press`` drive it."""

    def __init__(self, now: float) -> None:
        self._next_at = now + REST_S
        self._lit_at: float | None = None
        #: How long each press took; LONGEST_S where none came.
        self.reactions: list[float] = []
        self._answered = 0

    @property
    def lit(self) -> bool:
        return self._lit_at is not None

    @property
    def done(self) -> bool:
        return len(self.reactions) == ROUNDS

    @property
    def answered(self) -> bool:
        """Somebody pressed at least once, who is there then."""
        return self._answered > 0

    @property
    def pace_s(self) -> float:
        """Seconds between two steps for this person."""
        mean = sum(self.reactions) / max(1, len(self.reactions))
        return clamped(mean / REACTION)

    def tick(self, now: float) -> None:
        if self.done:
            return
        if self._lit_at is not None and now - self._lit_at >= LONGEST_S:
            self._note(LONGEST_S, now)
        elif self._lit_at is None and now >= self._next_at:
            self._lit_at = now

    def press(self, now: float) -> None:
        """Before the light it counts for nothing: nobody is blamed for being early."""
        if self._lit_at is not None and not self.done:
            self._answered += 1
            self._note(min(now - self._lit_at, LONGEST_S), now)

    def _note(self, reaction: float, now: float) -> None:
        self.reactions.append(reaction)
        self._lit_at, self._next_at = None, now + REST_S


class Switching:
    """Of the session: on or not, by itself (one switch) or by steps (two), and how fast."""

    def __init__(self) -> None:
        self.on = False
        #: The kiosk steps by itself.
        self.auto = False
        self.pace_s = SLOWEST_S
        self.calibration: Calibration | None = None
        #: When each switch was pressed last.
        self._pressed_at: dict[str, float] = {}

    def trembles(self, switch: str, now: float) -> bool:
        """Whether a press of a switch is its last one again; notes it."""
        before = self._pressed_at.get(switch, float("-inf"))
        self._pressed_at[switch] = now
        return now - before < TREMBLE_S

    def measure(self, now: float) -> None:
        """Begins to measure the pace of somebody with one switch."""
        self.on, self.auto, self.calibration = True, True, Calibration(now)

    def measured(self) -> None:
        """The pace is known; nobody is there when no press came."""
        calibration, self.calibration = self.calibration, None
        if calibration is not None and calibration.answered:
            self.pace_s = calibration.pace_s
        else:
            self.stop()

    def step_by_hand(self) -> None:
        """A second switch steps: nothing is measured, and nothing moves by itself."""
        self.on, self.auto, self.calibration = True, False, None

    def change_pace(self, by: int) -> None:
        """``by`` 1 is one step faster, -1 slower."""
        self.pace_s = clamped(self.pace_s / FACTOR**by)

    @property
    def can_faster(self) -> bool:
        return self.pace_s > FASTEST_S

    @property
    def can_slower(self) -> bool:
        return self.pace_s < SLOWEST_S

    def stop(self) -> None:
        """The session is over, or nobody presses any more."""
        self.on = self.auto = False
        self.pace_s, self.calibration = SLOWEST_S, None


def clamped(pace_s: float) -> float:
    return min(max(pace_s, FASTEST_S), SLOWEST_S)
