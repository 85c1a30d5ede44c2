"""Which of several copies is kept: declared rules, each with the words that are shown for it.

Records rules (36 CFR 1236 subpart E) forbid keeping a lower generation in place of a higher one. The rules
are tried in order; each leaves only those that are best by it, until one is left. They compare copies of one
image (same framing, same content): nothing here decides whether two images are one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from onecopy.locator import split
from onecopy.model import Fingerprint
from onecopy.sayings import said, say

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


Key = Callable[[Contender], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One rule: of the copies, those with the lowest key stay."""

    name: str
    ranking: Callable[[Sequence[Contender]], Key]
    """Looks at all copies once, and gives what ranks each."""

    @property
    def words(self) -> str:
        """Said of the kept one where this rule left another out."""
        return say(said(f"keep-{self.name}"))

    def key(self, one: Contender, copies: Sequence[Contender]) -> float:
        """The rank of one of the copies: lower is better."""
        return self.ranking(copies)(one)


def _alone(key: Key) -> Callable[[Sequence[Contender]], Key]:
    """A key for which the other copies do not matter."""
    return lambda _: key


def _derived(copies: Sequence[Contender]) -> Key:
    present = {copy.document_id for copy in copies if copy.document_id}
    # A claim to be edited counts only beside a copy without one that is no thumbnail of it.
    clean = [copy for copy in copies if not copy.edited]
    camera, largest = any(copy.camera for copy in clean), max((copy.pixels for copy in clean), default=0)

    def key(one: Contender) -> float:
        named = not present.isdisjoint(one.sources)
        return float(one.poorer or named or (one.edited and (camera or largest >= one.pixels)))

    return key


def _compression(copies: Sequence[Contender]) -> Key:
    """Coarseness: 0 for lossless, the mean quantiser for JPEG, beyond that for lossy formats that hide it.

    A lossless file without capture metadata beside a lossy one from a camera was made from it: it holds no
    more, so it ranks just behind.
    """
    cameras = [_coarseness(copy) for copy in copies if copy.camera and not copy.lossless]
    converted = min(cameras) + 1e-6 if cameras else 0.0

    def key(one: Contender) -> float:
        if one.lossless:
            return 0.0 if one.camera else converted
        return _coarseness(one)

    return key


def _coarseness(one: Contender) -> float:
    if one.format in _FIRST_GENERATION:
        return 0.0
    if one.quantisation is not None:
        return one.quantisation
    return 256.0 + 1.0 / (1.0 + one.byte_size / max(1, one.pixels))


def _colour(one: Contender) -> float:
    return -_BITS.get(one.mode, _COLOUR)


def _seen(one: Contender) -> float:
    return float("inf") if one.seen_at is None else one.seen_at


def _taken(copies: Sequence[Contender]) -> Key:
    known = sorted({copy.taken_at for copy in copies if copy.taken_at is not None})
    rank = {taken_at: place for place, taken_at in enumerate(known)}
    return lambda one: len(rank) if one.taken_at is None else rank[one.taken_at]


def _name(copies: Sequence[Contender]) -> Key:
    rank = {locator: place for place, locator in enumerate(sorted(copy.locator for copy in copies))}
    return lambda one: rank[one.locator]


_size = _alone(lambda one: -one.pixels)
_capture = _alone(lambda one: not one.camera)
_inside = _alone(lambda one: split(one.locator)[1] != "")
_bytes = _alone(lambda one: -one.byte_size)

PREFERENCES: tuple[Preference, ...] = (
    Preference(name="not-derived", ranking=_derived),
    Preference(name="larger", ranking=_size),
    Preference(name="less-compressed", ranking=_compression),
    Preference(name="colour", ranking=_alone(_colour)),
    Preference(name="capture", ranking=_capture),
    Preference(name="own-file", ranking=_inside),
    Preference(name="taken-earlier", ranking=_taken),
    Preference(name="seen-earlier", ranking=_alone(_seen)),
    Preference(name="more-bytes", ranking=_bytes),
    Preference(name="name", ranking=_name),
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
        key = preference.ranking(everyone)
        lowest = min(key(one) for one in left)
        best = [one for one in left if key(one) == lowest]
        if len(best) < len(left):
            reasons.append(preference.words)
        left = best
    return left[0], tuple(reasons)
