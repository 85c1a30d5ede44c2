"""One worker and what can go wrong in it: each becomes a plain failure."""

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from misbehaving import CRIMES, LIE, OBEY, Order, Said

from onecopy.model import Limits
from onecopy.sandbox import BytesFile, PathFile, process
from onecopy.sandbox.interface import Failure
from onecopy.sandbox.process import Worker
from onecopy.sandbox.spawner import Spawner

MEMORY = 256 << 20


@pytest.fixture(scope="module")
def spawner() -> Iterator[Spawner]:
    made = Spawner(Limits(memory_bytes=MEMORY))
    yield made
    made.close()


@pytest.fixture
def worker(spawner: Spawner) -> Iterator[Worker]:
    made = Worker(spawner, ["misbehaving:obey"])
    yield made
    made.close()


def do(worker: Worker, deed: str, *, seconds: float = 30, text: str = "", number: int = 0) -> Said | Failure:
    return worker.call(OBEY, [], Order(do=deed, text=text, number=number), seconds)


def failure(worker: Worker, deed: str, *, seconds: float = 30, number: int = 0) -> Failure:
    found = do(worker, deed, seconds=seconds, number=number, text="because \x1b[2J\n of \u202e this")
    assert isinstance(found, Failure)
    assert found.message.isprintable()
    return found


def test_too_slow_is_stopped(worker: Worker) -> None:
    found = failure(worker, "spin", seconds=0.2)
    assert (found.code, worker.alive) == ("decode-timeout", False)
    assert "0.2 seconds" in found.message


@pytest.mark.parametrize(
    ("deed", "words"), [("crash", "SIGSEGV"), ("abort", "SIGABRT"), ("exit", "ended with status 7")]
)
def test_death_says_how(worker: Worker, deed: str, words: str) -> None:
    found = failure(worker, deed, number=7)
    assert (found.code, worker.alive) == ("worker-died", False)
    assert words in found.message


@pytest.mark.parametrize("piece", [64 << 10, 16 << 20, MEMORY + 1])
def test_too_much_memory_is_refused(worker: Worker, piece: int) -> None:
    assert failure(worker, "devour", number=piece).code == "out-of-memory"
    assert not worker.alive


def test_a_task_may_refuse_and_the_worker_goes_on(worker: Worker) -> None:
    found = failure(worker, "refuse")
    assert (found.code, found.message) == ("truncated", "because  [2J  of   this")
    assert isinstance(do(worker, "pid"), Said)


@pytest.mark.parametrize(("deed", "name"), [("fail", "KeyError"), ("leave", "SystemExit")])
def test_any_other_exception_is_a_fault(worker: Worker, deed: str, name: str) -> None:
    found = failure(worker, deed)
    assert found.code == "fault"
    assert name in found.message


def test_a_reply_of_another_type_is_refused(worker: Worker) -> None:
    found = worker.call(LIE, [], Order(number=1), 30)
    assert isinstance(found, Failure)
    assert (found.code, worker.alive) == ("worker-died", False)


def test_a_reply_that_is_too_long_is_refused(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "REPLY_BYTES", 1 << 20)
    assert isinstance(do(worker, "babble", number=1 << 19), Said)
    assert failure(worker, "babble", number=1 << 20).code == "worker-died"


def test_bytes_that_are_not_a_reply_are_refused(worker: Worker) -> None:
    """A worker that was taken over can write to its socket what it likes."""
    found = do(worker, "forge", text="not msgpack at all")
    assert isinstance(found, Failure)
    assert (found.code, worker.alive) == ("worker-died", False)


def test_a_file_cut_short_while_mapped(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "shrinking.jpg"
    path.write_bytes(bytes(1 << 16))
    answers: list[Said | Failure] = []

    def read() -> None:
        with PathFile(str(path)).open() as file:
            answers.append(worker.call(OBEY, [file.fileno()], Order(do="touch"), 30))

    thread = threading.Thread(target=read)
    thread.start()
    while thread.is_alive() and path.name not in Path(f"/proc/{worker.pid}/maps").read_text():
        pass
    os.truncate(path, 0)
    thread.join()
    (found,) = answers
    assert isinstance(found, Failure)
    assert found.code == "vanished"


def test_a_worker_that_died_while_idle(worker: Worker) -> None:
    do(worker, "pid")
    os.kill(worker.pid, signal.SIGKILL)
    found = failure(worker, "pid")
    assert (found.code, worker.alive) == ("worker-died", False)


def test_killing_a_worker_ends_its_call(worker: Worker) -> None:
    answers: list[Said | Failure] = []
    thread = threading.Thread(target=lambda: answers.append(do(worker, "spin", seconds=3600)))
    thread.start()
    worker.kill()
    thread.join()
    assert isinstance(answers[0], Failure)
    assert not worker.alive


def test_nothing_reaches_the_terminal(worker: Worker, capfd: pytest.CaptureFixture[str]) -> None:
    do(worker, "talk")
    assert capfd.readouterr() == ("", "")


def test_secrets_in_the_environment_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "hunter2")
    spawner = Spawner(Limits())
    worker = Worker(spawner, ["misbehaving:obey"])
    found = do(worker, "environment")
    worker.close()
    spawner.close()
    assert isinstance(found, Said)
    assert "PASSWORD" not in found.text
    assert "OMP_NUM_THREADS" in found.text


def test_a_worker_holds_only_its_own_descriptors(worker: Worker) -> None:
    with BytesFile(b"secret").open() as file:
        first = worker.call(OBEY, [file.fileno()], Order(do="descriptors"), 30)
        second = do(worker, "descriptors")
    assert isinstance(first, Said)
    assert isinstance(second, Said)
    assert (first.number, second.number) == (5, 4)  # standard ones, its socket, and the file while it is read


@pytest.mark.parametrize("deed", CRIMES)
def test_a_worker_cannot(worker: Worker, deed: str) -> None:
    if not all(words.startswith("active") for words in worker.protection.values()):
        pytest.skip(f"this kernel does not protect in full: {worker.protection}")
    found = do(worker, "attempt", text=deed)
    assert isinstance(found, Said)
    assert found.text in {"PermissionError", "OSError"}


@pytest.mark.parametrize(
    "module", ["PIL.TiffImagePlugin", "cv2", "pikepdf", "pypdfium2", "encodings.cp437", "lzma", "zipfile"]
)
def test_libraries_still_import_what_they_need(worker: Worker, module: str) -> None:
    assert isinstance(do(worker, "import", text=module), Said)


def test_threads_of_libraries_still_work(worker: Worker) -> None:
    found = do(worker, "thread", text="hello")
    assert isinstance(found, Said)
    assert found.text == "hello"
