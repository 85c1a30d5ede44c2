"""What PostgreSQL needs: its driver, one snapshot a reader, and locks that put writers in line.

Every writer takes an advisory lock before it reads anything, so that what it reads is what is there when it
commits. One that names scopes holds these alone, and shares the catalog with writers of other scopes; one
that names none holds the whole catalog. Locks end with the transaction, also where a process was killed.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Engine, event, text

CONNECT_SECONDS = 10
"""How long to wait for a server that does not answer."""
AT_ONCE = 20
"""Connections of one process, at most; a fourth of them stays open. A server takes 100 unless told."""

READER = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
"""Execution options of a reader: one snapshot. A writer has none, for a snapshot from before the wait for its
lock would show it what was there then."""

_WAIT = "set_config('lock_timeout', :patience, true)"
_LAZY = "set_config('synchronous_commit', 'off', true)"
_DURABLE = (
    "set_config('synchronous_commit', CASE current_setting('synchronous_commit')"
    " WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)"
)


def arguments(busy_seconds: float) -> dict[str, Any]:
    """What ``create_engine`` is told. A connection that died while nobody used it is replaced unnoticed."""
    return {
        "connect_args": {"connect_timeout": CONNECT_SECONDS, "application_name": "onecopy"},
        "pool_pre_ping": True,
        "pool_size": AT_ONCE // 4,
        "max_overflow": AT_ONCE - AT_ONCE // 4,
        "pool_timeout": max(busy_seconds, 1.0),
    }


def set_up(engine: Engine, *, durable: bool, busy_seconds: float) -> None:
    """See to it that every writer begins with its locks."""
    patience = str(max(1, round(busy_seconds * 1000)))

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("onecopy_write"):
            return
        settings = [_WAIT, _DURABLE if durable else _LAZY]
        # One after the other, for a lock must not be waited for without a limit.
        connection.execute(text(f"SELECT {', '.join(settings)}"), {"patience": patience})
        connection.execute(text(f"SELECT {', '.join(_locks(options.get('onecopy_scopes', ())))}"))


def _locks(scopes: Iterable[str]) -> list[str]:
    """The locks of a writer, in an order that is the same for all, so that none waits in a circle."""
    keys = sorted({_key(f"scope {scope}") for scope in scopes})
    if not keys:
        return [f"pg_advisory_xact_lock({_key('all')})"]
    shared = f"pg_advisory_xact_lock_shared({_key('all')})"
    return [shared, *(f"pg_advisory_xact_lock({key})" for key in keys)]


def _key(name: str) -> int:
    """The number of a lock. Two names that share one only wait for each other without need."""
    digest = hashlib.blake2b(f"onecopy {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
