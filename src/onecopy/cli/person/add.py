"""``onecopy person add``: let somebody sign in."""

from typing import Annotated

import typer

from onecopy.cli.ending import Code, ends
from onecopy.service.roles import Role


@ends()
def add(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="Their address, as the provider knows it.")],
    role: Annotated[Role, typer.Option(help="What they may do.")],
    agency: Annotated[
        str, typer.Option(help="For which agency. Without one: the agency without a name.")
    ] = "",
    every_agency: Annotated[bool, typer.Option("--every-agency", help="For all agencies.")] = False,
    catalog: Annotated[
        str | None, typer.Option(envvar="ONECOPY_CATALOG", help="Path or URL of the catalog.")
    ] = None,
) -> Code:
    """Let somebody sign in through the agency's OpenID provider (ONECOPY_OIDC_ISSUER).

    The provider must have verified the address. The first sign-in ties it to that account for good.

    [bold]Example[/bold]

      onecopy person add reviewer@example.gov --role reviewer --agency building
    """
    from onecopy.catalog import people
    from onecopy.catalog.store import Catalog
    from onecopy.cli.actor import actor
    from onecopy.errors import UsageError
    from onecopy.pipelines.gate.context import one_line

    agency = one_line("agency", agency)
    if every_agency and agency:
        raise UsageError("Give --agency or --every-agency, not both.")
    whose = None if every_agency else agency
    with Catalog(catalog) as opened, opened.write() as connection:
        one = people.add(connection, email=email, role=str(role), agency=whose, by=actor())
    typer.echo(f"{one.email} may sign in now.")
    return Code.DONE
