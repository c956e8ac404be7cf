"""argon2id for passwords and PINs, with a cap on how many are computed at once (64 MiB and 0.3 s each)."""

import threading
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE: Final = 2
#: A kiosk verifies PINs on a small machine: OWASP's second recommendation, 19 MiB.
PIN_MEMORY_KIB: Final = 19_456
PIN_PASSES: Final = 2


class Passwords:
    def __init__(self) -> None:
        self._gate = threading.BoundedSemaphore(AT_ONCE)
        self._passwords = PasswordHasher()
        self._pins = PasswordHasher(time_cost=PIN_PASSES, memory_cost=PIN_MEMORY_KIB, parallelism=1)

    def hash(self, password: str) -> str:
        with self._gate:
            return self._passwords.hash(password)

    def hash_pin(self, pin: str) -> str:
        with self._gate:
            return self._pins.hash(pin)

    def verify(self, encoded: str, password: str) -> bool:
        """Whether ``password`` is the one; False for a hash that cannot be read."""
        with self._gate:
            try:
                return self._passwords.verify(encoded, password)
            except (VerificationError, InvalidHashError):
                return False
