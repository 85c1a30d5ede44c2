"""``python -m benchmarks.desk``: keys and pages to clear a queue of 50 questions, against pair by pair.

The questions are as large as the pictures of the demo come: one that is in the archive four times makes a
question of four. A real Chromium clears the queue of a real service by keyboard alone, taking each proposed
answer.
"""

import csv
import os
import shutil
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from demo.archive import build
from demo.gate import Gate, running
from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import table
from onecopy.catalog import images, occurrences, questions
from onecopy.catalog.questions import Kind, Member, Part, Question
from onecopy.catalog.store import Catalog

QUESTIONS = 50
CHROMIUM = os.environ.get("ONECOPY_TEST_CHROMIUM") or shutil.which("chromium") or "google-chrome"


def main(demo: Path) -> int:
    if not (demo / "truth.tsv").exists():
        build(demo)
    sizes = list(islice(cycle(_sizes(demo / "truth.tsv")), QUESTIONS))
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as gate:
        _ask(gate, Path(folder), demo, sizes)
        keys, pages = _clear(gate)
    all_pairs = sum(size * (size - 1) // 2 for size in sizes)
    kept_pairs = sum(size - 1 for size in sizes)
    rows = [
        ("the review desk", len(sizes), keys, pages),
        ("each copy with the one that is kept", kept_pairs, kept_pairs, kept_pairs + 1),
        ("each pair", all_pairs, all_pairs, all_pairs + 1),
    ]
    print(f"{len(sizes)} questions about {sum(sizes)} images")
    table(["way", "decisions", "keys", "pages"], [[str(cell) for cell in row] for row in rows])
    return 0


def _sizes(truth: Path) -> list[int]:
    """How often each picture is in the demo's archive, of those that are there more than once."""
    with truth.open(newline="") as lines:
        found = Counter(row["content"] for row in csv.DictReader(lines, delimiter="\t") if not row["error"])
    return [count for count in found.values() if count > 1]


def _ask(gate: Gate, folder: Path, demo: Path, sizes: list[int]) -> None:
    photos = sorted((demo / "archive").rglob("*.jpg"))
    sent = [gate.send(photo, "24016-10000-31415")["occurrence"]["id"] for photo in photos]
    with Catalog(folder / "catalog.db", busy_seconds=60) as catalog, catalog.write() as connection:
        for asked in questions.of_case(
            connection, "", "24016-10000-31415"
        ):  # the gate's own would come on top
            questions.change(connection, asked, "withdrawn", by=None, state="withdrawn")
        there = [occurrences.get(connection, id) for id in sent]
        places = {
            one.content: one.inner for one in images.summaries(connection, {one.content for one in there})
        }
        for number, size in enumerate(sizes):
            step = 1 + number // len(there)  # no two questions are about the same: one answer is for one
            chosen = [there[(number + n * step) % len(there)] for n in range(size)]
            members = [
                Member(
                    position=n,
                    occurrence=one.id,
                    content=one.content,
                    inner=places.get(one.content, ""),
                    role=Part.OFFERED if n else Part.EARLIER,
                )
                for n, one in enumerate(chosen)
            ]
            asked = Question(
                agency="",
                case_id="24016-10000-31415",
                kind=Kind.SAME_PHOTOGRAPH,
                title=f"Question {number + 1}: {size} copies",
                proposal="both-needed",  # one answer for all of them that never meets an earlier one
                due_at=datetime.now(UTC) + timedelta(days=5, seconds=number),
            )
            questions.add(connection, asked, members, [], by=None)


def _clear(gate: Gate) -> tuple[int, int]:
    """Take every proposed answer; how many keys were pressed, and how many pages were looked at."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(base_url=gate.url)
        page.goto("/sign-in")
        page.locator("#token").fill(gate.token)
        page.get_by_role("button", name="Sign in with a token").click()
        page.goto("/desk")
        keys, pages = _press(page)
        browser.close()
    return keys, pages


def _press(page: Page) -> tuple[int, int]:
    keys, pages = 0, 1
    while page.locator("#answer").count():
        here = page.url
        page.keyboard.press(page.locator(".answer-proposed").get_attribute("data-key") or "")
        page.wait_for_url(lambda url, here=here: url != here)
        keys, pages = keys + 1, pages + 1
        if pages > 2 * QUESTIONS:
            raise SystemExit("The queue does not become shorter.")
    return keys, pages


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo-out")))
