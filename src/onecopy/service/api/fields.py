"""The fields of an upload: one list, for forms, for addresses, and for the API's description."""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from onecopy.pipelines.gate import Context
from onecopy.pipelines.gate.context import LARGEST_METADATA, LONGEST, LONGEST_NAME, metadata, moment
from onecopy.service.auth import Caller
from onecopy.service.problems import ProblemError
from onecopy.spoken import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. ``longest`` is in characters; of JSON (``metadata``), in bytes."""

    name: str
    about: str
    longest: int
    example: str
    required: bool = False
    format: str | None = None
    one_line: bool = False

    def schema(self) -> dict[str, Any]:
        """As the API's description has it."""
        more: dict[str, Any] = {"format": self.format} if self.format is not None else {}
        if self.one_line:
            more["pattern"] = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$"
        if self.required:
            more["minLength"] = 1
        return {"type": "string", "maxLength": self.longest, "examples": [self.example]} | more


FIELDS = (
    Field(
        one_line=True,
        name="case",
        about="What it belongs to.",
        longest=LONGEST,
        example="24016-00001",
        required=True,
    ),
    Field(
        one_line=True,
        name="agency",
        about="Whose it is, where the token is for all agencies. Agencies never see each other's.",
        longest=LONGEST,
        example="building",
    ),
    Field(one_line=True, name="source", about="Where it came from.", longest=LONGEST, example="portal"),
    Field(
        one_line=True,
        name="category",
        about="What it is to the agency.",
        longest=LONGEST,
        example="site-photo",
    ),
    Field(
        name="name", about="Its name, if it is not the file's own.", longest=LONGEST_NAME, example="front.jpg"
    ),
    Field(
        name="captured_at",
        about="When it was taken, with its zone (RFC 3339).",
        longest=40,
        example="2026-05-03T09:12:44-07:00",
        format="date-time",
    ),
    Field(
        name="metadata",
        about="What is to be kept beside it, and given back: a small JSON object.",
        longest=LARGEST_METADATA,
        example='{"inspector": "Kim"}',
    ),
)
NAMES = tuple(field.name for field in FIELDS)
LONGEST_FIELD = LARGEST_METADATA
"""Bytes of one field on its way in: room for a name of the most characters, too."""


def refuse_unknown(name: str, before: Container[str], *known: str) -> None:
    """Let no field pass that is not known, or that came before: a slip must not file an upload wrongly.

    Raises:
        ProblemError: 422.
    """
    if name not in known:
        plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        detail = f"The request has a field '{shown(plain)}', which is none of: {', '.join(known)}."
        raise ProblemError(422, "unknown-field", detail)
    if name in before:
        raise ProblemError(422, "repeated-field", f"The field '{name}' is there more than once.")


def refuse_no_case(fields: Mapping[str, str]) -> None:
    """Let no upload pass without a case.

    Raises:
        ProblemError: 422.
    """
    if "case" not in fields:
        raise ProblemError(422, "no-case", "There is no field 'case'. Say which case it belongs to.")


def context(fields: Mapping[str, str], file_name: str, caller: Caller) -> Context:
    """What is known of an upload, from its fields; one that is empty is as if it were not there.

    Raises:
        ProblemError: 403: it is for another agency.
        UsageError: ``bad-context``.
    """
    given = {name: text for name, text in fields.items() if text}
    agency = caller.sends_for(given["agency"].strip() if "agency" in given else None)
    taken = given.get("captured_at", "").strip()
    return Context(
        case=given.get("case", ""),
        agency=agency,
        source=given.get("source", ""),
        category=given.get("category", ""),
        name=given.get("name", file_name),
        uploader=caller.name,
        captured_at=moment("captured_at", taken) if taken else None,
        metadata=metadata(given["metadata"]) if given.get("metadata", "").strip() else {},
    )
