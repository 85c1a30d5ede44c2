"""``onecopy import``: take an archive in, row by row of a manifest."""

import json as json_module
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from onecopy.catalog import import_rows
    from onecopy.catalog.imports import Import
    from onecopy.catalog.store import Catalog
    from onecopy.cli.progress import Bars, Plain, Quiet
    from onecopy.imports.run import Importer

SECONDS = 0.5
"""Between two looks at how far it is."""
SHOWN = 10
"""Rows with problems that are shown."""


@ends(after_interrupt="Nothing is lost. Run the same command again to continue.")
def import_(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="CSV with a header, or JSON lines (*.jsonl, *.ndjson).")
    ],
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the files are; nothing outside is read. By default the manifest's folder."),
    ] = None,
    bucket: Annotated[
        list[str] | None,
        typer.Option(help="A bucket that may be read, too: s3://bucket/prefix?endpoint=… Repeatable."),
    ] = None,
    case: Annotated[str, typer.Option(help="The case of rows that name none.")] = "",
    source: Annotated[str, typer.Option(help="The source of rows that name none.")] = "import",
    category: Annotated[str, typer.Option(help="The category of rows that name none.")] = "",
    agency: Annotated[str, typer.Option(help="Whose the files are.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each file; store nothing.")
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try the rows once more that went wrong the last time.")
    ] = False,
    at_once: Annotated[
        int | None, typer.Option(min=1, max=64, help="Files at a time. By default one for each processor.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(envvar="ONECOPY_POLICY", help="What becomes of uploads. By default as shipped."),
    ] = None,
    vault: Annotated[
        str | None, typer.Option(envvar="ONECOPY_VAULT", help="Where to keep the files: a folder or s3://…")
    ] = None,
    catalog: CatalogOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write progress and result as JSON lines.")] = False,
) -> Code:
    """Take an archive in: every file that a manifest names goes through the gate.

    The manifest says of each file where it is and to which case it belongs; the columns name, source,
    category, captured_at and metadata are optional. A row is done once, however often this is started.

    [bold]Exit codes[/bold]: 0 done, 1 failed, 2 wrong usage, 3 done but some rows could not be taken in,
    130 interrupted.

    [bold]Examples[/bold]

      onecopy import archive.csv --folder /archive/2019 --agency building --dry-run

      onecopy import archive.csv --folder /archive/2019 --agency building
    """
    from onecopy.catalog.store import Catalog
    from onecopy.cli.progress import choose
    from onecopy.imports.places import Places
    from onecopy.imports.run import Importer
    from onecopy.pipelines.gate import Gate
    from onecopy.policy import Policy

    root = (folder or manifest.parent).resolve()
    places = Places.parse(str(root), " ".join(bucket or []))
    defaults = {"case": case, "source": source, "category": category}
    rules = Policy.load(policy) if policy else None
    with Catalog(catalog) as opened:
        one = _import(opened, manifest, defaults, agency=agency, place=f"command in {root}", dry_run=dry_run)
        one = _again(opened, one) if retry else one
        with Gate.open(catalog, vault, workers=at_once, policy=rules) as gate:
            importer = Importer(gate, places, at_once=at_once or _cores(), place=one.place)
            with choose(quiet=quiet, as_json=json) as progress:
                _work(opened, importer, one, progress)
        return _tell(opened, one, quiet=quiet, as_json=json)


def _import(
    catalog: "Catalog",
    manifest: Path,
    defaults: "Mapping[str, str]",
    *,
    agency: str,
    place: str,
    dry_run: bool,
) -> "Import":
    """The import of this manifest: the one that was begun, or a new one."""
    import hashlib

    from onecopy.catalog import imports
    from onecopy.cli.actor import actor
    from onecopy.imports.manifest import Kind
    from onecopy.imports.receive import receive
    from onecopy.pipelines.gate.context import one_line

    kind = Kind.JSON_LINES if manifest.suffix.lower() in (".jsonl", ".ndjson") else Kind.CSV
    with manifest.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        digest.update(json_module.dumps(dict(defaults), sort_keys=True).encode())
        like = imports.Import(
            agency=one_line("agency", agency),
            name=manifest.name,
            manifest=digest.hexdigest(),
            place=place,
            dry_run=dry_run,
            created_by=actor(),
        )
        with catalog.read() as connection:
            found = imports.latest(connection, like)
        if found is None:
            return receive(catalog, file, kind, defaults, like)
    if found.state is imports.State.PAUSED:
        with catalog.write([imports.SCOPE]) as connection:
            imports.change(connection, found, imports.State.RUNNING, by=like.created_by)
    return found


