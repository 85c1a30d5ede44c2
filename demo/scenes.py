"""The places in the demo's photographs: houses, a garage being rebuilt, rooms."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from demo import textures as tex
from demo.render import Quad, Texture, Vector
from demo.textures import Colour


def _point(x: float, y: float, z: float) -> Vector:
    return (float(x), float(y), float(z))


def stick(start: Vector, along: Vector, across: Vector, up: Vector, texture: Texture) -> list[Quad]:
    """A closed body from three edges, its texture running with ``along``: a length of lumber, a slab."""
    s, a, c, u = (np.array(v, float) for v in (start, along, across, up))
    faces = [(s, a, u), (s + c, a, u), (s, a, c), (s + u, a, c), (s, c, u), (s + a, c, u)]
    middle, quads = s + (a + c + u) / 2, []
    for origin, first, second in faces:
        outward = np.cross(first, second) @ (origin + (first + second) / 2 - middle) > 0
        if not outward:
            origin, first = origin + first, -first
        quads.append(Quad(_point(*origin), _point(*first), _point(*second), texture, solid=True))
    return quads


def box(corner: Vector, size: Vector, texture: Texture) -> list[Quad]:
    """An upright box that stands at ``corner`` (its least x, y, z)."""
    w, d, h = size
    return stick(corner, (w, 0, 0), (0, d, 0), (0, 0, h), texture)


@dataclass(frozen=True)
class House:
    """A house with a gable roof; ``x`` is its left wall, its front is at y = 0."""

    number: str
    wall: Colour
    kind: str = "siding"
    roof: Colour = (92, 90, 92)
    door: Colour = (122, 40, 36)
    x: float = 0.0
    width: float = 11.0
    depth: float = 8.0
    height: float = 3.0
    garage: str = "door"
    """``door``, ``open``, ``wall`` (made into a room) or ``none``."""
    seed: int = 1
    front_gable: bool = False


def _skin(house: House) -> Texture:
    return (tex.brick if house.kind == "brick" else tex.siding)(house.wall, house.seed)


def _roof(x: float, y: float, w: float, d: float, z: float, rise: float, house: House) -> Iterator[Quad]:
    """Ridge along x."""
    tiles, over = tex.shingles(house.roof, house.seed), 0.45
    trim = tex.plain((226, 224, 216), 3)
    slope = rise / (d / 2)
    left, length = x - over, w + 2 * over
    for front, sign in ((y - over, 1.0), (y + d + over, -1.0)):
        low = z - over * slope
        run = _point(0, sign * (d / 2 + over), rise + over * slope)
        yield Quad((left, front, low + 0.12), (length, 0, 0), run, tiles)
        yield Quad((left, front, low - 0.08), (length, 0, 0), (0, 0, 0.2), trim)
        yield Quad((left, front, low - 0.04), (length, 0, 0), (0, sign * over, 0.02), trim)
    side = tex.gable(house.wall, house.seed, house.kind)
    for at in (x, x + w):
        yield Quad((at, y, z), (0, d, 0), (0, 0, rise), side, fit=True)


def _wing_roof(x: float, w: float, y: float, d: float, z: float, rise: float, house: House) -> Iterator[Quad]:
    """Ridge along y: its gable faces the street."""
    tiles, over = tex.shingles(house.roof, house.seed), 0.4
    slope = rise / (w / 2)
    trim = tex.plain((226, 224, 216), 3)
    for edge, sign in ((x - over, 1.0), (x + w + over, -1.0)):
        low = z - over * slope
        run = _point(sign * (w / 2 + over), 0, rise + over * slope)
        yield Quad((edge, y - over, low + 0.12), (0, d + over, 0), run, tiles)
        yield Quad((edge, y - over - 0.01, low - 0.1), run, (0, 0, 0.22), trim)
    yield Quad((x, y, z), (w, 0, 0), (0, 0, rise), tex.gable(house.wall, house.seed, house.kind), fit=True)


def _opening(x: float, z: float, w: float, h: float, texture: Texture, y: float = -0.04) -> Iterator[Quad]:
    sill = tex.plain((222, 220, 212), 4)
    yield Quad((x, y, z), (w, 0, 0), (0, 0, h), texture, fit=True)
    yield from box((x - 0.08, y - 0.1, z - 0.08), (w + 0.16, 0.12, 0.08), sill)
    yield from box((x - 0.08, y - 0.05, z + h), (w + 0.16, 0.07, 0.1), sill)


def house(h: House) -> Iterator[Quad]:
    """The house with its garage wing to the right."""
    skin, x = _skin(h), h.x
    yield from box((x, 0, 0), (h.width, h.depth, h.height), skin)
    yield from box((x - 0.05, -0.05, 0), (h.width + 0.1, h.depth + 0.1, 0.35), tex.plain((140, 138, 132), 5))
    yield from _roof(x, 0, h.width, h.depth, h.height, 2.3, h)
    for number, (at, wide) in enumerate(((1.0, 1.5), (3.2, 1.1), (7.6, 1.7))):
        yield from _opening(x + at, 0.95, wide, 1.35, tex.window(h.seed * 10 + number))
    yield from _opening(x + 5.35, 0.36, 0.98, 2.1, tex.door(h.door, h.seed))
    yield from box((x + 4.9, -1.5, 0), (1.9, 1.5, 0.3), tex.plain((164, 160, 152), 6))
    for post in (4.95, 6.65):
        yield from box((x + post, -1.45, 0.3), (0.11, 0.11, 2.35), tex.plain((232, 230, 224), 7))
    yield from box((x + 4.8, -1.6, 2.65), (2.1, 1.6, 0.16), tex.plain((226, 224, 216), 3))
    yield Quad((x + 6.75, -0.03, 1.75), (0.5, 0, 0), (0, 0, 0.24), tex.sign(h.number), fit=True)
    yield Quad((x - 0.03, 2.4, 1.0), (0, 1.4, 0), (0, 0, 1.2), tex.window(h.seed * 10 + 8), fit=True)
    if h.garage != "none":
        yield from garage(h, x + h.width)


def garage(h: House, x: float) -> Iterator[Quad]:
    """A garage wing, 5 m wide, whose opening is a door, open, or made into a wall with a window."""
    skin, width, depth, front, tall = _skin(h), 5.0, 7.0, -1.2, 2.75
    for quad in box((x, front, 0), (width, depth, tall), skin):
        faces_street = quad.origin[1] == front and quad.u[1] == 0 and quad.v[1] == 0
        if h.garage != "open":
            yield quad
        elif not faces_street:
            yield replace(quad, solid=False)
    yield from _wing_roof(x, width, front, depth, tall, 1.5, h)
    if h.garage == "door":
        yield from _opening(x + 0.9, 0.05, 3.2, 2.25, tex.garage_door((224, 220, 208), h.seed), front - 0.03)
    elif h.garage == "wall":
        yield from _opening(x + 0.8, 0.9, 1.6, 1.35, tex.window(h.seed * 10 + 9, panes=(2, 1)), front - 0.03)
        yield from _opening(x + 3.2, 0.1, 0.95, 2.1, tex.door((48, 74, 92), h.seed + 3), front - 0.03)
    elif h.garage == "open":
        for left in (0.0, 4.1):
            yield Quad((x + left, front, 0), (0.9, 0, 0), (0, 0, tall), skin)
        yield Quad((x + 0.9, front, 2.3), (3.2, 0, 0), (0, 0, tall - 2.3), skin)


def tree(x: float, y: float, height: float, seed: int, colour: Colour = (96, 132, 62)) -> Iterator[Quad]:
    rng = np.random.default_rng(seed)
    bark = tex.plain((92, 74, 58), 8, rough=0.15, patchy=0.2, metres=0.6)
    yield from box((x - 0.13, y - 0.13, 0), (0.26, 0.26, height * 0.5), bark)
    for number, angle in enumerate((0.0, 1.1, 2.2)):
        size = height * rng.uniform(0.75, 0.9)
        u = _point(size * np.cos(angle), size * np.sin(angle), 0)
        start = (x - u[0] / 2, y - u[1] / 2, height * 0.27)
        yield Quad(start, u, (0, 0, size), tex.leaves(colour, seed % 3 * 5 + number), fit=True)


def bushes(x: float, y: float, width: float, seed: int) -> Iterator[Quad]:
    rng = np.random.default_rng(seed)
    at = 0.0
    while at < width:
        size = rng.uniform(0.8, 1.2)
        shade = ((70, 106, 52), (92, 124, 60), (84, 112, 66))[int(rng.integers(3))]
        for angle in (0.2, 1.7):
            u = _point(size * np.cos(angle), size * np.sin(angle), 0)
            leaf = tex.leaves(shade, int(at * 3) % 3)
            yield Quad((x + at - u[0] / 2, y - u[1] / 2, -0.25 * size), u, (0, 0, size), leaf, fit=True)
        at += size * 0.6


def fence(x: float, y: float, length: float, *, along_y: bool = True) -> Iterator[Quad]:
    board = tex.lumber((158, 132, 104), 12)
    step, count = 0.16, int(length / 0.16)
    for n in range(count):
        tall = 1.7 + 0.03 * ((n * 7) % 3)
        if along_y:
            start, across = (x, y + n * step, 0.05), (0, step - 0.015, 0)
        else:
            start, across = (x + n * step, y, 0.05), (step - 0.015, 0, 0)
        yield Quad(start, (0, 0, tall), across, board)


def lot(drive_x: float, *, dry: bool = False) -> Iterator[Quad]:
    """Lawn, drive, pavement and street."""
    green = (148, 142, 84) if dry else (104, 130, 66)
    yield Quad((-60, -6.5, 0), (120, 0, 0), (0, 90, 0), tex.ground("grass", green, 2.6))
    yield Quad((drive_x, -6.5, 0.015), (3.8, 0, 0), (0, 5.3, 0), tex.plain((172, 168, 160), 21, metres=3))
    for n in range(4):
        yield Quad((drive_x, -6.5 + n * 1.4, 0.018), (3.8, 0, 0), (0, 0.03, 0), tex.plain((104, 100, 94), 22))
    yield Quad((-60, -8.2, 0.02), (120, 0, 0), (0, 1.7, 0), tex.plain((178, 174, 166), 23, metres=2.5))
    yield from box((-60, -8.5, -0.1), (120, 0.3, 0.12), tex.plain((160, 158, 152), 24))
    road = tex.plain((96, 96, 98), 25, rough=0.09, patchy=0.06, metres=3)
    yield Quad((-60, -20, -0.12), (120, 0, 0), (0, 11.6, 0), road)


def street(h: House, *, neighbours: bool = True) -> list[Quad]:
    """A house on its lot, seen from the street."""
    quads = [*lot(h.x + h.width + 0.6), *house(h)]
    quads += [*bushes(h.x + 0.5, -0.7, 4.0, h.seed + 2), *bushes(h.x + 7.2, -0.7, 3.2, h.seed + 3)]
    quads += [*tree(h.x - 2.5, -3.5, 6.5, h.seed + 4), *tree(h.x + 20, 4, 8, h.seed + 5, (88, 120, 70))]
    if neighbours:
        other = House("", (190, 178, 160), "siding", (110, 92, 84), x=h.x - 20, seed=h.seed + 30)
        another = House("", (150, 160, 164), "siding", (84, 84, 90), x=h.x + 21, seed=h.seed + 31)
        quads += [*house(other), *house(another)]
    for n in range(7):
        quads += tree(h.x - 26 + n * 8.5, 19 + (n * 5) % 7, 9, h.seed + 40 + n % 3, (82, 112, 66))
    return quads


def yard(h: House) -> list[Quad]:
    """Behind the house: its back wall is at y = depth."""
    quads = [*lot(h.x + h.width + 0.6), *house(h)]
    back = h.depth + 0.03
    for number, (x, wide, z, tall) in enumerate(((1.2, 1.4, 1.0, 1.2), (7.9, 1.2, 1.1, 1.0))):
        texture = tex.window(h.seed * 10 + 20 + number)
        quads.append(Quad((h.x + x + wide, back, z), (-wide, 0, 0), (0, 0, tall), texture, fit=True))
    quads.append(
        Quad((h.x + 5.8, back, 0.1), (-1.8, 0, 0), (0, 0, 2.1), tex.window(h.seed * 10 + 23), fit=True)
    )
    quads += box((h.x + 3, h.depth, 0), (4.5, 3.2, 0.12), tex.planks((150, 128, 104), 5))
    quads += [*fence(h.x - 3, 0, 20), *fence(h.x + 17.5, 0, 20)]
    quads += [*tree(h.x + 14, h.depth + 6, 6, h.seed + 9), *bushes(h.x + 0.3, back + 0.6, 2.4, h.seed + 10)]
    return quads


def trench(*, rebar: bool = True, poured: bool = False) -> list[Quad]:
    """Footing of the new wall: form boards, gravel, steel."""
    soil = tex.ground("gravel", (128, 102, 78), 1.5)
    stones = tex.ground("gravel", (142, 138, 132), 0.9)
    form, steel = tex.lumber((196, 160, 112), 14), tex.plain((112, 78, 58), 15, rough=0.2, metres=0.3)
    quads = [
        Quad((-8, -6, 0), (16, 0, 0), (0, 5.6, 0), soil),
        Quad((-8, 0.4, 0), (16, 0, 0), (0, 12, 0), soil),
    ]
    floor = tex.plain((170, 168, 162), 16, rough=0.05) if poured else stones
    quads.append(Quad((-8, -0.4, -0.1 if poured else -0.4), (16, 0, 0), (0, 0.8, 0), floor))
    for y in (-0.42, 0.36):
        quads += stick((-8, y, -0.4), (16, 0, 0), (0, 0.045, 0), (0, 0, 0.55), form)
    for n in range(9):
        for y in (-0.58, 0.5):
            quads += stick((-6 + n * 1.4, y, 0), (0, 0, 0.4), (0.05, 0, 0), (0, 0.05, 0), form)
    if rebar and not poured:
        for y in (-0.22, 0.0, 0.2):
            quads += stick((-8, y, -0.22), (16, 0, 0), (0, 0.025, 0), (0, 0, 0.025), steel)
        for n in range(26):
            quads += stick((-6 + n * 0.45, -0.34, -0.2), (0, 0.66, 0), (0.022, 0, 0), (0, 0, 0.022), steel)
    if poured:
        for n in range(10):
            quads += box((-5.5 + n * 1.1, -0.02, -0.1), (0.03, 0.03, 0.3), steel)
    wall = House("", (168, 76, 58), "brick", seed=6)
    quads += box((-8, 3.2, 0), (16, 0.3, 3.2), _skin(wall))
    quads.append(Quad((-3.4, 3.17, 1.1), (1.5, 0, 0), (0, 0, 1.3), tex.window(66), fit=True))
    return quads


def framing(
    width: float = 5.0, *, sheathed: bool = False, wired: bool = False, window: bool = True, seed: int = 2
) -> list[Quad]:
    """The opening of the garage, framed: seen from inside, the street behind it."""
    rng = np.random.default_rng(seed)
    quads = [Quad((-1, -9, 0), (width + 2, 0, 0), (0, 9.2, 0), tex.plain((150, 148, 142), 31, metres=2.6))]
    woods = [
        tex.lumber((int(205 * t), int(166 * t), int(114 * t)), 40 + n) for n, t in enumerate((1, 0.92, 1.06))
    ]
    wood = lambda: woods[int(rng.integers(3))]  # noqa: E731
    deep, tall = 0.09, 2.4
    for z in (0.0, tall - 0.08, tall - 0.04):
        quads += stick((0, 0, z), (width, 0, 0), (0, deep, 0), (0, 0, 0.038), wood())
    gap = (1.6, 3.2) if window else (9.0, 9.0)
    at = 0.0
    while at <= width - 0.03:
        inside = gap[0] < at < gap[1]
        spans = ((0.04, 0.86), (2.1, tall - 0.1)) if inside else ((0.04, tall - 0.08),)
        for low, high in spans:
            lean = float(rng.normal(0, 0.004))
            quads += stick((at, 0, low), (lean, 0, high - low), (0.038, 0, 0), (0, deep, 0), wood())
        at += 0.406
    if window:
        for x in (gap[0] - 0.03, gap[1] - 0.01):
            quads += stick((x, 0, 0.04), (0, 0, tall - 0.12), (0.038, 0, 0), (0, deep, 0), wood())
        quads += stick((gap[0], 0, 0.86), (gap[1] - gap[0], 0, 0), (0, deep, 0), (0, 0, 0.038), wood())
        quads += stick((gap[0], 0, 1.98), (gap[1] - gap[0], 0, 0), (0, deep, 0), (0, 0, 0.14), wood())
    if sheathed:
        board = tex.plywood(50)
        holes = [(0, gap[0], 0, tall), (gap[1], width, 0, tall)] if window else [(0, width, 0, tall)]
        if window:
            holes += [(gap[0], gap[1], 0, 0.88), (gap[0], gap[1], 2.02, tall)]
        for x0, x1, z0, z1 in holes:
            quads.append(Quad((x0, deep + 0.01, z0), (x1 - x0, 0, 0), (0, 0, z1 - z0), board))
    if wired:
        quads += _wiring(width)
    for x in (-0.02, width + 0.02):
        quads.append(Quad((x, -9, 0), (0, 9, 0), (0, 0, 2.75), tex.drywall(51)))
    quads.append(Quad((-1, -9, 2.75), (width + 2, 0, 0), (0, 9, 0), tex.plywood(52)))
    for n in range(12):
        quads += stick((-1, -0.4 - n * 0.6, 2.55), (width + 2, 0, 0), (0, 0.04, 0), (0, 0, 0.19), wood())
    front = House("", (178, 186, 178), seed=60, garage="door", x=-6)
    for quad in [*house(front), *tree(2, -4, 6, 61), *tree(10, -6, 7, 62)]:
        o, u, v = quad.origin, quad.u, quad.v
        moved = Quad(
            (o[0], 26 - o[1], o[2]), (u[0], -u[1], u[2]), (v[0], -v[1], v[2]), quad.texture, quad.fit
        )
        quads.append(moved)
    quads.append(Quad((-40, 0.2, -0.05), (80, 0, 0), (0, 80, 0), tex.plain((120, 120, 118), 63, metres=3)))
    return quads


def _wiring(width: float) -> Iterator[Quad]:
    cable, blue = tex.plain((232, 214, 96), 53), tex.plain((52, 96, 170), 54)
    for x in (0.45, 1.25, 3.7, 4.5):
        if x < width:
            yield from box((x, -0.02, 0.35), (0.07, 0.07, 0.11), blue)
            yield from stick((x + 0.03, 0.02, 0.46), (0, 0, 1.9), (0.014, 0, 0), (0, 0.01, 0), cable)
    yield from stick((0.1, -0.015, 1.15), (width - 0.3, 0, 0.02), (0, 0.012, 0), (0, 0, 0.014), cable)
    yield from stick((0.1, -0.015, 1.22), (width - 0.3, 0, -0.03), (0, 0.012, 0), (0, 0, 0.014), cable)


def room(
    *,
    wall: str = "paint",
    colour: Colour = (226, 222, 210),
    floor: str = "planks",
    counter: bool = False,
    furnished: bool = False,
    size: tuple[float, float] = (4.6, 5.4),
    seed: int = 3,
) -> list[Quad]:
    """A room seen from its door at y = 0 towards the window wall."""
    w, d = size
    tall = 2.55
    walls = tex.drywall(seed) if wall == "drywall" else tex.plain(colour, seed + 1, rough=0.008, patchy=0.015)
    floors = {
        "planks": tex.planks((176, 132, 88), 7),
        "concrete": tex.plain((158, 156, 150), 8, rough=0.04, patchy=0.09),
        "tiles": tex.tiles((198, 194, 184), 9),
    }
    quads = [
        Quad((0, -2, 0), (w, 0, 0), (0, d + 2, 0), floors[floor]),
        Quad((0, -2, tall), (w, 0, 0), (0, d + 2, 0), tex.plain((236, 236, 232), 10, rough=0.01)),
        Quad((0, d, 0), (w, 0, 0), (0, 0, tall), walls),
        Quad((0, -2, 0), (0, d + 2, 0), (0, 0, tall), walls),
        Quad((w, -2, 0), (0, d + 2, 0), (0, 0, tall), walls),
        Quad((1.5, d - 0.02, 0.95), (1.7, 0, 0), (0, 0, 1.3), tex.outdoors(seed), fit=True, shine=1.3),
    ]
    white = tex.plain((238, 237, 232), 11, rough=0.01, patchy=0.01)
    if wall != "drywall":
        quads += box((0, d - 0.03, 0), (w, 0.03, 0.12), white)
        quads += box((0, -2, 0), (0.02, d + 2, 0.12), white) + box(
            (w - 0.02, -2, 0), (0.02, d + 2, 0.12), white
        )
        quads += box((1.4, d - 0.06, 0.87), (1.9, 0.06, 0.08), white)
    quads.append(
        Quad((w - 0.02, 2.2, 0), (0, 0.9, 0), (0, 0, 2.05), tex.door((232, 230, 224), seed), fit=True)
    )
    if counter:
        quads += _counter(d)
    if furnished:
        sofa, wood = tex.plain((74, 92, 108), 13, rough=0.05), tex.lumber((140, 96, 62), 17)
        quads += box((0.1, 2.0, 0), (0.95, 2.1, 0.42), sofa) + box((0.1, 2.0, 0), (0.25, 2.1, 0.85), sofa)
        for y in (2.0, 3.9):
            quads += box((0.1, y, 0), (0.95, 0.2, 0.6), sofa)
        quads += box((1.7, 2.5, 0.38), (0.7, 1.1, 0.05), wood)
        for x, y in ((1.72, 2.52), (2.33, 2.52), (1.72, 3.53), (2.33, 3.53)):
            quads += box((x, y, 0), (0.05, 0.05, 0.38), wood)
        rug = tex.plain((150, 74, 62), 18, rough=0.09, metres=0.8)
        quads.append(Quad((1.2, 1.9, 0.01), (1.7, 0, 0), (0, 2.3, 0), rug))
    return quads


def _counter(d: float) -> list[Quad]:
    front, top = tex.plain((206, 210, 206), 14, rough=0.01), tex.plain((72, 70, 70), 15, rough=0.08)
    steel, dark = tex.plain((176, 180, 184), 16, rough=0.01), tex.plain((60, 60, 62), 20)
    quads = box((0.02, 1.2, 0.1), (0.6, d - 1.25, 0.78), front) + box(
        (0.02, 1.18, 0.88), (0.64, d - 1.2, 0.04), top
    )
    for n in range(int((d - 1.3) / 0.6)):
        y = 1.25 + n * 0.6
        quads.append(Quad((0.625, y, 0.14), (0, 0.01, 0), (0, 0, 0.72), dark))
        quads += box((0.63, y + 0.22, 0.74), (0.025, 0.16, 0.015), steel)
        quads += box((0.02, y + 0.01, 1.5), (0.35, 0.58, 0.7), front)
        quads += box((0.375, y + 0.04, 1.54), (0.02, 0.015, 0.14), steel)
    quads.append(Quad((0.03, 1.2, 0.92), (0, d - 1.22, 0), (0, 0, 0.56), tex.tiles((220, 226, 224), 19)))
    quads.append(Quad((0.12, 2.6, 0.925), (0.42, 0, 0), (0, 0.6, 0), steel))
    return quads
