"""``python -m benchmarks.pages.cases``: cases and queues of any length, as a browser is sent them.

A case with 5,000 photographs beside one with 50, a document of two versions with 500 pages each beside one
with 50, a queue of 10,000 questions beside one of 200. The rows are made up, the service and its pages are
real. A page has to stay usable, and the service as small as it was.
"""

import hashlib
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from demo.gate import Gate, running
from sqlalchemy import Connection
from tests.cases.shelf import fingerprint

from benchmarks.measure import table
from onecopy.catalog import arrivals, contents, decisions, images, occurrences, questions, uploads
from onecopy.catalog.decisions import Decision
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.questions import Kind, Member, Part, Question
from onecopy.catalog.store import Catalog
from onecopy.model import FileIdentity, ImageFound
from onecopy.records.versions import land

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROUNDS = 5
SIZES = {"photographs": (50, 5_000), "pages": (50, 500), "questions": (200, 10_000)}


def send(
    connection: Connection, case: str, name: str, shows: Iterable[str], camera: str | None = None
) -> int:
    """Take in a file whose pages show what words say, as the gate does; the occurrence's number."""
    words = list(shows)
    digest = hashlib.sha256(f"{name} {words}".encode()).hexdigest()
    inner = [f"#page={page}" for page in range(1, len(words) + 1)] if len(words) > 1 else [""]
    found = tuple(
        ImageFound(inner=place, fingerprint=fingerprint(what, camera=camera))
        for place, what in zip(inner, words, strict=True)
    )
    contents.record(connection, digest, 10_000, FileIdentity(images=found), version=1)
    one = Occurrence(name=name, content=digest, case_id=case, agency="", seen_at=START)
    number = occurrences.add(connection, one)
    decisions.add(connection, Decision(occurrence=number, decision="store", reason="It was stored as new."))
    inside = list(images.of_contents(connection, [digest], features=False))
    land.land(connection, uploads.by_numbers(connection, [number])[0], inside, by="portal")
    return number


def fill(catalog: Path) -> None:
    """Fill a catalog with a small and a large case of each kind, and the short queue."""
    with Catalog(catalog) as opened, opened.write([arrivals.scope("")]) as connection:
        for size in SIZES["photographs"]:
            for number in range(size):
                name = f"IMG_{number:05}.jpg"
                send(connection, f"photographs {size}", name, [f"{size} {number}"], "Camera")
        for size in SIZES["pages"]:
            pages = [f"{size} pages: {number}" for number in range(size)]
            send(connection, f"pages {size}", "set.pdf", pages)
            pages[size // 2] += " changed"
            send(connection, f"pages {size}", "set.pdf", pages)
        two = [send(connection, "asked", f"{name}.jpg", [name], "Camera") for name in "ab"]
        ask(connection, two, SIZES["questions"][0])


def ask(connection: Connection, about: list[int], count: int) -> None:
    """Ask so many questions about two uploads."""
    there = occurrences.by_ids(connection, about)
    members = [
        Member(position=at, occurrence=id, content=there[id].content or "", inner="", role=Part.OFFERED)
        for at, id in enumerate(about)
    ]
    for number in range(count):
        case, due = f"case {number % 100:02}", START + timedelta(days=number % 30)
        asked = Question(agency="", case_id=case, kind=Kind.UNCLEAR, title=f"Number {number}", due_at=due)
        questions.add(connection, asked, members, [], by=None)


def memory(folder: Path) -> float:
    """MB that the service in a folder holds."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in (process / "cmdline").read_bytes():
                status = (process / "status").read_text()
                total += int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])  # type: ignore[index]
        except (OSError, TypeError):
            continue
    return total / 1000


def look(browser: httpx.Client, address: str) -> tuple[float, int]:
    """Seconds until a page is there, the median of some, and its bytes."""
    took, size = [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        page = browser.get(address)
        took.append(time.perf_counter() - began)
        page.raise_for_status()
        size = len(page.content)
    return statistics.median(took), size


def signed_in(one: Gate) -> httpx.Client:
    """A browser without scripts that is signed in."""
    headers = {"Accept": "text/html", "Origin": one.url}
    browser = httpx.Client(base_url=one.url, trust_env=False, timeout=120, headers=headers)
    browser.post("/sign-in", data={"token": one.token})
    return browser


def main() -> int:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "catalog.db")
        with running(folder) as one, closing(signed_in(one)) as browser:
            for what in ("photographs", "pages"):
                small, large = (look(browser, f"/cases/{what} {size}") for size in SIZES[what])
                rows.append(_row(f"a case, {what}", SIZES[what], small, large, folder))
            small = look(browser, "/queue")
            with Catalog(folder / "catalog.db", busy_seconds=60) as opened, opened.write() as connection:
                about = [found.id for found in uploads.of_case(connection, "asked", "")]
                ask(connection, about, SIZES["questions"][1] - SIZES["questions"][0])
            rows.append(
                _row("the queue, questions", SIZES["questions"], small, look(browser, "/queue"), folder)
            )
    table(("page", "small", "large", "ms", "ms", "kB", "kB", "service MB"), rows)
    return 0


def _row(
    what: str, sizes: tuple[int, int], small: tuple[float, int], large: tuple[float, int], folder: Path
) -> tuple[str, ...]:
    times = (f"{seconds * 1000:.0f}" for seconds, _ in (small, large))
    bulk = (f"{size / 1000:.0f}" for _, size in (small, large))
    return what, *(f"{size:,}" for size in sizes), *times, *bulk, f"{memory(folder):.0f}"


if __name__ == "__main__":
    sys.exit(main())
