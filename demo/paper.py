"""Paper: the forms and cards of an invented city, and a scanner to put them through."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from demo.packages import font
from demo.render import Bytes

DPI = 300
INK = 34
AGENCY = "CITY OF LARKHAVEN"
OFFICE = "Department of Building and Permits"


def _sheet(width: float, height: float) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (round(width * DPI), round(height * DPI)), 255)
    return image, ImageDraw.Draw(image)


def _letterhead(draw: ImageDraw.ImageDraw, width: int, title: str, form: str) -> int:
    """Seal, agency and title; returns where the body starts."""
    x, y, r = 270, 270, 120
    for grow, line in ((0, 7), (-16, 3), (-62, 3)):
        draw.ellipse((x - r - grow, y - r - grow, x + r + grow, y + r + grow), outline=INK, width=line)
    draw.polygon([(x - 55, y + 40), (x, y - 50), (x + 55, y + 40)], outline=INK, width=5)
    draw.line((x - 80, y + 42, x + 80, y + 42), fill=INK, width=6)
    for n in range(3):
        draw.arc((x - 70, y + 44 + n * 13, x, y + 64 + n * 13), 180, 360, fill=INK, width=4)
        draw.arc((x, y + 44 + n * 13, x + 70, y + 64 + n * 13), 180, 360, fill=INK, width=4)
    draw.text((440, 165), AGENCY, fill=INK, font=font("serif-bold", 78))
    draw.text((442, 262), OFFICE, fill=INK, font=font("serif", 50))
    draw.text(
        (442, 330),
        "1200 Harbour Street  ·  Larkhaven  ·  permits@larkhaven.example",
        fill=70,
        font=font("regular", 30),
    )
    draw.text((width - 150, 175), form, fill=INK, font=font("bold", 40), anchor="ra")
    draw.line((150, 430, width - 150, 430), fill=INK, width=8)
    draw.text((150, 465), title, fill=INK, font=font("bold", 62))
    return 570


def _field(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], label: str, value: str) -> None:
    x0, y0, x1, _ = box
    draw.rectangle(box, outline=INK, width=4)
    draw.text((x0 + 18, y0 + 10), label.upper(), fill=80, font=font("regular", 26))
    draw.text((x0 + 30, y0 + 50), value, fill=12, font=font("mono", 48 if x1 - x0 > 420 else 42))


def _tick(draw: ImageDraw.ImageDraw, x: int, y: int, label: str, ticked: bool) -> None:
    draw.rectangle((x, y, x + 38, y + 38), outline=INK, width=4)
    if ticked:
        draw.line((x + 5, y + 6, x + 33, y + 33), fill=12, width=6)
        draw.line((x + 33, y + 5, x + 5, y + 34), fill=12, width=6)
    draw.text((x + 56, y - 1), label, fill=INK, font=font("regular", 34))


def _fields(
    draw: ImageDraw.ImageDraw, width: int, y: int, rows: tuple[tuple[str, ...], ...], values: dict[str, str]
) -> int:
    """Rows of boxes with their labels and what was filled in; returns where they end."""
    for row in rows:
        step = (width - 300) // len(row)
        for column, label in enumerate(row):
            x = 150 + column * step
            _field(draw, (x, y, x + step, y + 128), label, values[label])
        y += 128
    return y


def application(values: dict[str, str], kinds: tuple[str, ...], lines: tuple[str, ...]) -> Image.Image:
    """Form B-1, one page: fields by label, what is ticked, and the description of the work."""
    image, draw = _sheet(8.5, 11)
    width = image.width
    y = _letterhead(draw, width, "Application for Building Permit", "FORM B-1")
    rows = (
        ("Application number", "Date filed"),
        ("Site address",),
        ("Assessor's parcel number", "Zoning district"),
        ("Owner", "Telephone"),
        ("Contractor", "Licence number"),
        ("Valuation of work", "Floor area (sq ft)", "Stories"),
    )
    y = _fields(draw, width, y, rows, values)
    y += 40
    draw.text((150, y), "Kind of work (mark all that apply)", fill=INK, font=font("bold", 36))
    names = (
        "New building",
        "Addition",
        "Alteration",
        "Change of use",
        "Demolition",
        "Electrical",
        "Plumbing",
        "Mechanical",
        "Accessory dwelling unit",
    )
    for number, name in enumerate(names):
        _tick(draw, 170 + number % 3 * 720, y + 70 + number // 3 * 64, name, name in kinds)
    y += 290
    draw.text((150, y), "Description of work", fill=INK, font=font("bold", 36))
    for number in range(7):
        base = y + 122 + number * 76
        draw.line((150, base, width - 150, base), fill=120, width=3)
        if number < len(lines):
            draw.text((170, base - 58), lines[number], fill=12, font=font("mono", 44))
    y += 690
    small = (
        "I certify that I have read this application and that the information given is correct. I agree to",
        "comply with all city ordinances and state laws that regulate building construction. This permit",
        "becomes void if work is not started within 180 days, or if it is suspended for 180 days after its",
        "start. Photographs and drawings filed with this application become part of the public record.",
    )
    for number, line in enumerate(small):
        draw.text((150, y + number * 44), line, fill=60, font=font("regular", 33))
    y += 230
    for x, label in ((150, "Signature of owner or agent"), (1500, "Date")):
        draw.line((x, y + 120, x + (1150 if x < 1000 else 850), y + 120), fill=INK, width=4)
        draw.text((x, y + 132), label, fill=80, font=font("regular", 28))
    _signature(draw, 260, y + 60, values["Owner"])
    draw.text((1540, y + 58), values["Date filed"], fill=12, font=font("mono", 44))
    draw.rectangle((150, y + 220, width - 150, y + 480), outline=INK, width=4)
    draw.text((172, y + 234), "FOR DEPARTMENT USE", fill=INK, font=font("bold", 30))
    for number, label in enumerate(("Received by", "Fee paid", "Plan check", "Approved")):
        x = 190 + number * 540
        draw.line((x, y + 410, x + 440, y + 410), fill=100, width=3)
        draw.text((x, y + 420), label, fill=80, font=font("regular", 28))
    return image


def card(values: dict[str, str]) -> Image.Image:
    """Form C-7, half a page: an inspection card."""
    image, draw = _sheet(8.5, 5.5)
    width = image.width
    y = _letterhead(draw, width, "Inspection Record", "FORM C-7")
    rows = (
        ("Application number", "Date"),
        ("Site address", "Inspection"),
        ("Inspector", "Badge", "Result"),
    )
    y = _fields(draw, width, y, rows, values)
    draw.text((150, y + 40), "Remarks", fill=INK, font=font("bold", 34))
    for number in range(4):
        draw.line((150, y + 150 + number * 70, width - 150, y + 150 + number * 70), fill=120, width=3)
    draw.text((170, y + 96), values["Remarks"], fill=12, font=font("mono", 42))
    _signature(draw, 1650, y + 300, values["Inspector"])
    draw.line((1600, y + 390, 2400, y + 390), fill=INK, width=4)
    draw.text((1600, y + 400), "Inspector's signature", fill=80, font=font("regular", 28))
    return image


def _signature(draw: ImageDraw.ImageDraw, x: int, y: int, name: str) -> None:
    """A quick hand: loops whose shape depends on the name."""
    rng = np.random.default_rng(sum(ord(letter) * (n + 1) for n, letter in enumerate(name)))
    t = np.linspace(0, 1, 400)
    wave = sum(
        rng.uniform(0.3, 1) * np.sin(2 * np.pi * (k * 2.2 * t + rng.uniform())) / k for k in range(1, 6)
    )
    slant = sum(
        rng.uniform(0.2, 0.6) * np.cos(2 * np.pi * (k * 3.1 * t + rng.uniform())) for k in range(1, 4)
    )
    tall = (1.2 - 0.8 * t) * 38
    points = np.column_stack([x + t * 560 + slant * 20, y - wave * tall])
    draw.line([(float(a), float(b)) for a, b in points], fill=30, width=6, joint="curve")
    draw.line((x + 40, y + 46, x + 600, y + 30), fill=30, width=4)


def stamp(image: Image.Image, text: str, place: tuple[int, int], angle: float) -> Image.Image:
    """Put a rubber stamp on a copy of a sheet."""
    face = font("bold", 74)
    wide = int(face.getlength(text)) + 90
    mark = Image.new("L", (wide, 150), 0)
    draw = ImageDraw.Draw(mark)
    draw.rectangle((5, 5, wide - 6, 144), outline=190, width=9)
    draw.text((45, 26), text, fill=190, font=face)
    mark = mark.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    copy = image.copy()
    copy.paste(60, place, mark)
    return copy


def scan(sheet: Image.Image, seed: int, *, dpi: int = 150, skew: float = 0.0, noise: float = 2.2) -> Bytes:
    """Put a sheet on a scanner: turn it by ``skew`` degrees, shade it, add grain. Shape (height, width)."""
    rng = np.random.default_rng(seed)
    ink = np.asarray(sheet, np.float32)
    scale = dpi / DPI
    size = (round(sheet.width * scale), round(sheet.height * scale))
    soft = cv2.GaussianBlur(ink, (0, 0), 0.42 / scale)
    matrix = cv2.getRotationMatrix2D((sheet.width / 2, sheet.height / 2), skew, scale)
    shift = rng.uniform(-3, 3, 2) if skew else (0.0, 0.0)
    matrix[:, 2] += np.array(size) / 2 - np.array([sheet.width, sheet.height]) / 2 + shift
    page = cv2.warpAffine(
        soft, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=232.0
    )
    grain = cv2.GaussianBlur(rng.standard_normal((size[1], size[0]), dtype=np.float32), (0, 0), 0.6)
    light = cv2.resize(rng.standard_normal((4, 3)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    page = 18 + page * (226 / 255) + 1.2 * light + noise * 1.6 * grain
    return np.clip(page, 0, 255).astype(np.uint8)
