from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onecopy.engines.local import LocalEngine
from onecopy.sandbox.interface import Call, Outcome, Task


class CountingEngine:
    """A real engine that counts the calls of each task."""

    def __init__(self, engine: LocalEngine) -> None:
        self._engine = engine
        self.workers = engine.workers
        self.calls: dict[str, int] = {}

    def run(self, task: Task, calls: Iterable[Call]) -> Iterator[Outcome]:  # type: ignore[type-arg]
        def counted() -> Iterator[Call]:  # type: ignore[type-arg]
            for call in calls:
                name = task.function.split(":")[1]
                self.calls[name] = self.calls.get(name, 0) + 1
                yield call

        return self._engine.run(task, counted())

    def close(self) -> None:
        pass


@pytest.fixture(scope="session")
def local_engine() -> Iterator[LocalEngine]:
    with LocalEngine(2) as engine:
        yield engine


@pytest.fixture
def engine(local_engine: LocalEngine) -> CountingEngine:
    return CountingEngine(local_engine)


@pytest.fixture
def picture() -> Callable[..., Image.Image]:
    """Makes a picture that is like no other: soft noise, a different one for every seed."""

    def make(seed: int, width: int = 320, height: int = 240) -> Image.Image:
        noise = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)

    return make


@pytest.fixture
def save(tmp_path: Path, picture: Callable[..., Image.Image]) -> Callable[..., Path]:
    """Saves a picture of a seed under a name below ``tmp_path / "tree"``."""

    def make(name: str, seed: int, **options: object) -> Path:
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture(seed).save(path, **options)
        return path

    return make
