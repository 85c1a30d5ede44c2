"""``onecopy webhook ping`` and ``redeliver``: send a message now."""

import time
from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption
from onecopy.cli.webhook.found import IdArgument, state, webhook

SECONDS = 25.0
"""How long to wait for what comes of it."""


@ends(after_interrupt="It will be sent all the same.")
def ping(id: IdArgument, catalog: CatalogOption = None) -> Code:
    """Send a message that tells nothing, to try a webhook. A running service sends it.

    [bold]Example[/bold]

      onecopy webhook ping 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10
    """
    return _send(id, None, catalog)


@ends(after_interrupt="It will be sent all the same.")
def redeliver(
    id: IdArgument,
    message: Annotated[
        str, typer.Argument(metavar="MESSAGE", help="Which one, as onecopy webhook deliveries shows it.")
    ],
    catalog: CatalogOption = None,
) -> Code:
    """Send a message again, whatever became of it. A running service sends it.

    [bold]Example[/bold]

      onecopy webhook redeliver 0b1f6a0a-6c1e-4e57-9a8e-2f4d7a3c9e10 msg_2f4d7a3c9e100b1f6a0a6c1e4e579a8e
    """
    return _send(id, message, catalog)


def _send(id: str, message: str | None, where: str | None) -> Code:
    from datetime import UTC, datetime

    from onecopy.catalog import deliveries, webhooks
    from onecopy.catalog.store import Catalog
    from onecopy.errors import UsageError

    with Catalog(where, make=False) as catalog:
        with catalog.write([webhooks.SCOPE]) as connection:
            one = webhook(connection, id)
            if one.disabled_at is not None:
                hint = f"Enable it first: onecopy webhook enable {id}"
                raise UsageError(f"The webhook is disabled. {hint}", code="webhook-disabled")
            if message is None:
                message = webhooks.queue(connection, webhooks.PING, {}, [one.id])
            else:
                found = deliveries.get(connection, one, message)
                if found is None:
                    hint = f"See: onecopy webhook deliveries {id}"
                    raise UsageError(f"There is no delivery '{message}'. {hint}", code="not-found")
                deliveries.again(connection, found, datetime.now(UTC))
        end = time.monotonic() + SECONDS
        while True:
            with catalog.read() as connection:
                found = deliveries.get(connection, one, message)
            assert found is not None
            if found.attempts or time.monotonic() > end:
                break
            time.sleep(0.2)
    hint = "" if found.attempts else ". Is a service running? Messages wait for one."
    typer.echo(f"{found.id}: {state(found)}{hint}")
    return Code.DONE if found.state == "delivered" else Code.FAILED
