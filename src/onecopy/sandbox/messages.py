"""What caller, zygote and worker say to each other, as msgpack."""

import msgspec

from onecopy.model import Limits


class Fork(msgspec.Struct, tag="fork"):
    """To the zygote, followed by a descriptor: start a worker on that socket. It answers `Forked`."""

    names: tuple[str, ...]
    limits: Limits


class Reap(msgspec.Struct, tag="reap"):
    """To the zygote: how did this worker end? It answers `Reaped`."""

    pid: int


class Forked(msgspec.Struct, tag="forked"):
    """From the zygote: the new worker's number, or why there is none."""

    pid: int = 0
    problem: str = ""


class Reaped(msgspec.Struct, tag="reaped"):
    """From the zygote: as :func:`os.waitstatus_to_exitcode` says; ``None`` while the worker lives."""

    exitcode: int | None


class Ready(msgspec.Struct):
    """From a worker, once: it is locked down, and how."""

    protection: dict[str, str]


class Request(msgspec.Struct, array_like=True):
    """To a worker, followed by ``files`` descriptors: run this function."""

    function: str
    args_type: str
    args: msgspec.Raw
    files: int
    seconds: float


class Result(msgspec.Struct, tag="result"):
    """From a worker: what the function returned, still encoded."""

    value: msgspec.Raw


class Refused(msgspec.Struct, tag="refused"):
    """From a worker: the function raised :class:`onecopy.errors.UnreadableError`."""

    code: str
    message: str


class Fault(msgspec.Struct, tag="fault"):
    """From a worker: the function raised something else."""

    kind: str
    text: str
    no_memory: bool
