"""Between a :class:`~onecopy.model.Fingerprint` and a row: exact both ways, whatever fields it grows."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import msgspec

from onecopy.catalog.schema import image
from onecopy.model import Evidence, Fingerprint, Verdict

_COLUMNS = tuple(f.name for f in fields(Fingerprint) if f.name in image.c)
_DETAILS = tuple(f.name for f in fields(Fingerprint) if f.name not in image.c)


def from_fingerprint(fingerprint: Fingerprint) -> dict[str, Any]:
    """The columns of an image that its fingerprint fills; what has no column goes into ``details``."""
    row = {name: getattr(fingerprint, name) for name in _COLUMNS}
    row["details"] = {name: msgspec.to_builtins(getattr(fingerprint, name)) for name in _DETAILS}
    return row


def to_fingerprint(row: Mapping[Any, Any]) -> Fingerprint:
    """The fingerprint of a whole image row."""
    values = {name: row[name] for name in _COLUMNS} | row["details"]
    return msgspec.convert(values, Fingerprint)


def from_verdict(verdict: Verdict) -> dict[str, Any]:
    """The columns that a verdict fills. Evidence leaves its defaults out: most verdicts say little."""
    return {
        "relation": str(verdict.relation),
        "confidence": verdict.confidence,
        "evidence": sparse(verdict.evidence),
    }


def to_verdict(row: Mapping[Any, Any]) -> Verdict:
    """The verdict of a row."""
    values = {name: row[name] for name in ("relation", "confidence", "evidence")}
    return msgspec.convert(values, Verdict)


def sparse(evidence: Evidence) -> dict[str, Any]:
    """Evidence as plain types, without the fields that stand at their default."""
    plain = Evidence(method=evidence.method)
    changed = {f.name for f in fields(Evidence) if getattr(evidence, f.name) != getattr(plain, f.name)}
    return {name: msgspec.to_builtins(getattr(evidence, name)) for name in sorted(changed | {"method"})}
