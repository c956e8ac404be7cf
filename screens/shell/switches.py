"""Switches at work: each press and each tick goes to the pace that is measured, or to what is offered next."""

from collections.abc import Callable
from typing import Final

from screens.access.focus import Box, FocusRing, Stop
from screens.access.keys import Action
from screens.access.narrator import Narrator
from screens.access.switch_scanning import Scan
from screens.look.widgets.field import Field
from screens.navigation.flow import Flow
from screens.navigation.overlays.switching import Switching
from screens.navigation.places import Over

#: At rest, after so many rounds without a press nobody is there.
UNUSED_ROUNDS: Final = 3
#: The first offer of a page stays longer: the page wants to be read.
FIRST: Final = 2.0


class Switches:
    """``choose`` does what OK does with what has the focus; ``moved`` shows where the focus went."""

    def __init__(
        self, flow: Flow, ring: FocusRing, narrator: Narrator, choose: Callable[[], None], moved: Callable[[], None]
    ) -> None:
        self._flow = flow
        self._ring = ring
        self._narrator = narrator
        self._choose = choose
        self._moved = moved
        self._scan = Scan(ring.stops)
        self._next_at = 0.0

    @property
    def state(self) -> Switching:
        return self._flow.preferences.switching

    @property
    def box(self) -> Box | None:
        """Round what is offered; None while nothing is."""
        return self._scan.box if self.state.on else None

    def pressed(self, action: Action) -> None:
        """Of one switch, or of the second one, which steps."""
        now = self._now()
        if self.state.trembles(action, now):
            return
        if action is Action.SWITCH_STEP:
            self._step(now)
        elif self.state.calibration is not None:
            self.state.calibration.press(now)
            self._after_measuring(now)
        elif not self.state.on:
            self.state.measure(now)
            self._flow.open_switches()
        else:
            self._select(now)

    def tick(self) -> None:
        """Several times a second."""
        state, now = self.state, self._now()
        if state.calibration is not None:
            if self._flow.over is not Over.SWITCHES:
                state.stop()  # it was closed by a finger
                return
            state.calibration.tick(now)
            self._after_measuring(now)
        elif state.on and state.auto and now >= self._next_at and self._flow.idle_left is None:
            if self._flow.voice.speaking:
                self._next_at = now + state.pace_s
                return
            self._scan.advance()
            if self._flow.session is None and self._scan.rounds >= UNUSED_ROUNDS:
                self.stop()
                return
            self._offer(now)

    def page_changed(self) -> None:
        """Another page or layer: from its beginning."""
        self._scan.forget()
        if self.state.on and self.state.calibration is None:
            self._scan.restart()
            self._next_at = self._now() + FIRST * self.state.pace_s

    def settle(self) -> None:
        """The same page, whose widgets may have been made anew."""
        if self._scan.offer:
            self._scan.refresh()

    def stop(self) -> None:
        """Nobody uses them any more."""
        self.state.stop()
        self._scan.forget()
        self._ring.hide()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _step(self, now: float) -> None:
        measuring = self.state.calibration is not None
        self.state.step_by_hand()
        if measuring:
            self._flow.close_over()
            return
        self._scan.advance()
        self._offer(now)

    def _select(self, now: float) -> None:
        stop = self._scan.select()
        if stop is None:
            if not self._scan.offer:
                self._scan.advance()
            self._offer(now)
            return
        self._ring.go_to(stop.widget)
        self._moved()
        self._choose()
        self._scan.chose(typing=stop.is_key or _is_typed_into(stop))
        self._next_at = now + FIRST * self.state.pace_s
        self._moved()

    def _offer(self, now: float) -> None:
        """Shows and says what is at hand."""
        offer = self._scan.offer
        self._next_at = now + self.state.pace_s
        if not offer:
            return
        self._ring.go_to(offer[0].widget)
        if len(offer) == 1:
            self._narrator.moved(self._ring.current)
        else:
            self._narrator.offered(offer)
        self._moved()

    def _after_measuring(self, now: float) -> None:
        if self.state.calibration is None or not self.state.calibration.done:
            return
        self.state.measured()
        self._next_at = now + FIRST * self.state.pace_s
        self._flow.close_over()

    def _now(self) -> float:
        return self._flow.context.monotonic()


def _is_typed_into(stop: Stop) -> bool:
    return isinstance(stop.widget, Field) and bool(stop.widget.active)
