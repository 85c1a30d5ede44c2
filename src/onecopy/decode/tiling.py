"""Tiles of large pictures, as callers see them: how a picture is divided, and the task that cuts it.

Level 0 is the picture itself; each further level has half the pixels across and down, rounded up. A level
is divided into squares of :data:`TILE` pixels from the top left; each tile reaches :data:`OVERLAP` pixels
further to the right and down, so that no seam shows where a browser scales them. Tiles are cut a *block* at
a time: decoding costs more than cutting, and whoever looks at one tile looks at its neighbours next.
"""

from dataclasses import dataclass

from onecopy.model import Limits
from onecopy.sandbox.interface import Task

TILE = 512
OVERLAP = 1
BLOCK = 6
"""Tiles across and down that are cut by one call."""
MOST_LEVELS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesArgs:
    """A block of tiles of one picture.

    Attributes:
        inner: The picture's place in the file.
        content: SHA-256 of the file; what was decoded last is kept under it.
        level: Which level.
        block: Column and row of the block.
        limits: Bounds on what the file may cost.
    """

    inner: str
    content: str
    level: int
    block: tuple[int, int]
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One tile: its column and row in the whole level, and a JPEG or a PNG."""

    column: int
    row: int
    file: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesResult:
    """The tiles of the block that lie inside the picture."""

    tiles: tuple[Tile, ...]


TILES = Task("onecopy.decode.tiles:tiles", TilesArgs, TilesResult)
"""Takes one file."""


def level_size(width: int, height: int, level: int) -> tuple[int, int]:
    """Pixels across and down of a level, for the size of level 0."""
    return -(-width >> level), -(-height >> level)


def exists(width: int, height: int, level: int, column: int, row: int) -> bool:
    """Whether a picture of this size has such a tile."""
    if not 0 <= level <= MOST_LEVELS or min(column, row) < 0:
        return False
    across, down = level_size(width, height, level)
    return column * TILE < across and row * TILE < down
