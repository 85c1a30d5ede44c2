"""What the local engine adds to the contract: its processes, its threads, and how they end."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from misbehaving import OBEY, Order

from onecopy.engines import LocalEngine, pool, run_one
from onecopy.errors import EnvironmentProblem
from onecopy.sandbox import BytesFile
from onecopy.sandbox.interface import Call, Task

SCRIPT = """
    import sys
    from misbehaving import OBEY, Order
    from onecopy.engines import LocalEngine, run_one
    from onecopy.sandbox.interface import Call

    engine = LocalEngine(workers=2)  # on purpose without a __main__ guard
    print(run_one(engine, OBEY, [], Order(do="pid"), 30).number, flush=True)
    calls = [Call(key=n, files=(), args=Order(do="sleep", seconds=3600), seconds=3600) for n in range(9)]
    try:
        for outcome in engine.run(OBEY, calls):
            pass
    except KeyboardInterrupt:
        engine.close()
        print("stopped", flush=True)
"""


def until(condition: Callable[[], bool]) -> bool:
    """Wait for something that must become true; far longer than it ever takes."""
    end = time.monotonic() + 20
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _ours(pid: int) -> bool:
    """Whether a process is of this program; servers start and end their own as they please."""
    with contextlib.suppress(OSError):
        return b"onecopy.sandbox" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def children(pid: int) -> list[int]:
    """The processes below one, at any depth, that are not dead."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
    found = [pid]
    for above in found:
        found += [child for child, parent in parents.items() if parent == above]
    return found[1:]


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.fixture
def script() -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    ) as process:
        yield process
        process.kill()


def test_workers_end_when_their_caller_is_killed(script: subprocess.Popen[str]) -> None:
    assert script.stdout is not None
    worker = int(script.stdout.readline())
    assert until(lambda: len(children(script.pid)) == 3), "a zygote and two workers"
    family = children(script.pid)
    assert worker in family
    script.kill()
    assert until(lambda: all(gone(pid) for pid in family))


def test_interrupting_the_terminal_stops_the_caller_and_not_the_workers(
    script: subprocess.Popen[str],
) -> None:
    assert script.stdout is not None
    script.stdout.readline()
    assert until(lambda: len(children(script.pid)) == 3)
    family = children(script.pid)
    assert all(os.getpgid(pid) != script.pid for pid in family)
    os.killpg(script.pid, signal.SIGINT)
    assert script.stdout.readline() == "stopped\n"
    assert until(lambda: all(gone(pid) for pid in family))
    assert script.wait() == 0


def test_closing_leaves_nothing_behind() -> None:
    threads, files = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    others = children(os.getpid())  # servers that other tests use
    with LocalEngine(workers=2) as engine:
        calls = [Call(key=n, files=(BytesFile(b"x"),), args=Order(), seconds=30) for n in range(20)]
        assert len(list(engine.run(OBEY, calls))) == 20
        asleep = [Call(key=n, files=(), args=Order(do="sleep", seconds=3600), seconds=3600) for n in range(9)]
        quick = Call(key=-1, files=(), args=Order(do="pid"), seconds=30)
        outcomes = engine.run(OBEY, [quick, *asleep])
        assert next(outcomes).key == -1
        outcomes.close()  # type: ignore[attr-defined]
        assert threading.active_count() == threads
    assert not [pid for pid in set(children(os.getpid())) - set(others) if _ours(pid)]
    assert len(list(Path("/proc/self/fd").iterdir())) == files


def test_closing_the_engine_stops_a_run_in_another_thread() -> None:
    engine = LocalEngine(workers=1)
    run_one(engine, OBEY, [], Order(), 30)
    said: list[str] = []

    def wait() -> None:
        try:
            run_one(engine, OBEY, [], Order(do="sleep", seconds=3600), 3600)
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    assert until(lambda: any(run._busy for run in engine._runs))
    engine.close()
    thread.join()
    assert said == ["the engine was closed while it ran"]


def test_calls_are_drawn_in_the_callers_thread() -> None:
    drawn_in: set[int] = set()

    def calls() -> Iterator[Call[Order]]:
        for n in range(10):
            drawn_in.add(threading.get_ident())
            yield Call(key=n, files=(), args=Order(do="pid"), seconds=30)

    with LocalEngine(workers=2) as engine:
        list(engine.run(OBEY, calls()))
    assert drawn_in == {threading.get_ident()}


def test_a_worker_is_replaced_after_enough_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_CALLS", 3)
    with LocalEngine(workers=1) as engine:
        pids = [run_one(engine, OBEY, [], Order(do="pid"), 30).number for _ in range(7)]
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


def test_a_worker_that_has_grown_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_GROWN_BYTES", 16 << 20)
    with LocalEngine(workers=1) as engine:
        first = run_one(engine, OBEY, [], Order(do="pid"), 30).number
        assert run_one(engine, OBEY, [], Order(do="pid"), 30).number == first
        run_one(engine, OBEY, [], Order(do="hoard", number=32 << 20), 30)
        assert run_one(engine, OBEY, [], Order(do="pid"), 30).number != first


def test_a_killed_zygote_is_replaced() -> None:
    others = children(os.getpid())  # servers that other tests use
    with LocalEngine(workers=1) as engine:
        run_one(engine, OBEY, [], Order(), 30)
        for pid in filter(_ours, set(children(os.getpid())) - set(others)):
            os.kill(pid, signal.SIGKILL)
        assert run_one(engine, OBEY, [BytesFile(b"x")], Order(), 30).number == 1


@pytest.mark.parametrize("name", ["no_such_module:run", "misbehaving:no_such_function"])
def test_a_task_that_does_not_exist_stops_the_run(name: str) -> None:
    with LocalEngine(workers=1) as engine, pytest.raises(EnvironmentProblem, match="no_such"):
        run_one(engine, Task(name, Order, Order), [], Order(), 30)


def test_an_argument_of_the_wrong_type_stops_the_run() -> None:
    with LocalEngine(workers=1) as engine, pytest.raises(ValueError, match="number"):
        run_one(engine, OBEY, [], Order(number="many"), 30)  # type: ignore[arg-type]
