"""What can go wrong, in words for the person who has to act.

Every error carries a stable ``code`` (part of the public interface: it appears in findings,
in HTTP problems and in logs) and a message that says what to do next.
"""


class OnecopyError(Exception):
    """Base of every error this package raises on purpose.

    Attributes:
        code: Stable, lower-case, hyphenated name of the problem.
        message: One or two sentences: what happened, and what to do.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class UnreadableError(OnecopyError):
    """An input could not be read as what it claims to be; the file itself is untouched.

    Codes in use: ``truncated``, ``corrupt``, ``too-many-pixels``, ``too-large``, ``too-many-images``,
    ``unsupported-format``, ``needs-extra``, ``decode-timeout``, ``out-of-memory``, ``worker-died``,
    ``encrypted``, ``nested-too-deep``, ``not-an-image``, ``no-access``, ``vanished``, ``empty-file``,
    ``not-a-file`` (a link, pipe, device …), ``fault`` (nobody foresaw it: a bug worth reporting).
    """

    code = "corrupt"


class UsageError(OnecopyError):
    """The caller asked for something that cannot be done as asked (exit code 2)."""

    code = "usage"


class EnvironmentProblem(OnecopyError):  # noqa: N818 - EnvironmentError is a builtin
    """The machine stands in the way: a missing source, a full disk, a locked catalog (exit code 1)."""

    code = "environment"
