"""Documents drawn for tests: sheets with walls and a title block, forms with fields, and scans of them."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont


def _font(size):
    return ImageFont.load_default(size)


def sheet(seed, number, title, *, rev="A", moved=0, block=True):
    """A drawing of its own: rooms by ``seed``, one wall moved, a title block that names it."""
    rng = np.random.default_rng(seed)
    page = Image.new("L", (1300, 900), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((20, 20, 1280, 880), outline=0, width=4)
    draw.line((1000, 20, 1000, 880), fill=0, width=3)
    xs = sorted(int(x) for x in rng.integers(120, 900, 5))
    ys = sorted(int(y) for y in rng.integers(90, 800, 4))
    draw.rectangle((70, 60, 950, 840), outline=0, width=9)
    for place, x in enumerate(xs):
        x += moved if place == 2 else 0
        draw.line((x, 60, x, ys[place % 4]), fill=0, width=7)
        draw.arc((x - 40, ys[place % 4] - 40, x + 40, ys[place % 4] + 40), 0, 90, fill=0, width=3)
        draw.text((x + 12, 80 + 40 * place), f"ROOM {seed % 90 + place}", fill=0, font=_font(22))
    for y in ys:
        draw.line((70, y, int(rng.integers(300, 940)), y), fill=0, width=7)
        draw.text(
            (90, y + 10), f"{int(rng.integers(8, 30))}'-{int(rng.integers(0, 12))}\"", fill=0, font=_font(20)
        )
    for place in range(12):
        a, b = rng.integers(90, 920), rng.integers(80, 820)
        draw.ellipse((a, b, a + 18 + place, b + 18 + place), outline=0, width=3)
    if not block:
        return page
    lines = ("LARKHAVEN DESIGN", "General notes", "Field verify all", "All work to code", "Smoke alarms")
    for place, line in enumerate(lines):
        draw.text((1020, 50 + 40 * place), line, fill=0, font=_font(24))
    for place, line in enumerate((title.upper(), f"SHEET {number}", f"REVISION {rev}", "SCALE 1/4\" = 1'")):
        draw.text((1020, 640 + 44 * place), line, fill=0, font=_font(26))
    return page


FIELDS = ("Applicant", "Site address", "Parcel number", "Permit type", "Valuation", "Contractor", "Received")


def form(title, **values):
    """A filled form."""
    page = Image.new("L", (1100, 800), 255)
    draw = ImageDraw.Draw(page)
    draw.text((60, 40), f"City of Larkhaven: {title}", fill=0, font=_font(34))
    for row, name in enumerate(FIELDS):
        y = 130 + 86 * row
        draw.text((60, y), name, fill=60, font=_font(22))
        draw.rectangle((320, y - 12, 1040, y + 44), outline=0, width=2)
        said = values.get(name.split()[0].lower(), f"{name} of the application 24016")
        draw.text((335, y), said, fill=0, font=_font(24))
    return page


def scanned(page, seed):
    """What a flatbed makes of a page."""
    rng = np.random.default_rng(seed)
    turned = page.rotate(0.6, Image.Resampling.BICUBIC, fillcolor=252)
    grey = np.asarray(turned).astype(np.float32) * 0.93 + 8 + rng.normal(0, 3, (page.height, page.width))
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.5))


def photograph(seed):
    """A picture like no other, as a camera would name it."""
    noise = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((640, 480), Image.Resampling.BICUBIC)


def png(page):
    with io.BytesIO() as out:
        page.save(out, "PNG")
        return out.getvalue()


def jpeg(page, quality=90):
    with io.BytesIO() as out:
        page.save(out, "JPEG", quality=quality)
        return out.getvalue()


def pdf(*pages):
    """A PDF with one picture a page."""
    with io.BytesIO() as out:
        first, *rest = pages
        first.save(out, "PDF", save_all=True, append_images=rest, resolution=100)
        return out.getvalue()
