"""What threads want written at the same time is written in one go, and what fails fails alone."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from server.work.gathered import Gathered

BAD = 13


class Writer:
    """Its first group waits until ``go``; what it was given at once is in ``groups``."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, items: Sequence[int]) -> None:
        self.groups.append(sorted(items))
        self.begun.set()
        assert self.go.wait(60)
        if BAD in items:
            raise ValueError(BAD)


def put_beside_a_first(items: Sequence[int]) -> tuple[list[list[int]], list["Future[None]"]]:
    """The groups that ``items`` were written in, which came while another one was written."""
    writer = Writer()
    gathered = Gathered(writer)
    with ThreadPoolExecutor(len(items) + 1) as threads:
        first = threads.submit(gathered.put, 0)
        assert writer.begun.wait(60)
        others = [threads.submit(gathered.put, item) for item in items]
        while len(gathered._waiting) < len(items):
            threading.Event().wait(0.001)
        writer.go.set()
    assert first.exception() is None
    return writer.groups[1:], others


def test_those_who_come_while_one_is_written_are_written_together() -> None:
    groups, others = put_beside_a_first([1, 2, 3])
    assert groups == [[1, 2, 3]]
    assert [one.exception() for one in others] == [None] * 3


def test_what_cannot_be_written_costs_nobody_else() -> None:
    groups, others = put_beside_a_first([1, BAD, 2])
    assert (groups[0], sorted(groups[1:])) == ([1, 2, BAD], [[1], [2], [BAD]])
    assert [type(one.exception()) for one in others] == [type(None), ValueError, type(None)]
