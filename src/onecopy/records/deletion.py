"""Deleting an occurrence: it is marked, not erased, and what others need stays.

The bytes are untouched. Where no occurrence names them any more they wait out a grace time, and a clean-up
takes them (:mod:`onecopy.pipelines.gate.orphans`); until then the occurrence's content can be had again.
"""

from sqlalchemy import Connection

from onecopy.audit.event import Event, Kind
from onecopy.catalog import decisions, events, occurrences
from onecopy.catalog.occurrences import Occurrence
from onecopy.errors import UsageError
from onecopy.records.versions.land import forget
from onecopy.records.withdrawing import withdraw_from


def delete(connection: Connection, one: Occurrence, *, by: str) -> None:
    """Delete an upload's occurrence.

    Args:
        connection: Of a write transaction.
        one: Which one.
        by: Who does.

    Raises:
        UsageError: ``under-hold``: a person has yet to decide about it.
    """
    last = decisions.of_occurrence(connection, one.id)[-1]
    if last.decision == "hold":
        raise UsageError(
            "The occurrence is held: somebody has yet to look at it. Decide about it first.",
            code="under-hold",
        )
    decisions.count_no_more(connection, one.id)
    occurrences.gone(connection, [one.id])
    withdraw_from(connection, one, by=by)
    objects = [("occurrence", one.public_id)]
    objects += [("sha256", one.content)] if one.content is not None else []
    events.append(
        connection,
        Event(
            kind=Kind.OCCURRENCE_DELETED,
            actor=by,
            agency=one.agency,
            details={"case": one.case_id},
            objects=tuple(objects),
        ),
    )
    forget(connection, one, by=by)
