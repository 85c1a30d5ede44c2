"""Which of several copies is kept: declared rules, each with the words that are shown for it.

Records rules (36 CFR 1236 subpart E) forbid keeping a lower generation in place of a higher one. The rules
are tried in order; each leaves only those that are best by it, until one is left. They compare copies of *one*
image (same framing, same content): nothing here decides whether two images are one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from onecopy.locator import split
from onecopy.model import Fingerprint

_EDITORS = (
    "acdsee", "affinity", "canva", "capture one", "darktable", "facetune", "gimp", "imagemagick", "instagram",
    "irfanview", "lightroom", "luminar", "paint", "photopea", "photoscape", "photoshop", "picasa", "picsart",
    "pixelmator", "pixlr", "snapseed", "vsco", "whatsapp", "xnview",
)  # fmt: skip

_FIRST_GENERATION = frozenset({"heic", "heif", "dng", "raw"})
"""Lossy formats that cameras write first, and JPEG files are made from."""

_BITS = {"1": 0, "L": 1, "LA": 1, "P": 1, "PA": 1, "I;16": 2, "I": 2, "F": 2}
_COLOUR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """What the rules know of one copy. Claims are the file's own: they may be wrong or missing."""

    locator: str
    width: int
    height: int
    format: str
    mode: str
    lossless: bool
    quantisation: float | None
    byte_size: int
    camera: bool
    """It carries capture metadata: a camera, or when it was taken."""
    taken_at: str | None
    seen_at: float | None
    """When it was first seen, or last changed, in seconds since 1970."""
    document_id: str | None
    sources: frozenset[str]
    """Identifiers of the documents that it says it was derived from."""
    edited: bool
    """It says that it was derived from another, or last written by an image editor."""
    poorer: bool = False
    """A verdict says that another of these copies is likelier the original."""

    @property
    def pixels(self) -> int:
        """Width × height."""
        return self.width * self.height


def contender(fingerprint: Fingerprint, locator: str, *, seen_at: float | None = None) -> Contender:
    """Take from a fingerprint what the rules need."""
    capture = fingerprint.capture
    named = {capture.derived_from, capture.original_document_id} - {None, capture.document_id}
    software = (capture.software or "").lower()
    return Contender(
        locator=locator,
        width=fingerprint.width,
        height=fingerprint.height,
        format=fingerprint.format,
        mode=fingerprint.mode,
        lossless=fingerprint.lossless,
        quantisation=fingerprint.quantisation,
        byte_size=fingerprint.byte_size,
        camera=bool(capture.camera_make or capture.camera_model or capture.taken_at),
        taken_at=capture.taken_at,
        seen_at=seen_at,
        document_id=capture.document_id,
        sources=frozenset(name for name in named if name),
        edited=bool(named) or any(editor in software for editor in _EDITORS),
    )


Key = Callable[[Contender, Sequence[Contender]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One rule: of the copies, those with the lowest key stay."""

    name: str
    key: Key
    """Takes a copy and all copies."""
    words: str
    """Said of the kept one where this rule left another out."""


def _derived(one: Contender, copies: Sequence[Contender]) -> float:
    if one.poorer or any(copy.document_id in one.sources for copy in copies if copy.document_id):
        return 1
    # A claim to be edited counts only beside a copy without one that is no thumbnail of it.
    clean = any(not copy.edited and (copy.camera or copy.pixels >= one.pixels) for copy in copies)
    return float(one.edited and clean)


def _size(one: Contender, _: Sequence[Contender]) -> float:
    return -one.pixels


def _compression(one: Contender, copies: Sequence[Contender]) -> float:
    """Coarseness: 0 for lossless, the mean quantiser for JPEG, beyond that for lossy formats that hide it.

    A lossless file without capture metadata beside a lossy one from a camera was made from it: it holds no
    more, so it ranks just behind.
    """
    if one.lossless:
        cameras = [_coarseness(copy) for copy in copies if copy.camera and not copy.lossless]
        return 0.0 if one.camera or not cameras else min(cameras) + 1e-6
    return _coarseness(one)


def _coarseness(one: Contender) -> float:
    if one.format in _FIRST_GENERATION:
        return 0.0
    if one.quantisation is not None:
        return one.quantisation
    return 256.0 + 1.0 / (1.0 + one.byte_size / max(1, one.pixels))


def _colour(one: Contender, _: Sequence[Contender]) -> float:
    return -_BITS.get(one.mode, _COLOUR)


def _capture(one: Contender, _: Sequence[Contender]) -> float:
    return float(not one.camera)


def _inside(one: Contender, _: Sequence[Contender]) -> float:
    return float(split(one.locator)[1] != "")


def _taken(one: Contender, copies: Sequence[Contender]) -> float:
    return float(_rank(one.taken_at, [copy.taken_at for copy in copies]))


def _seen(one: Contender, _: Sequence[Contender]) -> float:
    return float("inf") if one.seen_at is None else one.seen_at


def _bytes(one: Contender, _: Sequence[Contender]) -> float:
    return -one.byte_size


def _name(one: Contender, copies: Sequence[Contender]) -> float:
    return float(_rank(one.locator, [copy.locator for copy in copies]))


def _rank(value: str | None, values: Iterable[str | None]) -> int:
    known = sorted({other for other in values if other is not None})
    return len(known) if value is None else known.index(value)


PREFERENCES: tuple[Preference, ...] = (
    Preference(name="not-derived", key=_derived, words="It is not derived from another copy."),
    Preference(name="larger", key=_size, words="It has more pixels."),
    Preference(name="less-compressed", key=_compression, words="It is less compressed."),
    Preference(name="colour", key=_colour, words="It keeps more colours or finer tones."),
    Preference(name="capture", key=_capture, words="It still says when or with what it was taken."),
    Preference(name="own-file", key=_inside, words="It is a file of its own, not a part of another."),
    Preference(name="taken-earlier", key=_taken, words="It says that it was taken earliest."),
    Preference(name="seen-earlier", key=_seen, words="It was there first."),
    Preference(name="more-bytes", key=_bytes, words="It carries more data beside the pixels."),
    Preference(name="name", key=_name, words="All else is equal: the first by name is kept."),
)
"""The shipped order. An agency may give another."""


def choose(
    copies: Iterable[Contender], preferences: Sequence[Preference] = PREFERENCES
) -> tuple[Contender, tuple[str, ...]]:
    """Choose the copy to keep.

    Args:
        copies: At least one; locators are unique. Their order does not matter.
        preferences: Rules in order; where they leave several, the first by locator is kept.

    Returns:
        The kept one, and why: the words of every rule that left somebody out, in order.

    Raises:
        ValueError: There is nothing to choose from.
    """
    everyone = sorted(copies, key=lambda one: one.locator)
    if not everyone:
        raise ValueError("There is no copy to choose from.")
    left, reasons = everyone, []
    for preference in preferences:
        if len(left) == 1:
            break
        keys = [preference.key(one, everyone) for one in left]
        best = [one for one, key in zip(left, keys, strict=True) if key == min(keys)]
        if len(best) < len(left):
            reasons.append(preference.words)
        left = best
    return left[0], tuple(reasons)
