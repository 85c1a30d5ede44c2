"""What went wrong with a call, in words: codes as in :class:`onecopy.errors.UnreadableError`."""

import re
import signal

from onecopy.sandbox.interface import Failure
from onecopy.sandbox.messages import Fault, Refused

_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ADVICE = "The file is untouched; look at it with another program."


def clean(text: str, at_most: int = 1000) -> str:
    """Make text from outside safe to print: no control characters, bounded."""
    return "".join(c if c.isprintable() else " " for c in text[:at_most]).strip()


def timeout(seconds: float) -> Failure:
    """The call took too long."""
    message = f"Reading took longer than {seconds:g} seconds and was stopped. {_ADVICE}"
    return Failure(code="decode-timeout", message=message)


def out_of_memory() -> Failure:
    """The call needed more than a worker may use."""
    message = (
        f"Reading needs more memory than a worker may use. Raise the memory limit if it is sound. {_ADVICE}"
    )
    return Failure(code="out-of-memory", message=message)


def nonsense(why: str) -> Failure:
    """The worker's reply was too long, or not what the task returns."""
    message = f"The worker that read it gave no usable answer ({clean(why, 200)}). {_ADVICE}"
    return Failure(code="worker-died", message=message)


def died(exitcode: int | None) -> Failure:
    """The worker ended in the middle of the call; ``exitcode`` is negative for a signal."""
    if exitcode == -signal.SIGBUS:
        message = "The file became shorter while it was read. Scan it again when nobody writes to it."
        return Failure(code="vanished", message=message)
    if exitcode == -signal.SIGXCPU:
        message = f"Reading used too much processor time and was stopped. {_ADVICE}"
        return Failure(code="decode-timeout", message=message)
    how = "was stopped" if exitcode is None else f"ended with status {exitcode}"
    if exitcode is not None and exitcode < 0:
        how = f"died ({_signal_name(-exitcode)})"
    if exitcode == -signal.SIGKILL:
        how += ", perhaps because the machine ran out of memory"
    return Failure(code="worker-died", message=f"The worker that read it {how}. {_ADVICE}")


def refused(reply: Refused) -> Failure:
    """The task said why it cannot read the file."""
    code = reply.code if _CODE.fullmatch(reply.code) else "corrupt"
    return Failure(code=code, message=clean(reply.message) or f"It cannot be read. {_ADVICE}")


def fault(reply: Fault) -> Failure:
    """The task raised what it should not have."""
    if reply.no_memory:
        return out_of_memory()
    what = clean(f"{reply.kind}: {reply.text}" if reply.text else reply.kind, 300)
    return Failure(code="fault", message=f"Reading failed in a way nobody foresaw ({what}). {_ADVICE}")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
