"""Answers of other threads: they come on Kivy's, once, and to nobody who is gone."""

import threading
from collections.abc import Callable

from kivy.clock import Clock

from screens.background.handover import Handover, ask, work


class Waiting:
    """Whoever waits for an answer, and on which thread it came."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.threads: list[threading.Thread] = []

    def done(self, answer: str) -> None:
        self.answers.append(answer)
        self.threads.append(threading.current_thread())


class Asked:
    """Who is asked, and answers when the test says so."""

    def __init__(self) -> None:
        self.answer: Callable[[str], None] | None = None

    def request(self, answer: Callable[[str], None]) -> None:
        self.answer = answer

    def answers(self, *words: str) -> None:
        """From another thread."""
        assert self.answer is not None
        for word in words:
            thread = threading.Thread(target=self.answer, args=(word,))
            thread.start()
            thread.join()
        Clock.tick()


def worked(job: Callable[[], str], done: Callable[[str], None]) -> Handover[str]:
    """The work was done, its answer not yet delivered."""
    before = set(threading.enumerate())
    handed = work(job, done, "otherwise")
    for thread in set(threading.enumerate()) - before:
        thread.join()
    return handed


def broken() -> str:
    raise OSError("the camera's own code failed")


def test_an_answer_of_another_thread_comes_on_kivys() -> None:
    asked, waiting = Asked(), Waiting()
    ask(asked.request, waiting.done)
    asked.answers("here")
    assert (waiting.answers, waiting.threads) == (["here"], [threading.current_thread()])


def test_only_the_first_answer_counts() -> None:
    asked, waiting = Asked(), Waiting()
    ask(asked.request, waiting.done)
    asked.answers("first")
    asked.answers("second", "third")
    assert waiting.answers == ["first"]


def test_an_answer_given_at_once_does_not_come_before_the_asking_is_over() -> None:
    waiting = Waiting()

    def request(answer: Callable[[str], None]) -> None:
        answer("at once")

    kept = ask(request, waiting.done)
    assert waiting.answers == []
    Clock.tick()
    assert waiting.answers == ["at once"]
    kept.cancel()


def test_nobody_who_is_gone_gets_an_answer() -> None:
    asked, waiting = Asked(), Waiting()
    kept = ask(asked.request, waiting.done), worked(lambda: "too late", waiting.done)
    for each in kept:
        each.cancel()
    asked.answers("too late")
    assert waiting.answers == []


def test_work_that_fails_answers_otherwise() -> None:
    waiting = Waiting()
    kept = [worked(broken, waiting.done)]
    Clock.tick()
    assert waiting.answers == ["otherwise"]
    kept.append(worked(lambda: "done", waiting.done))
    Clock.tick()
    assert waiting.answers == ["otherwise", "done"]
