"""From a request to a filled spool and its context."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from onecopy.errors import OnecopyError
from onecopy.pipelines.gate import Context, Gate
from onecopy.service.api.form import FORM_OVERHEAD, UploadForm
from onecopy.service.auth import Caller
from onecopy.service.problems import ProblemError
from onecopy.vault.interface import Spool

PIECE = 1 << 20
"""Bytes that are gathered before a thread writes them."""
DRAIN = 256 << 20
"""Bytes of a refused body that are read and dropped, so that the client gets to read why."""


@asynccontextmanager
async def received(request: Request, gate: Gate, caller: Caller) -> AsyncIterator[tuple[Spool, Context]]:
    """Take an upload in from the network.

    Raises:
        ProblemError: The request is not a form as described, or too large; or for another agency.
        UnreadableError: ``too-large``.
        EnvironmentProblem: The vault stands in the way.
    """
    async with AsyncExitStack() as opened:
        spool = opened.enter_context(await run_in_threadpool(gate.spool))
        try:
            form = UploadForm(_boundary(request), spool)
            _refuse_early(request, gate.limits.file_bytes)
            await _fill(request, form)
        except ClientDisconnect:
            raise ProblemError(400, "interrupted", "The upload was interrupted. Send it again.") from None
        except OnecopyError:
            await _drain(request)
            raise
        yield spool, _context(form, caller)


async def _fill(request: Request, form: UploadForm) -> None:
    piece = bytearray()
    async for chunk in request.stream():
        piece += chunk
        if len(piece) >= PIECE:
            await run_in_threadpool(form.feed, bytes(piece))
            piece.clear()
    await run_in_threadpool(form.feed, bytes(piece))
    form.finish()


def _context(form: UploadForm, caller: Caller) -> Context:
    fields = {"name": form.file_name or ""} | {name: text for name, text in form.fields.items() if text}
    agency = caller.sends_for(fields["agency"].strip() if "agency" in fields else None)
    return Context(**({"case": ""} | fields | {"agency": agency}), uploader=caller.name)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        detail = "Send the file as multipart/form-data, as an HTML form or 'curl -F' does."
        raise ProblemError(415, "not-a-form", detail)
    return options[b"boundary"]


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
        async for chunk in request.stream():
            left -= len(chunk)
            if left < 0:
                return
    except (ClientDisconnect, RuntimeError):  # gone, or all of it was read
        return
