"""The service's log: one line an event, for people or as JSON, each with the id of the request it is about.

No token is ever in it, and at the level ``info`` no name of a file and no case: addresses are logged by their
pattern. What libraries log goes the same way.
"""

import logging
import sys

import structlog
from structlog.typing import Processor

from onecopy.service.settings import LogFormat, LogLevel

_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_QUIET = ("uvicorn", "httpx", "httpcore", "alembic", "PIL", "asyncio", "multipart", "python_multipart")
"""Libraries of which only warnings are worth a line."""


def set_up(level: LogLevel, form: LogFormat) -> None:
    """Log to standard error from now on, in this process."""
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_COMMON, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(form)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(_number(level))
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, _number(level)))


def _last(form: LogFormat) -> list[Processor]:
    if form is LogFormat.JSON:
        return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _number(level: LogLevel) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
