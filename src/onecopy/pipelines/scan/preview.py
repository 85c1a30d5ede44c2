"""Small pictures of images that a scan met, made in a worker once and then remembered."""

import contextlib
import threading
from dataclasses import dataclass, field

from onecopy.catalog import files, images, previews
from onecopy.catalog.files import KnownFile
from onecopy.catalog.store import Catalog
from onecopy.engines.interface import Engine
from onecopy.errors import EnvironmentProblem
from onecopy.locator import split
from onecopy.model import Limits
from onecopy.pipelines.scan.places import Places
from onecopy.sandbox.interface import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewer:
    """Gives previews by locator, from any thread. Those made are kept in the catalog with :meth:`keep`."""

    catalog: Catalog
    engine: Engine
    places: Places
    limits: Limits
    _made: dict[tuple[int, int], bytes] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, locator: str, longest_side: int) -> bytes | None:
        """A JPEG of an image, or ``None`` where there is none to be had."""
        path, inner = split(locator)
        with self.catalog.read() as connection:
            file = files.at(connection, [self.places.absolute(path)]).get(self.places.absolute(path))
            if file is None or file.content is None:
                return None
            number = images.number(connection, file.content, inner)
            kept = None if number is None else previews.get(connection, number, longest_side)
        if kept is not None or number is None:
            return kept
        made = self._make(file, inner, longest_side)
        if made is not None:
            with self._lock:
                self._made[number, longest_side] = made
        return made

    def _make(self, file: KnownFile, inner: str, longest_side: int) -> bytes | None:
        from onecopy.decode.preview import PREVIEW, PreviewArgs  # loads decoders, for their types only

        args = PreviewArgs(inner=inner, longest_side=longest_side, limits=self.limits)
        call = Call(key=0, files=(self.places.handle(file),), args=args, seconds=self.limits.seconds)
        (outcome,) = self.engine.run(PREVIEW, [call])
        return None if outcome.result is None else outcome.result.jpeg

    def keep(self) -> None:
        """Remember the previews that were made. A catalog that takes none more is no reason to fail."""
        with self._lock, contextlib.suppress(EnvironmentProblem), self.catalog.write() as connection:
            for (number, longest_side), jpeg in self._made.items():
                previews.put(connection, number, longest_side, jpeg)
            self._made.clear()
