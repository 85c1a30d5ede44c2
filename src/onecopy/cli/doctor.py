"""``onecopy doctor``: what protects this machine, what is installed, and where the catalog is."""

from typing import Annotated

import typer

from onecopy import __version__
from onecopy.cli.ending import Code, ends
from onecopy.cli.vault.show import GRACE_DAYS, show_vault
from onecopy.parts import parts


@ends()
def doctor(
    catalog: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_CATALOG", help="Path or URL of the catalog. By default in your data folder."
        ),
    ] = None,
    vault: Annotated[
        str | None,
        typer.Option(
            envvar="ONECOPY_VAULT",
            help="What keeps uploads: a folder or s3://bucket/prefix. By default in your data folder.",
        ),
    ] = None,
    remove_orphans: Annotated[
        bool,
        typer.Option(
            "--remove-orphans",
            help="Remove what crashes left in the vault: contents no upload names, and unfinished files.",
        ),
    ] = False,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make everything that is packed, and compare its digest.")
    ] = False,
    grace_days: Annotated[
        float, typer.Option(min=0, help="Leave orphans alone for so many days after they last came.")
    ] = GRACE_DAYS,
) -> Code:
    """Show what protection is active, which extras are installed, and the state of catalog and vault."""
    from onecopy import sandbox

    typer.echo(f"onecopy {__version__}")
    typer.echo("Sandbox")
    protection = sandbox.status()
    for name, state in protection.items():
        typer.echo(f"  {name}: {state}")
    typer.echo("Extras")
    for name, purpose, installed in parts():
        state = "installed" if installed else f"missing; install it with: pip install 'onecopy[{name}]'"
        typer.echo(f"  {name} ({purpose}): {state}")
    sound = _show_catalog(catalog)
    kept = show_vault(vault, catalog, remove=remove_orphans, grace_days=grace_days, rebuild=rebuild)
    sound = kept and sound
    return Code.DONE if sound and not protection["worker"].startswith("NOT") else Code.FAILED


def _show_catalog(where: str | None) -> bool:
    from onecopy.catalog import occurrences
    from onecopy.catalog.problems import shown
    from onecopy.catalog.store import Catalog, default_url, parse
    from onecopy.errors import EnvironmentProblem

    typer.echo(f"Catalog\n  {shown(parse(where or default_url()))}")
    try:
        with Catalog(where, make=False) as catalog, catalog.read() as connection:
            for name, number in occurrences.counts(connection).items():
                typer.echo(f"  {number:,} {name}")
    except EnvironmentProblem as problem:
        if where is None and problem.code == "no-catalog":
            typer.echo("  none yet; a scan, an import or the service makes it")
            return True
        typer.echo(f"  {problem.message}")
        return False
    return True
