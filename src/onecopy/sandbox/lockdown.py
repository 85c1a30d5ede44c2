"""Lock this process down: everything the kernel offers, in the right order, each part optional.

Called by a worker after it has imported what it needs and before it sees a byte from outside.
"""

import contextlib
import functools
import os
import resource
import site
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from onecopy.model import Limits
from onecopy.sandbox import kernel, landlock, seccomp

_OPEN_FILES = 1024
_SLACK = 256 << 20  # address space for what is mapped later without costing memory: lazily imported modules
_SHARED = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/etc/ld.so.cache")
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/X11/fonts")


def lock_down(limits: Limits) -> dict[str, str]:
    """Give up all that decoding does not need. There is no way back.

    Returns:
        What is active, in words, by ``limits``, ``files``, ``network`` and ``system-calls``.
    """
    sys.dont_write_bytecode = True
    os.umask(0o777)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")  # if memory runs out, a worker goes first
    limit(limits)
    privileges = _attempt(lambda: kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1))
    files = _attempt(lambda: landlock.restrict(readable()))
    _attempt(kernel.drop_capabilities)
    calls = privileges if isinstance(privileges, str) else _attempt(seccomp.restrict)
    if calls is not True:
        _cap(resource.RLIMIT_NPROC, 0)  # counts the threads of a user, so only where nothing better holds
    return _in_words(files, calls)


@functools.cache
def readable() -> tuple[str, ...]:
    """What a worker may read: the standard library, installed packages, shared libraries, fonts.

    The zygote finds out once, for all its workers.
    """
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = [*map(sysconfig.get_path, names), *site.getsitepackages(), str(Path(__file__).parents[1])]
    paths += [f"{prefix}/lib" for prefix in (sys.prefix, sys.base_prefix)]
    paths += [p for p in sys.path if Path(p).name in ("site-packages", "dist-packages", "lib-dynload")]
    return (*dict.fromkeys(paths), *_SHARED, *_FONTS)


def limit(limits: Limits) -> None:
    """Set the limits that hold for the life of the process; memory is on top of what it uses now."""
    pages = [int(n) for n in Path("/proc/self/statm").read_text().split()]
    mapped, private = pages[0] * resource.getpagesize(), pages[5] * resource.getpagesize()
    _cap(resource.RLIMIT_DATA, private + limits.memory_bytes)
    _cap(resource.RLIMIT_AS, mapped + limits.memory_bytes + _SLACK + 2 * limits.file_bytes)
    _cap(resource.RLIMIT_FSIZE, 0)
    _cap(resource.RLIMIT_CORE, 0)
    _cap(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _cap(resource.RLIMIT_MEMLOCK, 0)
    _cap(resource.RLIMIT_MSGQUEUE, 0)


def limit_cpu(seconds: float) -> None:
    """Let this process use so much more processor time: a backstop behind the caller's own clock."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    at_most = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard != resource.RLIM_INFINITY:
        at_most = min(at_most, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (at_most, hard))


def _cap(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))


def _attempt(step: Callable[[], object]) -> object:
    """What the step returns; if the kernel refuses it, why, as text."""
    try:
        return step()
    except OSError as error:
        return f"not available here ({error.strerror})"


def _in_words(files: object, calls: object) -> dict[str, str]:
    words = {"limits": "active: memory, processor time, open files; no file can grow"}
    if isinstance(files, int) and files > 0:
        words["files"] = f"active: Landlock {files}; reads installed software and fonts only, writes nothing"
    elif calls is True:
        words["files"] = "partly active: no Landlock in this kernel; seccomp refuses all writing"
    else:
        words["files"] = "NOT active: this kernel offers no Landlock"
    if calls is True:
        words["network"] = "active: seccomp allows no sockets"
        words["system-calls"] = "active: seccomp allows what decoding needs; no new programs or processes"
    else:
        tcp = isinstance(files, int) and files >= 4
        words["network"] = "partly active: Landlock allows no TCP" if tcp else "NOT active"
        words["system-calls"] = f"NOT active: seccomp {calls or 'does not know this machine'}"
    return words
