"""The verification task: runs in a sandboxed worker, decodes each image once, judges each pair."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from onecopy.decode.interface import Raster
from onecopy.decode.walk import find
from onecopy.model import Evidence, Relation, Verdict
from onecopy.sandbox.interface import Files
from onecopy.sayings import told
from onecopy.verify.decide import Ruling, Why, view_framing
from onecopy.verify.examine import Examination
from onecopy.verify.glance import is_hopeless
from onecopy.verify.interface import ImageRef, VerifyArgs, VerifyResult
from onecopy.verify.pair import NOTHING, compare_views
from onecopy.verify.planes import Array
from onecopy.verify.view import DECODE_SIDE, GLANCE_SIDE, View, prepare, to_displayed
from onecopy.verify.words import marked, sentences

_GROUNDS = (255, 0, None)
"""White, black, and transparency ignored."""
_FAINT = 0.1
"""Of the contrast over the other ground: what is fainter tells nothing that the other does not."""
_ALIKE_BITS = 90
"""Bits of 256 by which PDQ hashes differ that are nearer than chance."""

Judged = tuple[Ruling, Examination | None]
_Key = tuple[str, str]


class _Recent:
    """The views a worker prepared last: the pairs of an image come close together, and decoding is dear.

    Key points are dearer still and small, so they outlive the pixels.
    """

    def __init__(self, *, pixels: int, key_points: int) -> None:
        self._pixels = pixels
        self._key_points = key_points
        self._kept: OrderedDict[_Key, tuple[View, ...]] = OrderedDict()
        self._features: OrderedDict[_Key, list[tuple[Array, Array] | None]] = OrderedDict()

    def __contains__(self, key: _Key) -> bool:
        return key in self._kept

    def get(self, key: _Key, load: Callable[[], tuple[View, ...]]) -> tuple[View, ...]:
        if key not in self._kept:
            self._kept[key] = load()
            for view, known in zip(self._kept[key], self._features.pop(key, []), strict=False):
                view.recall(known)
        self._kept.move_to_end(key)
        while len(self._kept) > 2 and self._size() > self._pixels:
            self._retire(*self._kept.popitem(last=False))
        return self._kept[key]

    def _retire(self, key: _Key, views: tuple[View, ...]) -> None:
        self._features[key] = [view.known_features for view in views]
        while len(self._features) > self._key_points:
            self._features.popitem(last=False)

    def _size(self) -> int:
        return sum(view.width * view.height for views in self._kept.values() for view in views)


_VIEWS = _Recent(pixels=10_000_000, key_points=200)
_SMALL = _Recent(pixels=2_000_000, key_points=0)


def verify(files: Files, args: VerifyArgs) -> VerifyResult:
    """Judge pairs of images.

    Raises:
        UnreadableError: An image could not be decoded.
    """
    load = _Loading(files, args)
    return VerifyResult(verdicts=tuple(_judged(load, args.images[i], args.images[j]) for i, j in args.pairs))


class _Loading:
    """The views of a call's images, those prepared last among them."""

    def __init__(self, files: Files, args: VerifyArgs) -> None:
        self._files, self._args = files, args

    def views(self, image: ImageRef) -> tuple[View, ...]:
        """At working size."""
        return _VIEWS.get(_key(image), lambda: load_views(self._files, image, self._args))

    def small(self, image: ImageRef) -> tuple[View, ...]:
        """For a first look: of a small decode where that is much cheaper, else the same."""
        if not _is_dear(image):
            return self.views(image)
        return _SMALL.get(_key(image), lambda: load_views(self._files, image, self._args, GLANCE_SIDE))


def _key(image: ImageRef) -> _Key:
    return image.fingerprint.sha256, image.inner


def _is_dear(image: ImageRef) -> bool:
    """Whether a small decode costs much less than a whole one, and there is none of either yet."""
    found = image.fingerprint
    return (
        found.format == "jpeg" and max(found.width, found.height) >= DECODE_SIDE and _key(image) not in _VIEWS
    )


def _judged(load: _Loading, a: ImageRef, b: ImageRef) -> Verdict:
    """Judge two images; those that only their key points brought together get a first look at small size.

    What they bring together falsely has nothing in common as a rule, and decoding costs more than seeing it.
    """
    cv2.setNumThreads(1)
    if (_is_dear(a) or _is_dear(b)) and not _alike_by_hash(a, b):
        small = load.small(a), load.small(b)
        if len(small[0]) == len(small[1]) == 1 and is_hopeless(small[0][0], small[1][0]):
            return _verdict(NOTHING, None, a, b)
    return judge(load.views(a), load.views(b), a, b)


def _alike_by_hash(a: ImageRef, b: ImageRef) -> bool:
    """Whether they look alike as a whole: hardly one such pair is hopeless."""
    one, other = a.fingerprint.pdq, b.fingerprint.pdq
    if one is None or other is None:
        return False
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count() <= _ALIKE_BITS


def load_views(files: Files, image: ImageRef, args: VerifyArgs, side: int = DECODE_SIDE) -> tuple[View, ...]:
    """Decode an image and lay it over each ground that makes a difference (one, if it is opaque).

    Args:
        files: Of the call.
        image: One of its images.
        args: What was asked.
        side: Longest side, in pixels, from which on a scaled decode is enough.
    """
    picture = find(files[image.file], image.inner, args.limits)
    raster: Raster = picture.raster(at_least=side)
    points = image.fingerprint.features
    if raster.alpha is None or int(raster.alpha.min()) == 255:
        return (prepare(raster, None, points),)
    return tuple(prepare(raster, ground, points) for ground in _GROUNDS)