def _again(catalog: "Catalog", one: "Import") -> "Import":
    from onecopy.catalog import import_rows, imports
    from onecopy.cli.actor import actor

    with catalog.write([imports.SCOPE]) as connection:
        import_rows.again(connection, one, by=actor())
    return one


def _work(catalog: "Catalog", importer: "Importer", one: "Import", progress: "Plain | Bars | Quiet") -> None:
    """Work on it in a thread, so that this one can be interrupted, and look now and then how far it is."""
    progress.stage("Trying" if one.dry_run else "Importing", items=one.rows)
    shown = 0
    with _working(importer, one) as (ended, failures):
        last = False
        while not last:
            last = ended.is_set()
            done = one.rows - _progress(catalog, one).waiting
            progress.advance(done - shown)
            shown = done
            ended.wait(0 if last else SECONDS)
    if failures:
        raise failures[0]


@contextmanager
def _working(importer: "Importer", one: "Import") -> "Iterator[tuple[threading.Event, list[BaseException]]]":
    """Work in a thread; gives what is set at its end, and what it failed with.

    An event is waited for and not the thread: Python 3.11 takes a thread for ended when an interrupt meets
    :meth:`threading.Thread.join`, and the gate would be closed under it.
    """
    from onecopy.imports.run import CLAIM

    failures: list[BaseException] = []
    ended = threading.Event()

    def work() -> None:
        end = time.monotonic() + CLAIM.total_seconds() + 5
        try:
            # One that was killed leaves its claim behind for a while.
            while importer.work(one.id) is None and importer.has_work(one.id) and time.monotonic() < end:
                time.sleep(SECONDS)
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    threading.Thread(target=work, name="import").start()
    try:
        yield ended, failures
    finally:
        importer.stop()
        ended.wait()


def _tell(catalog: "Catalog", one: "Import", *, quiet: bool, as_json: bool) -> Code:
    from onecopy.catalog import import_rows
    from onecopy.catalog.import_rows import RowState

    found = _progress(catalog, one)
    with catalog.read() as connection:
        wrong = import_rows.rows(connection, one, limit=SHOWN, states=[RowState.PROBLEM])
    if as_json:
        said = {"event": "import", "id": one.id, "rows": one.rows, "waiting": found.waiting}
        said |= {"decisions": dict(found.decisions), "problems": found.problems, "repeated": found.repeated}
        typer.echo(json_module.dumps(said))
    elif not quiet:
        for line in _lines(one, found):
            typer.echo(line)
        for row in wrong:
            typer.echo(f"  line {row.number}, {row.file}: {row.message} ({row.code})")
        if found.problems > len(wrong):
            typer.echo(f"  and {found.problems - len(wrong):,} more")
        if found.problems:
            typer.echo("When that is mended, run the same command with --retry.")
    if found.waiting:
        typer.echo("onecopy: Another program works on it, or it was paused. Run it again later.", err=True)
        return Code.FAILED
    return Code.PARTLY if found.problems else Code.DONE


def _lines(one: "Import", found: "import_rows.Progress") -> "list[str]":
    words = {"store": "stored as new", "link": "linked", "hold": "held for a person", "reject": "rejected"}
    would = "would be " if one.dry_run else ""
    lines = [f"{one.rows:,} rows: {one.rows - found.waiting:,} done"]
    lines += [
        f"  {found.decisions[name]:,} {would}{word}"
        for name, word in words.items()
        if name in found.decisions
    ]
    if found.repeated:
        lines.append(
            f"  {found.repeated:,} of them have the bytes of an earlier row, and would be linked to it"
        )
    if found.problems:
        lines.append(f"  {found.problems:,} could not be taken in:")
    return lines


def _progress(catalog: "Catalog", one: "Import") -> "import_rows.Progress":
    from onecopy.catalog import import_rows

    with catalog.read() as connection:
        return import_rows.progress(connection, one, datetime.now(UTC))


def _cores() -> int:
    from onecopy.engines.local import usable_cores

    return usable_cores()
