"""What the commands about one webhook share."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from onecopy.catalog.deliveries import Delivery
    from onecopy.catalog.webhooks import Webhook

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Which one, as onecopy webhook list shows it.")]


def webhook(connection: "Connection", id: str) -> "Webhook":
    """A webhook by its id.

    Raises:
        UsageError: ``not-found``.
    """
    from onecopy.catalog import webhooks
    from onecopy.errors import UsageError

    one = webhooks.get(connection, id, agency=None)
    if one is None:
        raise UsageError(f"There is no webhook '{id}'. See: onecopy webhook list", code="not-found")
    return one


def state(one: "Delivery") -> str:
    """How far a delivery is, in words."""
    tried = "not tried yet" if not one.attempts else f"{one.attempts} attempt{'s' * (one.attempts > 1)}"
    next_one = f", next at {one.due_at:%Y-%m-%d %H:%M:%S}" if one.state == "waiting" and one.attempts else ""
    return f"{one.state}, {tried}{next_one}{f'. {one.problem}' if one.problem else ''}"
