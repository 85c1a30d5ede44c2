"""Forms with a file: the file goes to the spool while it arrives; they are protected as others are."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import NamedTuple

from fastapi import Request
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool

from onecopy.pipelines.gate import Gate
from onecopy.service.api.form import UploadForm
from onecopy.service.api.receive import fill
from onecopy.service.metrics import Spooling
from onecopy.service.pages.form import refuse_other_sites, same
from onecopy.service.pages.visitor import CSRF, SignInNeededError, Visitor, check, current
from onecopy.service.problems import ProblemError
from onecopy.service.roles import Permission
from onecopy.vault.interface import Spool

KNOWN = (CSRF, "agency")


class FileForm(NamedTuple):
    """A form with a file that may be acted on, and who sent it. The spool is dropped after the answer."""

    visitor: Visitor
    fields: dict[str, str]
    name: str
    spool: Spool

    @property
    def size(self) -> int:
        """Bytes of the file; 0 where none was chosen."""
        return self.spool.size


@dataclass(slots=True)
class _PictureForm(UploadForm):
    def finish(self) -> None:
        if not self.ended or self.file_name is None:
            raise ProblemError(400, "malformed-form", "The form ended too early. Send it again.")


def file_form(permission: Permission) -> Callable[[Request], AsyncIterator[FileForm]]:
    """A dependency: a form of this session with a file, sent by somebody who may do something.

    Who it is, and from where, is known before anything of the body is read; a file cannot be kept through a
    sign-in, so nothing is.
    """

    async def allowed(request: Request) -> AsyncIterator[FileForm]:
        refuse_other_sites(request)
        visitor = await run_in_threadpool(current, request)
        if visitor is None:
            raise SignInNeededError
        check(visitor, permission)
        gate: Gate = request.app.state.gate
        with (
            request.app.state.capacity.place(),
            await run_in_threadpool(gate.spool) as spool,
            Spooling() as spooling,
        ):
            form = _PictureForm(_boundary(request), spool, KNOWN)
            await fill(request, form, spooling)
            if not same(form.fields.get(CSRF, ""), visitor):
                raise ProblemError(403, "form-expired", "The page is from an earlier session. Load it again.")
            yield FileForm(visitor, form.fields, form.file_name or "", spool)

    return allowed


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise ProblemError(415, "not-a-form", "Send the file as the form of the page does.")
    return options[b"boundary"]
