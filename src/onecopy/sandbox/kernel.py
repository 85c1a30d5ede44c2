"""Calls to the Linux kernel that Python has no name for. Used by worker processes only, never on import."""

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
_CAP_V3 = 0x20080522
_CAP_DAC_READ_SEARCH = 1 << 2

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: object) -> int:
    """Make a system call; integers are passed as machine words.

    Raises:
        OSError: if the kernel refuses.
    """
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_libc.syscall(ctypes.c_long(number), *words))
    if result < 0:
        raise _error()
    return result


def prctl(option: int, value: int) -> None:
    """Set a property of this process.

    Raises:
        OSError: if the kernel refuses.
    """
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise _error()


def drop_capabilities() -> None:
    """Give up what root may do, but for reading (lazy imports from a home folder; Landlock bounds that).

    Otherwise a worker of root could raise its own limits again.

    Raises:
        OSError: if the kernel refuses.
    """
    header = (ctypes.c_uint32 * 2)(_CAP_V3, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice 32 bits
    if _libc.capget(header, sets) != 0:
        raise _error()
    kept = [word & _CAP_DAC_READ_SEARCH for word in sets[:2]]
    sets[:] = [*kept, 0, 0, 0, 0]
    if _libc.capset(header, sets) != 0:
        raise _error()


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
