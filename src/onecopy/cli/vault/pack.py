"""``onecopy vault pack``: recipes instead of bytes."""

from collections import Counter
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.vault.places import Catalog, Vault


@ends(after_interrupt="What was packed is packed; run the same command again to go on.")
def pack(
    catalog: Catalog = None,
    vault: Vault = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be packed, and how much it would save.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the result.")] = False,
) -> Code:
    """Replace pictures that share their image data with another by recipes that rebuild them.

    Two JPEGs of one picture that differ in their metadata alone share nearly all bytes. One stays whole; of
    the other a recipe is kept. Each recipe is followed and the result compared by SHA-256 before anything is
    dropped. Reading a packed file needs nothing special. It may run beside the service, whose processes must
    all be of this version or newer.

    [bold]Examples[/bold]

      onecopy vault pack --dry-run

      onecopy vault pack --catalog /srv/onecopy/catalog.db --vault /srv/onecopy/vault
    """
    from onecopy.catalog.store import Catalog as Store
    from onecopy.cli.progress import choose, size
    from onecopy.pipelines.gate.packing import Outcome, pairs
    from onecopy.pipelines.gate.packing import pack as packing
    from onecopy.vault.open import open_vault

    counts: Counter[Outcome] = Counter()
    saved = 0
    contents = open_vault(vault, make=False)
    with Store(catalog, durable=True, make=False) as store, choose(quiet=quiet, as_json=False) as progress:
        todo = list(pairs(store, contents))
        progress.stage("packing", items=len(todo), bytes_=sum(pair.size for pair in todo))
        for done in packing(store, contents, todo, dry_run=dry_run):
            counts[done.outcome] += 1
            if done.outcome in (Outcome.PACKED, Outcome.WOULD_BE):
                saved += done.before - done.after
            progress.advance(bytes_=done.before)
    for outcome, number in sorted(counts.items()):
        typer.echo(f"{number:,} {outcome}")
    typer.echo(f"{'would save' if dry_run else 'saved'} {size(saved)}")
    return Code.PARTLY if counts[Outcome.UNREADABLE] else Code.DONE
