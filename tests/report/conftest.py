"""A believable archive's findings, and thumbnails for it, without scanning anything."""

import hashlib
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import pytest
import skimage.data
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from onecopy.findings import (
    Findings,
    FoundContainer,
    FoundGroup,
    FoundImage,
    FoundRelation,
    Member,
    Redundant,
    Remark,
    Totals,
    Unreadable,
)
from onecopy.model import LINKABLE, Evidence, Region, Relation


@dataclass
class Archive:
    """Collects findings; ``pictures`` draws the image of a locator."""

    sources: tuple[str, ...] = ("archive",)
    images: list[FoundImage] = field(default_factory=list)
    relations: list[FoundRelation] = field(default_factory=list)
    groups: list[FoundGroup] = field(default_factory=list)
    containers: list[FoundContainer] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    unmatchable: list[Remark] = field(default_factory=list)
    skipped: list[Remark] = field(default_factory=list)
    distinct: int = 0
    pictures: dict[str, Callable[[], Image.Image]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def image(self, locator, width=4032, height=3024, size=3_480_112, kind="jpeg", content=None, draw=None):
        sha256 = hashlib.sha256((content or locator).encode("utf-8", "surrogateescape")).hexdigest()
        self.images.append(
            FoundImage(
                locator=locator,
                sha256=sha256,
                image_data_sha256=None,
                bytes=size,
                width=width,
                height=height,
                format=kind,
            )
        )
        if draw:
            self.pictures[locator] = draw
        return locator

    def relate(self, a, b, relation, confidence=1.0, **evidence):
        evidence.setdefault("method", "digest" if relation == "same-bytes" else "registration")
        self.relations.append(
            FoundRelation(
                a=a,
                b=b,
                relation=Relation(relation),
                confidence=confidence,
                evidence=Evidence(**evidence),
            )
        )

    def group(self, keep, reasons, *members):
        """Members as ``(locator, relation, confidence, words)``."""
        for locator, relation, confidence, words in members:
            self.relate(keep, locator, relation, confidence, words=words)
        self.groups.append(
            FoundGroup(
                keep=keep,
                reasons=reasons,
                members=tuple(
                    Member(locator=m[0], relation=Relation(m[1]), confidence=m[2]) for m in members
                ),
            )
        )

    def findings(self):
        size = {image.locator: image.bytes for image in self.images}
        redundant: dict[Relation, Redundant] = {}
        for member in (m for group in self.groups for m in group.members):
            was = redundant.get(member.relation, Redundant())
            held = "#" in member.locator or "!" in member.locator
            redundant[member.relation] = Redundant(
                images=was.images + 1,
                bytes=was.bytes + size[member.locator],
                reclaimable_bytes=was.reclaimable_bytes + (0 if held else size[member.locator]),
            )
        by_relation = Counter(found.relation for found in self.relations)
        by_relation[Relation.DISTINCT] = self.distinct
        files = {image.locator.split("!")[0].split("#")[0] for image in self.images}
        return Findings(
            onecopy="0.1.0",
            sources=self.sources,
            totals=Totals(
                files=len(files) + len(self.unreadable),
                images=len(self.images),
                bytes=sum(size.values()),
                unreadable=len(self.unreadable),
                unmatchable=len(self.unmatchable),
                by_relation=dict(by_relation),
                redundant={relation: redundant.get(relation, Redundant()) for relation in sorted(LINKABLE)},
            ),
            images=tuple(self.images),
            relations=tuple(self.relations),
            groups=tuple(self.groups),
            containers=tuple(self.containers),
            unreadable=tuple(self.unreadable),
            unmatchable=tuple(self.unmatchable),
            skipped=tuple(self.skipped),
        )

    def preview(self, locator, side):
        """The thumbnail a sandboxed worker would make."""
        self.asked[locator] += 1
        if locator not in self.pictures:
            return None
        picture = self.pictures[locator]()
        picture.thumbnail((side, side))
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=75)
        return out.getvalue()


@cache
def photographs(name):
    return getattr(skimage.data, name)()


def photo(name, crop=None, stamp=None):
    def draw():
        picture = Image.fromarray(photographs(name))
        if crop:
            picture = picture.crop(crop)
        if stamp:
            pen = ImageDraw.Draw(picture)
            w, h = picture.size
            pen.rectangle((w * 0.62, h * 0.88, w * 0.97, h * 0.96), fill=(20, 20, 20))
            pen.text((w * 0.64, h * 0.895), stamp, fill=(255, 190, 60), font_size=h * 0.05)
        return picture

    return draw


