"""Write the archive: what was sent in, three times, and what each file really is.

``truth.tsv`` beside it says for every image: its locator inside the archive, ``picture`` (equal value: one
capture or one sheet of paper), ``content`` (equal value: nothing was cut or changed, so linking is right) and
how the file came about. Files that cannot be read have the code they must be reported with.
"""

import csv
import io
import zipfile
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from PIL import Image, ImageDraw

from demo import drawings, paper
from demo.camera import CONTRACTOR, OWNER, Phone, clock, exif, jpeg
from demo.drawings import Plan
from demo.packages import font, picture
from demo.render import Bytes
from demo.shots import JUNE, MARCH, SHOTS, take_all

CASE = "24016-10000-31415"
NEXT_DOOR = "24016-10000-31422"
CAFE = "24016-10000-31507"
PLACE = (37.8044, -122.4612)


@dataclass(frozen=True)
class Item:
    """One image, or one file that cannot be read, and what it is."""

    locator: str
    picture: str
    content: str
    how: str
    error: str = ""


@dataclass(frozen=True)
class Upload:
    """One file to send to the gate, and the decision and relation to expect for it."""

    file: str
    title: str
    decisions: str
    relations: str


def strip_metadata(data: bytes) -> bytes:
    """Drop EXIF from a JPEG without touching its pixels, as messengers do."""
    kept, at = bytearray(data[:2]), 2
    while data[at + 1] != 0xDA:
        length = 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] != 0xE1:
            kept += data[at : at + length]
        at += length
    return bytes(kept + data[at:])


def resave(data: bytes, *, quality: int, longest: int | None = None) -> bytes:
    """Decode, shrink if asked, and save again without metadata."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    if longest is not None:
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    return jpeg(np.asarray(image), quality=quality)


def crop(data: bytes, box: tuple[float, float, float, float], *, quality: int = 88) -> bytes:
    """Cut out a part, given as shares of width and height."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    edges = [round(share * side) for share, side in zip(box, image.size * 2, strict=True)]
    return jpeg(np.asarray(image.crop(tuple(edges))), quality=quality)


