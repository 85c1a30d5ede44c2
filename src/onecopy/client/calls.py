"""Every request of the API that the clients make."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from onecopy.client.ask import Ask, File, digest_header, fresh_key, name_of, segment, sha256_of
from onecopy.client.model import (
    Case,
    CaseInList,
    Delivery,
    Import,
    ImportRow,
    Matches,
    NewWebhook,
    Occurrence,
    Reply,
    Webhook,
)

Metadata = Mapping[str, Any]


class Page(Protocol):
    """A page of a list."""

    @property
    def next(self) -> str | int | None:
        """The cursor of the page behind it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrences:
    """A page."""

    occurrences: tuple[Occurrence, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """A page."""

    cases: tuple[CaseInList, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """A page."""

    imports: tuple[Import, ...]
    next: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A page."""

    rows: tuple[ImportRow, ...]
    next: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """All of them."""

    webhooks: tuple[Webhook, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliveries:
    """A page."""

    deliveries: tuple[Delivery, ...]
    next: str | None = None


def fields(
    case: str,
    name: str,
    agency: str | None,
    source: str,
    category: str,
    captured_at: datetime | None,
    metadata: Metadata | None,
) -> dict[str, str]:
    """The fields of an upload's form; those that are empty are left out."""
    said = {"case": case, "name": name, "agency": agency, "source": source, "category": category}
    said |= {"captured_at": captured_at.isoformat() if captured_at else None}
    said |= {"metadata": json.dumps(dict(metadata)) if metadata else None}
    return {key: value for key, value in said.items() if value}


def upload(file: File, said: Mapping[str, str], key: str | None) -> Ask[Reply]:
    """Under a key of its own, so that it may be sent again; and with its digest, so that it comes whole."""
    headers = {"Idempotency-Key": key or fresh_key(), "Repr-Digest": digest_header(sha256_of(file))}
    name = name_of(file, said.get("name", ""))
    return Ask(
        method="POST",
        path="/v1/uploads",
        kind=Reply,
        file=file,
        fields=said,
        name=name,
        headers=headers,
        repeatable=True,
    )


def check(file: File, said: Mapping[str, str]) -> Ask[Reply]:
    """With the bytes."""
    name = name_of(file, said.get("name", ""))
    path = "/v1/checks"
    return Ask(method="POST", path=path, kind=Reply, file=file, fields=said, name=name, repeatable=True)


def check_digest(sha256: str, said: Mapping[str, str]) -> Ask[Reply]:
    """Without them."""
    body: dict[str, Any] = {"sha256": sha256, **said}
    if "metadata" in body:
        body["metadata"] = json.loads(said["metadata"])
    return Ask(method="POST", path="/v1/checks", kind=Reply, json=body, repeatable=True)


def occurrence(id: str) -> Ask[Occurrence]:
    """One."""
    return Ask(method="GET", path=f"/v1/occurrences/{segment(id)}", kind=Occurrence)


def delete(id: str) -> Ask[None]:
    """One."""
    return Ask(method="DELETE", path=f"/v1/occurrences/{segment(id)}", kind=type(None))


def matches(id: str) -> Ask[Matches]:
    """Of one."""
    return Ask(method="GET", path=f"/v1/occurrences/{segment(id)}/matches", kind=Matches)


def case(id: str, agency: str | None) -> Ask[Case]:
    """One."""
    if {".", ".."} & set(id.split("/")):  # clients take these out of a path
        return Ask(method="GET", path="/v1/cases/_", kind=Case, params={"agency": agency, "case": id})
    return Ask(method="GET", path=f"/v1/cases/{segment(id)}", kind=Case, params={"agency": agency})


def occurrences(cursor: str | None, filters: Mapping[str, Any]) -> Ask[Occurrences]:
    """A page."""
    plain = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in filters.items()
        if name != "metadata"
    }
    plain |= {f"metadata[{key}]": value for key, value in (filters.get("metadata") or {}).items()}
    return Ask(method="GET", path="/v1/occurrences", kind=Occurrences, params=plain | {"cursor": cursor})


def cases(cursor: str | None, filters: Mapping[str, Any]) -> Ask[Cases]:
    """A page."""
    return Ask(method="GET", path="/v1/cases", kind=Cases, params={**filters, "cursor": cursor})


def create_import(
    manifest: str | Path | bytes,
    *,
    json_lines: bool | None,
    dry_run: bool,
    name: str,
    agency: str | None,
    defaults: Mapping[str, str],
) -> Ask[Import]:
    """From a manifest, whose kind its name says."""
    if json_lines is None:
        json_lines = Path(name_of(manifest, "")).suffix.lower() in (".jsonl", ".ndjson")
    kind = "application/jsonl" if json_lines else "text/csv"
    params = {"name": name or name_of(manifest, "") or "manifest", "agency": agency}
    params |= {"dry_run": "true" if dry_run else None, **{k: v or None for k, v in defaults.items()}}
    headers = {"Content-Type": kind}
    return Ask(
        method="POST",
        path="/v1/imports",
        kind=Import,
        file=manifest,
        raw=True,
        params=params,
        headers=headers,
    )


def import_(id: str) -> Ask[Import]:
    """One."""
    return Ask(method="GET", path=f"/v1/imports/{segment(id)}", kind=Import)


def change_import(id: str, to: str) -> Ask[Import]:
    """Pause, resume, cancel, retry: doing it twice is doing it once."""
    return Ask(method="POST", path=f"/v1/imports/{segment(id)}/{to}", kind=Import, repeatable=True)


def imports(cursor: str | None) -> Ask[Imports]:
    """A page."""
    return Ask(method="GET", path="/v1/imports", kind=Imports, params={"cursor": cursor})


def import_rows(id: str, cursor: int | None, states: Collection[str]) -> Ask[Rows]:
    """A page."""
    params = {"cursor": cursor, "state": list(states) or None, "limit": 1000}
    return Ask(method="GET", path=f"/v1/imports/{segment(id)}/rows", kind=Rows, params=params)


def create_webhook(url: str, events: Collection[str] | None, agency: str | None) -> Ask[NewWebhook]:
    """One."""
    body: dict[str, Any] = {"url": url}
    body |= {"events": list(events)} if events is not None else {}
    body |= {"agency": agency} if agency is not None else {}
    return Ask(method="POST", path="/v1/webhooks", kind=NewWebhook, json=body)


def webhooks() -> Ask[Webhooks]:
    """All."""
    return Ask(method="GET", path="/v1/webhooks", kind=Webhooks)


def delete_webhook(id: str) -> Ask[None]:
    """One."""
    return Ask(method="DELETE", path=f"/v1/webhooks/{segment(id)}", kind=type(None))


def deliveries(id: str, cursor: str | None) -> Ask[Deliveries]:
    """A page."""
    path = f"/v1/webhooks/{segment(id)}/deliveries"
    return Ask(method="GET", path=path, kind=Deliveries, params={"cursor": cursor})
