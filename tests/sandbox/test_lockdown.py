"""What a worker gives up; the filter is run here on made-up calls, for both machines."""

import errno
import json
import os
import struct
import subprocess
import sys

import pytest

from onecopy import sandbox
from onecopy.sandbox import seccomp
from onecopy.sandbox.syscalls import ALLOWED, CHECKED, MACHINES

PID = 4321
ALLOW, KILL = 0x7FFF0000, 0x80000000


def refuse(error: int) -> int:
    return 0x00050000 | error


def run(program: list[seccomp.Instruction], machine: int, number: int, *arguments: int) -> int:
    """A classic BPF machine, as far as the filter needs one."""
    padded = [*arguments, *[0] * 6][:6]
    data = struct.pack("<IIQ6Q", number, machine, 0, *padded)
    at, register = 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        if code == 0x20:
            (register,) = struct.unpack_from("<I", data, operand)
        elif code == 0x15:
            at += if_true if register == operand else if_false
        elif code == 0x45:
            at += if_true if register & operand else if_false
        else:
            assert code == 0x06
            return operand


@pytest.fixture(params=MACHINES)
def machine(request: pytest.FixtureRequest) -> tuple[list[seccomp.Instruction], int, int]:
    audit, column = MACHINES[request.param]
    return seccomp.program(audit, column, PID), audit, column


def test_the_filter_fits_the_kernel(machine: tuple[list[seccomp.Instruction], int, int]) -> None:
    program, *_ = machine
    assert len(program) < 4096
    assert all(0 <= if_true < 256 and 0 <= if_false < 256 for _, if_true, if_false, _ in program)


def test_only_listed_calls_pass(machine: tuple[list[seccomp.Instruction], int, int]) -> None:
    program, audit, column = machine
    allowed = {numbers[column] for numbers in ALLOWED.values()} - {None}
    checked = {numbers[column] for numbers in CHECKED.values()} - {None}
    assert not allowed & checked
    for number in range(1024):
        if number not in checked:
            expected = ALLOW if number in allowed else refuse(errno.ENOSYS)
            assert run(program, audit, number) == expected
    assert run(program, audit, 0x40000000) == refuse(errno.ENOSYS)
    assert run(program, audit + 1, 0) == KILL


@pytest.mark.parametrize(
    ("name", "arguments", "answer"),
    [
        ("openat", (0, 0, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY), ALLOW),
        ("openat", (0, 0, os.O_WRONLY), refuse(errno.EACCES)),
        ("openat", (0, 0, os.O_RDWR | os.O_CLOEXEC), refuse(errno.EACCES)),
        ("openat", (0, 0, os.O_CREAT), refuse(errno.EACCES)),
        ("clone", (0x3D0F00,), ALLOW),  # a thread, as glibc starts it
        ("clone", (0x1200011,), refuse(errno.EPERM)),  # a process, as fork() starts it
        ("prctl", (15,), ALLOW),
        ("prctl", (1,), refuse(errno.EPERM)),  # the signal on the parent's death
        ("fcntl", (3, 2), ALLOW),
        ("fcntl", (3, 8), refuse(errno.EPERM)),  # whom to send signals
        ("ioctl", (0, 0x5412), refuse(errno.EPERM)),  # typing into the terminal
        ("ioctl", (0, 0x5451), ALLOW),
        ("prlimit64", (0,), ALLOW),
        ("prlimit64", (PID,), ALLOW),
        ("prlimit64", (PID - 1,), refuse(errno.EPERM)),
        ("tgkill", (PID,), ALLOW),
        ("tgkill", (PID - 1,), refuse(errno.EPERM)),
    ],
)
def test_checked_calls(
    machine: tuple[list[seccomp.Instruction], int, int], name: str, arguments: tuple[int, ...], answer: int
) -> None:
    program, audit, column = machine
    number = CHECKED[name][column]
    assert number is not None
    assert run(program, audit, number, *arguments) == answer


WITHOUT = """
import json, sys
from onecopy.model import Limits
from onecopy.sandbox import landlock, lockdown, seccomp

def no_seccomp():
    raise OSError(22, "Invalid argument")

if "landlock" in sys.argv:
    landlock.version = lambda: 0
if "seccomp" in sys.argv:
    seccomp.restrict = no_seccomp
print(json.dumps(lockdown.lock_down(Limits())))
"""


@pytest.mark.parametrize(
    ("missing", "partly", "not_at_all"),
    [
        (["landlock"], {"files"}, set()),
        (["seccomp"], set(), {"system-calls"}),
        (["landlock", "seccomp"], set(), {"files", "network", "system-calls"}),
    ],
)
def test_an_older_kernel_protects_less_and_says_so(
    missing: list[str], partly: set[str], not_at_all: set[str]
) -> None:
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WITHOUT, *missing]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    words = json.loads(done.stdout)
    assert set(words) == {"limits", "files", "network", "system-calls"}
    assert words["limits"].startswith("active")
    assert all(words[name].startswith("partly active") for name in partly)
    assert all(words[name].startswith("NOT active") for name in not_at_all)


def test_status_says_what_holds_here() -> None:
    words = sandbox.status()
    assert set(words) == {"worker", "limits", "files", "network", "system-calls"}
    assert all(text.startswith(("active", "partly active", "NOT active")) for text in words.values())
    assert words["limits"].startswith("active")


def test_importing_the_sandbox_is_cheap() -> None:
    heavy = "{'numpy', 'cv2', 'PIL', 'ctypes', 'subprocess'} & set(sys.modules)"
    code = f"import sys, onecopy.sandbox, onecopy.sandbox.interface; print({heavy})"
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
