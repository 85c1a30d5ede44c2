"""What a scan found, in a few lines a person understands, or as one JSON line."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import typer

from onecopy.cli.progress import size
from onecopy.findings import Totals
from onecopy.model import LINKABLE, Relation
from onecopy.pipelines.scan.model import Changes, Scanned

_ASIDE = {
    Relation.EDITED: "edited: one picture, changed or cut differently",
    Relation.UNCLEAR: "unclear: a person has to look",
    Relation.SAME_SCENE: "of one scene: different captures, kept apart",
    Relation.SAME_FORM: "on one form: different content, kept apart",
    Relation.DISTINCT: "alike at first sight, and different: kept apart",
}
_SHOWN = 3


def print_summary(
    scanned: Scanned, written: Sequence[Path], *, seconds: float, price: float, as_json: bool
) -> None:
    """Print it on standard output."""
    if as_json:
        event = {
            "event": "done",
            "seconds": round(seconds, 3),
            "totals": msgspec.to_builtins(scanned.findings.totals),
            "changes": msgspec.to_builtins(scanned.changes),
            "written": [str(path) for path in written],
        }
        typer.echo(json.dumps(event))
        return
    for line in _lines(scanned, written, seconds, price):
        typer.echo(line)


def _lines(scanned: Scanned, written: Sequence[Path], seconds: float, price: float) -> Iterator[str]:
    totals = scanned.findings.totals
    yield (
        f"{_count(totals.files, 'file')}, {size(totals.bytes)}, {_count(totals.images, 'image')}, "
        f"in {seconds:,.1f} s"
    )
    yield from _changed(scanned.changes)
    yield from _copies(totals, price)
    for relation, words in _ASIDE.items():
        if number := totals.by_relation.get(relation, 0):
            yield f"  {_count(number, 'pair')} {words}"
    if totals.unmatchable:
        yield f"  {_count(totals.unmatchable, 'image')} too plain or small to match but by bytes"
    if totals.unreadable:
        yield f"  {_count(totals.unreadable, 'file or part', 'files or parts')} could not be read:"
        yield from _unreadable(scanned)
    for path in written:
        if path.suffix == ".html":
            yield f"Report: {path}"
    if not written:
        yield "For a report with pictures, add --out FOLDER."


def _changed(changes: Changes) -> Iterator[str]:
    if changes.continued:
        yield f"  continued: {_count(changes.unchanged, 'file')} had been read before the interruption"
    if changes.unchanged:
        since = [f"{changes.unchanged:,} unchanged"] + [
            f"{number:,} {word}"
            for number, word in (
                (changes.new, "new"),
                (changes.changed, "changed"),
                (changes.moved, "moved"),
                (changes.vanished, "vanished"),
            )
            if number
        ]
        yield f"  since the last scan: {', '.join(since)}"
    yield from _examples("changed", changes.first_changed, changes.changed)
    yield from _examples("moved", [f"{old} → {new}" for old, new in changes.first_moved], changes.moved)
    yield from _examples("vanished", changes.first_vanished, changes.vanished)


def _examples(word: str, names: Sequence[str], number: int) -> Iterator[str]:
    for name in names[:_SHOWN]:
        yield f"    {word}: {name}"
    if number > _SHOWN:
        yield f"    … and {number - _SHOWN:,} more {word}"


def _copies(totals: Totals, price: float) -> Iterator[str]:
    linkable = [
        (relation, totals.redundant[relation]) for relation in Relation if relation in totals.redundant
    ]
    linkable = [(relation, one) for relation, one in linkable if relation in LINKABLE]
    images = sum(one.images for _, one in linkable)
    if not images:
        yield "  no copies"
        return
    share = images / totals.images if totals.images else 0.0
    kinds = ", ".join(f"{one.images:,} {relation}" for relation, one in linkable)
    yield f"  {_count(images, 'image')} nobody needs to look at again ({share:.0%}): {kinds}"
    redundant = sum(one.bytes for _, one in linkable)
    free = sum(one.reclaimable_bytes for _, one in linkable)
    cost = redundant / 1e12 * price
    yield f"  {size(redundant)} redundant (${cost:,.2f} a year); linking gives back {size(free)} of it"


def _unreadable(scanned: Scanned) -> Iterator[str]:
    codes: dict[str, int] = {}
    for one in scanned.findings.unreadable:
        codes[one.code] = codes.get(one.code, 0) + 1
    for code, number in sorted(codes.items(), key=lambda item: (-item[1], item[0])):
        yield f"    {number:,} {code}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
