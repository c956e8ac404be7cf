"""Processes of their own, forked from one that has imported and read everything that does not change.

A program that starts from nothing takes seconds of a processor for what is the same each time; a forked one tenths. There is
one such process for each of pytest's own, so what is loaded beforehand stands in one place.
"""

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from multiprocessing.process import BaseProcess
from typing import Any, Final

PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.loaded_before_forks"])
#: Longer than any order of the tests takes beside others.
ENDS_WITHIN_S: Final = 100.0


def command(module: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """``python -m module arguments``, whose ``cli`` it calls: the exit code, and what was said."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = started(module, *arguments, out=out.fileno(), err=err.fileno())
        process.join(ENDS_WITHIN_S)
        if process.is_alive():
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired([module, *arguments], ENDS_WITHIN_S)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess([module, *arguments], process.exitcode or 0, out.read(), err.read())


def started(module: str, *arguments: str, out: int, err: int) -> BaseProcess:
    """The same, running. ``out`` and ``err``: open files, for what it says."""
    process = PROCESSES.Process(target=_run, args=(_Passed(out), _Passed(err), module, arguments, dict(os.environ)))
    process.start()
    return process


class _Passed:
    """An open file on its way into the other process."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> Any:
        from multiprocessing.reduction import DupFd

        return _arrived, (DupFd(self.number),)


def _arrived(carried: Any) -> _Passed:
    return _Passed(carried.detach())


def _run(out: _Passed, err: _Passed, module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    for passed, number in ((out, 1), (err, 2)):
        os.dup2(passed.number, number)
        os.close(passed.number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [module, *arguments]
    importlib.import_module(f"{module}.__main__").cli(list(arguments))