def judge(a: tuple[View, ...], b: tuple[View, ...], ref_a: ImageRef, ref_b: ImageRef) -> Verdict:
    """Judge two images over the grounds they have.

    Where only one of them is transparent, the other may have been flattened over white or black: the ruling
    that explains most counts; or transparency may have been dropped, which shows what was hidden and is an
    edit. Where both are, they must agree over white and over black: the weaker counts, unless one of the two
    shows next to nothing of either (white lines on white).
    """
    cv2.setNumThreads(1)
    if len(a) > 1 and len(b) > 1:
        judged = max((compare_views(a[k], b[k]) for k in _telling(a, b)), key=_weakness)
    elif len(a) == len(b):
        judged = compare_views(a[0], b[0])
    else:
        judged = _one_transparent(a, b)
    return _verdict(*judged, ref_a, ref_b)


def _telling(a: tuple[View, ...], b: tuple[View, ...]) -> list[int]:
    """Which of white and black to look at: not one that shows a tenth of what the other shows."""
    shown = [max(a[k].contrast, b[k].contrast) for k in (0, 1)]
    return [k for k in (0, 1) if shown[k] >= _FAINT * max(shown)]


def _one_transparent(a: tuple[View, ...], b: tuple[View, ...]) -> Judged:
    """Over white, over black, and without transparency; one of the two has a single view for all grounds."""
    *flattened, (ruling, exam) = (compare_views(x, y) for x in a for y in b)
    if ruling.relation is Relation.SAME_IMAGE:
        ruling = replace(ruling, relation=Relation.EDITED, confidence=0.95, why=Why.TRANSPARENCY)
    return min([*flattened, (ruling, exam)], key=_weakness)


def _weakness(judged: Judged) -> tuple[int, float]:
    order = list(Relation)
    return order.index(judged[0].relation), -judged[0].confidence


def _verdict(ruling: Ruling, exam: Examination | None, ref_a: ImageRef, ref_b: ImageRef) -> Verdict:
    if exam is None or ruling.relation is Relation.DISTINCT:
        evidence = Evidence(method="registration", **told(*sentences(ruling, None, ())))
        return Verdict(relation=ruling.relation, confidence=ruling.confidence, evidence=evidence)
    frame = ruling.framing or view_framing(exam)
    found = marked(exam, ruling)
    evidence = Evidence(
        method="paper" if exam.both_paper else "photo",
        **told(*sentences(ruling, exam, found)),
        transform=_displayed(exam),
        turned=frame.turned,
        mirrored=frame.mirrored,
        overlap_a=round(frame.overlap_a, 4),
        overlap_b=round(frame.overlap_b, 4),
        regions=found,
        contains=frame.contains,
        original=_original(ruling, exam, ref_a, ref_b),
        measures=_measures(exam, ruling),
    )
    return Verdict(relation=ruling.relation, confidence=round(ruling.confidence, 4), evidence=evidence)


def _displayed(exam: Examination) -> tuple[float, ...]:
    """The map from displayed pixels of B to displayed pixels of A, row-major."""
    if exam.slant is not None:
        return tuple(round(float(v), 9) for v in exam.slant.ravel())
    matrix = np.linalg.inv(exam.matrix) if exam.swapped else exam.matrix
    a, b = (exam.coarse, exam.fine) if exam.swapped else (exam.fine, exam.coarse)
    full = to_displayed(a) @ matrix @ np.linalg.inv(to_displayed(b))
    return tuple(round(float(v), 6) for v in full.ravel())


def _original(ruling: Ruling, exam: Examination, ref_a: ImageRef, ref_b: ImageRef) -> str | None:
    """The likelier original.

    What was cropped came from the larger frame; what was given a border, or shown in a viewer, from the
    smaller. Else the one with clearly more pixels.
    """
    if ruling.relation not in {Relation.SAME_IMAGE, Relation.EDITED}:
        return None
    contains = ruling.framing.contains if ruling.framing else None
    if contains is not None:
        framed = exam.plain_outside(of_coarse=(contains == "a") == exam.swapped)
        return {"a": "b", "b": "a"}[contains] if framed else contains
    a, b = (ref.fingerprint.width * ref.fingerprint.height for ref in (ref_a, ref_b))
    if max(a, b) > 1.1 * min(a, b):
        return "a" if a > b else "b"
    return None


def _measures(exam: Examination, ruling: Ruling) -> dict[str, float]:
    """The numbers the ruling rests on, for later checks."""
    numbers = {
        "excess": float(exam.residual.excess.max(initial=0)),
        "chroma": float(exam.residual.chroma.max(initial=0)),
        "torn": exam.torn,
        "support": exam.support,
        "textured": float(exam.textured),
        "scale": exam.scale,
    }
    if ruling.why not in {Why.CLEAN, Why.FRAMING, Why.MIRRORED}:
        numbers |= {"grain": exam.grain.likeness, "grain_strength": exam.grain.strength}
        if exam.both_paper:
            numbers |= {"stroke": exam.strokes.heaviest, "unmatched": exam.strokes.unmatched}
            numbers |= {"letters": exam.strokes.letters, "patch": exam.strokes.patch}
            numbers |= {} if exam.surprise is None else {"surprise": exam.surprise}
    return {name: round(float(value), 4) for name, value in numbers.items()}
