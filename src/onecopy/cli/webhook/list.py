"""``onecopy webhook list``: who is told what."""

from typing import TYPE_CHECKING

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption, show

if TYPE_CHECKING:
    from onecopy.catalog.webhooks import Webhook


@ends()
def listed(catalog: CatalogOption = None, json: JsonOption = False) -> Code:
    """List all webhooks. Secrets are not shown; a new one can be made.

    [bold]Example[/bold]

      onecopy webhook list
    """
    from onecopy.catalog import webhooks

    show(catalog, lambda connection: webhooks.listed(connection, agency=None), _line, as_json=json)
    return Code.DONE


def _line(one: "Webhook") -> str:
    if one.disabled_at is not None:
        state = f"disabled on {one.disabled_at:%Y-%m-%d} ({one.disabled_reason})"
    elif one.delivered_at is None:
        state = "took nothing yet"
    else:
        state = f"last took a message on {one.delivered_at:%Y-%m-%d %H:%M}"
    whose = one.agency or "the agency without a name"
    return f"{one.id}  {one.url} hears of {', '.join(one.kinds)} for {whose}, {state}"
