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
from enum import StrEnum
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

#: Of one that somebody chooses: what OWASP's ASVS asks for at least, and what argon2 is given at most.
PASSWORD_LEAST: Final = 12
PASSWORD_CHARACTERS: Final = 200
#: Of a password, what is not the user name.
BESIDE_NAME_LEAST: Final = 8

Result = TypeVar("Result")


class PasswordFault(StrEnum):
    """Why a password cannot be chosen."""

    SHORT = "SHORT"
    LONG = "LONG"
    #: There is too little in it beside the user name.
    USER_NAME = "USER_NAME"
    #: It is the one from before.
    SAME = "SAME"
    #: Typed twice, and not alike.
    UNLIKE = "UNLIKE"


def password_fault(password: str, again: str, user_name: str, before: str = "") -> PasswordFault | None:
    """What keeps ``password`` from being chosen; ``before`` is the one that it replaces."""
    if len(password) < PASSWORD_LEAST:
        return PasswordFault.SHORT
    if len(password) > PASSWORD_CHARACTERS:
        return PasswordFault.LONG
    if len(password.casefold().replace(user_name.casefold(), "")) < BESIDE_NAME_LEAST:
        return PasswordFault.USER_NAME
    if password == before:
        return PasswordFault.SAME
    return None if password == again else PasswordFault.UNLIKE


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

    async def hash_soon(self, password: str) -> str:
        """The same, and no thread waits for it."""
        return await asyncio.wrap_future(self._begin(lambda: self._passwords.hash(password)))

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
