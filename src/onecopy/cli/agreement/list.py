"""``onecopy agreement list``: what agencies may see of each other."""

from typing import TYPE_CHECKING

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption, show

if TYPE_CHECKING:
    from onecopy.catalog.agreements import Agreement


@ends()
def listed(
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> Code:
    """List all agreements, ended ones included.

    [bold]Example[/bold]

      onecopy agreement list
    """
    from onecopy.catalog import agreements

    show(catalog, lambda connection: agreements.listed(connection, agency=None), _line, as_json=json)
    return Code.DONE


def _line(one: "Agreement") -> str:
    holder, seeker = (name or "the agency without a name" for name in (one.holder, one.seeker))
    state = "in force" if one.ended_at is None else f"ended on {one.ended_at:%Y-%m-%d}"
    since = f"since {one.made_at:%Y-%m-%d}"
    return f"{one.id}  {seeker} learns of matches with {holder}: {one.reveals}, {since}, {state}"
