"""What callers say of an upload, made fit to be stored."""

import re
from dataclasses import replace
from pathlib import Path

from onecopy.errors import UsageError
from onecopy.locator import quote
from onecopy.pipelines.gate.model import Context

LONGEST = 200
"""Characters of a case, agency, source, category or uploader."""
LONGEST_NAME = 1024

_LINES = ("case", "agency", "source", "category", "uploader")

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def checked(context: Context, file: object) -> Context:
    """The context with its name filled in and storable.

    A name may hold anything a file system allows; the other fields are one line each.

    Raises:
        UsageError: ``bad-context``, and which field it is about.
    """
    fields = {field: one_line(field, getattr(context, field)) for field in _LINES}
    if not fields["case"]:
        raise UsageError(
            "The field 'case' is empty. Say which case the upload belongs to.", code="bad-context"
        )
    name = context.name or (file.name if isinstance(file, Path) else "") or "unnamed"
    if len(name) > LONGEST_NAME:
        raise UsageError(f"The name is longer than {LONGEST_NAME} characters.", code="bad-context")
    return replace(context, **fields, name=_storable(name))


def one_line(field: str, value: str) -> str:
    """The value as it is kept, without the space around it: ``agency=fire`` and ``agency= fire`` are one.

    Raises:
        UsageError: ``bad-context``: it is too long, or more than a line.
    """
    value = value.strip()
    if len(value) > LONGEST:
        raise UsageError(f"The field '{field}' is longer than {LONGEST} characters.", code="bad-context")
    if _CONTROL.search(value):
        raise UsageError(f"The field '{field}' has control characters in it.", code="bad-context")
    return value


def _storable(name: str) -> str:
    """Names that no database takes (zero bytes, bytes that are not UTF-8) are percent-encoded."""
    return quote(name) if re.search(r"[\x00\ud800-\udfff]", name) else name