def form(fields, blur=0.0):
    def draw():
        page = Image.new("L", (850, 1100), 252)
        pen = ImageDraw.Draw(page)
        pen.text((70, 60), "APPLICATION FOR A BUILDING PERMIT", fill=20, font_size=32)
        pen.line((70, 108, 780, 108), fill=20, width=3)
        for row, (label, value) in enumerate(fields):
            y = 150 + row * 90
            pen.text((70, y), label, fill=70, font_size=18)
            pen.rectangle((70, y + 26, 780, y + 66), outline=110, width=2)
            pen.text((84, y + 32), value, fill=10, font_size=24)
        return page.filter(ImageFilter.GaussianBlur(blur)) if blur else page

    return draw


def plan(label, wall=420):
    def draw():
        sheet = Image.new("RGB", (1200, 850), (250, 250, 246))
        pen = ImageDraw.Draw(sheet)
        pen.rectangle((40, 40, 1160, 810), outline=(30, 40, 60), width=4)
        pen.rectangle((120, 120, 900, 640), outline=(30, 40, 60), width=10)
        pen.line((wall, 120, wall, 640), fill=(30, 40, 60), width=8)
        pen.line((120, 380, wall, 380), fill=(30, 40, 60), width=8)
        pen.arc((wall - 70, 310, wall + 70, 450), 180, 270, fill=(30, 40, 60), width=3)
        for x in range(120, 901, 60):
            pen.line((x, 690, x, 702), fill=(120, 60, 40), width=2)
        pen.line((120, 696, 900, 696), fill=(120, 60, 40), width=2)
        pen.rectangle((930, 660, 1140, 790), outline=(30, 40, 60), width=3)
        pen.text((945, 675), "GROUND FLOOR", fill=(30, 40, 60), font_size=22)
        pen.text((945, 715), label, fill=(30, 40, 60), font_size=22)
        return sheet

    return draw


def darker(draw):
    return lambda: ImageEnhance.Brightness(draw()).enhance(0.8)


FIELDS = [
    ("Applicant", "Marisol Ortega"),
    ("Site address", "1420 Alder Street"),
    ("Parcel number", "047-221-09"),
    ("Proposed work", "Detached garage, 24 x 22 ft"),
    ("Floor area", "528 sq ft"),
    ("Contractor licence", "C-88213"),
]


@pytest.fixture
def archive():
    """Three submissions of one permit application, and a neighbouring one."""
    return permit_archive()


@pytest.fixture(scope="session")
def make_archive():
    return permit_archive


