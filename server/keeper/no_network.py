"""A process without a network, for good: the kernel refuses what could reach one, or get around that (seccomp).

No right is needed for it, and nothing takes it back: not a fork, not another program. What is open already can still be read and
written, which is how whoever started the process speaks to it.
"""

import ctypes
import platform
import struct
from typing import Final

#: linux/prctl.h, linux/seccomp.h
_NO_NEW_PRIVILEGES: Final = 38
_SECCOMP: Final = 22
_DUMPABLE: Final = 4
_FILTER: Final = 2
#: linux/filter.h: load a word, jump if equal, jump if greater or equal, return.
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # EPERM
#: Offsets in struct seccomp_data.
_NUMBER: Final = 0
_ARCHITECTURE: Final = 4
#: x86-64 has a second table of calls above this number.
_SECOND_TABLE: Final = 0x40000000

#: Of each machine: its number (linux/audit.h), and the calls that are refused. Sockets, those who use one that somebody hands
#: over, io_uring, which does all of it without calls, other programs, and looking into other processes.
_REFUSED: Final[dict[str, tuple[int, dict[str, int]]]] = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "accept": 43,
            "sendto": 44,
            "recvfrom": 45,
            "sendmsg": 46,
            "recvmsg": 47,
            "bind": 49,
            "listen": 50,
            "socketpair": 53,
            "execve": 59,
            "ptrace": 101,
            "accept4": 288,
            "recvmmsg": 299,
            "sendmmsg": 307,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "execveat": 322,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ptrace": 117,
            "socket": 198,
            "socketpair": 199,
            "bind": 200,
            "listen": 201,
            "accept": 202,
            "connect": 203,
            "sendto": 206,
            "recvfrom": 207,
            "sendmsg": 211,
            "recvmsg": 212,
            "execve": 221,
            "accept4": 242,
            "recvmmsg": 243,
            "sendmmsg": 269,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "execveat": 281,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
}


class CannotRefuse(RuntimeError):
    """This machine's kernel cannot be asked for it."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def without_network() -> None:
    """From now on, for this process and all that it forks. Raises CannotRefuse."""
    machine = platform.machine()
    if machine not in _REFUSED:
        raise CannotRefuse(f"not known for {machine}")
    architecture, calls = _REFUSED[machine]
    code = _program(architecture, sorted(calls.values()))
    program = _Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    # Nor is its memory to be read by others of the same user, or written to disk when it dies.
    libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0):
        raise CannotRefuse(f"the kernel refused (errno {ctypes.get_errno()})")


def _program(architecture: int, refused: list[int]) -> bytes:
    """Berkeley packet filter: everything is allowed but these calls, and calls of another machine's table."""
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, len(refused) + 1, 0, _SECOND_TABLE),
        *((_EQUAL, len(refused) - place, 0, number) for place, number in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
