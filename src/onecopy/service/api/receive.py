"""From a request to a filled spool and its context."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool

from onecopy.errors import OnecopyError
from onecopy.pipelines.gate import Context, Gate
from onecopy.service.api import digests
from onecopy.service.api.fields import context
from onecopy.service.api.form import FORM_OVERHEAD, UploadForm
from onecopy.service.api.raw import RawBody, is_raw
from onecopy.service.arriving import chunks
from onecopy.service.auth import Caller
from onecopy.service.metrics import Spooling
from onecopy.service.problems import ProblemError
from onecopy.vault.interface import Spool

PIECE = 1 << 20
"""Bytes that are gathered before a thread writes them."""
DRAIN = 256 << 20
"""Bytes of a refused body that are read and dropped, so that the client gets to read why."""


class Intake(Protocol):
    """What reads a body: a form, or the file itself."""

    fields: dict[str, str]

    @property
    def file_name(self) -> str | None:
        """As the body or a header says it."""
        ...

    def feed(self, body: bytearray) -> None:
        """Take in a piece of the body. Writes to the disk: call it in a thread."""
        ...

    def finish(self) -> None:
        """Check that all of it came."""
        ...


@asynccontextmanager
async def received(request: Request, gate: Gate, caller: Caller) -> AsyncIterator[tuple[Spool, Context]]:
    """Take an upload in from the network.

    Raises:
        ProblemError: The request is neither a form as described nor a file, too large, stalled, or other
            than its digest says; or for another agency.
        UnreadableError: ``too-large``.
        EnvironmentProblem: The vault stands in the way.
        UsageError: ``bad-context``.
    """
    async with AsyncExitStack() as opened:
        opened.enter_context(request.app.state.capacity.place())
        spool = opened.enter_context(await run_in_threadpool(gate.spool))
        spooling = opened.enter_context(Spooling())
        try:
            digest = digests.given(request)
            intake = _intake(request, spool)
            _refuse_early(request, gate.limits.file_bytes)
            await fill(request, intake, spooling)
            digests.refuse_other(spool.sha256, digest)
            about = context(intake.fields, intake.file_name or "", caller)
        except OnecopyError as error:
            if error.code not in ("stalled", "interrupted"):
                await _drain(request)
            raise
        yield spool, about


def _intake(request: Request, spool: Spool) -> Intake:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "encoded-body", "Send the file as it is, without a Content-Encoding.")
    if is_raw(kind.decode("latin-1")):
        return RawBody.of(request, spool)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        detail = (
            "Send the file as multipart/form-data, as an HTML form or 'curl -F' does; or the file alone, "
            "with its own Content-Type or application/octet-stream, and the fields in the address."
        )
        raise ProblemError(415, "not-a-form", detail)
    if request.query_params:
        raise ProblemError(422, "unknown-field", "Of a form the fields are in the form, not in the address.")
    return UploadForm(options[b"boundary"], spool)


async def fill(request: Request, intake: Intake, spooling: Spooling) -> None:
    """Read a body into what takes it in.

    Raises:
        ProblemError: 408: nothing came for too long; 400: it was interrupted; or it is none as described.
        UnreadableError: ``too-large``.
        EnvironmentProblem: The vault stands in the way.
    """
    piece = bytearray()
    async for chunk in chunks(request):
        piece += chunk
        if len(piece) >= PIECE:
            await run_in_threadpool(intake.feed, piece)
            spooling.add(len(piece))
            piece = bytearray()
    await run_in_threadpool(intake.feed, piece)
    spooling.add(len(piece))
    intake.finish()


def _refuse_early(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + FORM_OVERHEAD:
        detail = f"The request is larger than the {most:,} bytes that are let in. Send a smaller file."
        raise ProblemError(413, "too-large", detail)


async def _drain(request: Request) -> None:
    """Read on for a while. A client that waits for leave to send ("100-continue") is not made to send."""
    if request.headers.get("expect", "").lower() == "100-continue":
        return
    left = DRAIN
    try:
        async for chunk in chunks(request):
            left -= len(chunk)
            if left < 0:
                return
    except (RuntimeError, ProblemError):  # gone, or all of it was read, or stalled
        return