def permit_archive():
    it = Archive()
    first, second, third = (
        f"archive/BP-2026-0417/{name}" for name in ("1-portal", "2-email", "3-resubmission")
    )
    front = it.image(f"{first}/IMG_2041.jpg", draw=photo("astronaut"))
    it.group(
        front,
        ("the largest (4032 × 3024)", "the least compressed", "the earliest by its own date"),
        (it.image(f"{second}/photo1.jpg", content=front, draw=photo("astronaut")), "same-bytes", 1.0, ()),
        (
            it.image(f"{second}/image0.jpeg", 1600, 1200, 402_113, draw=photo("astronaut")),
            "same-image",
            0.998,
            ("The second is the first, at 40% of the size.",),
        ),
        (
            it.image(
                f"{third}/submission.pdf#page=3&image=1", 2016, 1512, 811_204, draw=darker(photo("astronaut"))
            ),
            "same-image",
            0.995,
            ("The second is the first, at half the size.", "The second is darker."),
        ),
    )
    kitchen = it.image(f"{first}/IMG_2044.jpg", draw=photo("coffee"))
    it.group(
        kitchen,
        ("the only one that is not inside a container",),
        (
            it.image(f"{third}/photos.zip!/site/IMG_2044.jpg", content=kitchen, draw=photo("coffee")),
            "same-bytes",
            1.0,
            (),
        ),
        (
            it.image(f"{third}/IMG_2044-no-gps.jpg", size=3_470_920, draw=photo("coffee")),
            "same-data",
            1.0,
            ("Only the metadata differs: the position was removed.",),
        ),
    )
    filled = it.image(f"{first}/form.tif#page=1", 2550, 3300, 1_204_331, "tiff", draw=form(FIELDS))
    it.group(
        filled,
        ("the sharper scan",),
        (
            it.image(f"{third}/scan0001.pdf#page=1", 1700, 2200, 388_204, draw=form(FIELDS, 1.2)),
            "same-image",
            0.993,
            ("One sheet of paper, scanned twice: turned by 0.7°, and softer.",),
        ),
    )
    stamped = it.image(f"{third}/IMG_2041 (dated).jpg", draw=photo("astronaut", stamp="2026-03-14"))
    it.relate(
        front,
        stamped,
        "edited",
        0.999,
        words=("The second is the first, with something added at the lower right.",),
        original="a",
        regions=(
            Region(
                a=(2500, 2661, 1411, 242), b=(2500, 2661, 1411, 242), note="a date stamp covers the picture"
            ),
        ),
    )
    cat = it.image(f"{first}/IMG_2050.jpg", 4032, 2682, draw=photo("chelsea"))
    crop = it.image(
        f"{second}/damage close-up.png",
        1800,
        1500,
        2_977_010,
        "png",
        draw=photo("chelsea", (150, 20, 350, 187)),
    )
    it.relate(
        cat,
        crop,
        "edited",
        0.997,
        words=("The second is a part of the first: 26% of its area.", "Nothing else was changed."),
        original="a",
        contains="a",
        overlap_a=0.26,
        regions=(Region(a=(1341, 179, 1788, 1493), b=None, note="the part that the second shows"),),
    )
    old = it.image(f"{first}/plans.pdf#page=1", 3300, 2338, 204_010, "pdf-image", draw=plan("Rev. A"))
    new = it.image(
        f"{third}/plans-rev-b.pdf#page=1", 3300, 2338, 205_113, "pdf-image", draw=plan("Rev. B", 520)
    )
    it.relate(
        old,
        new,
        "unclear",
        0.71,
        words=(
            "Two drawings of one sheet, and they differ.",
            "Whether one was made from the other cannot be seen: both are drawn by a program, without grain.",
        ),
        regions=(
            Region(a=(1110, 320, 360, 1460), b=(1110, 320, 360, 1460), note="a wall stands elsewhere"),
            Region(a=(2580, 1950, 300, 90), b=(2580, 1950, 300, 90), note="the revision letter"),
        ),
    )
    burst = it.image(f"{first}/IMG_2051.jpg", 4032, 2682, draw=photo("chelsea", (6, 2, 451, 300)))
    it.relate(
        cat,
        burst,
        "same-scene",
        0.985,
        words=("Two captures of one place, 0.4 seconds apart by their own dates: the grain is independent.",),
    )
    other = it.image("archive/BP-2026-0418/form.tif", 2550, 3300, 1_198_004, "tiff", draw=form(FIELDS[:2]))
    it.relate(filled, other, "same-form", 0.97)
    for n in range(22):
        it.image(f"archive/BP-2026-{418 + n % 2:04}/site/IMG_{3100 + n}.jpg", size=2_900_000 + n)
    it.image("archive/BP-2026-0418/blank.tif#page=2", 1700, 2200, 4_120, "tiff")
    it.unmatchable.append(Remark(locator="archive/BP-2026-0418/blank.tif#page=2", reason="blank"))
    it.unreadable += [
        Unreadable(
            locator=f"{third}/IMG_2060.jpg",
            code="truncated",
            message="The file ends before the picture does. Ask the sender for it again.",
        ),
        Unreadable(
            locator=f"{third}/IMG_2061.jpg",
            code="truncated",
            message="The file ends before the picture does. Ask the sender for it again.",
        ),
        Unreadable(
            locator="archive/BP-2026-0419/statement.pdf",
            code="encrypted",
            message="The file is locked with a password. Ask for a copy without one.",
        ),
        Unreadable(
            locator="archive/BP-2026-0419/IMG_7.HEIC",
            code="needs-extra",
            message="HEIC needs an extra: pip install 'onecopy[heic]'",
        ),
    ]
    it.containers += [
        FoundContainer(locator=f"{third}/submission.pdf", format="pdf", images=1),
        FoundContainer(locator=f"{third}/photos.zip", format="zip", images=1),
    ]
    it.skipped.append(Remark(locator="archive/Thumbs.db", reason="excluded by *.db"))
    it.distinct = 18
    return it


@pytest.fixture
def new_archive():
    return Archive


@pytest.fixture
def large_archive():
    """Findings with so many groups of three, and as many edited pairs, as asked; one picture for all."""

    def make(groups):
        it = Archive(sources=("archive",))
        for n in range(groups):
            folder = f"archive/district-{n % 30:02}/case-{n:05}"
            keep = it.image(f"{folder}/IMG_{n:05}.jpg", size=3_000_000 + n)
            it.group(
                keep,
                ("the largest", "the least compressed"),
                (it.image(f"{folder}/copy/IMG_{n:05}.jpg", content=keep), "same-bytes", 1.0, ()),
                (
                    it.image(f"{folder}/mail/{n}.jpg"),
                    "same-image",
                    0.996,
                    ("The second is the first, at half the size.",),
                ),
            )
            crop = it.image(f"{folder}/crop-{n}.jpg", 1200, 900)
            it.relate(
                keep,
                crop,
                "edited",
                0.99,
                words=("The second is a part of the first.",),
                regions=(Region(a=(100, 100, 1200, 900), b=None),),
            )
        return it

    return make
