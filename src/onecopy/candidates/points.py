"""Looks by their key points: matches propose how two pictures lie, and all points are asked about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from onecopy.candidates.agreement import Places, agreement
from onecopy.candidates.bits import Ints, paired, unpaired
from onecopy.candidates.counterparts import Layout, Lie, shared
from onecopy.candidates.descriptors import DescriptorIndex, Matches
from onecopy.candidates.growing import Growing
from onecopy.candidates.guesses import Guesses, likeliest
from onecopy.candidates.hits import Hits
from onecopy.candidates.interface import REASONS, Settings

_FEATURES = REASONS.index("features")


@dataclass(frozen=True, slots=True)
class _Asking:
    """Who asks: of each match the asker, its place and arrow; of each asker its token."""

    asker: Ints
    places: Places
    arrows: Places
    tokens: Ints


class PointIndex:
    """Key points of owners (numbered 0, 1, 2 … as they are added). Not thread-safe by itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._points = DescriptorIndex()
        self._tokens: Growing[np.int64] = Growing(np.int64)
        self._frames: Growing[np.complex128] = Growing(np.complex128)

    def add(self, owner: int, points: Layout, token: int) -> None:
        """Store what an owner has; of two tokens the lower is put first, whoever asks."""
        self._points.add(owner, points.descriptors.view(np.uint8), points.places, points.arrows)
        self._tokens.add(np.array([token]))
        self._frames.add(np.array([points.frame]))

    def add_none(self, count: int, token: int) -> None:
        """Store so many owners that have no key points."""
        self._tokens.add(np.full(count, token))
        self._frames.add(np.ones(count, np.complex128))

    def remove(self, owner: int) -> None:
        """Forget an owner."""
        self._points.remove(owner)

    def guesses(self, points: Sequence[Layout], tokens: Sequence[int], own: Sequence[int]) -> Guesses:
        """How others lie on some; for ``points[n]`` not owner ``own[n]``. By asker and owner."""
        sizes = [len(one.places) for one in points]
        descriptors = np.concatenate([one.descriptors for one in points]).view(np.uint8)
        met = self._points.matches(descriptors, np.repeat(np.array(own, np.int64), sizes))
        asker = np.repeat(np.arange(len(points)), sizes)[met.asked]
        places = np.concatenate([one.places for one in points])[met.asked]
        arrows = np.concatenate([one.arrows for one in points])[met.asked]
        return self._guesses(met, _Asking(asker, places, arrows, np.array(tokens, np.int64)))

    def guesses_among(self) -> Guesses:
        """The same of all stored, each (as asker, by owner) with those stored before it."""
        index, found = self._points, [Guesses.none()]
        for met in index.among():
            asker = index.owners[met.asked].astype(np.int64)
            here = index.places[met.asked], index.arrows[met.asked]
            found.append(self._guesses(met, _Asking(asker, *here, self._tokens.rows)))
        return Guesses.joined(found)

    def near(self, guesses: Guesses, points: Sequence[Layout]) -> Hits:
        """Of guesses about those who asked what shows enough points in common, the likeliest looked at."""
        others = self._tokens.rows[guesses.owner]
        likely = likeliest(guesses.asker, guesses.votes, others, self._settings.looked_at_per_image)
        return self._settled(guesses.take(likely), points.__getitem__)

    def near_among(self, guesses: Guesses) -> Hits:
        """The same of guesses about stored ones; what is likely for either side is looked at."""
        tokens, most = self._tokens.rows, self._settings.looked_at_per_image
        sides = np.concatenate([guesses.asker, guesses.owner])
        others = np.concatenate([tokens[guesses.owner], tokens[guesses.asker]])
        mine, theirs = likeliest(sides, np.tile(guesses.votes, 2), others, most).reshape(2, -1)
        return self._settled(guesses.take(mine | theirs), self._layout)

    def _layout(self, owner: int) -> Layout:
        return self._points.layout(owner, complex(self._frames.rows[owner]))

    def _guesses(self, met: Matches, who: _Asking) -> Guesses:
        """How pairs lie of which enough matches agree."""
        least = self._settings.votes
        asked = paired(who.asker, met.owner)
        pairs, group, counts = np.unique(asked, return_inverse=True, return_counts=True)
        rows = np.flatnonzero((counts >= least)[group])
        pairs, group = np.unique(pairs[group[rows]], return_inverse=True)
        asker, owner = unpaired(pairs)
        # A vote may hang on who comes first; so that is settled by what the two are, not by who asks.
        swapped = who.tokens[asker] > self._tokens.rows[owner]
        here, there = who.places[rows], self._points.places[met.row[rows]]
        ratio = self._points.arrows[met.row[rows]] / who.arrows[rows]
        here, there = np.where(swapped[group], (there, here), (here, there))
        ratio = np.where(swapped[group], 1 / ratio, ratio)
        lies = agreement(group, here, there, ratio, met.distance[rows], groups=len(pairs), least=least)
        guesses = Guesses(asker, owner, swapped, lies.votes, lies.scale, lies.shift)
        return guesses.take(np.flatnonzero(lies.votes >= least))

    def _settled(self, guesses: Guesses, layout: Callable[[int], Layout]) -> Hits:
        """Pairs that show enough points in common; ``layout`` is of an asker."""
        count = np.zeros(len(guesses.votes), np.int64)
        for row, (asker, owner) in enumerate(np.stack([guesses.asker, guesses.owner], axis=1).tolist()):
            sides = layout(asker), self._layout(owner)
            one, other = sides[::-1] if guesses.swapped[row] else sides
            points = shared(one, other, Lie(complex(guesses.scale[row]), complex(guesses.shift[row])))
            count[row] = points.found if points.tells(self._settings) else 0
        found = guesses.take(np.flatnonzero(count))
        turn = np.degrees(np.angle(found.scale)) * np.where(found.swapped, 1, -1)
        turned = np.rint(turn / 90).astype(np.int64) * 90 % 360
        reason = np.full(len(turned), _FEATURES)
        return Hits(found.asker, found.owner, reason, -count[count > 0], turned, np.zeros_like(reason))
