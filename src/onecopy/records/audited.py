"""Whether the catalog still says what the audit log says: every upload that was logged, and no other."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from onecopy.audit.event import Kind
from onecopy.catalog.batches import batches
from onecopy.catalog.schema import answer, decision, event, occurrence

_KEPT = (Kind.UPLOAD_STORED, Kind.UPLOAD_LINKED, Kind.UPLOAD_HELD)


def disagreements(connection: Connection) -> Iterator[str]:
    """Where the two differ, in words. The log itself is taken for true: prove it first."""
    deleted = {_object(said, "occurrence") for said in _lines(connection, [Kind.OCCURRENCE_DELETED])}
    logged = 0
    for batch in batches(_lines(connection, _KEPT)):
        logged += len(batch)
        yield from _differences(connection, batch, deleted)
    decided = select(func.count()).select_from(decision).where(decision.c.policy.is_not(None))
    found = connection.scalar(decided) or 0
    if found != logged:
        yield f"The log has {logged:,} uploads that were kept, and the catalog {found:,} decisions on such."
    yield from _answers(connection)


def _answers(connection: Connection) -> Iterator[str]:
    """What people answered: every answer that was logged, as it was logged, and no other."""
    undone = {_object(said, "answer") for said in _lines(connection, [Kind.REVIEW_UNDONE])}
    logged = 0
    for batch in batches(_lines(connection, [Kind.REVIEW_DECIDED])):
        logged += len(batch)
        ids = [_object(said, "answer") for said in batch]
        columns = (answer.c.public_id, answer.c.answer, answer.c.by, answer.c.undone_at)
        query = select(*columns).where(answer.c.public_id.in_(ids), answer.c.final)
        rows = {row["public_id"]: row for row in connection.execute(query).mappings()}
        for said, id in zip(batch, ids, strict=True):
            if id not in rows:
                yield f"Answer {id} is in the log (entry {said['position']}) and not in the catalog."
                continue
            for word, expected, is_now in (
                ("answer", said["eventOutcome"], rows[id]["answer"]),
                ("reviewer", said["linkingAgentIdentifierValue"], rows[id]["by"]),
                ("standing", id in undone, rows[id]["undone_at"] is not None),
            ):
                if expected != is_now:
                    yield f"Answer {id} has another {word} in the catalog than in the log."
    found = connection.scalar(select(func.count()).select_from(answer).where(answer.c.final)) or 0
    if found != logged:
        yield f"The log has {logged:,} answers of people, and the catalog {found:,}."


def _lines(connection: Connection, kinds: Iterable[Kind]) -> Iterator[dict[str, Any]]:
    query = select(event.c.line).where(event.c.kind.in_([str(kind) for kind in kinds]))
    query = query.order_by(event.c.position)
    for line in connection.scalars(query, execution_options={"yield_per": 500}):
        yield json.loads(line)


def _differences(connection: Connection, logged: list[dict[str, Any]], deleted: set[str]) -> Iterator[str]:
    columns = [occurrence.c[name] for name in ("public_id", "content", "case_id", "agency", "gone_at")]
    columns += [decision.c[name] for name in ("decision", "rule", "policy")]
    query = select(*columns).join(decision, decision.c.occurrence == occurrence.c.id)
    ids = [_object(said, "occurrence") for said in logged]
    query = query.where(decision.c.policy.is_not(None), occurrence.c.public_id.in_(ids))
    rows = {row["public_id"]: row for row in connection.execute(query).mappings()}
    for said, id in zip(logged, ids, strict=True):
        if id not in rows:
            if id not in deleted:
                yield f"Upload {id} is in the log (entry {said['position']}) and no longer in the catalog."
            continue
        if (rows[id]["gone_at"] is not None) != (id in deleted):
            yield f"Upload {id} is deleted in one of the log and the catalog, and not in the other."
        for word, expected, is_now in _facts(said, rows[id]):
            if expected != is_now:
                yield f"Upload {id} has the {word} {is_now!r} in the catalog, and {expected!r} in the log."


def _facts(said: Mapping[str, Any], row: Mapping[Any, Any]) -> Iterator[tuple[str, Any, Any]]:
    details = said["eventOutcomeDetail"]
    yield "digest", _object(said, "sha256"), row["content"]
    yield "agency", said["agency"], row["agency"]
    yield "decision", said["eventOutcome"], row["decision"]
    for name, column in (("case", "case_id"), ("rule", "rule"), ("policy", "policy")):
        yield name, details[name], row[column]


def _object(said: Mapping[str, Any], kind: str) -> str:
    return next((one["value"] for one in said["linkingObjectIdentifiers"] if one["type"] == kind), "")
