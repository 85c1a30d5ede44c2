"""The small pictures of the report: each asked for once, all together within a budget."""

import base64
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from onecopy.errors import UnreadableError
from onecopy.findings import FoundImage

Preview = Callable[[str, int], bytes | None]
"""From a locator and the longest side in pixels to a JPEG, or ``None``."""

BUDGET_BYTES = 40 << 20
"""For all thumbnails of one report, as written (base64)."""
MOST = 3_000
_MANY = 600
"""With more images than this, thumbnails are made smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """A small picture in the page: its element's id, and what it shows at which size (pixels)."""

    id: str
    width: int
    height: int
    uri: str


@dataclass(slots=True)
class Album:
    """Collects which images are shown, best first, and then has their thumbnails made."""

    _wanted: dict[str, tuple[FoundImage, bool]] = field(default_factory=dict)
    _made: dict[str, Thumbnail] = field(default_factory=dict)

    def want(self, images: Iterable[FoundImage], *, large: bool = False) -> None:
        """Ask for thumbnails; images that share their content share one. Earlier wishes come first."""
        for image in images:
            _, was_large = self._wanted.get(_key(image), (image, False))
            self._wanted[_key(image)] = (image, large or was_large)

    def fill(self, preview: Preview, threads: int, progress: Callable[[int, int], None] | None) -> None:
        """Make the thumbnails, in order of wishing, until the budget is used up."""
        wanted = list(islice(self._wanted.values(), MOST))
        small, large = (256, 512) if len(wanted) <= _MANY else (160, 320)
        calls = iter([(image, large if big else small) for image, big in wanted])
        done = spent = 0
        with ThreadPoolExecutor(threads) as pool:
            spread = pool.map if threads > 1 else map
            while spent < BUDGET_BYTES and (batch := list(islice(calls, 4 * threads))):
                for (image, _), jpeg in zip(
                    batch, spread(lambda call: _ask(preview, *call), batch), strict=True
                ):
                    spent += self._add(image, jpeg, BUDGET_BYTES - spent)
                done += len(batch)
                if progress:
                    progress(done, len(wanted))

    def _add(self, image: FoundImage, jpeg: bytes | None, room: int) -> int:
        # Anything but a JPEG did not come from a healthy worker and has no place in the page.
        if jpeg is None or not jpeg.startswith(b"\xff\xd8\xff"):
            return 0
        uri = "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
        if len(uri) <= room:
            made = Thumbnail(id=f"t{len(self._made) + 1}", width=image.width, height=image.height, uri=uri)
            self._made[_key(image)] = made
        return len(uri)

    def of(self, image: FoundImage | None) -> Thumbnail | None:
        """The thumbnail of an image, or ``None`` where there is none."""
        return self._made.get(_key(image)) if image else None

    @property
    def all(self) -> list[Thumbnail]:
        """Every thumbnail made."""
        return list(self._made.values())

    @property
    def missing(self) -> int:
        """How many wished for were not made."""
        return len(self._wanted) - len(self._made)


def _key(image: FoundImage) -> str:
    return f"{image.sha256} {image.width} {image.height}"


def _ask(preview: Preview, image: FoundImage, side: int) -> bytes | None:
    try:
        return preview(image.locator, side)
    except UnreadableError:
        return None
