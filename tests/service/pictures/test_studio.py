import asyncio
import threading
from collections import Counter

import apart
import pytest

from onecopy.errors import UnreadableError
from onecopy.service.pictures.cache import Cache
from onecopy.service.pictures.studio import MOST_WAITING, Studio
from onecopy.service.problems import ProblemError


class Works:
    """Makes files, and notes how often and how many at once."""

    def __init__(self):
        self.go = threading.Event()
        self.calls = Counter()
        self.busy = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, batch, names):
        def make():
            with self.lock:
                self.calls[batch] += 1
                self.busy += 1
                self.most = max(self.most, self.busy)
            self.go.wait(10)
            with self.lock:
                self.busy -= 1
            return {name: name.encode() for name in names}

        return make


@pytest.fixture
def works():
    return Works()


@pytest.fixture
def cache(tmp_path):
    return Cache(tmp_path, 1 << 20)


async def soon(works):
    await asyncio.sleep(0.1)
    works.go.set()


def test_all_who_wait_for_one_block_wait_for_one_call(cache, works):
    async def run():
        studio = Studio(cache, workers=4)
        names = [f"tile {n}" for n in range(30)]
        asks = [studio.get(n, works("block", names), batch="block", caller="a") for n in names]
        *found, _ = await asyncio.gather(*asks, soon(works))
        assert found == [name.encode() for name in names]
        assert await studio.get("tile 3", works("block", names), batch="block", caller="a") == b"tile 3"

    apart.run(run())
    assert works.calls == {"block": 1}


@pytest.mark.parametrize(("workers", "most"), [(1, 1), (4, 2)])
def test_half_of_the_workers_are_left_to_uploads(cache, works, workers, most):
    async def run():
        studio = Studio(cache, workers=workers)
        asks = [studio.get(f"{n}", works(f"{n}", [f"{n}"]), batch=f"{n}", caller=f"{n}") for n in range(12)]
        await asyncio.gather(*asks, soon(works))

    apart.run(run())
    assert works.most == most


def test_a_storm_of_one_caller_is_turned_away_and_others_are_served(cache, works):
    async def run():
        studio = Studio(cache, workers=1)
        storm = [
            studio.get(f"{n}", works(f"{n}", [f"{n}"]), batch=f"{n}", caller="a")
            for n in range(MOST_WAITING + 5)
        ]
        other = studio.get("other", works("other", ["other"]), batch="other", caller="b")
        *found, mine, _ = await asyncio.gather(*storm, other, soon(works), return_exceptions=True)
        refused = [one for one in found if isinstance(one, ProblemError)]
        assert {(one.status, one.headers["Retry-After"]) for one in refused} == {(429, "1")}
        assert (len(refused), mine) == (5, b"other")
        assert await studio.get("5", works("5", ["5"]), batch="5", caller="a") == b"5"  # it waits no more

    apart.run(run())


def test_what_is_begun_is_kept_though_nobody_waits_any_more(cache, works):
    async def run():
        studio = Studio(cache, workers=1)
        asked = asyncio.create_task(studio.get("a", works("a", ["a"]), batch="a", caller="a"))
        await asyncio.sleep(0.1)
        asked.cancel()
        await soon(works)
        return await studio.get("a", works("a", ["a"]), batch="a", caller="a")

    assert apart.run(run()) == b"a"
    assert works.calls == {"a": 1}


def test_a_failure_reaches_all_who_wait_and_is_tried_again(cache, works):
    made = []

    def fail():
        works.go.wait(10)
        made.append(1)
        raise UnreadableError("It is damaged.", code="corrupt")

    async def run():
        studio = Studio(cache, workers=1)
        asks = [studio.get("a", fail, batch="a", caller="a") for _ in range(3)]
        *found, _ = await asyncio.gather(*asks, soon(works), return_exceptions=True)
        assert [one.code for one in found] == ["corrupt"] * 3
        with pytest.raises(UnreadableError):
            await studio.get("a", fail, batch="a", caller="a")

    apart.run(run())
    assert len(made) == 2
