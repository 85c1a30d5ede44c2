"""The nouns of onecopy (DESIGN, "Words"): frozen, without behaviour, imported by every layer.

All of them travel between processes as msgpack (see :mod:`onecopy.sandbox`), so fields are plain types.
Digests are lower-case hexadecimal. Pixel coordinates have their origin at the top left of the image *as
displayed* (after EXIF orientation); boxes are ``x, y, width, height``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from onecopy.sayings import Saying


class Relation(StrEnum):
    """What two images are to each other."""

    SAME_BYTES = "same-bytes"
    SAME_DATA = "same-data"
    SAME_IMAGE = "same-image"
    EDITED = "edited"
    UNCLEAR = "unclear"
    SAME_SCENE = "same-scene"
    SAME_FORM = "same-form"
    DISTINCT = "distinct"


LINKABLE = frozenset({Relation.SAME_BYTES, Relation.SAME_DATA, Relation.SAME_IMAGE})
"""The relations under which occurrences may be treated as one image."""


class Answer(StrEnum):
    """What people can say to a question."""

    SAME_KEEP_LEFT = "same-keep-left"
    """One picture; the one on the left, which was there first, is kept as the reference."""
    SAME_KEEP_RIGHT = "same-keep-right"
    """One picture; the one on the right is."""
    NEWER_VERSION_OF = "newer-version-of"
    """One takes the place of the others, which stay as its history."""
    BOTH_NEEDED = "both-needed"
    """They belong together, and each says something of its own."""
    NOT_RELATED = "not-related"
    """They have nothing to do with each other."""
    SKIP = "skip"
    """Not now, and not by me."""
    ASK_A_COLLEAGUE = "ask-a-colleague"
    """With a note, and perhaps for somebody in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on what one input may cost; every one has a clear error when it is reached."""

    file_bytes: int = 4 << 30
    unpacked_bytes: int = 1 << 30
    pixels: int = 150_000_000
    pages: int = 2_000
    images: int = 5_000
    nesting: int = 4
    seconds: float = 60.0
    memory_bytes: int = 1_500 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """What a file says about its own making. These are claims, not facts."""

    taken_at: str | None = None
    """ISO 8601, with sub-second digits and offset where the file states them."""
    camera_make: str | None = None
    camera_model: str | None = None
    camera_serial: str | None = None
    shutter_count: int | None = None
    software: str | None = None
    gps: tuple[float, float] | None = None
    """Latitude and longitude in degrees, WGS 84."""
    document_id: str | None = None
    original_document_id: str | None = None
    derived_from: str | None = None
    digital_source_type: str | None = None
    """How it came about, by a name of the IPTC's list or its address."""
    credentials: str | None = None
    """``c2pa`` where the file carries Content Credentials. Whether they hold was not looked at."""
    credentials_by: str | None = None
    """The program that made them, as they say."""
    creator: str | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Everything that is remembered of one image. ``version`` changes whenever its making does."""

    version: int
    sha256: str
    """Of the bytes as stored: the file, the archive member, or the stream in a PDF (with what decides its
    rendering mixed in, where that is not the stream alone)."""
    image_data_hint: str
    """XXH3-128 of the image data: a look-up hint, never an identity."""
    image_data_sha256: str | None
    """Of the image data; ``None`` where it was not asked for (see the fingerprint reference)."""
    pixels_sha256: str | None
    """Of the decoded pixels, for lossless formats."""
    pdq: bytes | None
    """32 bytes, most significant first as the reference prints it; ``None`` if unmatchable."""
    pdq_turned: bytes | None
    """Three more, of the picture mirrored left to right, top to bottom, and both: with them all eight
    orientations are known exactly (see :func:`onecopy.fingerprint.pdq.dihedral`)."""
    pdq_quality: int
    pdq_trimmed: bytes | None
    """PDQ of what is inside a uniform border, where there is one."""
    features: bytes
    """Packed key points and descriptors (see :mod:`onecopy.fingerprint.features`); bounded."""
    byte_size: int
    width: int
    height: int
    """As displayed."""
    format: str
    """Lower-case: jpeg png tiff gif bmp webp avif jpeg2000 pnm heic …, or pdf-image for a bare stream."""
    mode: str
    """Pillow's mode of the stored pixels: 1 L LA P RGB RGBA CMYK I;16 …."""
    lossless: bool
    orientation: int = 1
    """EXIF orientation, 1 to 8."""
    profile_sha256: str | None = None
    """Of the embedded colour profile."""
    has_alpha: bool = False
    frames: int = 1
    quantisation: float | None = None
    """Mean of the JPEG luminance quantisation table: how coarse it is (1 is best)."""
    capture: Capture = field(default_factory=Capture)
    unmatchable: str | None = None
    """Why only bytes and data can match it (blank, flat, too small), or ``None``."""


class Print(NamedTuple):
    """As much of a :class:`Fingerprint` as images are searched by: light, for a million of them."""

    sha256: str
    image_data_hint: str
    pixels_sha256: str | None
    orientation: int
    profile_sha256: str | None
    pdq: bytes | None
    pdq_turned: bytes | None
    pdq_quality: int
    pdq_trimmed: bytes | None
    width: int
    height: int
    unmatchable: str | None
    features: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFound:
    """One image met in a file. ``inner`` is its place inside (``""`` for the file itself)."""

    inner: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFound:
    """A container met in a file, and how many images were taken out of it (nested ones included)."""

    inner: str
    format: str
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that could not be read: a stable code, and a sentence that says what to do."""

    inner: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Something left out on purpose, and why."""

    inner: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileIdentity:
    """All that was found in one file. A readable image file has exactly one image, with ``inner == ""``."""

    images: tuple[ImageFound, ...] = ()
    containers: tuple[ContainerFound, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A place that differs: boxes ``x, y, width, height`` in the pixels of each image, and what it is."""

    a: tuple[int, int, int, int] | None
    b: tuple[int, int, int, int] | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a verdict says what it says, for people and for later checks."""

    method: str
    """``digest``, ``photo``, ``paper``, ``registration``, ``through`` (derived, see ``through``)."""
    words: tuple[str, ...] = ()
    """Sentences as a person would say them."""
    said: tuple[Saying, ...] = ()
    """What the sentences say, for other languages to say it; nothing in evidence of earlier versions."""
    transform: tuple[float, ...] | None = None
    """3×3 homography, row-major, that takes pixels of B to pixels of A."""
    turned: int = 0
    """Degrees clockwise B must be turned to lie like A (0, 90, 180, 270)."""
    mirrored: bool = False
    overlap_a: float | None = None
    """Share of A's area that B shows, 0 to 1."""
    overlap_b: float | None = None
    regions: tuple[Region, ...] = ()
    contains: str | None = None
    """``"a"`` or ``"b"``: which one shows all that the other shows, and more."""
    original: str | None = None
    """``"a"`` or ``"b"``: which one is likelier the original, where it can be said."""
    measures: dict[str, float] = field(default_factory=dict)
    through: str | None = None
    """For a derived verdict: the locator of the image it was derived through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two images are to each other, with what confidence (0 to 1), and why."""

    relation: Relation
    confidence: float
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A stored image worth verifying, and why. ``image`` is the catalog's number of it."""

    image: int
    reason: str
    """``bytes``, ``data``, ``pixels``, ``pdq``, ``pdq-trimmed`` or ``features``."""
    distance: int = 0
    turned: int = 0
    mirrored: bool = False
