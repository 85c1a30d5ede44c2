"""Tables for spreadsheets and analysis: CSV always, Parquet where its extra is installed.

A spreadsheet runs a cell that begins with ``= + - @``, a tab or a line break as a formula. In CSV, such a
cell, and one that begins with an apostrophe, is therefore given one more apostrophe in front. To have the
text back, take one apostrophe off each cell that begins with one. JSON and Parquet hold the text as it is.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice

from onecopy.findings import Findings, FoundImage, FoundRelation
from onecopy.report.staging import Staging

IMAGE_COLUMNS = {
    "locator": "string",
    "sha256": "string",
    "image_data_sha256": "string",
    "bytes": "int64",
    "width": "int64",
    "height": "int64",
    "format": "string",
    "kept": "string",
    "relation": "string",
    "confidence": "float64",
}
"""``kept`` is the locator of the image kept in the same group (its own, if it is the one), else empty;
``relation`` and ``confidence`` are to that one."""

RELATION_COLUMNS = {
    "a": "string",
    "b": "string",
    "relation": "string",
    "confidence": "float64",
    "method": "string",
    "words": "string",
    "regions": "int64",
    "contains": "string",
    "original": "string",
    "turned": "int64",
    "mirrored": "bool_",
    "overlap_a": "float64",
    "overlap_b": "float64",
}
"""``regions`` is how many places differ; the places themselves are in ``findings.json``."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")
_BATCH = 20_000

Row = Sequence[object]


def write_csv(findings: Findings, staging: Staging) -> None:
    """Write ``relations.csv`` and ``images.csv``: RFC 4180, UTF-8, safe to open in a spreadsheet."""
    for name, columns, rows in _tables(findings):
        with staging.file(f"{name}.csv") as file:
            text = io.TextIOWrapper(file, "utf-8", errors="backslashreplace", newline="")
            writer = csv.writer(text)
            writer.writerow(columns)
            writer.writerows([guard(cell) for cell in row] for row in rows)
            text.detach()


def guard(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula (see the module's description)."""
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def write_parquet(findings: Findings, staging: Staging) -> None:
    """Write ``relations.parquet`` and ``images.parquet``; nothing where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return
    for name, columns, rows in _tables(findings):
        schema = pa.schema([(column, getattr(pa, kind)()) for column, kind in columns.items()])
        with staging.file(f"{name}.parquet") as file, pq.ParquetWriter(file, schema) as writer:
            for batch in _batches(rows):
                columns_of_batch = zip(*batch, strict=True)
                arrays = [
                    pa.array([_unicode(cell) for cell in cells], field.type)
                    for cells, field in zip(columns_of_batch, schema, strict=True)
                ]
                writer.write_batch(pa.record_batch(arrays, schema=schema))


def _tables(findings: Findings) -> Iterator[tuple[str, dict[str, str], Iterator[Row]]]:
    yield "relations", RELATION_COLUMNS, (_relation_row(found) for found in findings.relations)
    place = _places(findings)
    yield "images", IMAGE_COLUMNS, (_image_row(image, place) for image in findings.images)


def _relation_row(found: FoundRelation) -> Row:
    evidence = found.evidence
    return (
        found.a,
        found.b,
        found.relation.value,
        found.confidence,
        evidence.method,
        " ".join(evidence.words),
        len(evidence.regions),
        evidence.contains,
        evidence.original,
        evidence.turned,
        evidence.mirrored,
        evidence.overlap_a,
        evidence.overlap_b,
    )


def _image_row(image: FoundImage, place: dict[str, Row]) -> Row:
    return (
        image.locator,
        image.sha256,
        image.image_data_sha256,
        image.bytes,
        image.width,
        image.height,
        image.format,
        *place.get(image.locator, (None, None, None)),
    )


def _places(findings: Findings) -> dict[str, Row]:
    """For each image in a group: the one that is kept, and its relation to that one."""
    place: dict[str, Row] = {group.keep: (group.keep, None, None) for group in findings.groups}
    for group in findings.groups:
        for member in group.members:
            if member.locator != group.keep:
                place[member.locator] = (group.keep, member.relation.value, member.confidence)
    return place


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _unicode(cell: object) -> object:
    return cell.encode("utf-8", "backslashreplace").decode() if isinstance(cell, str) else cell
