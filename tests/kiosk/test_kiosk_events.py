"""The bus: everybody hears, nobody can stop the others."""

from kiosk.events import Bus, Event, IdleOver, Scanned


def test_every_subscriber_hears_every_event_in_order() -> None:
    bus, first, second = Bus(), list[Event](), list[Event]()
    bus.subscribe(first.append)
    bus.subscribe(second.append)
    bus.publish(IdleOver())
    assert first == second == [IdleOver()]


def test_a_subscriber_that_fails_does_not_stop_the_next() -> None:
    bus, heard = Bus(), list[Event]()

    def broken(_event: Event) -> None:
        raise ZeroDivisionError

    bus.subscribe(broken)
    bus.subscribe(heard.append)
    bus.publish(IdleOver())
    assert heard == [IdleOver()]


def test_after_unsubscribing_nothing_is_heard_and_twice_is_harmless() -> None:
    bus, heard = Bus(), list[Event]()
    unsubscribe = bus.subscribe(heard.append)
    unsubscribe()
    unsubscribe()
    bus.publish(IdleOver())
    assert heard == []


def test_a_scan_does_not_show_its_personal_data_in_a_log() -> None:
    assert "3578" not in repr(Scanned("NIK_CARD", "3578011708450001", nik="3578011708450001"))
