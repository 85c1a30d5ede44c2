"""``onecopy audit verify``: is the log what it was?"""

import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends

if TYPE_CHECKING:
    from onecopy.audit.check import Checked, Entry, Head

_LONGEST = 1 << 20


@ends()
def verify(
    size: Annotated[int | None, typer.Option(min=0, help="A size of the log that was published …")] = None,
    root: Annotated[str | None, typer.Option(help="… and the root that was published with it.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="Prove an export, from the first entry on, instead of the catalog.")
    ] = None,
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> Code:
    """Prove that no entry of the audit log was changed, removed, added or moved, and that the catalog agrees.

    Prints the log's size and root. Publish both, where they cannot be taken back: who could change the log
    and its hashes together is found out only by a root that was published.

    [bold]Examples[/bold]

      onecopy audit verify

      onecopy audit verify --file audit.jsonl --size 42000 --root 5dc9da79a706…
    """
    from onecopy.audit.check import Head, check
    from onecopy.errors import UsageError

    if (size is None) != (root is None):
        raise UsageError("Give --size and --root together, as they were published.")
    published = Head(size=size, root=root) if size is not None and root is not None else None
    found = check(_exported(file), None, published) if file else _kept(catalog, published)
    if json:
        plain = {"intact": found.intact, "size": found.size, "root": found.root, "faults": found.faults}
        typer.echo(json_module.dumps(plain))
    else:
        for line in _lines(found, alone=file is not None and published is None):
            typer.echo(line)
    return Code.DONE if found.intact else Code.FAILED


def _kept(where: str | None, published: "Head | None") -> "Checked":
    from onecopy.audit.check import check
    from onecopy.catalog import events
    from onecopy.catalog.store import Catalog
    from onecopy.records.audited import disagreements

    with Catalog(where, make=False) as catalog, catalog.read() as connection:
        head = events.head(connection)
        found = check(events.entries(connection), head, published)
        if head is None:
            found.fault("What the log says of itself was removed.")
        if found.intact:
            for words in disagreements(connection):
                found.fault(words)
    return found


def _exported(path: Path) -> "Iterator[Entry]":
    from onecopy.audit.check import Entry

    with path.open(encoding="utf-8", errors="replace") as file:
        position = 0
        while line := file.readline(_LONGEST):
            yield Entry(position=position, line=line.rstrip("\n"))
            position += 1


def _lines(found: "Checked", *, alone: bool) -> Iterator[str]:
    """The outcome in words; ``alone`` is an export without a published root, which proves only its order."""
    entries = f"{found.size:,} {'entry' if found.size == 1 else 'entries'}"
    if found.intact and alone:
        yield f"The export has {entries} in order. Whether they are as they were logged, only a root that was"
        yield "published can say: compare it with this one, or give it with --size and --root."
    elif found.intact:
        yield f"The log is intact: {entries}."
    else:
        yield "The log is NOT intact:"
        yield from (f"  {fault}" for fault in found.faults)
    yield f"size {found.size}"
    yield f"root {found.root}"
