"""Tell the story: an archive, a scan, what a hash alone would have done, and a gate."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from textwrap import fill
from typing import Any

from demo import gate, near_hash, truth
from demo.archive import CASE, Item, build, read_truth, read_uploads

_WORDS = {
    "same-bytes": "the same file again",
    "same-data": "the same pixels, other metadata",
    "same-image": "saved again: smaller, re-compressed, converted, re-scanned",
}


def say(text: str = "") -> None:
    print(text, flush=True)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def run(folder: Path) -> int:
    """Everything, checked against the truth. Returns the exit code."""
    began = time.monotonic()
    folder = folder.resolve()
    items = _make(folder)
    findings = _scan(folder)
    if findings is None:
        return 1
    score = truth.score(findings, items, "archive")
    _what_was_found(findings)
    _near_hash(folder, items, score)
    complaints = score.wrong + score.missed + _gate(folder)
    say("\nReport")
    say(f"  {(folder / 'report' / 'report.html').as_uri()}")
    say(f"  {folder / 'report' / 'findings.json'}")
    for complaint in complaints:
        say(f"NOT AS PLANTED: {complaint}")
    verdict = (
        "Everything is as it was planted" if not complaints and score.good else "This is not as it should be"
    )
    say(
        f"\n{verdict}: {_count(len(score.wrong), 'false merge')}, {score.copies} copies and "
        f"{score.changed} changed copies found.  ({time.monotonic() - began:.0f} s)"
    )
    return 0 if score.good and not complaints else 1


def _make(folder: Path) -> list[Item]:
    say("Making a permit archive: a garage becomes a home, in three submissions …")
    for part in ("archive", "uploads", "report", "gate"):
        shutil.rmtree(folder / part, ignore_errors=True)
    (folder / "catalog.db").unlink(missing_ok=True)
    build(folder)
    files = [path for path in (folder / "archive").rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    say(f"  {len(files)} files, {size:.0f} MB, in {folder / 'archive'}")
    return read_truth(folder)


def _scan(folder: Path) -> dict[str, Any] | None:
    say("\nonecopy scan archive --out report")
    command = [sys.executable, "-c", "from onecopy.cli import main; main()", "scan", "archive"]
    command += ["--out", "report", "--catalog", "catalog.db", "--quiet"]
    command += ["--all-relations"]
    began = time.monotonic()
    done = subprocess.run(command, check=False, cwd=folder)
    if done.returncode not in (0, 3):
        say(f"  The scan failed with exit code {done.returncode}.")
        return None
    say(f"  done in {time.monotonic() - began:.0f} s")
    return json.loads((folder / "report" / "findings.json").read_text(encoding="utf-8"))


def _what_was_found(findings: dict[str, Any]) -> None:
    totals, groups = findings["totals"], findings["groups"]
    spare = sum(len(group["members"]) for group in groups)
    say("\nWhat was found")
    say(f"  {totals['images']} images in {totals['files']} files, also inside PDFs, a ZIP and a TIFF.")
    say(f"  {spare} of them nobody needs to look at again: copies of {len(groups)} others.")
    kinds = Counter(member["relation"] for group in groups for member in group["members"])
    for relation, words in _WORDS.items():
        if kinds[relation]:
            say(f"    {kinds[relation]:3}  {words}")
    by = totals["by_relation"]
    for relation, words in (
        ("edited", "pairs where one is a changed copy of the other: look at what changed"),
        ("unclear", "pairs that a person should look at"),
        ("same-scene", "pairs taken at one place: a burst, before and after; each is kept"),
        ("same-form", "pairs that share a form and nothing else; each is kept"),
    ):
        if by.get(relation):
            say(f"    {by[relation]:3}  {words}")
    say(f"  {_count(len(findings['unreadable']), 'file')} could not be read:")
    for entry in findings["unreadable"]:
        say(f"         {entry['code']:13} {entry['locator'].removeprefix('archive/')}")


def _near_hash(folder: Path, items: list[Item], score: truth.Score) -> None:
    say("\nWhat a rule that trusts a hash would have merged wrongly, on the same files")
    for rule in near_hash.judge(folder / "archive", items):
        say(f"  {rule.name}: {_count(len(rule.wrong), 'pair')} of different pictures merged")
        for example in _examples(rule.wrong):
            say(f"       {example}")
    say(f"  onecopy: {_count(len(score.wrong), 'pair')}")


_KINDS = {
    "street": "houses of one model: 418 Alder Street = 422 Alder Street",
    "next": "houses of one model: 418 Alder Street = 422 Alder Street",
    "garage": "two photographs from two places in one garage",
    "rear": "houses of one model: 418 Alder Street = 422 Alder Street",
    "frame": "pictures of one burst",
    "form": "applications of different people, and an application = its correction",
    "card": "inspection cards: FOUNDATION = FRAMING = ELECTRICAL = INSULATION",
    "floor": "plans: revision A = revision B, or another house, or the electrical plan",
    "electrical": "plans: revision A = revision B, or another house, or the electrical plan",
}


def _examples(wrong: tuple[tuple[Item, Item], ...]) -> list[str]:
    """What was merged, by kind, most frequent first."""
    kinds = Counter(_KINDS.get(a.picture.split("-")[0], f"{a.picture} = {b.picture}") for a, b in wrong)
    return [f"{number:3}  {kind}" for kind, number in kinds.most_common()]


def _populate(one: gate.Gate, folder: Path) -> int:
    """Send the first submission, and the inspection cards."""
    submission = next(
        path for path in (folder / "archive" / CASE).iterdir() if path.name.startswith("submission-1")
    )
    files = sorted(path for path in submission.rglob("*") if path.suffix in (".jpg", ".png"))
    files += sorted((folder / "archive" / CASE).rglob("inspection cards.tif"))
    for path in files:
        one.send(path, CASE)
    return len(files)


def _gate(folder: Path) -> list[str]:
    say("\nA gate, before anything is stored: onecopy serve")
    complaints = []
    with gate.running(folder / "gate") as one:
        say(f"  {one.url} holds the first submission ({_populate(one, folder)} files). Now six uploads:")
        for upload in read_uploads(folder):
            reply = one.send(folder / "uploads" / upload.file, CASE)
            decision = reply.get("decision", f"error {reply.get('code')}")
            best = {match["relation"] for match in reply.get("matches", [])[:1]}
            words = fill(
                reply.get("reason", str(reply)), 100, initial_indent=" " * 9, subsequent_indent=" " * 9
            )
            say(f"  {decision:6} {upload.title}\n{words}")
            if decision not in upload.decisions.split():
                complaints.append(f"{upload.file}: decided {decision}, expected {upload.decisions}")
            if upload.relations and not best & set(upload.relations.split()):
                complaints.append(f"{upload.file}: found {best or 'nothing'}, expected {upload.relations}")
    say("  and stopped.")
    return complaints


def serve(folder: Path) -> int:
    """Leave a gate up that holds the first submission, until Ctrl-C."""
    folder = folder.resolve()
    if not (folder / "uploads.tsv").exists():
        _make(folder)
    with tempfile.TemporaryDirectory(prefix="onecopy-demo-") as place, gate.running(Path(place)) as one:
        count = _populate(one, folder)
        upload = folder / "uploads" / "from e-mail.jpg"
        say(f"\nThe gate is up and holds {count} files of case {CASE}.\n")
        say(f"  address  {one.url}      (API: {one.url}/openapi.json)")
        say(f"  token    {one.token}\n")
        say("Send it a photograph it has seen before, re-compressed by e-mail:\n")
        say(f"  curl -H 'Authorization: Bearer {one.token}' -F case={CASE} \\")
        say(f"       -F 'file=@{upload}' {one.url}/v1/uploads\n")
        say("Ctrl-C ends it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            say("\nStopped.")
    return 0
