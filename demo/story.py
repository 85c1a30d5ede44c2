"""Tell the story: an archive, a scan, what a hash alone would have done, and a gate."""

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

from demo import case, gate, near_hash, truth
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
    complaints = score.wrong + score.missed + _gate(folder, items)
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
    for part in ("archive", "uploads", "report", "gate", "served"):
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


def _gate(folder: Path, items: list[Item]) -> list[str]:
    """The application through the gate, six more uploads, the questions, and what counts in the end."""
    say("\nThe same application, before anything is stored: onecopy serve")
    with _beside_the_scan(folder, "gate") as one:
        sent = _application(one, folder)
        asked = case.ask(one)
        complaints = case.complaints(sent, asked, items)
        complaints += _six(one, folder)
        complaints += _answers(one, asked)
        complaints += _current(one, folder / "gate" / "catalog.db")
    return complaints


@contextmanager
def _beside_the_scan(folder: Path, name: str, port: int = 0) -> Iterator[gate.Gate]:
    """A gate on a copy of the scan's catalog: no pair that the scan compared is compared again."""
    place = folder / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with (
        closing(sqlite3.connect(folder / "catalog.db")) as scanned,
        closing(sqlite3.connect(place / "catalog.db")) as copy,
    ):
        scanned.backup(copy)
    with gate.running(place, port=port) as one:
        yield one


def _application(one: gate.Gate, folder: Path) -> list[case.Sent]:
    sent: list[case.Sent] = []
    for submission in case.submissions(folder / "archive"):
        now = list(case.send(one, folder / "archive", submission))
        by = case.decisions(now)
        parts = [f"{by[decision]} {words}" for decision, words in _DONE.items() if by[decision]]
        say(f"  {submission.name:28} {len(now):2} files: {', '.join(parts)}")
        sent += now
    return sent


_DONE = {
    "store": "stored",
    "link": "linked to what is held",
    "hold": "stored, with a question",
}


def _six(one: gate.Gate, folder: Path) -> list[str]:
    say("  Six more uploads, and what their sender is told:")
    complaints = []
    for upload in read_uploads(folder):
        reply = one.send(folder / "uploads" / upload.file, CASE)
        decision = reply.get("decision", f"error {reply.get('code')}")
        best = {match["relation"] for match in reply.get("matches", [])[:1]}
        words = fill(reply.get("reason", str(reply)), 100, initial_indent=" " * 9, subsequent_indent=" " * 9)
        say(f"  {decision:6} {upload.title}\n{words}")
        if decision not in upload.decisions.split():
            complaints.append(f"{upload.file}: decided {decision}, expected {upload.decisions}")
        if upload.relations and not best & set(upload.relations.split()):
            complaints.append(f"{upload.file}: found {best or 'nothing'}, expected {upload.relations}")
    return complaints


def _answers(one: gate.Gate, asked: list[dict[str, Any]]) -> list[str]:
    say(f"\nWhat was left to a person, of all that: {_count(len(asked), 'question')}")
    complaints = []
    for question in asked:
        reply = case.answer(one, question)
        said = (reply.get("question") or {}).get("answer")
        say(f"  ? {question['title']}")
        say(f"      answered: {_ANSWERS.get(said, said)}")
        if said is None:
            complaints.append(f"'{question['title']}' could not be answered: {reply}")
    return complaints


_ANSWERS = {
    "both-needed": "both are needed",
    "newer-version-of": "the revision counts, as before",
    "same-keep-left": "one picture; the one that came first is kept",
    "same-keep-right": "one picture; the one that came last is kept",
    "not-related": "not related",
}


def _current(one: gate.Gate, catalog: Path) -> list[str]:
    """The rest of the questions is answered, too: those of the six uploads."""
    for question in case.ask(one):
        case.answer(one, question)
    current = one.current(CASE)
    say(f"\nWhat counts now: onecopy case {CASE}")
    for document in current["documents"]:
        history, now = document["history"], document["current"]
        if len(history) > 1 and now is not None:
            before = ", ".join(f"'{version['sent'][0]['name']}'" for version in history if version != now)
            say(f"  {document['title']:16} '{now['sent'][0]['name']}', before it {before}")
            say(f"                   {document['reason']}")
    command = [sys.executable, "-c", "from onecopy.cli import main; main()", "case", CASE, "--json"]
    shown = json.loads(subprocess.check_output([*command, "--catalog", catalog]))
    copies = sum(len(photograph["copies"]) for photograph in shown["photographs"])
    say(f"  {len(shown['photographs'])} photographs, under which {copies} copies are folded")
    return case.not_current(current)


def serve(folder: Path) -> int:
    """Leave a gate up whose desk has the questions of the whole application, until Ctrl-C."""
    folder = folder.resolve()
    if not (folder / "uploads.tsv").exists():
        _make(folder)
    if not (folder / "catalog.db").exists() and _scan(folder) is None:
        return 1
    say("\nThe application comes in, submission by submission: onecopy serve")
    with _beside_the_scan(folder, "served", _PORT if _is_free(_PORT) else 0) as one:
        _application(one, folder)
        asked = case.ask(one)
        upload = folder / "uploads" / "from e-mail.jpg"
        say(f"\nThe desk is ready, with {_count(len(asked), 'question')} to answer:\n")
        say(f"  open     {one.url}/sign-in")
        say(f"  token    {one.token}      (paste it there; it is in no address)\n")
        say("Send one more photograph, which it has seen before, re-compressed by e-mail:\n")
        say(f"  curl -H 'Authorization: Bearer {one.token}' -F case={CASE} \\")
        say(f"       -F 'file=@{upload}' {one.url}/v1/uploads\n")
        say("See the case in a terminal:\n")
        say(f"  .venv/bin/onecopy case {CASE} --catalog {folder / 'served' / 'catalog.db'}\n")
        say("Ctrl-C ends it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            say("\nStopped.")
    return 0


_PORT = 8420


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) != 0
