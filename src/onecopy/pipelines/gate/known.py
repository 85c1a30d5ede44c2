"""What each agency holds, in memory, to be asked for candidates; kept level with the catalog."""

import threading
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from sqlalchemy import Connection

from onecopy.candidates import CandidateIndex, Settings
from onecopy.candidates.lookup import KEY, Keys, Lookup
from onecopy.catalog import arrivals, images
from onecopy.catalog.batches import batches
from onecopy.catalog.images import Printed
from onecopy.model import Fingerprint

CROWD = Settings().per_image
"""With so many candidates of one image, others may have been left out."""
PER_IMAGE = CROWD + Settings().features_per_image
"""How many candidates of one image are looked at, at most: those by features take no place from others."""
ALIKE = 1000
"""Among how many images with a candidate's very pixels those of the upload's case are looked for, at most."""

_TOGETHER = 1 << 14
"""Images that are read and laid out at once."""


class Known:
    """One candidate index an agency, so that no agency's images can crowd out or reach another's.

    The catalog's log of arrivals is what it follows: every process adds what any process committed, up to
    the agency's newest number that it has seen.
    """

    def __init__(self, make_index: Callable[[], CandidateIndex], *, version: int) -> None:
        self._make_index = make_index
        self._version = version
        self._agencies: dict[str, _Held] = {}

    def load(self, connection: Connection) -> None:
        """Catch up with all agencies, reading every image once and in the order in which they lie.

        To look each of a million up by its content would read all over the disk.
        """
        if self._agencies:
            for agency in arrivals.agencies(connection):
                self.catch_up(connection, agency)
            return
        names, newest, holders = _logs(connection)
        held = [_Held(self._make_index(), self._version) for _ in names]
        for portion in batches(images.prints(connection, version=self._version), _TOGETHER):
            keys = _keys(one.content for one in portion)
            place, holder = holders.get_all(keys)
            for number in np.unique(holder).tolist():
                mine = np.unique(place[holder == number])
                held[number].add([portion[at] for at in mine.tolist()], keys[mine])
        for name, last, one in zip(names, newest, held, strict=True):
            one.seen = last
            self._agencies[name] = one

    def catch_up(self, connection: Connection, agency: str) -> None:
        """Add what an agency received, by this process or another, as far as ``connection`` sees it."""
        held = self._agencies.get(agency)
        if held is None:
            if not arrivals.any_of(connection, agency):
                return  # nothing is held in memory for a name that somebody made up
            # Two threads may come here at once; one of what they make is dropped.
            held = self._agencies.setdefault(agency, _Held(self._make_index(), self._version))
        held.catch_up(connection, agency)

    def candidates(self, agency: str, fingerprint: Fingerprint) -> list[int]:
        """The numbers of an agency's images that are worth comparing with this one, strongest first."""
        held = self._agencies.get(agency)
        return [] if held is None else [one.image for one in held.index.query(fingerprint, limit=PER_IMAGE)]

    def alike(self, agency: str, image: int) -> list[int]:
        """The numbers of an agency's images with the pixels of a candidate, which stands for them all."""
        held = self._agencies.get(agency)
        return [] if held is None else held.index.alike(image)[:ALIKE]


class _Held:
    """What one agency holds."""

    def __init__(self, index: CandidateIndex, version: int) -> None:
        self.index = index
        self._version = version
        self._images = Lookup(np.int64)  # by content
        self.seen = 0
        self._lock = threading.Lock()

    def catch_up(self, connection: Connection, agency: str) -> None:
        with self._lock:
            newest = arrivals.newest(connection, agency)
            if newest == self.seen:
                return
            if self.seen:  # some may be logged again: their images are others now
                self._forget(content for _, content in arrivals.since(connection, agency, self.seen))
            new = images.received(connection, agency, self.seen, version=self._version)
            for portion in batches(new, _TOGETHER):
                self.add(portion, _keys(one.content for one in portion))
            self.seen = newest

    def add(self, portion: Sequence[Printed], keys: Keys) -> None:
        """Add images, with the keys of the contents that they are in."""
        self.index.add_all((one.id, one.print) for one in portion)
        numbers = np.array([one.id for one in portion], np.int64)
        self._images.add_all(keys, numbers)

    def _forget(self, contents: Iterable[str]) -> None:
        for content in contents:
            for image in self._images.get(_end(content)):
                self.index.remove(image)


def _logs(connection: Connection) -> tuple[list[str], list[int], Lookup]:
    """The agencies, the newest number of each, and by content the places of those that have it."""
    newest: dict[str, int] = {}
    places: dict[str, int] = {}
    holders = Lookup()
    for portion in batches(arrivals.every(connection), _TOGETHER):
        for agency, number, _ in portion:
            newest[agency] = max(number, newest.get(agency, 0))
            places.setdefault(agency, len(places))
        mine = np.array([places[agency] for agency, _, _ in portion], np.int64)
        holders.add_all(_keys(content for _, _, content in portion), mine)
    return list(places), [newest[agency] for agency in places], holders


def _keys(contents: Iterable[str]) -> Keys:
    """As words, all at once: a million of them one by one take a second."""
    joined = "".join([one[-2 * KEY :] for one in contents])
    return np.frombuffer(bytes.fromhex(joined), np.uint64).reshape(-1, 2)


def _end(content: str) -> bytes:
    return bytes.fromhex(content[-2 * KEY :])
