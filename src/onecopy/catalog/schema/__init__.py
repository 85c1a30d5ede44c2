"""The tables. A change here needs a migration beside it (a test compares the two).

Works on SQLite and on PostgreSQL alike: nothing here or in the queries is particular to either.
"""

from onecopy.catalog.schema.allowed import agreement, person, session, setting, token
from onecopy.catalog.schema.asked import (
    answer,
    inheritance,
    judgement,
    question,
    question_change,
    question_member,
    question_pair,
)
from onecopy.catalog.schema.base import Moment, metadata
from onecopy.catalog.schema.decided import decision, event, event_head, policy, tally
from onecopy.catalog.schema.held import (
    arrival,
    container,
    content,
    file_state,
    image,
    occurrence,
    preview,
    remark,
    scan,
    verdict,
)
from onecopy.catalog.schema.programs import delivery, idempotency, import_, import_row, webhook
from onecopy.catalog.schema.versions import version_case, version_member, version_ruling, version_set

__all__ = [
    "Moment",
    "agreement",
    "answer",
    "arrival",
    "container",
    "content",
    "decision",
    "delivery",
    "event",
    "event_head",
    "file_state",
    "idempotency",
    "image",
    "import_",
    "import_row",
    "inheritance",
    "judgement",
    "metadata",
    "occurrence",
    "person",
    "policy",
    "preview",
    "question",
    "question_change",
    "question_member",
    "question_pair",
    "remark",
    "scan",
    "session",
    "setting",
    "tally",
    "token",
    "verdict",
    "version_case",
    "version_member",
    "version_ruling",
    "version_set",
    "webhook",
]
