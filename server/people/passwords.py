"""argon2id for passwords and PINs, in threads of its own: 64 MiB and 0.3 s each, two at once, and so many that wait.

In the threads that answer requests, sign-ins that wait for each other would let nobody else through.
"""

import asyncio
import base64
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 2
#: More are told to come again: the last of them is served after some five seconds.
WAITING: Final = 32
#: A kiosk verifies PINs on a small machine: OWASP's second recommendation, 19 MiB.
PIN_MEMORY_KIB: Final = 19_456
PIN_PASSES: Final = 2
#: Added to the threads' niceness: what kiosks send goes first.
_NICE: Final = 10

Result = TypeVar("Result")


class PasswordsBusy(RuntimeError):
    """AT_ONCE are computed and WAITING wait."""


class Passwords:
    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "argon2", _step_back)
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING)
        self._passwords = PasswordHasher()
        self._pins = PasswordHasher(time_cost=PIN_PASSES, memory_cost=PIN_MEMORY_KIB, parallelism=1)
        #: Nobody's: what a name that does not exist is verified with, so that it takes as long.
        self.nobodys: Final = _unknowable(self._passwords)

    def hash(self, password: str) -> str:
        """This and the others raise PasswordsBusy."""
        return self._begin(lambda: self._passwords.hash(password)).result()

    def hash_pin(self, pin: str) -> str:
        return self._begin(lambda: self._pins.hash(pin)).result()

    def verify(self, encoded: str, password: str) -> bool:
        """Whether ``password`` is the one; False for a hash that cannot be read."""
        return self._begin(lambda: self._verified(encoded, password)).result()

    async def verify_soon(self, encoded: str, password: str) -> bool:
        """The same, and no thread waits for it."""
        return await asyncio.wrap_future(self._begin(lambda: self._verified(encoded, password)))

    def _begin(self, work: Callable[[], Result]) -> "Future[Result]":
        if not self._places.acquire(blocking=False):
            raise PasswordsBusy
        begun = self._threads.submit(work)
        begun.add_done_callback(lambda _: self._places.release())
        return begun

    def _verified(self, encoded: str, password: str) -> bool:
        try:
            return self._passwords.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False


def _step_back() -> None:
    """Linux has a niceness for each thread, which argon2's own threads inherit."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _unknowable(hasher: PasswordHasher) -> str:
    """A hash with the same costs that belongs to no password anybody knows; made without computing one."""
    salt, digest = (_base64(secrets.token_bytes(size)) for size in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode().rstrip("=")
