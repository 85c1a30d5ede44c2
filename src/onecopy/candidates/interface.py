"""What candidate search promises: the gate asks about one image, the scan asks for all pairs.

A candidate is a question, never an answer: it says that a pair is worth verifying, and why. Reasons,
strongest first (a pair is proposed once, with its strongest):

``bytes``
    equal SHA-256;
``data``
    equal image data, orientation and profile (by hint where no SHA-256 was made: the caller settles it);
``pixels``
    equal SHA-256 of the pixels, orientation and profile;
``pdq``
    PDQ within the radius in one of eight orientations;
``pdq-trimmed``
    the same, where one side or both are taken without their uniform border;
``features``
    key points that match and lie alike (crops, framed copies, images in pages and collages).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from onecopy.model import Candidate, Fingerprint, Print

REASONS = ("bytes", "data", "pixels", "pdq", "pdq-trimmed", "features")
"""Strongest first."""

EXACT = frozenset({"bytes", "data", "pixels"})
"""Reasons that compare digests: nothing needs to be looked at in the pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two images worth verifying; ``a < b`` in the caller's order of numbers.

    ``turned`` and ``mirrored`` say how B lies: mirror it left to right if ``mirrored``, then turn it
    clockwise by ``turned`` degrees, and it lies like A.
    """

    a: int
    b: int
    reason: str
    distance: int = 0
    """Bits of PDQ that differ; for ``features``, minus the number of points that both show."""
    turned: int = 0
    mirrored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How far the search reaches. The defaults were measured (docs/explanation/candidates.md)."""

    pdq_radius: int = 47
    """Bits of 256, as the pictures lie; recall within it is exact."""
    turned_radius: int = 31
    """The same for the seven other orientations."""
    low_quality: int = 20
    """PDQ of a quality below this says little: it is searched within ``low_quality_radius`` only."""
    low_quality_radius: int = 15
    votes: int = 2
    """Matches that must agree on one similarity transform before all points are asked about it."""
    shared: int = 4
    """Points that both images must show under it before features propose a pair."""
    share_of_points: float = 0.1
    """And the share of those that both should show: forms of one template share the form."""
    shared_alike: int = 6
    least_share_of_points: float = 0.04
    share_of_met: float = 0.12
    """Or this many, of that share, if so many of the points that lie on each other are alike: of text a tenth
    is by chance."""
    looked_at_per_image: int = 32
    """Of one image all points are asked about so many others at most (those with the most votes)."""
    points_per_image: int = 300
    """How many key points of an image are used; 0 leaves features out, and with them most of the memory."""
    per_image: int = 64
    """At most this many near candidates are kept of one image by PDQ (the nearest)."""
    features_per_image: int = 8
    """At most this many near candidates are kept of one image by features (the most points shared)."""


class CandidateIndex(Protocol):
    """Stored fingerprints that can be asked. Thread-safe; answers do not depend on the order of adding."""

    def add(self, image: int, fingerprint: Fingerprint | Print) -> None:
        """Store an image under the caller's number. Adding a number again replaces it."""
        ...

    def add_all(self, images: Iterable[tuple[int, Fingerprint | Print]]) -> None:
        """As :meth:`add`, one after the other; several times faster where they are many."""
        ...

    def remove(self, image: int) -> None:
        """Forget an image; an unknown number is no error."""
        ...

    def query(self, fingerprint: Fingerprint, limit: int = 64) -> list[Candidate]:
        """What is stored and worth verifying, strongest first, ties by number.

        ``turned`` and ``mirrored`` say how to lay the stored image so that it lies like the one asked about
        (as in :class:`Pair`, with the stored image as B).
        """
        ...

    def alike(self, image: int) -> list[int]:
        """All images that look exactly like a stored one and equal it by digest, itself among them.

        A query names only the first of these as a near candidate.
        """
        ...

    def __len__(self) -> int: ...
