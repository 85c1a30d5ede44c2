"""``onecopy audit export``: the log as JSON lines, each exactly as it was hashed."""

from pathlib import Path
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends

_PORTION = 1000


@ends()
def export(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write to this file instead of the terminal.")
    ] = None,
    after: Annotated[
        int, typer.Option(min=-1, help="Only entries beyond this position; the first has 0.")
    ] = -1,
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """Write the audit log as JSON lines, with the event names of PREMIS.

    A line is exactly what was hashed: onecopy audit verify --file, or any SHA-256, proves it.

    [bold]Examples[/bold]

      onecopy audit export --out audit.jsonl

      onecopy audit export --after 41999 >> audit.jsonl
    """
    import contextlib
    import sys

    from onecopy.catalog import events
    from onecopy.catalog.store import Catalog

    with contextlib.ExitStack() as opened:
        log = opened.enter_context(Catalog(catalog, make=False))
        file = opened.enter_context(out.open("w", encoding="utf-8")) if out else sys.stdout
        with log.read() as connection:
            while lines := events.lines(connection, agency=None, after=after, limit=_PORTION):
                after = lines[-1][0]
                file.writelines(f"{line}\n" for _, line in lines)
    if out:
        typer.echo(f"Written: {out}")
    return Code.DONE
