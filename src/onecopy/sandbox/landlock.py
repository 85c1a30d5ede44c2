"""Landlock: take the file system and the network away from this process, for good.

Source: the kernel's ``userspace-api/landlock.rst``. Rules can only ever be added, so nothing that runs later
in the process can get back what was given up.
"""

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from onecopy.sandbox import kernel

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FS_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many file rights each version of the interface knows; later ones know as many as version 5."""


def version() -> int:
    """The kernel's version of the Landlock interface; 0 where there is none."""
    try:
        return kernel.syscall(_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def restrict(readable: Iterable[str]) -> int:
    """Allow reading beneath some paths, and nothing else: no writing, no running, no TCP.

    Args:
        readable: Files and folders; those that do not exist are passed over.

    Returns:
        The version of the interface that now holds; 0 if the kernel has none.

    Raises:
        OSError: if the kernel has it and refuses all the same.
    """
    abi = version()
    if not abi:
        return 0
    rights = (1 << _FS_RIGHTS.get(abi, _FS_RIGHTS[5])) - 1
    network = 0b11 if abi >= 4 else 0
    scoped = 0b11 if abi >= 6 else 0  # abstract Unix sockets, signals to other processes
    attributes = struct.pack("=QQQ", rights, network, scoped)[: 24 if abi >= 6 else 16 if abi >= 4 else 8]
    ruleset = kernel.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path in readable:
            _allow_reading(ruleset, path)
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _allow_reading(ruleset: int, path: str) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | _READ_DIR if Path(path).is_dir() else _READ_FILE
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, fd))
        kernel.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)
