"""``onecopy person list``: who may sign in."""

from typing import TYPE_CHECKING

from onecopy.cli.ending import Code, ends
from onecopy.cli.listing import CatalogOption, JsonOption, show

if TYPE_CHECKING:
    from onecopy.catalog.people import Person


@ends()
def listed(
    catalog: CatalogOption = None,
    json: JsonOption = False,
) -> Code:
    """List all who may sign in.

    [bold]Example[/bold]

      onecopy person list
    """
    from onecopy.catalog import people

    show(catalog, lambda connection: people.listed(connection), _line, as_json=json)
    return Code.DONE


def _line(one: "Person") -> str:
    whose = "every agency" if one.agency is None else one.agency or "the agency without a name"
    seen = "has signed in" if one.subject else "has not signed in yet"
    return f"{one.email}: {one.role} for {whose}, {seen}"
