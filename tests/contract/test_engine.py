"""What every engine promises, whatever spreads the work."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pytest
from misbehaving import OBEY, Order, Said

from onecopy.engines import Engine, LocalEngine, run_one
from onecopy.errors import UnreadableError
from onecopy.model import Limits
from onecopy.sandbox import BytesFile, PathFile
from onecopy.sandbox.interface import Call, Openable, Outcome

LIMITS = Limits(memory_bytes=256 << 20, file_bytes=1 << 20)
ENGINES: dict[str, Callable[[], Engine]] = {"local": lambda: LocalEngine(workers=2, limits=LIMITS)}


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    made = ENGINES[request.param]()
    yield made
    made.close()


def call(key: object, *files: Openable, seconds: float = 30, **order: object) -> Call[Order]:
    return Call(key=key, files=files, args=Order(**order), seconds=seconds)


def by_key(outcomes: Iterator[Outcome[Said]]) -> dict[object, Outcome[Said]]:
    found = list(outcomes)
    keyed = {outcome.key: outcome for outcome in found}
    assert len(keyed) == len(found), "an outcome came twice"
    assert all((o.result is None) != (o.failure is None) for o in found)
    return keyed


def codes(outcomes: Iterator[Outcome[Said]]) -> dict[object, str]:
    return {key: o.failure.code if o.failure else "" for key, o in by_key(outcomes).items()}


def test_every_call_has_one_outcome(engine: Engine) -> None:
    data = {n: bytes([n % 251]) * n for n in range(60)}
    found = by_key(engine.run(OBEY, (call(n, BytesFile(d)) for n, d in data.items())))
    assert {n: o.result for n, o in found.items()} == {
        n: Said(text=hashlib.sha256(d).hexdigest(), number=n) for n, d in data.items()
    }


def test_no_calls_no_outcomes(engine: Engine) -> None:
    assert list(engine.run(OBEY, [])) == []


def test_a_call_without_files(engine: Engine) -> None:
    assert run_one(engine, OBEY, [], Order(), 30).number == 0


def test_a_call_with_more_files_than_fit_one_message(engine: Engine) -> None:
    files = [BytesFile(b"%d " % n) for n in range(500)]
    said = run_one(engine, OBEY, files, Order(), 30)
    assert said.text == hashlib.sha256(b"".join(file.data for file in files)).hexdigest()


def test_failures_touch_no_other_call(engine: Engine) -> None:
    bad = {
        "crash": "worker-died",
        "abort": "worker-died",
        "exit": "worker-died",
        "fail": "fault",
        "leave": "fault",
        "devour": "out-of-memory",
        "refuse": "truncated",
        "spin": "decode-timeout",
    }
    calls = [call(do, do=do, number=16 << 20, seconds=0.5 if do == "spin" else 30) for do in bad]
    mixed = [
        c for n, b in enumerate(calls) for c in (call(n, BytesFile(b"x")), b, call(-1 - n, BytesFile(b"y")))
    ]
    found = codes(engine.run(OBEY, mixed))
    assert {key: code for key, code in found.items() if code} == bad
    assert len(found) == 3 * len(bad)


def test_a_failure_says_what_happened(engine: Engine) -> None:
    with pytest.raises(UnreadableError, match="half of it is missing") as caught:
        run_one(engine, OBEY, [BytesFile(b"x")], Order(do="refuse", text="half of it is missing"), 30)
    assert caught.value.code == "truncated"


def test_a_file_that_cannot_be_opened_is_that_calls_failure(engine: Engine) -> None:
    found = codes(engine.run(OBEY, [call(1, PathFile("/no/such/file")), call(2, BytesFile(b"x"))]))
    assert found == {1: "vanished", 2: ""}


def test_what_is_not_a_file_or_too_large_is_not_handed_on(engine: Engine) -> None:
    large = BytesFile(bytes(LIMITS.file_bytes + 1))
    assert codes(engine.run(OBEY, [call(1, PathFile("/dev/zero")), call(2, large)])) == {
        1: "not-a-file",
        2: "too-large",
    }


def test_calls_are_drawn_as_workers_fall_free(engine: Engine) -> None:
    drawn = 0

    def endless() -> Iterator[Call[Order]]:
        nonlocal drawn
        while True:
            drawn += 1
            yield call(drawn, do="pid")

    outcomes = engine.run(OBEY, endless())
    for _ in range(50):
        next(outcomes)
    assert drawn <= 50 + 8 * engine.workers
    outcomes.close()  # type: ignore[attr-defined]


def test_stopping_early_ends_what_is_under_way(engine: Engine) -> None:
    slow = (call(n, do="sleep" if n else "pid", seconds=3600, text="", number=0) for n in range(100))
    forever = (Call(key=c.key, files=(), args=Order(do=c.args.do, seconds=3600), seconds=3600) for c in slow)
    for outcome in engine.run(OBEY, forever):
        assert outcome.key == 0
        break
    assert run_one(engine, OBEY, [BytesFile(b"x")], Order(), 30).number == 1


def test_an_error_in_drawing_calls_reaches_the_caller(engine: Engine) -> None:
    def broken() -> Iterator[Call[Order]]:
        yield call(1, do="pid")
        raise LookupError("the list of files is broken")

    with pytest.raises(LookupError, match="list of files"):
        list(engine.run(OBEY, broken()))
    assert run_one(engine, OBEY, [], Order(), 30).number == 0


@dataclass(frozen=True)
class Broken:
    def open(self) -> BinaryIO:
        raise OSError(5, "Input/output error")


def test_an_input_output_error_on_opening_is_a_failure(engine: Engine) -> None:
    assert codes(engine.run(OBEY, [call(1, Broken())])) == {1: "no-access"}


def test_several_runs_at_once(engine: Engine) -> None:
    found: dict[int, dict[object, Outcome[Said]]] = {}

    def many(which: int) -> None:
        found[which] = by_key(engine.run(OBEY, (call((which, n), BytesFile(bytes(n))) for n in range(40))))

    threads = [threading.Thread(target=many, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for which in range(4):
        assert {key: o.result.number for key, o in found[which].items() if o.result} == {
            (which, n): n for n in range(40)
        }


def test_what_an_earlier_call_left_behind_does_not_lose_a_later_one(engine: Engine) -> None:
    assert set(codes(engine.run(OBEY, (call(n, do="poison") for n in range(8)))).values()) == {""}


@pytest.mark.parametrize("name", ENGINES)
def test_close_twice_and_no_more_after(name: str) -> None:
    engine = ENGINES[name]()
    assert run_one(engine, OBEY, [], Order(), 30).number == 0
    engine.close()
    engine.close()
    with pytest.raises(RuntimeError, match="closed"):
        list(engine.run(OBEY, [call(1)]))
