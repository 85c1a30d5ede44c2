"""``onecopy scan``: find every copy in folders and files, and report it."""

import time
from pathlib import Path
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends

PRICE = 276.0
"""US dollars for a terabyte and year: the list price of ordinary cloud storage in 2026."""


@ends(after_interrupt="What was read is kept; run the same command again to continue.")
def scan(
    source: Annotated[list[str], typer.Argument(metavar="SOURCE", help="Folders and files to look through.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write findings.json, CSV and report.html into this folder."),
    ] = None,
    catalog: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_CATALOG", help="Path or URL of the catalog. By default in your data folder."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="How many files to look at at once. By default one for each processor."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Leave out what matches this glob, by name or by path. Repeatable."),
    ] = None,
    paranoid: Annotated[
        bool, typer.Option("--paranoid", help="Read every file again, even if it looks unchanged.")
    ] = False,
    all_relations: Annotated[
        bool, typer.Option("--all-relations", help="List pairs that only share a form, too.")
    ] = False,
    price: Annotated[
        float, typer.Option(min=0, help="What a terabyte costs in a year, in US dollars, for the report.")
    ] = PRICE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write progress and result as JSON lines.")] = False,
) -> Code:
    """Find every copy in folders and files, also inside PDFs and archives.

    Nothing is changed or deleted. A second scan reads only what is new or changed.

    [bold]Exit codes[/bold]: 0 done, 1 failed, 2 wrong usage, 3 done but some inputs could not be read,
    130 interrupted.

    [bold]Examples[/bold]

      onecopy scan photos --out report

      onecopy scan /archive/2019 /archive/2020 --exclude '*.tmp' --exclude .git --out report

      onecopy scan photos --json
    """
    from onecopy.engines.local import LocalEngine
    from onecopy.fingerprint.interface import IDENTIFY

    engine = LocalEngine(workers)
    engine.prepare(IDENTIFY)  # in a process of its own, while this one loads what follows

    from onecopy.cli.output import own, prepare, write
    from onecopy.cli.progress import choose
    from onecopy.cli.summary import print_summary
    from onecopy.pipelines.scan.run import Scan

    if out:
        prepare(out)
    begun = time.monotonic()
    with (
        engine,
        Scan(
            source,
            catalog=catalog,
            engine=engine,
            exclude=exclude or (),
            ignore=own(out) if out else [],
            paranoid=paranoid,
            all_relations=all_relations,
        ) as one,
        choose(quiet=quiet, as_json=json) as progress,
    ):
        scanned = one.run(progress)
        written = write(one, scanned.findings, out, price, progress) if out else []
    seconds = time.monotonic() - begun
    if json or not quiet:
        print_summary(scanned, written, seconds=seconds, price=price, as_json=json)
    return Code.PARTLY if scanned.findings.unreadable else Code.DONE
