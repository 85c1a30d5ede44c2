"""The rows of an upload, all in the one transaction that decided."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from onecopy.catalog import (
    arrivals,
    contents,
    decisions,
    events,
    images,
    occurrences,
    tallies,
    verdicts,
    webhooks,
)
from onecopy.catalog.contents import Identified
from onecopy.catalog.decisions import Decision
from onecopy.catalog.images import StoredImage
from onecopy.catalog.occurrences import Occurrence
from onecopy.catalog.store import Catalog
from onecopy.fingerprint import FINGERPRINT_VERSION
from onecopy.pipelines.exact import UNFINISHED
from onecopy.pipelines.gate.answers import pair
from onecopy.pipelines.gate.asking import ask, followed
from onecopy.pipelines.gate.event import actor, event, told
from onecopy.pipelines.gate.look import Look
from onecopy.pipelines.gate.model import GateReply
from onecopy.pipelines.gate.reply import plain, reply
from onecopy.pipelines.gate.upload import Upload
from onecopy.pipelines.identify import EXTRAS
from onecopy.policy import Policy
from onecopy.policy.history import adopt, pack
from onecopy.records.versions.land import land, tell
from onecopy.verify.interface import VERIFY_VERSION

Also = Callable[[Connection, GateReply], None]
"""Something that is written in the same transaction as an upload (see :meth:`Gate.submit`)."""


@contextlib.contextmanager
def writing(catalog: Catalog, upload: Upload) -> Iterator[Connection]:
    """A transaction beside which nothing is decided of the agencies whose images the upload may match.

    Where fingerprints would become others that another agency goes by, too, it is beside no other at all.

    Raises:
        EnvironmentProblem: The catalog stands in the way.
    """
    agency = upload.context.agency
    with catalog.write([arrivals.scope(one) for one in upload.agencies]) as connection:
        shared = upload.settled and not arrivals.holders(connection, upload.sha256) <= {agency}
        if not shared or _is_known(connection, upload):
            yield connection
            return
    with catalog.write() as connection:
        yield connection


def _is_known(connection: Connection, upload: Upload) -> bool:
    digests = contents.known(connection, [upload.sha256], version=FINGERPRINT_VERSION, extras=EXTRAS)
    return bool(digests)


def store(
    connection: Connection, upload: Upload, found: Look, policy: Policy, also: Also | None = None
) -> GateReply:
    """Write what became of an upload: its content, its occurrence, the verdicts and the decision."""
    adopt(connection, policy, actor=actor(upload))
    unknown = _store_content(connection, upload)
    own = list(images.of_contents(connection, [upload.sha256], features=False))
    context = upload.context
    one = Occurrence(
        name=context.name,
        content=upload.sha256,
        case_id=context.case,
        agency=context.agency,
        source=context.source or None,
        category=context.category or None,
        uploader=context.uploader or None,
        captured_at=context.captured_at,
        metadata=context.metadata or None,
    )
    one = replace(one, id=occurrences.add(connection, one))
    arrivals.add(connection, context.agency, upload.sha256)
    _store_verdicts(connection, upload, found, own)
    answer = reply(upload, found, policy, occurrence=one.public_id)
    decisions.add_first(
        connection,
        Decision(
            occurrence=one.id,
            decision=answer.decision,
            reason=answer.reason,
            matches=[plain(match) for match in answer.matches],
            made_at=one.seen_at,
            policy=policy.digest,
            rule=answer.ruling.rule,
            reviewers=answer.ruling.reviewers,
            facts=pack(answer.seen, upload.parts, upload.file_type),
            answer=followed(found),
        ),
        one,
        upload.size,
        alone=unknown,
    )
    ask(connection, upload, one, found, answer, policy)
    if also is not None:
        also(connection, answer)
    changes = land(connection, one, own, by=actor(upload), review=policy.review)
    _announce(connection, upload, answer, policy)
    tell(connection, context.agency, context.case, changes, by=actor(upload))
    return answer


def record_rejection(
    connection: Connection, upload: Upload, answer: GateReply, policy: Policy, also: Also | None = None
) -> None:
    """Write that an upload was turned away; of itself nothing is kept."""
    adopt(connection, policy, actor=actor(upload))
    tallies.rejected(connection, upload.context.agency, upload.context.source, datetime.now(UTC))
    if also is not None:
        also(connection, answer)
    _announce(connection, upload, answer, policy)


def _announce(connection: Connection, upload: Upload, answer: GateReply, policy: Policy) -> None:
    """Let the agency's webhooks know, and last, for others wait there, the audit log."""
    kind, payload = told(answer)
    webhooks.emit(connection, kind, upload.context.agency, payload)
    events.append(connection, event(upload, answer, policy))


def _store_content(connection: Connection, upload: Upload) -> bool:
    """Once a content; also one that a scan identified, if it left digests out.

    Returns:
        Whether nobody knew it.
    """
    if not upload.settled:
        return contents.add(connection, upload.sha256, upload.size)
    one = Identified(sha256=upload.sha256, size=upload.size, identity=upload.identity)
    if contents.add_identified(connection, one, version=FINGERPRINT_VERSION, extras=EXTRAS):
        return True
    if _is_known(connection, upload):
        _add_digests(connection, upload)
    else:
        contents.record_all(connection, [one], version=FINGERPRINT_VERSION, extras=EXTRAS)
    return False


def _add_digests(connection: Connection, upload: Upload) -> None:
    """Digest what a scan left out."""
    found = {image.inner: image.fingerprint.image_data_sha256 for image in upload.identity.images}
    missing = {
        one.id: digest
        for one in images.of_contents(connection, [upload.sha256], features=False)
        if one.fingerprint.image_data_sha256 is None and (digest := found.get(one.inner)) is not None
    }
    images.set_image_data_sha256(connection, missing)


def _store_verdicts(connection: Connection, upload: Upload, found: Look, own: Iterable[StoredImage]) -> None:
    mine = {one.inner: one for one in own}
    asked = {question.key: question for question in found.asked if question.mine.inner in mine}
    verdicts.record(
        connection,
        {
            pair(mine[question.mine.inner], question.earlier): upload.answers[key]
            for key, question in asked.items()
            if key in upload.answers and upload.answers[key].evidence.method != UNFINISHED
        },
        version=VERIFY_VERSION,
    )
