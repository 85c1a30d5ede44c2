"""``findings.json``: the findings one to one, and the JSON Schema that describes them."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import msgspec

from onecopy.findings import Findings, FoundRelation
from onecopy.model import Evidence
from onecopy.report.staging import Staging

_ENCODER = msgspec.json.Encoder()
_SPARSE = {"Evidence", "Region"}
"""The types whose fields are left out where they have their default value."""


def write_json(findings: Findings, staging: Staging) -> None:
    """Write ``findings.json``: UTF-8, one line for each entry of a list, so that it diffs well."""
    with staging.file("findings.json") as file:
        file.writelines(_document(findings))


def _document(findings: Findings) -> Iterator[bytes]:
    start = b"{\n"
    for key in ("schema", "onecopy", "sources", "totals"):
        yield start + _ENCODER.encode(key) + b": " + encode(getattr(findings, key))
        start = b",\n"
    for key in (f.name for f in fields(Findings) if f.name not in ("schema", "onecopy", "sources", "totals")):
        yield start + _ENCODER.encode(key) + b": ["
        yield from _lines(getattr(findings, key))
        yield b"]"
    yield b"\n}\n"


def _lines(items: Iterable[Any]) -> Iterator[bytes]:
    start, end = b"\n", b""
    for item in items:
        yield start + encode(item)
        start, end = b",\n", b"\n"
    yield end


def encode(item: Any) -> bytes:
    """Encode a part of the findings; a lone surrogate in its text is written as its escape, in letters."""
    if isinstance(item, FoundRelation):
        item = {f.name: getattr(item, f.name) for f in fields(item)} | {"evidence": sparse(item.evidence)}
    try:
        return _ENCODER.encode(item)
    except UnicodeEncodeError:
        return _ENCODER.encode(_printable(msgspec.to_builtins(item)))


def sparse(evidence: Evidence) -> dict[str, Any]:
    """Evidence as plain values, fields that have their default value left out."""
    plain: dict[str, Any] = msgspec.to_builtins(evidence)
    default = msgspec.to_builtins(Evidence(method=evidence.method))
    kept = {key: value for key, value in plain.items() if key == "method" or value != default[key]}
    for region in kept.get("regions", ()):
        if not region["note"]:
            del region["note"]
    return kept


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_printable(key): _printable(item) for key, item in value.items()}
    return [_printable(item) for item in value] if isinstance(value, list | tuple) else value


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of ``findings.json``, generated from the dataclasses.

    Fields are required except in evidence and its regions, where defaults are left out. Unknown fields are
    allowed: a later version of the same schema may add some.
    """
    schema = msgspec.json.schema(Findings)
    for name, part in schema["$defs"].items():
        if "properties" in part and name not in _SPARSE:
            part["required"] = list(part["properties"])
            for field in part["properties"].values():
                field.pop("default", None)
        if "description" in part:
            part["description"] = " ".join(part["description"].replace("``", "").split())
    _tighten(schema["$defs"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "onecopy findings, schema version 1",
        **schema,
    }


def _tighten(parts: dict[str, Any]) -> None:
    """Say what the types alone cannot: ranges, digests, the version and the names of relations."""
    parts["Findings"]["properties"]["schema"] = {"const": Findings.__dataclass_fields__["schema"].default}
    for name in ("by_relation", "redundant"):
        parts["Totals"]["properties"][name]["propertyNames"] = {"$ref": "#/$defs/Relation"}
    for name in ("FoundRelation", "Member"):
        parts[name]["properties"]["confidence"] |= {"minimum": 0, "maximum": 1}
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    parts["FoundImage"]["properties"]["sha256"] = digest
    parts["FoundImage"]["properties"]["image_data_sha256"] = {"anyOf": [digest, {"type": "null"}]}
    parts["Evidence"]["properties"]["turned"] = {"enum": [0, 90, 180, 270], "default": 0}
    for name in ("contains", "original"):
        parts["Evidence"]["properties"][name] = {"enum": ["a", "b", None], "default": None}
    for part in parts.values():
        for field in part.get("properties", {}).values():
            if field == {"type": "integer"}:
                field["minimum"] = 0
