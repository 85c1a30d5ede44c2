"""Large calls make room for each other, and none is lost."""

import threading
import time
from pathlib import Path

import pytest
from misbehaving import OBEY, Order

from onecopy.engines import LocalEngine, memory
from onecopy.engines.memory import EvictedError, Memory
from onecopy.model import Limits
from onecopy.sandbox import PathFile
from onecopy.sandbox.interface import Call

OWN = memory.OWN_BYTES


def test_small_calls_are_never_stopped() -> None:
    books = Memory(0)
    for user in range(100):
        books.note(user, OWN, has_turn=False)
    assert books.evicted == 0


def test_the_larger_one_stays() -> None:
    books = Memory(100)
    books.note("a", OWN + 60, has_turn=False)
    with pytest.raises(EvictedError):
        books.note("b", OWN + 50, has_turn=False)
    books.note("a", OWN + 90, has_turn=False)
    books.forget("b")
    books.note("c", OWN + 10, has_turn=False)
    assert books.evicted == 1


def test_of_two_equals_one_stays() -> None:
    books = Memory(100)
    books.note("a", OWN + 60, has_turn=False)
    with pytest.raises(EvictedError):
        books.note("b", OWN + 60, has_turn=False)
    books.note("a", OWN + 60, has_turn=False)


def test_whoever_has_the_turn_stays() -> None:
    books = Memory(100)
    books.note("large", OWN + 90, has_turn=False)
    with books.turn(lambda: False) as got:
        assert got
        books.note("on turn", OWN + 20, has_turn=True)
        with pytest.raises(EvictedError):
            books.note("large", OWN + 90, has_turn=False)
        with books.turn(lambda: True) as second:
            assert not second
    with books.turn(lambda: True) as again:
        assert again


def test_calls_that_are_too_large_together_run_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "OWN_BYTES", 16 << 20)
    go = tmp_path / "go"
    go.write_bytes(b"0")
    order = Order(do="fill", number=64 << 20)
    calls = [Call(key=n, files=(PathFile(str(go)),), args=order, seconds=60) for n in range(3)]
    with LocalEngine(workers=3, limits=Limits(memory_bytes=128 << 20)) as engine:
        found = []
        thread = threading.Thread(target=lambda: found.extend(engine.run(OBEY, calls)))
        thread.start()
        while engine.memory.evicted < 2 and thread.is_alive():
            time.sleep(0.01)
        with go.open("r+b") as file:
            file.write(b"1")
        thread.join()
    assert sorted((o.key, o.result.number) for o in found if o.result) == [(n, 64 << 20) for n in range(3)]
