"""A small renderer for believable site photographs: textured rectangles, one light, cast shadows.

Every surface is a parallelogram. For each one, the rays of its part of the image are intersected with its
plane; nearest wins. All quantities along an image row or column are affine, which keeps this quick in numpy.
Coordinates are metres, x to the right, y away from the street, z up.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Vector = tuple[float, float, float]


class Texture:
    """A tiling picture, shape (height, width, 3 or 4), with its half, quarter, … sizes."""

    def __init__(self, pixels: Bytes, metres: float) -> None:
        self.metres = metres
        self.levels = [np.ascontiguousarray(pixels)]
        while min(self.levels[-1].shape[:2]) > 8 and len(self.levels) < 7:
            height, width = self.levels[-1].shape[:2]
            size = (width // 2, height // 2)
            self.levels.append(cv2.resize(self.levels[-1], size, interpolation=cv2.INTER_AREA))


@dataclass(frozen=True)
class Quad:
    """A parallelogram ``origin + a·u + b·v``, a and b from 0 to 1; texture rows run against ``v``."""

    origin: Vector
    u: Vector
    v: Vector
    texture: Texture
    fit: bool = False
    """Stretch the texture over the whole instead of tiling it at its own scale."""
    shine: float = 0.0
    """Light of its own: a lamp, or a window seen from inside."""
    solid: bool = False
    """Part of a closed body: seen only from where ``u × v`` points."""


@dataclass(frozen=True)
class Light:
    direction: Vector = (-0.45, -0.6, 0.75)
    """Towards the sun."""
    sun: Vector = (2.1, 2.0, 1.8)
    sky: Vector = (0.84, 0.9, 1.0)
    shadows: bool = True
    bounce: float = 0.0
    """How much light comes from below; 1 in a bright room."""
    lamp: Vector | None = None
    """A soft light inside, such as a window."""


@dataclass(frozen=True)
class Camera:
    place: Vector
    target: Vector
    focal: float = 0.8
    """In image widths: 0.7 is a phone, 1.5 a portrait lens."""
    roll: float = 0.0


@dataclass
class _Rays:
    """Rays of an image: origin and direction, each affine in pixel x and y (rows: constant, x, y)."""

    width: int
    height: int
    origin: Floats
    direction: Floats
    depth: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.depth = np.full((self.height, self.width), np.inf, np.float32)

    def affine(self, rows: Floats, vector: Floats, box: tuple[int, int, int, int]) -> Floats:
        x0, y0, x1, y1 = box
        constant, per_x, per_y = rows @ vector
        xs = np.arange(x0, x1, dtype=np.float32) * per_x + constant
        ys = np.arange(y0, y1, dtype=np.float32) * per_y
        return xs[None, :] + ys[:, None]

    def box(self, corners: Floats) -> tuple[int, int, int, int]:
        """The pixels that could see a surface with these corners."""
        basis = self.direction if np.any(self.direction[1:]) else self.origin
        centre = self.origin[0]
        if basis is self.direction:
            matrix = np.stack([basis[1], basis[2], basis[0]], axis=1)
            seen = _in_front(np.linalg.solve(matrix, (corners - centre).T).T)
            if len(seen) == 0:
                return 0, 0, 0, 0
            xy = (seen[:, :2] / seen[:, 2:]).T
        else:
            matrix = np.stack([basis[1], basis[2], self.direction[0]], axis=1)
            xy = np.linalg.solve(matrix, (corners - centre).T)[:2]
        low, high = np.floor(xy.min(axis=1)) - 1, np.ceil(xy.max(axis=1)) + 2
        x0, y0 = np.clip(low, 0, (self.width, self.height)).astype(int)
        x1, y1 = np.clip(high, 0, (self.width, self.height)).astype(int)
        return int(x0), int(y0), int(x1), int(y1)

    def hit(
        self, quad: Quad, box: tuple[int, int, int, int]
    ) -> tuple[npt.NDArray[np.bool_], Floats, Floats, Floats]:
        """Where this surface is the nearest so far, and its depth and place there."""
        x0, y0, x1, y1 = box
        start, u, v = (np.array(vector, np.float32) for vector in (quad.origin, quad.u, quad.v))
        normal = np.cross(u, v)
        gram = np.linalg.inv(np.array([[u @ u, u @ v], [u @ v, v @ v]], np.float32))
        to_a, to_b = gram @ np.stack([u, v])
        origin, direction = self.origin, self.direction
        shifted = origin.copy()
        shifted[0] -= start
        slope = self.affine(direction, normal, box)
        slope[np.abs(slope) < 1e-9] = 1e-9
        t = -self.affine(shifted, normal, box) / slope
        a = self.affine(shifted, to_a, box) + t * self.affine(direction, to_a, box)
        b = self.affine(shifted, to_b, box) + t * self.affine(direction, to_b, box)
        near = (t > 0.02) & (t < self.depth[y0:y1, x0:x1]) & (a >= 0) & (a <= 1) & (b >= 0) & (b <= 1)
        return near, t, a, b


def _texels(quad: Quad, a: Floats, b: Floats, level: int) -> tuple[Floats, Floats]:
    height, width = quad.texture.levels[level].shape[:2]
    if quad.fit:
        return a * width - 0.5, (1 - b) * height - 0.5
    across = float(np.linalg.norm(quad.u)) / quad.texture.metres * width
    up = float(np.linalg.norm(quad.v)) / quad.texture.metres * width
    return np.mod(a * across, width), np.mod(-b * up, height)


def _sample(quad: Quad, a: Floats, b: Floats, level: int) -> Bytes:
    """Colours at a list of places, shape (n, 3 or 4)."""
    count, row = len(a), 1024
    padded = np.zeros((2, -(-count // row) * row), np.float32)
    padded[:, :count] = _texels(quad, a, b, level)
    x, y = padded.reshape(2, -1, row)
    border = cv2.BORDER_REPLICATE if quad.fit else cv2.BORDER_WRAP
    colours = cv2.remap(quad.texture.levels[level], x, y, cv2.INTER_LINEAR, borderMode=border)
    return colours.reshape(-1, colours.shape[2])[:count]


def _paint(quad: Quad, t: Floats, a: Floats, b: Floats, pixel: float) -> Bytes:
    """Sample the texture at about one texel a pixel."""
    width = quad.texture.levels[0].shape[1]
    texel = (float(np.linalg.norm(quad.u)) if quad.fit else quad.texture.metres) / width
    last = len(quad.texture.levels) - 1
    levels = np.clip(np.log2(t * (pixel / texel)) + 0.3, 0, last).astype(np.int8)
    colour = np.empty((len(t), quad.texture.levels[0].shape[2]), np.uint8)
    for level in np.unique(levels):
        chosen = levels == level
        colour[chosen] = _sample(quad, a[chosen], b[chosen], int(level))
    return colour


def _corners(quad: Quad) -> Floats:
    o, u, v = (np.array(vector, np.float32) for vector in (quad.origin, quad.u, quad.v))
    return np.stack([o, o + u, o + u + v, o + v])


def _in_front(corners: Floats) -> Floats:
    """Cut a polygon off just before the camera; depth is the third coordinate."""
    near, kept = 0.05, []
    for here, after in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if here[2] > near:
            kept.append(here)
        if (here[2] > near) != (after[2] > near):
            kept.append(here + (after - here) * (near - here[2]) / (after[2] - here[2]))
    return np.array(kept, np.float32).reshape(-1, 3)


def _turned_away(quad: Quad, towards: Floats) -> bool:
    """Whether a face of a closed body cannot be seen from that direction."""
    return quad.solid and float(np.cross(quad.u, quad.v) @ towards) <= 0


def _camera_rays(camera: Camera, width: int, height: int) -> _Rays:
    place, target = np.array(camera.place, np.float32), np.array(camera.target, np.float32)
    forward = (target - place) / np.linalg.norm(target - place)
    right = np.cross(forward, (0, 0, 1))
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    turn = np.radians(camera.roll)
    right, down = right * np.cos(turn) + down * np.sin(turn), down * np.cos(turn) - right * np.sin(turn)
    step = 1 / (camera.focal * width)
    corner = forward - right * step * width / 2 - down * step * height / 2
    origin = np.stack([place, np.zeros(3), np.zeros(3)]).astype(np.float32)
    return _Rays(width, height, origin, np.stack([corner, right * step, down * step]).astype(np.float32))


def _sun_rays(light: Light, centre: Floats, reach: float, size: int) -> _Rays:
    towards = np.array(light.direction, np.float32)
    towards /= np.linalg.norm(towards)
    right = np.cross(towards, (0.0, 0.1, 1.0))
    right /= np.linalg.norm(right)
    down = np.cross(towards, right)
    step = 2 * reach / size
    corner = centre + towards * 60 - (right + down) * reach
    origin = np.stack([corner, right * step, down * step]).astype(np.float32)
    return _Rays(size, size, origin, np.stack([-towards, np.zeros(3), np.zeros(3)]).astype(np.float32))


def _shadow(quads: list[Quad], light: Light, points: Floats, reach: float) -> Floats:
    """Share of sunlight that reaches each point; ``points`` has shape (height, width, 3)."""
    middle = points[points.shape[0] * 2 // 3, points.shape[1] // 2]
    rays = _sun_rays(light, middle, reach, 1200)
    for quad in quads:
        if _turned_away(quad, -rays.direction[0]):
            continue
        box = rays.box(_corners(quad))
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        near, t, a, b = rays.hit(quad, box)
        if quad.texture.levels[0].shape[2] == 4 and near.any():
            near[near] = _sample(quad, a[near], b[near], 0)[:, 3] > 127
        part = rays.depth[box[1] : box[3], box[0] : box[2]]
        part[near] = t[near]
    matrix = np.linalg.inv(np.stack([rays.origin[1], rays.origin[2], rays.direction[0]], axis=1))
    x, y, depth = np.moveaxis((points - rays.origin[0]) @ matrix.T.astype(np.float32), -1, 0)
    stored = cv2.remap(
        np.minimum(rays.depth, 1e4), x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=1e4
    )
    lit = (depth < stored + 0.04).astype(np.float32)
    return cv2.GaussianBlur(lit, (0, 0), 1.6)


def render(
    quads: list[Quad],
    camera: Camera,
    light: Light,
    sky: Bytes,
    *,
    size: tuple[int, int] = (1200, 900),
    reach: float = 14.0,
) -> Floats:
    """Render a scene.

    Args:
        quads: Surfaces, in any order.
        camera: Where from.
        light: Sun and sky.
        sky: Background picture, sRGB, any size.
        size: Width and height of the result.
        reach: Half the side, in metres, of the square in which shadows are cast.

    Returns:
        Linear light, shape (height, width, 3), where 1 is a white sheet in the sun.
    """
    width, height = size[0] * 4 // 3, size[1] * 4 // 3
    rays = _camera_rays(camera, width, height)
    pixel = 1 / (camera.focal * width)
    colour = cv2.resize(sky, (width, height), interpolation=cv2.INTER_LINEAR)
    facing = np.zeros((height, width), np.int16)
    for number, quad in enumerate(quads, start=1):
        if _turned_away(quad, rays.origin[0] - np.array(quad.origin, np.float32)):
            continue
        box = rays.box(_corners(quad))
        if box[2] <= box[0] or box[3] <= box[1]:
            continue
        near, t, a, b = rays.hit(quad, box)
        if not near.any():
            continue
        painted = _paint(quad, t[near], a[near], b[near], pixel)
        if painted.shape[1] == 4:
            opaque = painted[:, 3] > 127
            near[near], painted = opaque, painted[opaque]
        inside = np.s_[box[1] : box[3], box[0] : box[2]]
        rays.depth[inside][near] = t[near]
        colour[inside][near] = painted[:, :3]
        facing[inside][near] = number
    return _shade(quads, rays, colour, facing, light, camera, size, reach)


def _shade(
    quads: list[Quad],
    rays: _Rays,
    colour: Bytes,
    facing: npt.NDArray[np.int16],
    light: Light,
    camera: Camera,
    size: tuple[int, int],
    reach: float,
) -> Floats:
    towards = np.array(light.direction, np.float32)
    towards /= np.linalg.norm(towards)
    place = np.array(camera.place, np.float32)
    direct, ambient, own = [0.0], [1.0], [1.0]
    for quad in quads:
        normal = np.cross(quad.u, quad.v).astype(np.float32)
        normal /= np.linalg.norm(normal)
        if normal @ (place - np.array(quad.origin, np.float32)) < 0:
            normal = -normal
        direct.append(max(0.0, float(normal @ towards)) * (quad.shine == 0))
        below = 0.25 + 0.75 * light.bounce
        ambient.append((0.5 * (1 + below) + 0.5 * (1 - below) * float(normal[2])) * (quad.shine == 0))
        own.append(quad.shine)
    surface = facing > 0
    depth = np.where(surface, rays.depth, 80.0).astype(np.float32)
    small = cv2.resize(depth, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    around = cv2.resize(cv2.GaussianBlur(small, (0, 0), 9), depth.shape[::-1])
    closed = np.clip((depth - around) / (0.05 * depth + 0.12), 0, 1)
    open_sky = np.where(surface, 1 - 0.38 * closed, 1).astype(np.float32)
    sunlight = np.array(direct, np.float32)[facing]
    fill, glow = np.array(ambient, np.float32)[facing] * open_sky, np.array(own, np.float32)[facing]
    if light.shadows or light.lamp:
        box = (0, 0, rays.width, rays.height)
        points = np.stack(
            [depth * rays.affine(rays.direction, axis, box) for axis in np.eye(3, dtype=np.float32)], axis=-1
        )
        points += place
    if light.shadows:
        sunlight *= _shadow(quads, light, points, reach)
    if light.lamp:
        away = ((points - np.array(light.lamp, np.float32)) ** 2).sum(axis=-1)
        fill *= 0.45 + 1.1 / (1 + away / 6)
    linear = (np.arange(256, dtype=np.float32) / 255) ** 2.2
    result = np.empty((*colour.shape[:2], 3), np.float32)
    for channel in range(3):
        lamp = fill * (light.sky[channel] * 0.5) + sunlight * (light.sun[channel] * 0.5) + glow
        lamp[~surface] = 1
        result[..., channel] = linear[colour[..., channel]] * lamp
    return cv2.resize(result, size, interpolation=cv2.INTER_AREA)
