"""``onecopy vault unpack``: whole files again."""

from onecopy.cli.ending import Code, ends
from onecopy.cli.vault.places import Catalog, Vault


@ends(after_interrupt="What was unpacked is unpacked; run the same command again to go on.")
def unpack(catalog: Catalog = None, vault: Vault = None) -> Code:
    """Keep everything whole again that was packed.

    [bold]Examples[/bold]

      onecopy vault unpack

      onecopy vault unpack --catalog /srv/onecopy/catalog.db --vault /srv/onecopy/vault
    """
    import typer

    from onecopy.catalog.store import Catalog as Store
    from onecopy.cli.progress import size
    from onecopy.pipelines.gate.packing import Outcome, packed
    from onecopy.pipelines.gate.packing import unpack as unpacking
    from onecopy.vault.open import open_vault

    contents = open_vault(vault, make=False)
    with Store(catalog, durable=True, make=False) as store:
        done = list(unpacking(store, contents, packed(contents)))
    failed = [one for one in done if one.outcome is not Outcome.UNPACKED]
    typer.echo(f"{len(done) - len(failed):,} unpacked, {size(sum(one.after for one in done))}")
    for one in failed:
        typer.echo(f"  {one.sha256}: {one.outcome}", err=True)
    return Code.PARTLY if failed else Code.DONE
