"""From a manifest to an import that waits to be worked on."""

from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from onecopy.catalog import import_rows, imports
from onecopy.catalog.batches import batches
from onecopy.catalog.imports import Import, State
from onecopy.catalog.store import Catalog
from onecopy.imports.manifest import Kind, read

TOGETHER = 2000
"""Rows of one transaction: uploads must not wait long for it."""


def receive(
    catalog: Catalog, manifest: BinaryIO, kind: Kind, defaults: Mapping[str, str], one: Import
) -> Import:
    """Write an import down. It begins once all rows are there; one that is cut short never does.

    Args:
        catalog: Where to.
        manifest: Can be read twice: it is read through once before anything is written.
        kind: How it is written.
        defaults: See :func:`onecopy.imports.manifest.read`.
        one: The import to make.

    Raises:
        ManifestError: A row cannot be.
        EnvironmentProblem: The catalog stands in the way.
    """
    manifest.seek(0)
    for _ in read(manifest, kind, defaults):
        pass
    manifest.seek(0)
    number = 0
    with catalog.write([imports.SCOPE]) as connection:
        imports.create(connection, one)
    for batch in batches(read(manifest, kind, defaults), TOGETHER):
        with catalog.write([imports.SCOPE]) as connection:
            import_rows.add(connection, one, batch)
        number += len(batch)
    with catalog.write([imports.SCOPE]) as connection:
        imports.start(connection, one, number)
    return replace(one, state=State.RUNNING, rows=number)
