"""What ``onecopy doctor`` says of a vault."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from onecopy.cli.progress import size

if TYPE_CHECKING:
    from onecopy.catalog.store import Catalog
    from onecopy.pipelines.gate.orphans import Survey
    from onecopy.vault.interface import Kept, Vault

GRACE_DAYS = 7.0
_DAY = 86_400.0
_FEW = 10


def show_vault(
    where: str | None, catalog: str | None, *, remove: bool, grace_days: float, rebuild: bool = False
) -> bool:
    """Show what a vault holds, and what of it no upload names; remove that if asked to.

    Returns:
        Whether it holds all that uploads name.

    Raises:
        UsageError: The address cannot be understood.
    """
    from onecopy.catalog.store import Catalog
    from onecopy.errors import EnvironmentProblem
    from onecopy.pipelines.gate.orphans import survey
    from onecopy.vault.open import open_vault

    typer.echo("Vault")
    try:
        vault = open_vault(where, make=False)
    except EnvironmentProblem as problem:
        typer.echo(f"  {problem.message}")
        return where is None and problem.code == "not-a-vault"  # nobody has needed one
    typer.echo(f"  {vault.place}")
    try:
        with Catalog(catalog, make=False) as opened:
            found = survey(opened, vault)
            _tell(found, vault)
            if remove:
                _remove(opened, vault, found, grace_days)
    except EnvironmentProblem as problem:
        typer.echo(f"  {problem.message}")
        return False
    return not (found.missing or found.broken or (rebuild and _unsound(vault)))


def _unsound(vault: "Vault") -> bool:
    """Whether something that is packed cannot be rebuilt; says what."""
    from onecopy.pipelines.gate.packing import unsound

    found = list(unsound(vault))
    typer.echo(f"  rebuilt all that is packed; {len(found):,} came out otherwise")
    for sha256 in found[:_FEW]:
        typer.echo(f"    {sha256}")
    return bool(found)


def _tell(found: "Survey", vault: "Vault") -> None:
    typer.echo(f"  {found.contents:,} contents, {size(found.bytes)}")
    if found.packed:
        typer.echo(f"  {found.packed:,} of them are packed: rebuilt from others")
    _list(f"{len(found.orphans):,} orphans, which no upload names", found.orphans)
    unfinished = list(vault.leftovers())
    if unfinished:
        typer.echo(f"  {len(unfinished):,} unfinished uploads, {size(sum(one.size for one in unfinished))}")
    if found.broken:
        typer.echo(f"  {len(found.broken):,} packed contents CANNOT BE REBUILT. Restore from a backup:")
        for sha256 in found.broken[:_FEW]:
            typer.echo(f"    {sha256}")
    if found.missing:
        typer.echo(f"  {len(found.missing):,} contents are MISSING that uploads name. Restore from a backup:")
        for sha256 in found.missing[:_FEW]:
            typer.echo(f"    {sha256}")


def _list(title: str, orphans: Iterable["Kept"]) -> None:
    orphans = sorted(orphans, key=lambda one: one.since)
    if orphans:
        typer.echo(f"  {title}, {size(sum(one.size for one in orphans))}; the oldest:")
        for one in orphans[:_FEW]:
            typer.echo(f"    {one.sha256} {size(one.size)}")


def _remove(catalog: "Catalog", vault: "Vault", found: "Survey", grace_days: float) -> None:
    from onecopy.pipelines.gate.orphans import owns, remove

    if not owns(catalog, vault):
        typer.echo("  Nothing was removed: this vault does not belong to this catalog alone.")
        return
    gone = list(remove(catalog, vault, found.orphans, grace=grace_days * _DAY))
    vault.tidy()
    typer.echo(f"  removed {len(gone):,} orphans, {size(sum(one.size for one in gone))}")
