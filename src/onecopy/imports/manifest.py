"""Manifests: CSV with a header, or JSON lines. Each row names a file and says what is known of it besides."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

import msgspec

from onecopy.catalog.import_rows import Row
from onecopy.errors import UsageError
from onecopy.pipelines.gate import Context
from onecopy.pipelines.gate.context import checked, metadata, moment

LONGEST_LINE = 64 << 10
"""Bytes."""
MOST_ROWS = 2_000_000
LONGEST_FILE = 4096
"""Characters of a file's place."""
TOLD = 20
"""How many wrong rows are told of."""

FIELDS = ("case", "name", "source", "category", "captured_at", "metadata")
INTO_METADATA = "metadata."
"""Begins the name of a column that becomes a part of the metadata."""


class Kind(StrEnum):
    """How a manifest is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A row that cannot be: its line, and why."""

    line: int
    message: str


class ManifestError(UsageError):
    """A manifest that cannot be followed; ``wrong`` says where, for the first rows."""

    code = "bad-manifest"

    def __init__(self, wrong: list[Wrong]) -> None:
        places = "; ".join(f"line {one.line}: {one.message.removesuffix('.')}" for one in wrong[:3])
        super().__init__(f"The manifest cannot be followed, and nothing was begun: {places}.")
        self.wrong = wrong


def read(file: BinaryIO, kind: Kind, defaults: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a manifest, numbered by their lines.

    Args:
        file: The manifest.
        kind: How it is written.
        defaults: What holds for every row that does not say otherwise, by the names in :data:`FIELDS`.

    Raises:
        ManifestError: At the end, if rows are wrong; it has none, or too many.
    """
    wrong: list[Wrong] = []
    number, found = 0, 0
    records = _csv(file) if kind is Kind.CSV else _json_lines(file)
    while len(wrong) < TOLD:
        try:
            record = next(records, None)
            if record is None:
                break
            number, values = record
            found += 1
            if found > MOST_ROWS:
                raise _WrongError(number, f"There are more than {MOST_ROWS:,} rows. Split it.")
            yield _row(number, {**_said(defaults), **_said(values)})
        except UsageError as error:
            wrong.append(Wrong(line=number, message=error.message))
        except _WrongError as error:
            wrong.append(Wrong(line=error.line, message=error.message))
            break  # what follows cannot be told apart
    if not found and not wrong:
        wrong = [Wrong(line=1, message="There is no row.")]
    if wrong:
        raise ManifestError(wrong)


def context(row: Row, *, agency: str, uploader: str) -> Context:
    """What the gate is told of a row's file.

    Raises:
        UsageError: ``bad-context``.
    """
    values = dict(row.context)
    taken = values.pop("captured_at", "")
    return checked(
        Context(
            agency=agency,
            uploader=uploader,
            captured_at=moment("captured_at", taken) if taken else None,
            **{"name": row.file.rpartition("/")[2], "case": ""} | values,
        ),
        None,
    )


class _WrongError(Exception):
    """From here on the manifest cannot be read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line, self.message = line, message


def _row(number: int, values: Mapping[str, Any]) -> Row:
    """A row, checked as the gate will check it: better now than after hours."""
    known = dict(values)
    file = known.pop("file", "")
    if not isinstance(file, str) or not file or len(file) > LONGEST_FILE or "\0" in file:
        raise UsageError("'file' says no file.")
    extra = {name: known.pop(name) for name in [*known] if name.startswith(INTO_METADATA)}
    if unknown := sorted(set(known) - set(FIELDS)):
        name = unknown[0]
        raise UsageError(f"{name!r} is none of: file, {', '.join(FIELDS)}. To keep it: metadata.{name}.")
    more = known.pop("metadata", {})
    more = metadata(more) if isinstance(more, str) else more
    if not isinstance(more, dict):
        raise UsageError("'metadata' is no object.")
    for name, value in known.items():
        if not isinstance(value, str):
            raise UsageError(f"{name!r} is no text.")
    known["metadata"] = more | {name.removeprefix(INTO_METADATA): value for name, value in extra.items()}
    row = Row(number=number, file=file, context=known)
    context(row, agency="", uploader="")
    return row


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in values.items() if value not in ("", None)}


def _lines(file: BinaryIO) -> Iterator[tuple[int, str]]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise _WrongError(number, f"It is longer than {LONGEST_LINE:,} bytes.")
        try:
            yield number, line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise _WrongError(number, "It is not UTF-8.") from None


def _csv(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    records = csv.reader((line for _, line in _lines(file)), strict=True)
    try:
        names = [name.strip() for name in next(records, [])]
        if "file" not in names or len(set(names)) < len(names):
            raise _WrongError(1, "The first line names the columns, each once, and one is 'file'.")
        begins = records.line_num + 1
        for record in records:
            if len(record) > len(names):
                raise _WrongError(begins, f"It has {len(record)} columns, and the header {len(names)}.")
            if any(record):
                yield begins, dict(zip(names, (value.strip() for value in record), strict=False))
            begins = records.line_num + 1
    except csv.Error as error:
        raise _WrongError(records.line_num, f"It is no CSV ({error}).") from None


def _json_lines(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in _lines(file):
        if line.strip():
            try:
                yield number, msgspec.json.decode(line, type=dict[str, Any])
            except (msgspec.DecodeError, RecursionError):
                raise _WrongError(number, "It is no JSON object.") from None
