"""A client of the gate's API, over httpx.

It needs none of the parts that look into pictures::

    from onecopy.client import Client

    with Client("http://127.0.0.1:8420", token) as onecopy:
        reply = onecopy.upload("front.jpg", case="24016-00001")
        print(reply.decision, reply.reason)

Replies are frozen dataclasses. Problems are raised: :class:`ApiError` with the service's ``code`` and a
sentence that says what to do. What broke on the way is tried again, under one ``Idempotency-Key``, so that
nothing is stored twice. :class:`AsyncClient` has the same methods, to be awaited.
"""

from onecopy.client.client import Client
from onecopy.client.errors import ApiError, RejectedError, UnreachableError
from onecopy.client.hooks import Message, NotVerifiedError, verify_webhook
from onecopy.client.model import (
    Case,
    CaseInList,
    Delivery,
    Image,
    ImageMatch,
    ImageMatches,
    Import,
    ImportRow,
    Match,
    Matches,
    NewWebhook,
    Occurrence,
    ProblemInFile,
    Progress,
    Received,
    Reply,
    Webhook,
)
from onecopy.client.waiting import AsyncClient

__all__ = [
    "ApiError",
    "AsyncClient",
    "Case",
    "CaseInList",
    "Client",
    "Delivery",
    "Image",
    "ImageMatch",
    "ImageMatches",
    "Import",
    "ImportRow",
    "Match",
    "Matches",
    "Message",
    "NewWebhook",
    "NotVerifiedError",
    "Occurrence",
    "ProblemInFile",
    "Progress",
    "Received",
    "RejectedError",
    "Reply",
    "UnreachableError",
    "Webhook",
    "verify_webhook",
]
