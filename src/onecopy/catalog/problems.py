"""What a database says, in a sentence for the person who has to act."""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from onecopy.errors import EnvironmentProblem

_FULL = "disk is full"
_SAID = (
    ("locked", "is in use by another program. Wait for it to end, or choose another with --catalog."),
    ("readonly", "cannot be written. Check its permissions, or choose another with --catalog."),
    ("read-only", "cannot be written. Check its permissions, or choose another with --catalog."),
    ("unable to open", "cannot be opened. Check the path and its permissions."),
    ("not a database", "is not a catalog. Choose another with --catalog."),
    ("malformed", "is damaged. Restore it from a backup, or move it away and scan again."),
    (_FULL, "cannot grow: the disk is full. Free some space and run the command again."),
    ("disk i/o error", "cannot be read or written (disk error). Check the disk."),
    ("connection refused", "does not answer. Check that the database runs and the address is right."),
    ("could not translate host", "does not answer. Check the address."),
    ("password authentication", "refused the user or password."),
)


def environment_problem(error: DBAPIError, url: URL) -> EnvironmentProblem | None:
    """The sentence for a database error, or ``None`` if it is a fault of ours."""
    said = str(error.orig).lower()
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    for sign, advice in _SAID:
        if sign in said:
            code = "disk-full" if sign == _FULL else None
            return EnvironmentProblem(f"The catalog {where} {advice}", code=code)
    return None
