"""Figures of a service for Prometheus: how much, how fast, what became of it. No name is ever in them.

Each process counts for itself. Where a service has several, they write to files of one folder, and whoever is
asked adds them up: prometheus-client does so when ``PROMETHEUS_MULTIPROC_DIR`` names a folder before this
module is imported (see :mod:`onecopy.service.shared`).
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from onecopy.errors import EnvironmentProblem
from onecopy.model import Relation
from onecopy.pipelines.gate.model import GateReply
from onecopy.pipelines.gate.watch import Watch

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STRENGTH = {relation: place for place, relation in enumerate(Relation)}

REQUESTS = Counter(
    "onecopy_requests",
    "Requests that were answered, by the pattern of their address.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "onecopy_request_seconds",
    "How long requests took, from the first byte to the last of the answer.",
    ["method", "route"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
UPLOADS = Counter(
    "onecopy_uploads",
    "Uploads that were decided, by what became of them and their strongest relation to what is held.",
    ["decision", "relation"],
    registry=REGISTRY,
)
CANDIDATES = Histogram(
    "onecopy_candidates",
    "Images that are held and were candidates for one upload.",
    buckets=(0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 1024),
    registry=REGISTRY,
)
COMPARISONS = Counter("onecopy_comparisons", "Pairs of images compared by their pixels.", registry=REGISTRY)
DECODES = Counter("onecopy_decodes", "Files read in a sandboxed worker.", registry=REGISTRY)
STAGE_SECONDS = Histogram(
    "onecopy_stage_seconds",
    "How long the stages of an upload took.",
    ["stage"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
REFUSED = Counter("onecopy_refused", "Requests refused because of too many.", ["why"], registry=REGISTRY)


def _gauge(name: str, help: str) -> Gauge:
    """A number of what is now, of all processes together that are alive."""
    return Gauge(name, help, registry=REGISTRY, multiprocess_mode="livesum")


UNDER_WAY = _gauge("onecopy_uploads_under_way", "Uploads and checks that were let in and not answered yet.")
WAITING = _gauge("onecopy_uploads_waiting", "Of these, those that came whole and wait for their turn.")
SPOOL_BYTES = _gauge("onecopy_spool_bytes", "Bytes of uploads under way, on their way in.")
PROCESSES = _gauge("onecopy_workers", "Processes that answer requests.")
DECODERS = _gauge("onecopy_decode_workers", "Sandboxed workers that read files, at most.")


class Figures(Watch):
    """Counts what a gate tells."""

    def took(self, stage: str, seconds: float) -> None:
        """Add to the seconds of a stage."""
        STAGE_SECONDS.labels(stage).observe(seconds)

    def decoded(self) -> None:
        """Count a file that was read."""
        DECODES.inc()

    def candidates(self, number: int) -> None:
        """Count how many there were for an upload."""
        CANDIDATES.observe(number)

    def compared(self, pairs: int) -> None:
        """Count pairs."""
        COMPARISONS.inc(pairs)

    def decided(self, reply: GateReply) -> None:
        """Count an upload by what became of it."""
        relations = [match.relation for match in reply.matches]
        strongest = min(relations, key=_STRENGTH.__getitem__) if relations else "none"
        UPLOADS.labels(str(reply.decision), str(strongest)).inc()


class Spooling:
    """The bytes of one upload that are in the spool now."""

    def __init__(self) -> None:
        self._bytes = 0

    def add(self, number: int) -> None:
        """So many more have come."""
        self._bytes += number
        SPOOL_BYTES.inc(number)

    def __enter__(self) -> "Spooling":
        return self

    def __exit__(self, *_: object) -> None:
        SPOOL_BYTES.dec(self._bytes)


@contextmanager
def counted_process(decoders: int) -> Iterator[None]:
    """Count this process, and the workers it may have, for as long as it answers."""
    PROCESSES.inc()
    DECODERS.inc(decoders)
    try:
        yield
    finally:
        PROCESSES.dec()
        DECODERS.dec(decoders)


class _Together(CollectorRegistry):
    """The figures of all processes that write to a folder; those of processes that ended count on."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._lock_dead = threading.Lock()
        MultiProcessCollector(self, path=str(folder))  # type: ignore[no-untyped-call]

    def collect(self):  # type: ignore[no-untyped-def]
        """Everything, without what processes that were killed say is now."""
        with self._lock_dead:
            for path in self._folder.glob("gauge_live*_*.db"):
                number = path.stem.rpartition("_")[2]
                if number.isdecimal() and not Path("/proc", number).exists():
                    mark_process_dead(int(number), str(self._folder))  # type: ignore[no-untyped-call]
        yield from super().collect()


def registry(folder: Path | None) -> CollectorRegistry:
    """What is asked for figures: this process alone, or all that write to a folder."""
    return REGISTRY if folder is None else _Together(folder)


def text() -> bytes:
    """The figures of the service, in Prometheus' text format."""
    folder = os.environ.get(FOLDER)
    return generate_latest(registry(Path(folder) if folder else None))


def serve(host: str, port: int, folder: Path | None) -> int:
    """Answer with the figures on a port of their own, in a thread that ends with the process.

    Returns:
        The port.

    Raises:
        EnvironmentProblem: ``cannot-listen``.
    """
    try:
        server, _ = start_http_server(port, host, registry(folder))
    except OSError as error:
        raise EnvironmentProblem(
            f"Cannot listen on {host}, port {port} ({error.strerror}). Choose another with --metrics-port.",
            code="cannot-listen",
        ) from None
    return server.server_port


ProcessCollector(registry=REGISTRY)
