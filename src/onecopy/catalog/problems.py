"""What a database says, in a sentence for the person who has to act."""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError

from onecopy.errors import EnvironmentProblem

_FULL = "cannot grow: the disk is full. Free some space and run the command again."
_BUSY = "is in use by another program. Wait for it to end, or choose another with --catalog."
_READ_ONLY = "cannot be written. Check its permissions, or choose another with --catalog."
_SILENT = "does not answer. Check that the database runs and the address is right."
_GONE = "broke off. Check that the database runs, and run the command again."
_REFUSED = "refused the user or password. Check both, and the server's pg_hba.conf."
_CROWDED = "has no connection left. Run fewer processes, or raise the server's max_connections."
_COLLIDED = "was changed by another program at the same moment. Run the command again."

_SQLITE = (
    ("locked", _BUSY),
    ("readonly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("unable to open", "cannot be opened. Check the path and its permissions."),
    ("not a database", "is not a catalog. Choose another with --catalog."),
    ("malformed", "is damaged. Restore it from a backup, or move it away and scan again."),
    ("disk is full", _FULL),
    ("disk i/o error", "cannot be read or written (disk error). Check the disk."),
)

_STATES = (
    ("08", _GONE),
    ("28", _REFUSED),
    ("3D", "does not exist. Make it with: createdb NAME"),
    ("25006", _READ_ONLY),
    ("40001", _COLLIDED),
    ("40P01", _COLLIDED),
    ("42501", "lets this user do too little. Make the user the database's owner."),
    ("53100", _FULL),
    ("53200", "has too little memory. Look at the server's log."),
    ("53300", _CROWDED),
    ("55P03", _BUSY),
    ("57P", _GONE),
    ("58", "cannot be read or written. Look at the server's log."),
)
"""By how the code of PostgreSQL's error begins (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

_POSTGRESQL = (
    ("password authentication", _REFUSED),
    ("no password supplied", _REFUSED),
    ("no pg_hba.conf entry", _REFUSED),
    ("does not exist", "has no such user or database. Check the address, or make it with: createdb NAME"),
    ("too many clients", _CROWDED),
    ("remaining connection slots", _CROWDED),
    ("starting up", "is starting. Wait a moment and run the command again."),
    ("shutting down", _SILENT),
    ("connection refused", _SILENT),
    ("timeout expired", _SILENT),
    ("connection timeout", _SILENT),
    ("no such file or directory", _SILENT),
    ("failed to resolve", "does not answer: there is no such host. Check the address."),
    ("could not translate host", "does not answer: there is no such host. Check the address."),
    ("server closed the connection", _GONE),
    ("connection is lost", _GONE),
    ("consuming input failed", _GONE),
    ("sending data failed", _GONE),
    ("connection failed", _SILENT),
)
"""What it says where there is no code: mostly before there is a connection."""


def shown(url: URL) -> str:
    """A catalog's address without anything secret: options may hold passwords as well."""
    if url.get_backend_name() == "sqlite":
        return url.database or ":memory:"
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def environment_problem(error: SQLAlchemyError, url: URL) -> EnvironmentProblem | None:
    """The sentence for a database error, or ``None`` if it is a fault of ours.

    Codes: ``disk-full``; ``collided`` where trying again will do; else ``environment``.
    """
    if isinstance(error, TimeoutError):
        advice: str | None = (
            "is asked more at once than it has connections for. Try again, or run fewer at once."
        )
    elif isinstance(error, DBAPIError):
        advice = _advice(error, url)
    else:
        advice = None
    if advice is None:
        return None
    code = {_FULL: "disk-full", _COLLIDED: "collided"}.get(advice)
    return EnvironmentProblem(f"The catalog {shown(url)} {advice}", code=code)


def _advice(error: DBAPIError, url: URL) -> str | None:
    said = str(error.orig).lower()
    if url.get_backend_name() == "sqlite":
        return next((advice for sign, advice in _SQLITE if sign in said), None)
    state = getattr(error.orig, "sqlstate", None) or ""
    by_state = next((advice for start, advice in _STATES if state.startswith(start)), None)
    if by_state or state:
        return by_state
    return next((advice for sign, advice in _POSTGRESQL if sign in said), None)
