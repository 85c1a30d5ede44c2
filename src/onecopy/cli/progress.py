"""Progress for people at a terminal, for log files, and for programs."""

import json
import sys
import time
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from onecopy.pipelines.scan.model import Progress

_PLAIN_SECONDS = 10.0


class Plain:
    """A line now and then, for where there is no terminal; as JSON where asked for."""

    def __init__(self, *, as_json: bool = False) -> None:
        self._as_json = as_json
        self._name = ""
        self._items: int | None = None
        self._done = self._bytes = 0
        self._said = self._begun = time.monotonic()

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        """A stage begins."""
        self._say_done()
        self._name, self._items, self._done, self._bytes = name, items, 0, 0
        self._said = self._begun = time.monotonic()

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        """So much more is done."""
        self._done += items
        self._bytes += bytes_
        if time.monotonic() - self._said >= _PLAIN_SECONDS:
            self._say()

    def _say(self) -> None:
        now = time.monotonic()
        seconds, self._said = now - self._begun, now
        if self._as_json:
            event = {"event": "progress", "stage": self._name, "done": self._done, "of": self._items}
            event |= {"bytes": self._bytes, "seconds": round(seconds, 1)}
            typer.echo(json.dumps(event))
            return
        of = "" if self._items is None else f" of {self._items:,}"
        rate = f", {self._done / seconds:,.0f}/s" if seconds > 1 else ""
        read = f", {size(self._bytes)}" if self._bytes else ""
        typer.echo(f"{self._name}: {self._done:,}{of}{read}{rate}", err=True)

    def _say_done(self) -> None:
        if self._name and (self._done or self._as_json):
            self._say()

    def __enter__(self) -> "Plain":
        return self

    def __exit__(self, *_: object) -> None:
        self._say_done()
        self._name = ""


class Bars:
    """One bar a stage: count, rate, bytes and the time that is left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bars: RichProgress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[read]}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(stderr=True),
            refresh_per_second=5,
        )
        self._task: TaskID | None = None
        self._bytes = 0
        self._begun = self._shown = time.monotonic()
        self._pending = 0

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        """A stage begins."""
        self._flush()
        if self._task is not None:
            done = self._bars.tasks[-1].completed
            self._bars.update(self._task, total=done)
        self._bytes, self._begun = 0, time.monotonic()
        self._task = self._bars.add_task(name, total=items, read="", rate="")

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        """So much more is done."""
        self._pending += items
        self._bytes += bytes_
        if time.monotonic() - self._shown > 0.1:
            self._flush()

    def _flush(self) -> None:
        if self._task is None:
            return
        self._shown = time.monotonic()
        seconds = max(self._shown - self._begun, 0.001)
        done = self._bars.tasks[-1].completed + self._pending
        read = size(self._bytes) if self._bytes else ""
        self._bars.update(self._task, advance=self._pending, read=read, rate=f"{done / seconds:,.0f}/s")
        self._pending = 0

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._bars.stop()


class Quiet:
    """Nothing at all."""

    def stage(self, name: str, *, items: int | None = None, bytes_: int | None = None) -> None:
        """A stage begins."""

    def advance(self, items: int = 1, bytes_: int = 0) -> None:
        """So much more is done."""

    def __enter__(self) -> "Quiet":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def size(count: float) -> str:
    """Bytes in words, in powers of ten."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            return f"{count:,.0f} {unit}" if unit == "B" else f"{count:,.1f} {unit}"
        count /= 1000
    raise AssertionError


def choose(*, quiet: bool, as_json: bool) -> "Plain | Bars | Quiet":
    """The kind of progress that fits: bars on a terminal only."""
    if as_json:
        return Plain(as_json=True)
    if quiet:
        return Quiet()
    return Bars() if sys.stderr.isatty() else Plain()


if TYPE_CHECKING:
    _each_is_a_progress: tuple[Progress, ...] = (Plain(), Bars(), Quiet())
