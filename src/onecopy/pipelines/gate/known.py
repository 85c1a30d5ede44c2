"""What each agency holds, in memory, to be asked for candidates; kept level with the catalog."""

import threading
from collections.abc import Callable

from sqlalchemy import Connection

from onecopy.candidates import CandidateIndex
from onecopy.catalog import images, uploads
from onecopy.model import Fingerprint

PER_IMAGE = 64
"""How many candidates of one image are looked at, at most."""
ALIKE = 1000
"""Among how many images with a candidate's very pixels those of the upload's case are looked for, at most."""


class Known:
    """One candidate index an agency, so that no agency's images can crowd out or reach another's.

    The catalog's uploads are the log that it follows: every process adds what any process committed, up to
    the number of the newest upload it has seen.
    """

    def __init__(self, make_index: Callable[[], CandidateIndex], *, version: int) -> None:
        self._make_index = make_index
        self._version = version
        self._agencies: dict[str, CandidateIndex] = {}
        self._contents: dict[str, set[str]] = {}
        self._seen = 0
        self._lock = threading.Lock()

    def catch_up(self, connection: Connection) -> None:
        """Add what was committed, by this process or another, as far as ``connection`` sees it."""
        with self._lock:
            fresh: dict[str, list[str]] = {}
            seen = self._seen
            for arrival in uploads.arrivals(connection, after=seen):
                seen = arrival.occurrence
                had = self._contents.setdefault(arrival.agency, set())
                if arrival.content not in had:
                    fresh.setdefault(arrival.content, []).append(arrival.agency)
            for image in images.of_contents(connection, fresh):
                if image.fingerprint.version == self._version:
                    for agency in fresh[image.content]:
                        self._index(agency).add(image.id, image.fingerprint)
                        self._contents[agency].add(image.content)
            self._seen = seen

    def candidates(self, agency: str, fingerprint: Fingerprint) -> list[int]:
        """The numbers of an agency's images that are worth comparing with this one, strongest first."""
        with self._lock:
            index = self._agencies.get(agency)
        return [] if index is None else [one.image for one in index.query(fingerprint, limit=PER_IMAGE)]

    def alike(self, agency: str, image: int) -> list[int]:
        """The numbers of an agency's images with the pixels of a candidate, which stands for them all."""
        with self._lock:
            index = self._agencies.get(agency)
        return [] if index is None else index.alike(image)[:ALIKE]

    def _index(self, agency: str) -> CandidateIndex:
        if agency not in self._agencies:
            self._agencies[agency] = self._make_index()
        return self._agencies[agency]
