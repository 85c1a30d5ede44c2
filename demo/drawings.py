"""Drawings: a site plan, floor plans in two revisions, an electrical plan over the same walls."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from demo.packages import font

WIDTH, HEIGHT = 1980, 1320
FOOT = 44.0
LEFT, TOP = 230, 222
Draw = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Plan:
    """What may change from one revision to the next. Lengths are feet."""

    case: str
    address: str
    owner: str
    revisions: tuple[tuple[str, str, str], ...]
    """Letter, date, what changed."""
    bath_wall: float = 14.0
    """Where the wall between living room and bath stands."""
    width: float = 24.0
    depth: float = 20.0


def _feet(length: float) -> str:
    whole = int(length)
    return f"{whole}'-{round((length - whole) * 12)}\""


def _at(x: float, y: float) -> tuple[float, float]:
    return LEFT + x * FOOT, TOP + y * FOOT


def _wall(draw: Draw, x0: float, y0: float, x1: float, y1: float, thick: float = 0.5) -> None:
    half = thick / 2
    a, b = _at(min(x0, x1) - half, min(y0, y1) - half), _at(max(x0, x1) + half, max(y0, y1) + half)
    draw.rectangle((*a, *b), fill=70, outline=0, width=2)


def _window(draw: Draw, x: float, y: float, length: float, *, upright: bool = False) -> None:
    a = _at(x - 0.25, y) if upright else _at(x, y - 0.25)
    b = _at(x + 0.25, y + length) if upright else _at(x + length, y + 0.25)
    draw.rectangle((*a, *b), fill=255, outline=0, width=2)
    middle = ((a[0] + b[0]) / 2, a[1], (a[0] + b[0]) / 2, b[1])
    draw.line(middle if upright else (a[0], (a[1] + b[1]) / 2, b[0], (a[1] + b[1]) / 2), fill=0, width=2)


def _door(draw: Draw, x: float, y: float, length: float, turn: int) -> None:
    """A leaf that opens a quarter turn; ``turn`` (0 to 3) says which way it swings."""
    step = ((1, 0), (0, 1), (-1, 0), (0, -1))
    along, swing = np.array(step[turn]), np.array(step[(turn + 1) % 4])
    end = np.array([x, y]) + along * length
    low, high = np.minimum((x, y), end), np.maximum((x, y), end)
    pad = np.where(low == high, 0.27, 0.0)
    draw.rectangle((*_at(*(low - pad)), *_at(*(high + pad))), fill=255)
    leaf = np.array([x, y]) + swing * length
    draw.line((*_at(x, y), *_at(*leaf)), fill=0, width=4)
    (cx, cy), r = _at(x, y), length * FOOT
    start = turn * 90
    draw.arc((cx - r, cy - r, cx + r, cy + r), start, start + 90, fill=0, width=2)


def _dimension(draw: Draw, x0: float, y0: float, x1: float, y1: float) -> None:
    """A dimension line with slashes at its ends."""
    (ax, ay), (bx, by) = _at(x0, y0), _at(x1, y1)
    upright = ax == bx
    draw.line((ax, ay, bx, by), fill=40, width=2)
    for px, py in ((ax, ay), (bx, by)):
        draw.line((px - 9, py + 9, px + 9, py - 9), fill=0, width=4)
        across = (px - 20, py, px + 20, py) if upright else (px, py - 20, px, py + 20)
        draw.line(across, fill=40, width=2)
    text, face = _feet(abs(y1 - y0) if upright else abs(x1 - x0)), font("regular", 24)
    if upright:
        label = Image.new("L", (int(face.getlength(text)) + 8, 30), 255)
        ImageDraw.Draw(label).text((4, 0), text, fill=0, font=face)
        turned = label.rotate(90, expand=True)
        corner = (int(ax - 36), int((ay + by) / 2 - turned.height / 2))
        draw.bitmap(corner, turned.point(lambda v: 255 - v), fill=0)
    else:
        draw.text(((ax + bx) / 2, ay - 19), text, fill=0, font=face, anchor="mm")


def _label(draw: Draw, x: float, y: float, name: str, size: str = "") -> None:
    draw.text(_at(x, y), name, fill=0, font=font("bold", 27), anchor="mm")
    if size:
        draw.text(_at(x, y + 0.7), size, fill=60, font=font("regular", 22), anchor="mm")


def _title_block(draw: Draw, plan: Plan, sheet: str, title: str, scale: str) -> None:
    x0, x1 = 1560, WIDTH - 40
    draw.rectangle((40, 40, x1, HEIGHT - 40), outline=0, width=5)
    draw.rectangle((x0, 40, x1, HEIGHT - 40), outline=0, width=4)
    centre = (x0 + x1) / 2
    draw.text((centre, 100), "MARLOWE & FITCH", fill=0, font=font("serif-bold", 29), anchor="mm")
    draw.text((centre, 142), "residential design", fill=50, font=font("serif", 26), anchor="mm")
    notes = (
        "GENERAL NOTES",
        "1  Field verify all dimensions.",
        "2  All work to current code.",
        "3  Smoke alarms at each room.",
        "4  Walls 2x4 @ 16 in. o.c.",
        "5  R-15 walls, R-38 ceiling.",
        "6  Tempered glass at bath.",
    )
    for number, note in enumerate(notes):
        face = font("bold" if number == 0 else "regular", 20)
        draw.text((x0 + 24, 205 + number * 34), note, fill=20, font=face)
    y = 500
    draw.line((x0, y, x1, y), fill=0, width=3)
    draw.text((x0 + 18, y + 10), "REVISIONS", fill=0, font=font("bold", 20))
    for number in range(4):
        top = y + 44 + number * 42
        draw.line((x0, top, x1, top), fill=80, width=2)
        if number < len(plan.revisions):
            letter, date, what = plan.revisions[number]
            draw.text((x0 + 22, top + 9), letter, fill=0, font=font("bold", 20))
            draw.text((x0 + 62, top + 10), date, fill=0, font=font("regular", 18))
            draw.text((x0 + 180, top + 10), what, fill=0, font=font("regular", 18))
    y = 780
    for label, value in (
        ("Project", "Garage conversion"),
        ("Address", plan.address),
        ("Owner", plan.owner),
        ("Application", plan.case),
        ("Scale", scale),
        ("Date", plan.revisions[-1][1]),
    ):
        draw.line((x0, y, x1, y), fill=80, width=2)
        draw.text((x0 + 18, y + 6), label.upper(), fill=80, font=font("regular", 15))
        draw.text((x0 + 18, y + 24), value, fill=0, font=font("regular", 24))
        y += 62
    draw.line((x0, y, x1, y), fill=0, width=3)
    draw.text((centre, y + 34), title, fill=0, font=font("bold", 26), anchor="mm")
    draw.text((x0 + 30, HEIGHT - 62), sheet, fill=0, font=font("bold", 54), anchor="ls")
    draw.text(
        (x1 - 24, HEIGHT - 62), f"Rev {plan.revisions[-1][0]}", fill=0, font=font("bold", 32), anchor="rs"
    )


def _shell(draw: Draw, plan: Plan) -> None:
    """Walls, doors and windows."""
    w, d, wall = plan.width, plan.depth, plan.bath_wall
    for line in ((0, 0, w, 0), (0, d, w, d), (0, 0, 0, d), (w, 0, w, d)):
        _wall(draw, *line)
    _wall(draw, wall, 0, wall, 9, 0.4)
    _wall(draw, wall, 9, w, 9, 0.4)
    _wall(draw, 13, 12, 13, d, 0.4)
    _wall(draw, 13, 12, w, 12, 0.4)
    _window(draw, 3, 0, 5)
    _window(draw, wall + 3, 0, 2.5)
    _window(draw, 16, d, 5)
    _window(draw, 0, 5, 5, upright=True)
    _door(draw, 8, d, 3, 2)
    _door(draw, wall, 8, 2.6, 3)
    _door(draw, 13, 15.4, 2.7, 3)
    _door(draw, w, 9.2, 2.5, 1)


def _fittings(draw: Draw, plan: Plan) -> None:
    wall = plan.bath_wall
    a, b = _at(plan.width - 5.3, 0.5), _at(plan.width - 0.4, 3)
    draw.rounded_rectangle((*a, *b), 22, outline=0, width=2)
    draw.rounded_rectangle((a[0] + 12, a[1] + 12, b[0] - 12, b[1] - 12), 30, outline=80, width=2)
    draw.ellipse((*_at(wall + 0.9, 0.9), *_at(wall + 2.2, 2.6)), outline=0, width=2)
    draw.rectangle((*_at(wall + 0.8, 0.35), *_at(wall + 2.3, 0.9)), outline=0, width=2)
    draw.rectangle((*_at(plan.width - 2.2, 5), *_at(plan.width - 0.3, 8)), outline=0, width=2)
    draw.ellipse((*_at(plan.width - 1.9, 5.8), *_at(plan.width - 0.6, 7.2)), outline=0, width=2)
    draw.rectangle((*_at(0.3, 11), *_at(2.3, plan.depth - 0.4)), outline=0, width=2)
    draw.rectangle((*_at(0.6, 12), *_at(2, 14)), outline=0, width=2)
    for x, y in ((0.9, 16.4), (1.7, 16.4), (0.9, 17.4), (1.7, 17.4)):
        px, py = _at(x, y)
        draw.ellipse((px - 13, py - 13, px + 13, py + 13), outline=0, width=2)


def _blank() -> tuple[Image.Image, Draw]:
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    return image, ImageDraw.Draw(image)


def floor_plan(plan: Plan) -> Image.Image:
    """Sheet A-2."""
    image, draw = _blank()
    _shell(draw, plan)
    _fittings(draw, plan)
    w, d, wall = plan.width, plan.depth, plan.bath_wall
    _dimension(draw, 0, -1.6, wall, -1.6)
    _dimension(draw, wall, -1.6, w, -1.6)
    _dimension(draw, 0, -2.7, w, -2.7)
    _dimension(draw, -1.4, 0, -1.4, d)
    _dimension(draw, w + 1.6, 0, w + 1.6, 9)
    _dimension(draw, w + 1.6, 9, w + 1.6, d)
    _dimension(draw, 13, d + 1.4, w, d + 1.4)
    _dimension(draw, 0, d + 1.4, 13, d + 1.4)
    _label(draw, 7, 6.2, "LIVING", f"{_feet(wall - 0.5)} x 19'-6\"")
    _label(draw, (wall + w) / 2, 5.2, "BATH", f"{_feet(w - wall - 0.5)} x 8'-6\"")
    _label(draw, 18.4, 16, "BEDROOM", "10'-6\" x 7'-6\"")
    _label(draw, 5.2, 14.6, "KITCHEN")
    _label(draw, 18.6, 10.5, "HALL")
    _north(draw, 1440, 1190)
    _title_block(draw, plan, "A-2", "FLOOR PLAN, NEW UNIT", "1/4 in. = 1 ft")
    return image


def electrical_plan(plan: Plan) -> Image.Image:
    """Sheet E-1: the same walls, with outlets and lights."""
    image, draw = _blank()
    _shell(draw, plan)
    for x, y in ((0.5, 2), (0.5, 11), (6, 0.5), (12, 19.5), (13.6, 13.6), (23.5, 14), (19, 19.4), (9, 0.5)):
        px, py = _at(x, y)
        draw.ellipse((px - 12, py - 12, px + 12, py + 12), outline=0, width=3)
        draw.line((px - 12, py - 5, px + 12, py - 5), fill=0, width=3)
        draw.line((px - 12, py + 5, px + 12, py + 5), fill=0, width=3)
    for x, y in ((7, 5), (6, 15), (19, 4.5), (18, 16), (18, 10.5)):
        px, py = _at(x, y)
        draw.ellipse((px - 24, py - 24, px + 24, py + 24), outline=0, width=3)
        draw.line((px - 17, py - 17, px + 17, py + 17), fill=0, width=2)
        draw.line((px - 17, py + 17, px + 17, py - 17), fill=0, width=2)
        sx, sy = _at(9.2, 19)
        draw.arc((min(px, sx), min(py, sy), max(px, sx) + 80, max(py, sy) + 40), 200, 300, fill=110, width=2)
    _dimension(draw, 0, -2.7, plan.width, -2.7)
    _dimension(draw, -1.4, 0, -1.4, plan.depth)
    _label(draw, 4.5, 9, "PANEL 100 A")
    _north(draw, 1440, 1190)
    _title_block(draw, plan, "E-1", "ELECTRICAL PLAN", "1/4 in. = 1 ft")
    return image


def _north(draw: Draw, x: int, y: int) -> None:
    draw.ellipse((x - 40, y - 40, x + 40, y + 40), outline=0, width=3)
    draw.polygon([(x, y - 54), (x - 17, y + 26), (x, y + 10), (x + 17, y + 26)], fill=0)
    draw.text((x, y - 74), "N", fill=0, font=font("bold", 28), anchor="mm")


def site_plan(plan: Plan, number: int) -> Image.Image:
    """Sheet A-1: lot lines, the house, setbacks, trees."""
    image, draw = _blank()
    rng = np.random.default_rng(number)
    lot, home, wing = (180, 150, 1380, 1010), (330, 330, 900, 690), (900, 400, 1180, 730)
    dashes = range(0, 1200, 36)
    for n in dashes:
        draw.line((lot[0] + n, lot[1], lot[0] + n + 24, lot[1]), fill=0, width=4)
        draw.line((lot[0] + n, lot[3], lot[0] + n + 24, lot[3]), fill=0, width=4)
    for n in range(0, lot[3] - lot[1], 36):
        for x in (lot[0], lot[2]):
            draw.line((x, lot[1] + n, x, lot[1] + n + 24), fill=0, width=4)
    draw.rectangle(home, outline=0, width=5)
    draw.rectangle(wing, outline=0, width=5)
    for n in range(-400, 400, 22):
        a = [(x, x + n - 700) for x in (max(wing[0], wing[1] + 700 - n), min(wing[2], wing[3] + 700 - n))]
        if a[0][0] < a[1][0]:
            draw.line([a[0], a[1]], fill=130, width=2)
    draw.text((615, 510), "EXISTING HOUSE", fill=0, font=font("bold", 30), anchor="mm")
    draw.rectangle((925, 540, 1155, 590), fill=255)
    draw.text((1040, 565), "NEW UNIT", fill=0, font=font("bold", 30), anchor="mm")
    draw.polygon([(930, 730), (1150, 730), (1170, 1010), (910, 1010)], outline=0, width=3)
    draw.text((1040, 880), "DRIVE", fill=40, font=font("regular", 24), anchor="mm")
    draw.line((60, 1090, 1520, 1090), fill=0, width=3)
    draw.text((780, 1150), plan.address.split(" ", 1)[1].upper(), fill=0, font=font("bold", 40), anchor="mm")
    for _ in range(9):
        x, y, r = rng.integers(220, 1340), rng.choice([200, 250, 780, 850, 930]), rng.integers(24, 46)
        for k in range(3):
            draw.ellipse((x - r + k * 7, y - r + k * 7, x + r - k * 7, y + r - k * 7), outline=90, width=2)
    for x0, y0, x1, y1, text in (
        (615, 152, 615, 328, "18'-0\""),
        (182, 510, 328, 510, "15'-0\""),
        (1182, 560, 1378, 560, "20'-0\""),
        (615, 692, 615, 1008, "32'-0\""),
    ):
        draw.line((x0, y0, x1, y1), fill=40, width=2)
        draw.text(((x0 + x1) / 2 + 8, (y0 + y1) / 2 - 18), text, fill=0, font=font("regular", 24))
    draw.text((780, 125), "PROPERTY LINE  120.00'", fill=30, font=font("regular", 22), anchor="mm")
    _north(draw, 1460, 1210)
    _title_block(draw, plan, "A-1", "SITE PLAN", "1 in. = 10 ft")
    return image
