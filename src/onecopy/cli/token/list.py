"""``onecopy token list``: who may ask."""

from typing import TYPE_CHECKING

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption, show

if TYPE_CHECKING:
    from onecopy.catalog.tokens import Token


@ends()
def listed(
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> Code:
    """List all tokens, ended ones included. None can be had again: only digests are kept.

    [bold]Example[/bold]

      onecopy token list
    """
    from onecopy.catalog import tokens

    show(catalog, lambda connection: tokens.listed(connection, agency=None), _line, as_json=json)
    return Code.DONE


def _line(one: "Token") -> str:
    from datetime import UTC, datetime

    whose = "every agency" if one.agency is None else one.agency or "the agency without a name"
    if one.revoked_at is not None:
        state = f"revoked on {one.revoked_at:%Y-%m-%d}"
    elif one.expires_at is None:
        state = "does not end"
    else:
        word = "ends" if one.valid(datetime.now(UTC)) else "ended"
        state = f"{word} on {one.expires_at:%Y-%m-%d}"
    return f"{one.id}  {one.name}: {one.role} for {whose}, {state}"