def date_stamp(data: bytes, text: str) -> bytes:
    """Burn a date into the lower right corner, as cameras do."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    draw, face = ImageDraw.Draw(image), font("mono", image.width // 30)
    place = (image.width - image.width // 40, image.height - image.width // 40)
    draw.text(
        place, text, fill=(255, 156, 40), font=face, anchor="rs", stroke_width=2, stroke_fill=(90, 30, 0)
    )
    return jpeg(np.asarray(image), quality=91)


def screenshot(data: bytes, name: str) -> bytes:
    """The photograph as a picture viewer shows it: title bar, tools, dark surround."""
    photo = Image.open(io.BytesIO(data)).convert("RGB")
    photo.thumbnail((1130, 780), Image.Resampling.LANCZOS)
    screen = Image.new("RGB", (1366, 900), (38, 40, 44))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1366, 40), fill=(232, 233, 236))
    draw.text((683, 20), f"{name} — Picture Viewer", fill=(40, 42, 48), font=font("regular", 17), anchor="mm")
    for number, colour in enumerate(((236, 106, 94), (244, 190, 79), (97, 197, 84))):
        draw.ellipse((14 + number * 24, 13, 28 + number * 24, 27), fill=colour)
    draw.rectangle((0, 40, 1366, 84), fill=(248, 248, 250))
    for number, label in enumerate(("Open", "Previous", "Next", "Rotate", "Zoom in", "Zoom out", "Print")):
        draw.text((30 + number * 110, 62), label, fill=(70, 74, 82), font=font("regular", 16), anchor="lm")
    draw.rectangle((0, 872, 1366, 900), fill=(248, 248, 250))
    draw.text(
        (16, 886),
        f"{photo.width} × {photo.height}   100 %",
        fill=(90, 94, 102),
        font=font("regular", 14),
        anchor="lm",
    )
    screen.paste(photo, ((1366 - photo.width) // 2, 84 + (788 - photo.height) // 2))
    stream = io.BytesIO()
    screen.save(stream, "PNG")
    return stream.getvalue()


def png(image: Image.Image | Bytes, *, dpi: int = 150) -> bytes:
    image = image if isinstance(image, Image.Image) else Image.fromarray(image)
    stream = io.BytesIO()
    image.save(stream, "PNG", dpi=(dpi, dpi))
    return stream.getvalue()


def tiff(pages: list[Bytes], *, dpi: int = 150) -> bytes:
    first, *rest = [Image.fromarray(page) for page in pages]
    stream = io.BytesIO()
    first.save(stream, "TIFF", save_all=True, append_images=rest, compression="tiff_lzw", dpi=(dpi, dpi))
    return stream.getvalue()


def pdf(pages: list[list[bytes]], *, password: str | None = None) -> bytes:
    """Put JPEG files on pages, one above the other, their streams untouched."""
    document = pikepdf.new()
    for images in pages:
        page = document.add_blank_page(page_size=(612, 792))
        drawn, names = [], pikepdf.Dictionary()
        slot = (792 - 72) / len(images)
        for number, data in enumerate(images):
            with Image.open(io.BytesIO(data)) as image:
                width, height, grey = *image.size, image.mode == "L"
            stream = pikepdf.Stream(document, data)
            stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
            stream.Width, stream.Height, stream.BitsPerComponent = width, height, 8
            stream.ColorSpace = pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB
            stream.Filter = pikepdf.Name.DCTDecode
            names[f"/Im{number + 1}"] = stream
            scale = min(540 / width, (slot - 12) / height)
            x, y = (612 - width * scale) / 2, 792 - 36 - slot * (number + 1)
            drawn.append(
                f"q {width * scale:.2f} 0 0 {height * scale:.2f} {x:.2f} {y:.2f} cm /Im{number + 1} Do Q"
            )
        page.Resources = pikepdf.Dictionary(XObject=names)
        page.Contents = pikepdf.Stream(document, "\n".join(drawn).encode())
    stream = io.BytesIO()
    guard = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(stream, deterministic_id=guard is None, encryption=guard or False)
    return stream.getvalue()


class Archive:
    """Collects files and what they are."""

    def __init__(self, root: Path, photos: dict[str, Bytes]) -> None:
        self.root = root
        self.items: list[Item] = []
        self.originals: dict[str, bytes] = {}
        for name, pixels in photos.items():
            shot = SHOTS[name]
            tags = exif(shot.phone, shot.taken, gps=PLACE)
            self.originals[name] = jpeg(pixels, quality=shot.phone.quality, tags=tags)

    def keep(self, name: str, pixels: Bytes, phone: Phone, taken: datetime) -> None:
        """Add a real photograph to those that may be sent in."""
        self.originals[name] = jpeg(pixels, quality=93, tags=exif(phone, taken, gps=PLACE))

    def file(self, path: str, data: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def add(self, path: str, data: bytes, shows: str, how: str, *, content: str | None = None) -> None:
        self.file(path, data)
        self.says(path, shows, how, content=content)

    def says(self, locator: str, shows: str, how: str, *, content: str | None = None) -> None:
        self.items.append(Item(locator, shows, content or shows, how))

    def broken(self, path: str, data: bytes, how: str, error: str) -> None:
        self.file(path, data)
        self.items.append(Item(path, "", "", how, error))


def _form(
    case: str,
    address: str,
    owner: str,
    *,
    value: str = "$84,000",
    filed: str = "03/04/2025",
    kinds: tuple[str, ...] = ("Alteration", "Accessory dwelling unit", "Electrical"),
    lines: tuple[str, ...] = (
        "Convert attached garage to accessory dwelling",
        "unit: new front wall, bath, kitchen, bedroom.",
    ),
) -> Image.Image:
    values = {
        "Application number": case, "Date filed": filed, "Site address": address,
        "Assessor's parcel number": f"017-0{address[:3]}-022", "Zoning district": "R-2", "Owner": owner,
        "Telephone": "555-0142", "Contractor": "Birch & Daughter Construction", "Licence number": "B-771204",
        "Valuation of work": value, "Floor area (sq ft)": "480", "Stories": "1",
    }  # fmt: skip
    return paper.application(values, kinds, lines)


def inspection_card(inspection: str) -> Image.Image:
    """One of the cards that differ in a single field."""
    return paper.card({
        "Application number": CASE, "Date": "06/18/2025", "Site address": "418 Alder Street",
        "Inspection": inspection, "Inspector": "T. Lindqvist", "Badge": "0417", "Result": "PASSED",
        "Remarks": "No corrections.",
    })  # fmt: skip


def _grey_jpeg(pixels: Bytes, quality: int = 88) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality, dpi=(150, 150))
    return stream.getvalue()


def _real_photographs(archive: Archive) -> None:
    for number, (name, shows) in enumerate({
        "garage-left": "garage-inside-left", "garage-right": "garage-inside-right", "brick": "chimney-brick",
        "gravel": "side-yard-gravel", "grass": "lawn-close",
    }.items()):  # fmt: skip
        archive.keep(shows, np.asarray(picture(name)), OWNER, clock(MARCH, 10 + number))
    for number, name in enumerate(("coffee", "pavilion", "flower")):
        archive.keep(name, np.asarray(picture(name)), CONTRACTOR, clock(JUNE, 70 + number))


PLAN_A = Plan(CASE, "418 Alder Street", "M. Okafor", (("A", "2025-02-21", "For permit"),))
PLAN_B = Plan(
    CASE, "418 Alder Street", "M. Okafor",
    (("A", "2025-02-21", "For permit"), ("B", "2025-05-30", "Bath wall 1'-6\" east")), bath_wall=15.5,
)  # fmt: skip
PLAN_NEXT = Plan(NEXT_DOOR, "422 Alder Street", "R. Castellanos", (("A", "2025-03-11", "For permit"),))


def _first_submission(archive: Archive) -> None:
    base, photos = f"{CASE}/submission-1 2025-03-04", archive.originals
    names = (
        "street-front",
        "street-left",
        "garage-door",
        "street-right",
        "rear-yard",
        "rear-deck",
        "garage-inside-left",
        "garage-inside-right",
        "chimney-brick",
        "side-yard-gravel",
        "lawn-close",
    )
    for number, name in enumerate(names):
        archive.add(f"{base}/photos/IMG_{2041 + number}.jpg", photos[name], name, "original")
    form = _grey_jpeg(paper.scan(_form(CASE, "418 Alder Street", "M. Okafor"), 1))
    inside = [[form], [photos["street-front"], photos["garage-door"]], [photos["rear-yard"]]]
    archive.file(f"{base}/application.pdf", pdf(inside))
    locator = f"{base}/application.pdf"
    archive.says(f"{locator}#page=1&image=1", "form-31415", "scanned form in a PDF")
    archive.says(f"{locator}#page=2&image=1", "street-front", "in a PDF, untouched")
    archive.says(f"{locator}#page=2&image=2", "garage-door", "in a PDF, untouched")
    archive.says(f"{locator}#page=3&image=1", "rear-yard", "in a PDF, untouched")
    archive.add(f"{base}/plans/A-1 site plan.png", png(drawings.site_plan(PLAN_A, 3)), "site-plan", "drawing")
    archive.add(
        f"{base}/plans/A-2 floor plan.png", png(drawings.floor_plan(PLAN_A)), "floor-plan-A", "drawing"
    )
    electrical = png(drawings.electrical_plan(PLAN_A))
    archive.add(f"{base}/plans/E-1 electrical plan.png", electrical, "electrical-plan", "drawing")


def _second_submission(archive: Archive) -> None:
    base, photos = f"{CASE}/submission-2 2025-06-20", archive.originals
    for number, name in enumerate(("street-front", "garage-door", "rear-yard", "street-left")):
        again = resave(photos[name], quality=(58, 66, 72, 50)[number])
        archive.add(f"{base}/from contractor/image{number + 1:03d}.jpg", again, name, "re-compressed")
    archive.add(f"{base}/from contractor/IMG_2046 (1).jpg", photos["rear-deck"], "rear-deck", "sent again")
    small = resave(photos["garage-inside-left"], quality=80, longest=520)
    archive.add(f"{base}/from contractor/garage small.jpg", small, "garage-inside-left", "resized")
    bare = strip_metadata(photos["street-right"])
    archive.add(f"{base}/from contractor/IMG-20250619-WA0007.jpg", bare, "street-right", "metadata removed")
    names = (
        "footing-steel",
        "footing-poured",
        "frame-1",
        "frame-2",
        "frame-3",
        "frame-left",
        "wired",
        "wired-close",
    )
    for number, name in enumerate(names):
        archive.add(f"{base}/progress/DSC_{310 + number:04d}.JPG", photos[name], name, "original")
    _zip(archive, f"{base}/progress photos.zip")
    revised = png(drawings.floor_plan(PLAN_B))
    archive.add(f"{base}/plans/A-2 floor plan rev B.png", revised, "floor-plan-B", "corrected drawing")
    form = paper.scan(_form(CASE, "418 Alder Street", "M. Okafor", value="$91,500"), 2)
    archive.add(
        f"{base}/application corrected.jpg", _grey_jpeg(form), "form-31415-corrected", "one field changed"
    )


def _zip(archive: Archive, path: str) -> None:
    photos = archive.originals
    converted = png(Image.open(io.BytesIO(photos["footing-steel"])))
    members = {
        "site/DSC_0310.png": (converted, "footing-steel", "converted, in a ZIP"),
        "site/DSC_0315.JPG": (photos["frame-left"], "frame-left", "in a ZIP"),
        "site/DSC_0316.JPG": (photos["wired"], "wired", "in a ZIP"),
        "site/DSC_0318.JPG": (photos["drywall"], "drywall", "original, in a ZIP"),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as bundle:
        for name, (data, shows, how) in members.items():
            bundle.writestr(zipfile.ZipInfo(name, (2025, 6, 19, 17, 5, 0)), data)
            archive.says(f"{path}!/{name}", shows, how)
    archive.file(path, stream.getvalue())


def _third_submission(archive: Archive) -> None:
    base, photos = f"{CASE}/submission-3 2025-09-12", archive.originals
    names = ("kitchen", "living-empty", "living-done", "bath-tiles", "new-wall", "street-done")
    for number, name in enumerate(names):
        archive.add(f"{base}/final/IMG_{2213 + number}.jpg", photos[name], name, "original")
    stamped = date_stamp(photos["street-front"], "2025 03 02  10:04")
    archive.add(
        f"{base}/existing/front dated.jpg", stamped, "street-front", "date stamp", content="front-dated"
    )
    cut = crop(photos["frame-left"], (0.3, 0.12, 0.97, 0.8))
    archive.add(f"{base}/existing/header detail.jpg", cut, "frame-left", "crop", content="frame-left-crop")
    small = resave(photos["kitchen"], quality=78, longest=800)
    archive.add(f"{base}/existing/kitchen web.jpg", small, "kitchen", "resized")
    kinds = ("FOUNDATION", "FRAMING", "ELECTRICAL", "INSULATION")
    pages = [paper.scan(inspection_card(kind), 20 + n) for n, kind in enumerate(kinds)]
    archive.file(f"{base}/inspection cards.tif", tiff(pages))
    for number, kind in enumerate(kinds, start=1):
        locator = f"{base}/inspection cards.tif#page={number}"
        archive.says(locator, f"card-{kind.lower()}", "scanned form, one field differs")
    rescan = paper.scan(inspection_card("FRAMING"), 30, dpi=200, skew=1.2, noise=2.8)
    archive.add(f"{base}/framing card.jpg", _grey_jpeg(rescan, 85), "card-framing", "scanned again")
    again = tiff([np.asarray(drawings.floor_plan(PLAN_B))])
    archive.add(f"{base}/plans/A-2.tif", again, "floor-plan-B", "converted")
    old = png(drawings.floor_plan(PLAN_A))
    archive.add(f"{base}/plans/A-2 floor plan.png", old, "floor-plan-A", "sent again, though since revised")
    archive.broken(
        f"{base}/final/IMG_2219.jpg", photos["kitchen"][:41_000], "cut off while sent", "truncated"
    )
    note = b"Photos of the water heater follow on Monday.\r\n"
    archive.broken(f"{base}/final/water heater.jpg", note, "a text file with the wrong name", "not-an-image")
    locked = pdf([[photos["living-done"]]], password="larkhaven")
    archive.broken(f"{base}/contract (locked).pdf", locked, "PDF with a password", "encrypted")


def _neighbours(archive: Archive) -> None:
    photos, base = archive.originals, f"{NEXT_DOOR}/submission-1 2025-03-14"
    for number, name in enumerate(("next-front", "next-garage", "next-rear")):
        archive.add(f"{base}/photos/P{1201 + number}.jpg", photos[name], name, "original")
    form = paper.scan(_form(NEXT_DOOR, "422 Alder Street", "R. Castellanos", filed="03/14/2025"), 3)
    archive.add(f"{base}/application.jpg", _grey_jpeg(form), "form-31422", "scanned form")
    archive.add(f"{base}/A-2.png", png(drawings.floor_plan(PLAN_NEXT)), "floor-plan-next", "drawing")
    door = crop(photos["garage-door"], (0.22, 0.2, 0.86, 0.82), quality=82)
    archive.add(f"{base}/photos/door of 418.jpg", door, "garage-door", "crop", content="garage-door-crop")
    shown = screenshot(photos["rear-yard"], "IMG_2045.jpg")
    name = f"{base}/photos/Screenshot 2025-09-11.png"
    archive.add(name, shown, "rear-yard", "screenshot", content="rear-screen")
    shared = resave(photos["street-front"], quality=70)
    archive.add(f"{base}/photos/neighbour.jpg", shared, "street-front", "re-compressed, another case")
    base = f"{CAFE}/submission-1 2025-06-30"
    for number, name in enumerate(("pavilion", "coffee", "flower")):
        archive.add(f"{base}/pictures/cafe-{number + 1}.jpg", photos[name], name, "original")
    archive.add(f"{base}/menu cover.jpg", resave(photos["coffee"], quality=60), "coffee", "re-compressed")
    lines = ("Sidewalk seating for 24 at the lakeside", "pavilion. No change to the structure.")
    form = _form(
        CAFE,
        "900 Lakeside Promenade",
        "Pavilion Cafe LLC",
        value="$12,300",
        filed="06/30/2025",
        kinds=("Change of use",),
        lines=lines,
    )
    archive.add(f"{base}/application.jpg", _grey_jpeg(paper.scan(form, 4)), "form-31507", "scanned form")


def _uploads(archive: Archive, folder: Path) -> list[Upload]:
    photos = archive.originals
    card = paper.scan(inspection_card("PLUMBING"), 44)
    files = {
        "new photograph.jpg": photos["new-upload"],
        "IMG_2041.jpg": photos["street-front"],
        "from e-mail.jpg": resave(photos["garage-door"], quality=62),
        "detail.jpg": crop(photos["rear-yard"], (0.25, 0.25, 0.95, 0.92)),
        "plumbing card.png": png(card),
        "broken.jpg": photos["rear-deck"][:38_000],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    linked = "same-bytes same-data"
    return [
        Upload("new photograph.jpg", "a new photograph", "store", ""),
        Upload("IMG_2041.jpg", "a photograph sent before", "link", linked),
        Upload("from e-mail.jpg", "one re-compressed by e-mail", "link", "same-image"),
        Upload("detail.jpg", "a crop of one", "hold", "edited unclear"),
        Upload("plumbing card.png", "a form that differs in one field", "store hold", "same-form unclear"),
        Upload("broken.jpg", "a file cut off on the way", "store hold", ""),
    ]


def _write(path: Path, rows: list[Item] | list[Upload], kind: type[Item] | type[Upload]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(kind)], delimiter="\t")
        writer.writeheader()
        writer.writerows(asdict(row) for row in rows)


def build(folder: Path) -> None:
    """Make ``folder/archive``, ``folder/uploads`` and their truth."""
    cv2.setNumThreads(1)
    archive = Archive(folder / "archive", take_all())
    _real_photographs(archive)
    for step in (_first_submission, _second_submission, _third_submission, _neighbours):
        step(archive)
    _write(folder / "truth.tsv", archive.items, Item)
    _write(folder / "uploads.tsv", _uploads(archive, folder / "uploads"), Upload)


def read_truth(folder: Path) -> list[Item]:
    with (folder / "truth.tsv").open(newline="", encoding="utf-8") as stream:
        return [Item(**row) for row in csv.DictReader(stream, delimiter="\t")]


def read_uploads(folder: Path) -> list[Upload]:
    with (folder / "uploads.tsv").open(newline="", encoding="utf-8") as stream:
        return [Upload(**row) for row in csv.DictReader(stream, delimiter="\t")]
