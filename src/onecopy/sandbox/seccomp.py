"""seccomp: leave this process only the system calls that decoding needs, for good.

A list of what is allowed, not of what is forbidden: what a later kernel invents is refused too. What is not
allowed answers ``ENOSYS``, as on an older kernel, so libraries fall back instead of failing. Source: the
kernel's ``userspace-api/seccomp_filter.rst``; the filter is classic BPF.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence

from onecopy.sandbox import kernel
from onecopy.sandbox.syscalls import ALLOWED, CHECKED, MACHINES

_SYSCALL = (317, 277)  # seccomp(2) itself, in the columns of MACHINES
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLONE_THREAD = 0x10000
_FCNTL = (0, 1, 2, 3, 4, 1030, 1034)  # duplicate, flags, seals; no owner, no signal
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5450, 0x5451)  # is it a terminal, how big, how much; close on exec
_PRCTL = (15, 0x53564D41)  # name of a thread, name of a mapping

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


def restrict() -> bool:
    """Install the filter in every thread of this process. Needs ``no_new_privs`` set.

    Returns:
        Whether it holds: ``False`` on a machine whose call numbers are not known here.

    Raises:
        OSError: if the kernel has no seccomp, or refuses.
    """
    machine = platform.machine()
    if machine not in MACHINES or struct.calcsize("P") != 8:
        return False
    audit, column = MACHINES[machine]
    code = b"".join(struct.pack("=HBBI", *i) for i in program(audit, column, os.getpid()))
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    kernel.syscall(_SYSCALL[column], _SET_MODE_FILTER, _ALL_THREADS, header)
    return True


def program(audit: int, column: int, pid: int) -> list[Instruction]:
    """Write the filter: the machine is checked first, then each call by number, then its arguments."""
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IF_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    for numbers in ALLOWED.values():
        if (number := numbers[column]) is not None:
            code += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for name, check in _checks(pid).items():
        if (number := CHECKED[name][column]) is not None:
            code += [(_IF_EQUAL, 0, len(check), number), *check]
    return [*code, _refuse(errno.ENOSYS)]


def _checks(pid: int) -> dict[str, list[Instruction]]:
    """For each checked call, what decides: every list ends by returning."""
    return {
        "openat": _without_bits(2, _WRITING),
        "open": _without_bits(1, _WRITING),
        "fcntl": _one_of(1, _FCNTL),
        "ioctl": _one_of(1, _IOCTL),
        "clone": [
            *_argument(0),
            (_IF_ANY_BIT, 0, 1, _CLONE_THREAD),
            (_RETURN, 0, 0, _ALLOW),
            _refuse(errno.EPERM),
        ],
        "prctl": _one_of(0, _PRCTL),
        "prlimit64": _one_of(0, (0, pid)),
        "tgkill": _one_of(0, (pid,)),
    }


def _argument(index: int) -> list[Instruction]:
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * index)]  # the lower half, on a little-endian machine


def _one_of(index: int, values: Sequence[int]) -> list[Instruction]:
    tests = [(_IF_EQUAL, len(values) - n, 0, value) for n, value in enumerate(values)]
    return [*_argument(index), *tests, _refuse(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _without_bits(index: int, bits: int) -> list[Instruction]:
    test = (_IF_ANY_BIT, 0, 1, bits)
    return [*_argument(index), test, _refuse(errno.EACCES), (_RETURN, 0, 0, _ALLOW)]


def _refuse(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)
