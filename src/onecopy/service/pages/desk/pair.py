"""Two of a question's images as the viewer lays them on each other: the left one is the ground."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

import numpy as np

from onecopy.catalog.questions import Pair
from onecopy.decode.tiling import TILE
from onecopy.model import Evidence, Region, Verdict
from onecopy.service.pages.desk.shots import Shot
from onecopy.service.pages.spoken import sentences
from onecopy.service.pages.words import N_, counted, translated

MOST_REGIONS = 30

_DOWN = (N_("top"), N_("middle"), N_("bottom"))
_ACROSS = (N_("left"), N_("centre"), N_("right"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A pair on the desk.

    Attributes:
        left: The ground.
        right: What is laid on it.
        verdict: What they are to each other, turned so that A is the left one; ``None`` if nobody knows.
        regions: The places that differ.
        left_out: How many more there are.
    """

    left: Shot
    right: Shot
    verdict: Verdict | None
    regions: tuple[Region, ...]
    left_out: int
    flipped: bool = False
    """A and B of the evidence as it was found are the right and the left one."""

    @property
    def words(self) -> list[str]:
        """What the evidence says of them, with the two called by where they lie."""
        if self.verdict is None:
            return []
        names = (translated("the left one"), translated("the right one"))
        return sentences(self.verdict.evidence, *(names[::-1] if self.flipped else names))

    @property
    def registered(self) -> bool:
        """Whether the evidence says how the one lies on the other."""
        return self.verdict is not None and self.verdict.evidence.transform is not None

    @property
    def difference(self) -> str | None:
        """The address of a picture of what differs, for browsers without scripts."""
        if not self.registered or not (self.left.image and self.right.image):
            return None
        shots = (self.left, self.right)
        return (
            f"{shots[0].address}/differences/{shots[1].public_id}"
            f"?inner={_quoted(shots[0].inner)}&other_inner={_quoted(shots[1].inner)}"
        )

    def for_viewer(self) -> str:
        """What the viewer needs to know, as JSON."""
        evidence = self.verdict.evidence if self.verdict else None
        return json.dumps(
            {
                "a": _side(self.left),
                "b": _side(self.right),
                "transform": evidence.transform if evidence else None,
                "regions": [{"a": one.a, "b": one.b} for one in self.regions],
            }
        )

    def regions_in_words(self) -> list[str]:
        """Each region as a sentence: where it is, and what is known of it."""
        return [self._in_words(one) for one in self.regions]

    def differences(self) -> str:
        """How many regions differ, and which, for people who do not see them."""
        if not self.regions:
            return translated("No region was found that differs.")
        count = len(self.regions) + self.left_out
        head = counted("%(num)s region differs", "%(num)s regions differ", count) % {"num": count}
        listed = "; ".join(f"{n}: {words}" for n, words in enumerate(self.regions_in_words(), 1))
        return f"{head}: {listed}."

    def _in_words(self, region: Region) -> str:
        box, shot = (region.a, self.left) if region.a is not None else (region.b, self.right)
        place = _place(box, shot.size) if box is not None else ""
        if region.a is None:
            place = translated("%(place)s, on the right picture alone") % {"place": place}
        elif region.b is None:
            place = translated("%(place)s, on the left picture alone") % {"place": place}
        return f"{place}: {region.note}" if region.note else place


def sight(left: Shot, right: Shot, pairs: Sequence[Pair]) -> Sight:
    """The two, and what the pairs of the question say of them."""
    verdict, flipped = _verdict(left.position, right.position, pairs)
    regions = verdict.evidence.regions if verdict else ()
    return Sight(
        left=left,
        right=right,
        verdict=verdict,
        regions=regions[:MOST_REGIONS],
        left_out=max(0, len(regions) - MOST_REGIONS),
        flipped=flipped,
    )


def _verdict(left: int, right: int, pairs: Sequence[Pair]) -> tuple[Verdict | None, bool]:
    for pair in pairs:
        if (pair.a, pair.b) == (left, right):
            return pair.verdict, False
        if (pair.b, pair.a) == (left, right):
            return replace(pair.verdict, evidence=swapped(pair.verdict.evidence)), True
    return None, False


def swapped(evidence: Evidence) -> Evidence:
    """The same evidence with A and B exchanged. Its words still say first and second as they did."""
    other = {"a": "b", "b": "a", None: None}
    transform = evidence.transform
    if transform is not None:
        back = np.linalg.inv(np.array(transform).reshape(3, 3))
        transform = tuple(float(value) for value in (back / back[2, 2]).ravel())
    return replace(
        evidence,
        transform=transform,
        turned=evidence.turned if evidence.mirrored else -evidence.turned % 360,
        overlap_a=evidence.overlap_b,
        overlap_b=evidence.overlap_a,
        regions=tuple(Region(a=one.b, b=one.a, note=one.note) for one in evidence.regions),
        contains=other[evidence.contains],
        original=other[evidence.original],
    )


def _side(shot: Shot) -> dict[str, object]:
    width, height = shot.size
    return {"address": shot.address, "inner": shot.inner, "width": width, "height": height, "tile": TILE}


def _place(box: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    thirds = [min(2, max(0, int(3 * (box[n] + box[n + 2] / 2) / max(1, size[n])))) for n in (0, 1)]
    if thirds == [1, 1]:
        return translated("in the centre")
    named = {"down": translated(_DOWN[thirds[1]]), "across": translated(_ACROSS[thirds[0]])}
    return translated("%(down)s %(across)s") % named


def _quoted(inner: str) -> str:
    return quote(inner, safe="")
