"""Where the catalog and the vault are, as these commands are told."""

from typing import Annotated

import typer

Catalog = Annotated[str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")]
Vault = Annotated[
    str | None, typer.Option(envvar="ONECOPY_VAULT", help="What keeps the uploads: a folder or URL.")
]
