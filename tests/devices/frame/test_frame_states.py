"""The board on which a device's state stands."""

from __future__ import annotations

import pytest

from devices.frame import Availability, ComponentState, Condition, FakeClock, StateBoard


def _board() -> tuple[StateBoard, FakeClock]:
    clock = FakeClock()
    return StateBoard("printer", clock), clock


def test_a_device_not_yet_asked_is_unknown_not_unavailable() -> None:
    board, _ = _board()
    assert board.state().availability is Availability.UNKNOWN


def test_since_stays_while_only_a_supply_changes() -> None:
    board, clock = _board()
    first = board.publish(Availability.READY, supplies={"paper_mm": 500.0})
    clock.advance(60)
    second = board.publish(Availability.READY, supplies={"paper_mm": 380.0})
    assert second.since == first.since
    assert second.supplies == {"paper_mm": 380.0}


def test_since_moves_when_a_condition_comes() -> None:
    board, clock = _board()
    board.publish(Availability.READY)
    clock.advance(60)
    state = board.publish(Availability.READY, frozenset({Condition.MEDIA_LOW}))
    assert state.since == clock.now()


def test_supplies_are_kept_when_none_are_given() -> None:
    board, _ = _board()
    board.publish(Availability.READY, supplies={"paper_mm": 500.0})
    assert board.publish(Availability.UNAVAILABLE).supplies == {"paper_mm": 500.0}


def test_supplies_cannot_be_changed_from_outside() -> None:
    board, _ = _board()
    levels = {"paper_mm": 500.0}
    state = board.publish(Availability.READY, supplies=levels)
    levels["paper_mm"] = 0.0
    assert state.supplies == {"paper_mm": 500.0}
    with pytest.raises(TypeError):
        state.supplies["paper_mm"] = 1.0  # type: ignore[index]


def test_subscribers_hear_changes_and_only_changes() -> None:
    board, _ = _board()
    heard: list[ComponentState] = []
    unsubscribe = board.subscribe(heard.append)
    board.publish(Availability.READY)
    board.publish(Availability.READY)
    unsubscribe()
    unsubscribe()
    board.publish(Availability.BUSY)
    assert [s.availability for s in heard] == [Availability.READY]


def test_a_failing_listener_silences_nobody_else() -> None:
    board, _ = _board()
    heard: list[ComponentState] = []

    def failing(_: ComponentState) -> None:
        raise RuntimeError("a bug of the listener")

    board.subscribe(failing)
    board.subscribe(heard.append)
    board.publish(Availability.READY)
    assert len(heard) == 1


def test_the_words_of_both_enumerations_equal_their_names() -> None:
    assert all(member.name == member.value for member in (*Availability, *Condition))
