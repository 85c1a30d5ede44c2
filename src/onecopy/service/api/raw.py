"""Reading an upload whose body is the file itself; what else is said of it stands in the address."""

from dataclasses import dataclass, field

from fastapi import Request

from onecopy.service.api.disposition import file_name
from onecopy.service.api.fields import NAMES, refuse_no_case, refuse_unknown
from onecopy.vault.interface import Spool

KINDS = ("application/octet-stream", "application/pdf", "application/zip", "application/x-tar")
"""Media types beside ``image/*``. They only tell a file from a form: what it is, its bytes say."""


def is_raw(kind: str) -> bool:
    """Whether a media type is that of a file."""
    return kind in KINDS or kind.startswith("image/")


@dataclass(slots=True)
class RawBody:
    """A file that is being read. Feed it the body; the fields are there from the start."""

    spool: Spool
    fields: dict[str, str] = field(default_factory=dict)
    file_name: str = ""

    @classmethod
    def of(cls, request: Request, spool: Spool) -> "RawBody":
        """Begin, with what address and headers say.

        Raises:
            ProblemError: A field is missing, unknown or repeated.
        """
        fields: dict[str, str] = {}
        for name, text in request.query_params.multi_items():
            refuse_unknown(name, fields, *NAMES)
            fields[name] = text
        refuse_no_case(fields)
        return cls(spool, fields, file_name(request.headers.get("content-disposition", "")))

    def feed(self, body: bytearray) -> None:
        """Take in a piece of the body. Writes to the disk: call it in a thread.

        Raises:
            UnreadableError: ``too-large``.
            EnvironmentProblem: The vault stands in the way.
        """
        self.spool.write(body)

    def finish(self) -> None:
        """All of it came: the server sees to that."""
