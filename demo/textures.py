"""Surfaces for the rendered scenes: brick, siding, shingles, lumber, concrete, leaves, windows, doors.

Grass and gravel are the photographs that scikit-image ships (public domain), tinted.
"""

from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from demo.packages import font, picture
from demo.render import Bytes, Floats, Texture

Colour = tuple[int, int, int]


def noise(rng: np.random.Generator, height: int, width: int, octaves: int = 4) -> Floats:
    """Smooth noise with detail at several scales, about −1 to 1, that tiles."""
    rows, columns = height // 3, width // 3
    total = np.zeros((rows, columns), np.float32)
    for octave in range(octaves):
        cells = 4 * 2**octave
        across = max(2, cells * width // height)
        grid = np.pad(rng.standard_normal((cells, across)).astype(np.float32), 2, mode="wrap")
        scaled = (columns * (across + 4) // across, rows * (cells + 4) // cells)
        wide = cv2.resize(grid, scaled, interpolation=cv2.INTER_CUBIC)
        left, top = 2 * columns // across, 2 * rows // cells
        total += wide[top : top + rows, left : left + columns] / 2**octave
    return cv2.resize(total / 1.6, (width, height), interpolation=cv2.INTER_LINEAR)


def _tinted(colour: Colour, shade: Floats) -> Bytes:
    return np.clip(np.array(colour, np.float32) * shade[..., None], 0, 255).astype(np.uint8)


def _speckle(rng: np.random.Generator, shape: tuple[int, int], amount: float) -> Floats:
    return 1 + np.float32(amount) * rng.standard_normal(shape, dtype=np.float32)


@cache
def brick(colour: Colour, seed: int) -> Texture:
    rng = np.random.default_rng(seed)
    height, width, rows, columns = 768, 768, 24, 8
    shade = _speckle(rng, (height, width), 0.07) * (1 + 0.06 * noise(rng, height, width))
    tones = np.ones((height, width, 3), np.float32)
    row_height, column_width = height // rows, width // columns
    for row in range(rows):
        for column in range(columns + 1):
            left = column * column_width - (row % 2) * column_width // 2
            tone = rng.normal(1, 0.13) * np.array([1, rng.normal(1, 0.05), rng.normal(1, 0.05)])
            tones[row * row_height : (row + 1) * row_height, max(left, 0) : left + column_width] = tone
    mortar = np.zeros((height, width), np.float32)
    for row in range(rows):
        y = row * row_height
        mortar[y : y + 5] = 1
        for column in range(columns + 1):
            x = (column * column_width - (row % 2) * column_width // 2) % width
            mortar[y : y + row_height, x : x + 5] = 1
    mortar = cv2.GaussianBlur(mortar, (0, 0), 0.8)[..., None]
    bricks = np.array(colour, np.float32) * tones
    pixels = (bricks * (1 - mortar) + np.array([188, 182, 172], np.float32) * mortar) * shade[..., None]
    return Texture(np.clip(pixels, 0, 255).astype(np.uint8), 1.75)


@cache
def siding(colour: Colour, seed: int) -> Texture:
    rng = np.random.default_rng(seed)
    height, width, boards = 768, 768, 10
    down = (np.arange(height, dtype=np.float32) * boards / height) % 1
    profile = np.where(down < 0.09, 0.55, 0.93 + 0.09 * down)
    streaks = cv2.resize(noise(rng, 256, 32), (width, height))
    shade = profile[:, None] * (1 + 0.02 * streaks) * _speckle(rng, (height, width), 0.018)
    for board in range(boards):
        y, x = board * height // boards, int(rng.integers(0, width))
        shade[y : y + height // boards, x : x + 2] *= 0.8
    return Texture(_tinted(colour, shade.astype(np.float32)), 1.6)


@cache
def shingles(colour: Colour, seed: int) -> Texture:
    rng = np.random.default_rng(seed)
    height, width, rows = 768, 768, 20
    shade = _speckle(rng, (height, width), 0.12)
    step = height // rows
    for row in range(rows):
        x = -int(rng.integers(0, 60))
        while x < width:
            tab = int(rng.integers(45, 90))
            shade[row * step : (row + 1) * step, max(x, 0) : max(x + tab, 0)] *= rng.normal(1, 0.1)
            shade[row * step : (row + 1) * step, max(x, 0) : max(x + 2, 0)] *= 0.75
            x += tab
        shade[row * step : row * step + 4] *= 0.55
    return Texture(_tinted(colour, shade), 2.8)


@cache
def lumber(colour: Colour = (205, 165, 112), seed: int = 1) -> Texture:
    """Grain runs along texture x; knots here and there."""
    rng = np.random.default_rng(seed)
    height, width = 192, 1024
    bend = cv2.resize(noise(rng, 16, 64, 3), (width, height)) * 9
    rings = np.sin((np.arange(height)[:, None] + bend) * 0.33) * 0.05
    grain = cv2.resize(rng.standard_normal((height, 24)).astype(np.float32), (width, height)) * 0.05
    shade = (1 + rings + grain) * _speckle(rng, (height, width), 0.025)
    for _ in range(4):
        centre = (int(rng.integers(0, width)), int(rng.integers(10, height - 10)))
        knot = np.zeros((height, width), np.float32)
        cv2.ellipse(knot, centre, (16, 8), 0, 0, 360, 1, -1)
        shade *= 1 - 0.4 * cv2.GaussianBlur(knot, (0, 0), 3)
    return Texture(_tinted(colour, shade.astype(np.float32)), 1.4)


@cache
def plywood(seed: int, colour: Colour = (206, 172, 122)) -> Texture:
    """Strand board: overlapping chips."""
    rng = np.random.default_rng(seed)
    side = 768
    pixels = np.full((side, side, 3), colour, np.uint8)
    for _ in range(2600):
        centre = tuple(int(n) for n in rng.integers(0, side, 2))
        size = (int(rng.integers(10, 34)), int(rng.integers(2, 8)))
        tone = rng.normal(1, 0.13)
        shade = tuple(float(np.clip(c * tone, 0, 255)) for c in colour)
        cv2.ellipse(pixels, centre, size, float(rng.integers(0, 180)), 0, 360, shade, -1, cv2.LINE_AA)
    pixels[:, :4] //= 2
    pixels[:3] //= 2
    return Texture(pixels, 1.22)


@cache
def plain(
    colour: Colour, seed: int, *, rough: float = 0.03, patchy: float = 0.05, metres: float = 2.0
) -> Texture:
    """Concrete, plaster, asphalt, paint: by how rough and how patchy it is."""
    rng = np.random.default_rng(seed)
    side = 768
    shade = (1 + patchy * noise(rng, side, side)) * _speckle(rng, (side, side), rough)
    return Texture(_tinted(colour, shade.astype(np.float32)), metres)


@cache
def drywall(seed: int) -> Texture:
    """Taped joints and dots of compound over screws."""
    rng = np.random.default_rng(seed)
    side = 900
    tone = np.full((side, side), 0.0, np.float32)
    for x in (0, side):
        cv2.line(tone, (x, 0), (x, side), 1, 60)
    cv2.line(tone, (0, side // 2), (side, side // 2), 1, 62)
    for x in range(side // 6, side, side // 3):
        for y in range(40, side, 100):
            cv2.circle(tone, (x + int(rng.integers(-5, 5)), y + int(rng.integers(-9, 9))), 15, 1, -1)
    tone = cv2.GaussianBlur(tone, (0, 0), 6) * (0.8 + 0.25 * noise(rng, side, side))
    grey = np.array([176, 174, 168], np.float32)
    pixels = grey + np.clip(tone, 0, 1)[..., None] * np.array([52, 52, 54], np.float32)
    pixels *= _speckle(rng, (side, side), 0.012)[..., None]
    return Texture(np.clip(pixels, 0, 255).astype(np.uint8), 2.4)


@cache
def planks(colour: Colour, seed: int) -> Texture:
    rng = np.random.default_rng(seed)
    side, boards = 768, 8
    shade = np.ones((side, side), np.float32)
    grain = lumber((128, 128, 128), seed).levels[0][..., 0].astype(np.float32) / 128
    step = side // boards
    for board in range(boards):
        strip = cv2.resize(grain, (side, step))
        shift = int(rng.integers(0, side))
        shade[board * step : (board + 1) * step] = np.roll(strip, shift, axis=1) * rng.normal(1, 0.09)
        shade[board * step : board * step + 2] *= 0.6
        x = int(rng.integers(0, side))
        shade[board * step : (board + 1) * step, x : x + 2] *= 0.6
    return Texture(_tinted(colour, shade), 1.2)


@cache
def tiles(colour: Colour, seed: int, grout: Colour = (120, 118, 112)) -> Texture:
    rng = np.random.default_rng(seed)
    side, across = 640, 4
    step = side // across
    pixels = np.empty((side, side, 3), np.float32)
    for row in range(across):
        for column in range(across):
            block = np.s_[row * step : (row + 1) * step, column * step : (column + 1) * step]
            pixels[block] = np.array(colour) * rng.normal(1, 0.035)
    pixels *= (1 + 0.03 * noise(rng, side, side))[..., None]
    for line in range(across):
        pixels[line * step : line * step + 5] = grout
        pixels[:, line * step : line * step + 5] = grout
    return Texture(np.clip(pixels, 0, 255).astype(np.uint8), 1.2)


@cache
def ground(name: str, colour: Colour, metres: float) -> Texture:
    """A photographed surface, mirrored so that it tiles, and tinted."""
    grey = picture(name).convert("L")
    pixels = np.asarray(grey, np.float32)
    pixels = pixels / pixels.mean()
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.7)
    pixels /= cv2.GaussianBlur(pixels, (0, 0), 60)
    sheet = np.block([[pixels, pixels[:, ::-1]], [pixels[::-1], pixels[::-1, ::-1]]])
    slow = noise(np.random.default_rng(9), *sheet.shape)
    return Texture(_tinted(colour, ((0.35 + 0.65 * sheet) * (1 + 0.08 * slow)).astype(np.float32)), metres)


@cache
def leaves(colour: Colour, seed: int) -> Texture:
    """A crown of leaves on a clear ground."""
    rng = np.random.default_rng(seed)
    side, count = 512, 1000
    pixels = np.zeros((side, side, 4), np.uint8)
    blobs = np.column_stack(
        [rng.normal(0.5, 0.17, 14), rng.normal(0.47, 0.15, 14), rng.uniform(0.1, 0.2, 14)]
    )
    for layer in range(3):
        chosen = blobs[rng.integers(len(blobs), size=count)]
        distance, angle = chosen[:, 2] * np.sqrt(rng.uniform(size=count)), rng.uniform(0, 2 * np.pi, count)
        places = chosen[:, :2] + (distance * np.stack([np.cos(angle), np.sin(angle)])).T
        tone = (0.45 + 0.28 * layer) * rng.normal(1, 0.2, count) * (1.25 - 0.7 * places[:, 1])
        shades = np.clip(np.array(colour) * tone[:, None] * rng.normal(1, 0.06, (count, 3)), 0, 255)
        sizes, turns = rng.integers((5, 3), (10, 6), (count, 2)), rng.integers(0, 180, count)
        rows = zip(
            (places * side).astype(int).tolist(), shades.tolist(), sizes.tolist(), turns.tolist(), strict=True
        )
        for place, shade, size, turn in rows:
            cv2.ellipse(pixels, place, size, turn, 0, 360, (*shade, 255), -1)
    return Texture(pixels, 1.0)


@cache
def gable(colour: Colour, seed: int, kind: str) -> Texture:
    """A triangle of wall under a roof."""
    wall = (brick if kind == "brick" else siding)(colour, seed).levels[0]
    side = wall.shape[0]
    mask = np.zeros((side, side), np.uint8)
    cv2.fillConvexPoly(mask, np.array([[0, side], [side, side], [side // 2, 0]]), 255)
    return Texture(np.dstack([wall, mask]), 1.0)


def _canvas(width: int, height: int, colour: Colour) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (width, height), colour)
    return image, ImageDraw.Draw(image)


def _finish(image: Image.Image, seed: int, grain: float = 0.02) -> Texture:
    rng = np.random.default_rng(seed)
    pixels = np.asarray(image, np.float32)
    slow = 1 + 0.03 * noise(rng, *pixels.shape[:2])
    pixels = pixels * (slow * _speckle(rng, pixels.shape[:2], grain))[..., None]
    return Texture(np.clip(pixels, 0, 255).astype(np.uint8), 1.0)


@cache
def window(seed: int, frame: Colour = (236, 234, 228), panes: tuple[int, int] = (2, 2)) -> Texture:
    rng = np.random.default_rng(seed)
    image, draw = _canvas(420, 480, frame)
    columns, rows = panes
    for column in range(columns):
        for row in range(rows):
            x0, y0 = 26 + column * (374 // columns), 26 + row * (434 // rows)
            x1, y1 = x0 + 374 // columns - 12, y0 + 434 // rows - 12
            draw.rectangle((x0 - 3, y0 - 3, x1 + 3, y1 + 3), fill=(150, 148, 144))
            draw.rectangle((x0, y0, x1, y1), fill=(46, 54, 62))
    pixels = np.asarray(image).copy()
    glass = pixels[..., 0] < 60
    y = np.linspace(1, 0, 480, dtype=np.float32)[:, None]
    sheen = np.clip(noise(rng, 480, 420, 4) * 0.5 + y * 1.3, 0, 1.6)
    curtain = (np.abs(np.linspace(-1, 1, 420)) > rng.uniform(0.45, 0.8)) * (
        0.8 + 0.2 * np.sin(np.arange(420))
    )
    mixed = pixels + sheen[..., None] * np.array([62, 76, 92]) + curtain[None, :, None] * 70
    pixels = np.where(glass[..., None], np.clip(mixed, 0, 255), pixels).astype(np.uint8)
    return _finish(Image.fromarray(pixels), seed, 0.01)


@cache
def outdoors(seed: int) -> Texture:
    """A window seen from inside: bright sky, blurred trees, a white frame."""
    rng = np.random.default_rng(seed)
    field = noise(rng, 300, 360, 5)
    y = np.linspace(0, 1, 300, dtype=np.float32)[:, None]
    trees = np.clip((field * 0.25 + y - 0.45) * 5, 0, 1)[..., None]
    green = np.array([120, 150, 96]) * (0.8 + 0.2 * field[..., None])
    view = np.array([238, 244, 252]) * (1 - trees) + green * trees
    view = cv2.GaussianBlur(np.clip(view, 0, 255).astype(np.uint8), (0, 0), 2.5)
    image = Image.fromarray(view)
    draw = ImageDraw.Draw(image)
    for box in ((0, 0, 359, 12), (0, 287, 359, 299), (0, 0, 12, 299), (347, 0, 359, 299), (174, 0, 185, 299)):
        draw.rectangle(box, fill=(196, 194, 190))
    return Texture(np.asarray(image), 1.0)


@cache
def door(colour: Colour, seed: int) -> Texture:
    image, draw = _canvas(300, 620, colour)
    dark, light = tuple(int(c * 0.7) for c in colour), tuple(min(255, int(c * 1.15)) for c in colour)
    for x, y, w, h in ((40, 40, 95, 190), (165, 40, 95, 190), (40, 270, 95, 300), (165, 270, 95, 300)):
        draw.rectangle((x, y, x + w, y + h), outline=dark, width=5)
        draw.line((x + 5, y + h - 4, x + w - 4, y + h - 4), fill=light, width=4)
    draw.rectangle((0, 0, 299, 619), outline=(232, 230, 224), width=12)
    draw.ellipse((258, 320, 278, 340), fill=(196, 170, 92))
    return _finish(image, seed)


@cache
def garage_door(colour: Colour, seed: int) -> Texture:
    image, draw = _canvas(900, 720, colour)
    dark, light = tuple(int(c * 0.72) for c in colour), tuple(min(255, int(c * 1.08)) for c in colour)
    for row in range(4):
        draw.line((0, row * 180, 900, row * 180), fill=dark, width=5)
        for column in range(4):
            x, y = column * 225 + 25, row * 180 + 30
            if row == 0:
                draw.rectangle((x, y, x + 175, y + 120), fill=(58, 66, 74), outline=(240, 240, 236), width=6)
                draw.polygon([(x + 20, y + 114), (x + 80, y + 6), (x + 120, y + 6)], fill=(96, 106, 116))
            else:
                draw.rectangle((x, y, x + 175, y + 120), outline=dark, width=4)
                draw.line((x + 4, y + 116, x + 172, y + 116), fill=light, width=4)
    return _finish(image, seed)


@cache
def sign(text: str, colour: Colour = (250, 248, 242), ink: Colour = (24, 26, 30), size: int = 120) -> Texture:
    face = font("bold", size)
    lines = text.split("\n")
    width = max(int(face.getlength(line)) for line in lines) + size
    image, draw = _canvas(width, int(size * 1.25) * len(lines) + size // 2, colour)
    for row, line in enumerate(lines):
        draw.text((size // 2, size // 4 + row * int(size * 1.25)), line, fill=ink, font=face)
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=ink, width=max(2, size // 16))
    return Texture(np.asarray(image), 1.0)


def sky(seed: int, cloudy: float = 0.5) -> Bytes:
    """Blue to haze, with clouds; shape (480, 640, 3)."""
    rng = np.random.default_rng(seed)
    y = np.linspace(0, 1, 480, dtype=np.float32)[:, None, None]
    blue = np.array([104, 150, 206]) * (1 - y) + np.array([205, 222, 236]) * y
    field = cv2.resize(noise(rng, 480, 240, 6), (640, 480))
    clouds = np.clip((field - 0.9 + cloudy * 1.5) * 0.55, 0, 1)[..., None]
    shade = 238 - 34 * np.clip(cv2.blur(field, (1, 40)), 0, 1)[..., None]
    return np.clip(blue * (1 - clouds) + shade * clouds, 0, 255).astype(np.uint8)
